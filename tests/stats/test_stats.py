"""Visits are counted, nobody is, and small figures tell nothing."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from tests.requests.conftest import words

from tutela.core.vocabulary import SYSTEM, Actor, ActorKind, Scope
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.stats import actions as stats
from tutela.stats import rules
from tutela.stats.actions import Visits
from tutela.stats.errors import NotCounted, OtherPurpose


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 30), max_size=8), st.integers(2, 9))
def test_no_small_figure_is_told_and_none_can_be_reckoned_from_the_total(counts, fewest):
    told = rules.told(counts, fewest)
    total = rules.total(told, counts, fewest)
    hidden = [counts[name] for name, figure in told.items() if figure is None]
    assert all(figure is None or figure == 0 or figure >= fewest for figure in told.values())
    if total is not None and hidden:
        assert len(hidden) > 1
        assert total - sum(figure or 0 for figure in told.values()) == sum(hidden) >= fewest


def test_a_word_that_is_not_of_the_lists_is_never_kept(site):
    here = site("prohomeexchange")
    planted = ["maria@mail.example", "13055550142", "maria.sample", "203.0.113.9", "a" * 64]
    with operator_scope(here.id):
        seen = [Visits(each, each, each, 1) for each in planted]
        assert stats.count(here.id, seen, actor=SYSTEM) == 1
        assert stats.strange_words(here.id) == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT stats_count::text FROM stats_count")
            kept = " ".join(row for (row,) in cursor.fetchall())
        (said,) = journal.entries(here.id, kinds=["stats.counted"])
    assert "other" in kept
    for each in planted:
        assert each not in kept
        assert each not in str(said.data)
    assert said.subject is None


def test_the_report_has_the_counts_and_hides_the_small_ones(site):
    here = site("prohomeexchange")
    with operator_scope(here.id):
        seen = [Visits("home", "phone", "en", 40), Visits("form", "desktop", "ru", 2)]
        for _time in range(2):
            stats.count(here.id, seen, actor=SYSTEM)
        report = stats.report(here.id)
    assert report.purpose == "research"
    assert report.pages.figures == {"home": None, "form": None}
    assert report.pages.total == 84
    assert list(report.weeks.figures.values())[-1] == 84


def test_a_policy_that_names_no_purpose_counts_nothing(site):
    here = site("amigo")
    with operator_scope(here.id), pytest.raises(NotCounted):
        stats.count(here.id, [Visits("home", "phone", "en", 1)], actor=SYSTEM)


def test_a_key_for_another_purpose_does_not_count(site):
    here = site("prohomeexchange")
    other = Scope(purposes=frozenset({"orders"}))
    with operator_scope(here.id), pytest.raises(OtherPurpose):
        stats.count(
            here.id,
            [Visits("home", "phone", "en", 1)],
            actor=Actor(ActorKind.APPLICATION, "x", scope=other),
        )


@pytest.mark.parametrize("slug", ["uslugi", "amorealtor", "familami", "prohomeexchange"])
def test_each_operator_with_statistics_names_their_purpose(site, slug):
    assert rules.terms_of(site(slug).policy).purpose


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_desk_sees_the_visits_as_pictures(site, language):
    here = site("prohomeexchange")
    user = User.objects.create_user("auditor")
    with operator_scope(here.id):
        identity.grant_role(here.id, user.pk, "auditor")
        stats.count(here.id, [Visits("home", "phone", "en", 40)], actor=SYSTEM)
    client = Client()
    client.force_login(user)
    answer = client.get(f"/{language}/desk/{here.slug}/visits/")
    assert answer.status_code == 200
    assert {"en": "Visits by week", "ru": "Посещения по неделям"}[language] in words(answer)
    assert "40" in words(answer)
