"""A state body's request for data about a person: its formal check, the least that answers it, and
the notice to the person (003 8.2.7; 002 “Передача” b6).

What is recorded here is by office, article and field alone: who signed and what was written stand
in the sealed original. The caller has opened ``operator_scope``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests import letters
from tutela.requests.cases import NotPossible, get, locked, subject_of
from tutela.requests.entries import OfficialChecked, OfficialGiven
from tutela.requests.errors import Refused
from tutela.requests.models import Case, OfficialRequest
from tutela.requests.official_wording import CHECKS, SIGNED_BY
from tutela.vault import actions as vault

CONTROL = "disclosure.government"
_REFERENCE = re.compile(r"(?=.*\d)[\w .,()/№§:-]{4,80}")
"""An article of a law, such as “RU-152-FZ 6(1)(3)”: it has a number and no more than its name."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What the officer finds on the paper: who ``signed`` it, by office; the article that is its
    ``ground``; which of ``CHECKS`` hold; the fields it asks for, and the least that answers it.
    ``untold_by`` is the article that forbids to tell the person."""

    signed: str
    ground: str
    checked: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    untold_by: str = ""


def record(operator_id: UUID, case: UUID, paper: Paper, *, by: Actor) -> OfficialRequest:
    """Write down the formal check of a request, once, and tell the person in the same transaction,
    unless a law forbids it. Raises ``NotPossible``."""
    row = locked(operator_id, case)
    subject = subject_of(row)
    if row.kind != "authority" or subject is None:
        raise NotPossible(_("Only a request of an authority about a known person is checked so."))
    if of(operator_id, case) is not None:
        raise NotPossible(_("This request was checked already; its record stays as it is."))
    _demand_sound(operator_id, paper)
    now = clock.now()
    notice = None
    if not paper.untold_by:
        language = identity.subject(operator_id, subject).language
        notice = letters.queue(operator_id, subject, "official-request", language, about=case)
    made = OfficialRequest.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=case,
        signed_by=paper.signed,
        ground=paper.ground,
        checked=sorted(paper.checked),
        asked=sorted(paper.asked),
        granted=sorted(paper.granted),
        untold_by=paper.untold_by,
        notice=notice,
        told_at=now if notice else None,
        by=by.id,
        at=now,
    )
    journal.append(
        operator_id,
        OfficialChecked(
            subject=subject if notice else None,
            actor=by,
            automated=False,
            clause=policies.in_force(operator_id).clause_of(CONTROL),
            request=case,
            signed_by=paper.signed,
            asked=len(paper.asked),
            granted=len(paper.granted),
            told=notice is not None,
        ),
    )
    return made


def _demand_sound(operator_id: UUID, paper: Paper) -> None:
    fields = policies.in_force(operator_id).fields
    if paper.signed not in SIGNED_BY or not set(paper.checked) <= CHECKS.keys():
        raise NotPossible(_("Choose who signed it, and what holds, from the lists."))
    for reference in (paper.ground, paper.untold_by):
        if reference and not _REFERENCE.fullmatch(reference):
            raise NotPossible(_("Name the law and its article, such as “RU-152-FZ 6(1)”."))
    if not {*paper.asked, *paper.granted} <= fields.keys():
        raise NotPossible(_("Choose fields that the policy in force declares."))
    if not set(paper.granted) <= set(paper.asked):
        raise NotPossible(_("No more is given than was asked for; leave out the other fields."))


def of(operator_id: UUID, case: UUID) -> OfficialRequest | None:
    return OfficialRequest.objects.filter(operator_id=operator_id, id=case).first()


def is_lawful(row: OfficialRequest) -> bool:
    """Whether nothing is wrong with the form: only then may data be given."""
    return bool(row.ground) and set(row.checked) == CHECKS.keys()


def demand_checked(case: Case, *, refused: bool) -> None:
    """A request for data is granted only after its formal check, which must hold in everything,
    and with fields named; and what was found lawful is not refused as unlawful."""
    subject = subject_of(case)
    if case.kind != "authority" or case.ground != "information" or subject is None or refused:
        return
    row = of(case.operator_id, case.id)
    if row is None:
        raise NotPossible(_("Check the form of the request first, and record what you found."))
    if not is_lawful(row) or not row.granted:
        raise NotPossible(
            _("Its form does not hold in everything, so nothing can be given: refuse it.")
        )


def give(operator_id: UUID, case: UUID, *, by: Actor) -> None:
    """The answer has left: the gate decides about each field, and the row of the disclosure is
    written; where a law forbids to tell the person, it does not stand in their history. Raises
    ``Refused`` where the gate refuses."""
    row = of(operator_id, case)
    subject = subject_of(get(operator_id, case))
    if row is None or subject is None or row.given_at is not None or not is_lawful(row):
        return
    policy = policies.in_force(operator_id)
    held = {field for each in vault.holdings(operator_id, subject).values() for field in each}
    fields = frozenset(row.granted) & held
    leave = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.OVERSIGHT,
            fields=fields,
            actor=by,
            reason="answer-request",
        )
    )
    if not isinstance(leave, Permit):
        raise Refused(leave)
    OfficialRequest.objects.filter(operator_id=operator_id, id=case).update(given_at=clock.now())
    journal.append(
        operator_id,
        OfficialGiven(
            subject=None if row.untold_by else subject,
            actor=by,
            automated=False,
            action=Action.PROVISION,
            basis="law",
            clause=policy.clause_of(CONTROL),
            policy_version=policy.number,
            request=case,
            recipient=next(
                (each.slug for each in policy.recipients.values() if each.role == "authority"), ""
            ),
            fields=tuple(sorted(fields)),
        ),
    )
