"""What contradicts itself in a policy is found, in the real texts too, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
from django.utils import translation
from tests.operators.sources import SAMPLES, SOURCES, source_of
from tests.policy.spoiling import Copy

from tutela.core.vocabulary import LANGUAGES
from tutela.policy import actions
from tutela.policy.compiling import compile_sources
from tutela.policy.contradictions import RULES, contradictions
from tutela.policy.errors import Unfinished
from tutela.policy.folders import check_folder, load_folder
from tutela.policy.laws import cited, known_cookies, legal_terms, terms_of
from tutela.policy.model import Policy
from tutela.policy.source import Sources

MakeCopy = Callable[[str], Copy]

IN_THE_TEXTS = {
    "amigo": {
        "operator-not-named": (),
        "two-terms": ("8/b1", "8/p2"),
    },
    "familami": {
        "at-once-and-later": ("5.7", "10.10"),
        "cookie-caught-twice": ("7.4.3", "7.5.2"),
        "cookie-pattern": ("7.5.2",),
        "cookie-refusal": ("7.2.1", "10.6"),
        "cookie-to-others": ("7.5.1", "7.7"),
        "cookie-with-data": ("7.4.2", "7.4.4", "7.5.3", "7.7"),
        "explicit-and-implied": ("1.2.13", "10.2"),
        "laws-of-two-countries": ("1.1", "8.4"),
        "marketing-cookie": ("7.5.3", "7.8"),
        "mixed-language": ("7.5.1",),
        "no-length": ("5.7",),
        "sole-purpose": ("2.1", "10.2"),
        "subject-of-one-product": ("1.2.12",),
    },
    "uslugi": {
        "decision-and-at-once": ("Использование/b2", "Безопасность/p2"),
        "markup-left": (),
        "never-published": ("Использование/p1", "Использование/b2"),
        "operator-not-named": (),
    },
    "amorealtor": {
        "explicit-and-implied": ("3.1", "3.2"),
        "mixed-language": ("8.2.4",),
        "never-and-yet": ("6.2.1", "6.2.4", "11.3"),
        "reversed-definition": ("1.11",),
        "sole-purpose-of-technical-data": ("4.3", "5.2.4"),
        "unlimited-and-bound": ("6.3", "11.5"),
    },
    "prohomeexchange": {
        "accuracy": ("2.4", "2.17.6"),
        "cookie-signs-in": ("3.7", "3.8"),
        "explicit-and-implied": ("2.4", "2.5", "2.16"),
        "fixed-and-bound": ("5.2/p2", "8.1"),
        "law-and-country": ("1.7", "7.6"),
        "many-terms-for-deletion": ("8.2", "9.2", "9.5", "9.8"),
        "mixed-language": ("3.6/b1",),
        "never-and-yet": ("3.12",),
        "no-period-there": ("9.6",),
        "sole-purpose-of-technical-data": ("3.6/p2", "3.7", "3.8"),
        "two-words-for-a-day": ("9.7", "9.8"),
        "unfinished-sentence": ("10.2",),
    },
}
"""What each published text contradicts, by the code of the rule, with clauses it must name."""


@cache
def sample(name: str) -> Policy:
    return load_folder(SAMPLES / name)


@cache
def published(name: str) -> Policy:
    """The real text under the declarations of the sample that restates it."""
    policy = sample(name)
    (file,) = [
        file for file, text in policy.sources.items() if text == policy.texts[policy.original]
    ]
    return compile_sources(Sources({**policy.sources, file: source_of(name)})).or_raise()


def found(policy: Policy) -> dict[str, list[set[str]]]:
    by_code: dict[str, list[set[str]]] = {}
    for each in contradictions(policy):
        by_code.setdefault(each.code, []).append(set(each.clauses))
    return by_code


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_the_real_contradictions_of_a_published_text_are_found_and_no_others(name: str) -> None:
    here, wanted = found(published(name)), IN_THE_TEXTS[name]
    assert sorted(here) == sorted(wanted)
    for code, clauses in wanted.items():
        assert any({*clauses} <= each for each in here[code]), (code, here[code])


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_every_contradiction_of_a_sample_is_settled_by_an_assumption(name: str) -> None:
    report = check_folder(SAMPLES / name)
    assert [str(each) for each in report.findings] == []
    assert report.contradictions
    assert all(each.settled_by for each in report.contradictions)


CLEAN = ("territory: US-FL", "territory: RU"), ("    settles: [law-and-country]\n", "")


def clean(make: MakeCopy, name: str = "clean") -> Copy:
    copy = make(name)
    for old, new in CLEAN:
        copy.change(old, new)
    return copy


def codes(copy: Copy) -> list[str]:
    return [each.code for each in copy.check().contradictions]


def test_a_clean_policy_raises_no_alarm(copy_of_minimal: MakeCopy) -> None:
    report = clean(copy_of_minimal).check()
    assert report.contradictions == ()
    assert report.findings == ()


def test_a_law_of_another_country_is_told_until_an_assumption_settles_it(
    copy_of_minimal: MakeCopy,
) -> None:
    copy = copy_of_minimal("foreign").change("    settles: [law-and-country]\n", "")
    (finding,) = copy.check().findings
    assert (finding.severity, finding.code) == ("warning", "law-and-country")
    (settled,) = copy_of_minimal("settled").check().contradictions
    assert settled.settled_by == ("calendar",)


def test_a_promise_longer_than_the_law_is_told_with_the_article(copy_of_minimal: MakeCopy) -> None:
    copy = clean(copy_of_minimal).change("    term: 10 working days\n", "    term: 60 days\n")
    (one,) = copy.check().contradictions
    assert one.code == "below-the-law"
    assert "RU-152-FZ, article 20(1), 14(3), allows 10 working days" in one.message
    assert "60 days" in one.message


def test_a_promise_the_law_might_meet_by_its_calendar_is_not_told(
    copy_of_minimal: MakeCopy,
) -> None:
    """Ten working days may take eighteen days or more when holidays fall among them."""
    assert codes(clean(copy_of_minimal).change("term: 10 working days", "term: 14 days")) == []


@pytest.mark.parametrize(
    ("at_most", "found"), [("10 working days", []), ("11 working days", ["pause-beyond-the-law"])]
)
def test_a_pause_longer_than_the_term_of_the_law_is_told(
    copy_of_minimal: MakeCopy, at_most: str, found: list[str]
) -> None:
    """152-FZ article 20: ten working days, whatever is awaited."""
    term = "term: 10 working days"
    pauses = f"{{identity: {{at_most: {at_most}}}}}"
    assert codes(clean(copy_of_minimal).change(term, f"{term}\n    pauses: {pauses}")) == found


@pytest.mark.parametrize(
    ("term", "pauses", "code"),
    [
        ("immediately", "{identity: {at_most: 5 days}}", "pause"),
        ("10 working days", "{identity: {at_most: unlimited}}", "pause"),
        ("10 working days", "{identity: {}}", "missing-key"),
        ("10 working days", "{good-weather: {at_most: 5 days}}", "unknown-word"),
    ],
)
def test_a_clock_stands_still_for_a_known_thing_and_a_known_time(
    copy_of_minimal: MakeCopy, term: str, pauses: str, code: str
) -> None:
    copy = clean(copy_of_minimal)
    copy.change("term: 10 working days", f"term: {term}\n    pauses: {pauses}")
    assert copy.only(code)


def test_two_terms_for_one_outcome_of_one_event_are_told(copy_of_minimal: MakeCopy) -> None:
    again = (
        "  again:\n    event: request.received\n    outcome: answer\n    term: 5 working days\n"
        '    clauses: ["3.3"]\nretention:'
    )
    assert codes(clean(copy_of_minimal).change("\nretention:", f"\n{again}")) == ["two-terms"]


def test_unlimited_storage_beside_a_purpose_is_told(copy_of_minimal: MakeCopy) -> None:
    more = (
        "term: unlimited\n"
        '    clauses: ["3.1"]\n'
        '  bound:\n    event: form.sent\n    term: "until: purpose.reached"\n'
        '    clauses: ["3.2"]'
    )
    copy = clean(copy_of_minimal).change('term: 5 years\n    clauses: ["3.1"]', more)
    assert codes(copy) == ["unlimited-and-bound"]


def test_data_that_no_rule_ends_is_told(copy_of_minimal: MakeCopy) -> None:
    only = 'term: 5 years\n    purposes: [newsletter]\n    clauses: ["3.1"]'
    copy = clean(copy_of_minimal).change('term: 5 years\n    clauses: ["3.1"]', only)
    assert codes(copy) == ["data-without-an-end"]


def test_a_consent_beside_a_contract_that_no_form_asks_for_is_told(
    copy_of_minimal: MakeCopy,
) -> None:
    copy = clean(copy_of_minimal).change(
        "    title: {en: Consent of the person, ru: Согласие человека}\n",
        "    title: {en: Consent of the person, ru: Согласие человека}\n"
        "  contract:\n    kind: contract\n    title: {en: Contract, ru: Договор}\n",
    )
    copy.change(
        "    bases: [consent]\n    fields: [email]",
        "    bases: [consent, contract]\n    fields: [email]",
    )
    assert codes(copy) == []
    copy.change("    optional_purposes: [newsletter]\n", "")
    copy.change("    purposes: [newsletter]\n", "    purposes: [orders]\n")
    assert codes(copy) == ["consent-nobody-asks-for"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("See clause 9.9 for more.", "missing-clause"),
        ("It is sent by [insert name of company].", "template-left"),
        ("Письма рассылаются раз в неделю.", "mixed-language"),
        ("It is sent twice a week to whoever asked for it.", ""),
        ("See clause 3.1 and article 9.9 of the law.", ""),
        ("Write to «Пекарня» at data@lark-bakery.example.", ""),
    ],
)
def test_a_fault_of_the_words_is_told_and_sound_words_are_not(
    copy_of_minimal: MakeCopy, words: str, code: str
) -> None:
    copy = clean(copy_of_minimal)
    text = copy.path / "policy.en.txt"
    lines = text.read_text("utf-8").splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("3.4")]
    lines[at] = f"{lines[at]} {words}"
    text.write_text("\n".join(lines) + "\n", "utf-8")
    assert codes(copy) == ([code] if code else [])


@pytest.mark.django_db
def test_a_text_with_an_instruction_of_its_template_is_not_published(
    copy_of_minimal: MakeCopy,
) -> None:
    copy = clean(copy_of_minimal)
    file = "policy.ru.txt"
    copy.change("пекар", "[вставьте название] пекар", file)
    with pytest.raises(Unfinished, match="вставьте название"):
        actions.publish(load_folder(copy.path))


def test_an_assumption_that_settles_nothing_is_told(copy_of_minimal: MakeCopy) -> None:
    copy = clean(copy_of_minimal)
    last = '    clauses: ["1.1", "3.3"]\n'
    copy.change(last, f"{last}    settles: [accuracy, nonsense]\n")
    assert [each.code for each in copy.check().findings] == [
        "nothing-to-settle",
        "unknown-contradiction",
    ]


def test_every_rule_is_told_in_both_languages() -> None:
    for rule in RULES.values():
        told = set()
        for language in LANGUAGES:
            with translation.override(language):
                told |= {str(rule.sentence), str(rule.advice)}
        assert len(told) == 2 * len(LANGUAGES), rule.code


def test_the_terms_of_laws_name_their_article_and_how_sure_they_are() -> None:
    assert {each.confidence for each in legal_terms()} == {"sure", "check"}
    assert all(each.article and each.subject["ru"] for each in legal_terms())
    assert [str(each.term) for each in cited("RU-152-FZ 21(5)")] == ["30 days"]
    assert not any(each.sure for each in terms_of("KZ-94-V"))
    assert len({each.name for each in known_cookies()}) == len(known_cookies())
