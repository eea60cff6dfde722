"""A home as an earlier version left it, with people in it, is opened by this one.

The tables are changed on the way, by the start itself, as at any operator's upgrade. Then what
people were promised there is carried out here.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from tests.campaigns.chaos import OPERATOR, Campaign
from tests.campaigns.inspection import ALWAYS
from tests.campaigns.visitor import Form, Visitor
from tests.upgrade.earlier_home import EARLIER, unpack

pytestmark = pytest.mark.campaign
VERSIONS = sorted(path.name.removesuffix(".tar.xz") for path in EARLIER.glob("*.tar.xz"))
STAYS, LEAVES = "person7@example.com", "person10@example.com"
NAME = "Grace Template"
"""Of the one who stays."""


@pytest.fixture(scope="module", params=VERSIONS)
def upgraded(request, tmp_path_factory) -> Iterator[Campaign]:
    tutela = unpack(request.param, tmp_path_factory.mktemp("upgraded"))
    campaign = Campaign(tutela, kills=0, seed=1, say=print)
    with tutela.running():
        yield campaign


_KNOWN: dict[str, str] = {}
"""Whose address it is, found out once: by looking at everybody's own page."""


def _enter(campaign: Campaign, address: str) -> tuple[Visitor, str]:
    """Signed in as whoever is shown their own address, and their opaque number."""
    place = f"{campaign.tutela.url} {address}"
    known = [_KNOWN[place]] if place in _KNOWN else _living(campaign)
    for subject in known:
        visitor = Visitor(campaign.tutela.url)
        page = visitor.get("/en/demo/")
        form = page.form(f"/demo/{OPERATOR}/person/")
        visitor.send(page, Form(f"/en/demo/{OPERATOR}/person/{subject}/", "post", form.values))
        if address in visitor.get(f"/en/{OPERATOR}/my/").text:
            _KNOWN[place] = subject
            return visitor, subject
    raise AssertionError(f"Nobody has the address {address} any more.")


def _living(campaign: Campaign) -> list[str]:
    rows = campaign.tutela.sql(
        "SELECT subject_id FROM identity_subject WHERE destroyed_at IS NULL ORDER BY 1"
    )
    return [str(subject) for (subject,) in rows]


def test_it_is_an_earlier_version_and_its_tables_were_changed(upgraded):
    said = upgraded.tutela.said.read_text(encoding="utf-8")
    assert "Preparing the tables" in said
    assert "Made a new database" not in said
    ((ready,),) = upgraded.tutela.sql("SELECT count(*) FROM identity_subject")
    assert ready > 10


def test_everything_in_it_is_whole(upgraded):
    for what, statement in ALWAYS.items():
        assert upgraded.tutela.sql(statement) == [], what


def test_what_people_sent_opens_for_them(upgraded):
    for address in (STAYS, LEAVES):
        visitor, _ = _enter(upgraded, address)
        for page in ("my/", "my/consents/", "my/history/", "my/recipients/", "my/requests/"):
            answer = visitor.get(f"/en/{OPERATOR}/{page}")
            assert answer.status == 200, page
    assert NAME in _enter(upgraded, STAYS)[0].get(f"/en/{OPERATOR}/my/").text


def test_the_desk_and_the_proof_open_and_no_clause_is_broken_by_the_upgrade(upgraded):
    staff = Visitor(upgraded.tutela.url)
    page = staff.get("/en/demo/")
    staff.send(page, page.form(f"/demo/{OPERATOR}/staff/"))
    for place in ("", "people/", "journal/", "proof/", "decisions/", "access/"):
        assert staff.get(f"/en/desk/{OPERATOR}/{place}").status == 200, place
    proof = upgraded.tutela.run("proof", OPERATOR)
    assert proof.returncode == 0, (proof.stdout + proof.stderr)[-2000:]


def test_the_journal_goes_on_from_the_checkpoint_that_was_signed_before(upgraded, tmp_path):
    ((before,),) = upgraded.tutela.sql("SELECT note FROM journal_checkpoint ORDER BY size LIMIT 1")
    kept, log = tmp_path / "checkpoint", tmp_path / "log.jsonl"
    kept.write_text(before, encoding="utf-8")
    exported = upgraded.tutela.run("journal", "export", OPERATOR, str(log))
    assert exported.returncode == 0, exported.stderr[-500:]
    key = exported.stdout.partition("verifier key: ")[2].strip()
    verified = upgraded.tutela.run("verify", str(log), "--key", key, "--checkpoint", str(kept))
    assert verified.returncode == 0, verified.stdout[-500:]


def test_an_act_that_was_signed_before_verifies(upgraded, tmp_path):
    acts = upgraded.tutela.sql("SELECT envelope FROM retention_act ORDER BY made_at LIMIT 2")
    assert acts
    for number, (envelope,) in enumerate(acts):
        path: Path = tmp_path / f"act-{number}.json"
        path.write_text(json.dumps(envelope), encoding="utf-8")
        verified = upgraded.tutela.run("verify", str(path))
        assert verified.returncode == 0, verified.stdout[-500:]


def test_a_withdrawal_of_somebody_who_came_before_ends_in_destruction(upgraded):
    visitor, subject = _enter(upgraded, LEAVES)
    page = visitor.get(f"/en/{OPERATOR}/my/withdraw/")
    answer = visitor.send(page, page.form())
    assert "/receipt/" in urljoin(answer.url, answer.location)
    upgraded.advance(jump="month")
    upgraded.advance(jump="week")
    assert upgraded.tutela.sql(
        "SELECT destroyed_at IS NOT NULL, (SELECT count(*) FROM retention_act a WHERE "
        "a.subject_id = s.subject_id AND kind = 'destruction') FROM identity_subject s "
        "WHERE subject_id = %s",
        subject,
    ) == [(True, 1)]
    assert NAME in _enter(upgraded, STAYS)[0].get(f"/en/{OPERATOR}/my/").text
    upgraded.inspection.look("after the upgrade")
    assert upgraded.ledger.problems == []


def test_new_people_come_and_go_beside_those_from_before(upgraded):
    choose = random.Random(1)  # noqa: S311 - to be repeated, not to be secret
    upgraded._send_form(choose)
    upgraded._leave(choose)
    upgraded.inspection.look("new people")
    assert upgraded.ledger.problems == []
    assert len(upgraded.ledger.withdrawals) == 1
