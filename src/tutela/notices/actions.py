"""What this room offers: keeping what is shown, and a person's answer to a new version.

The caller has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.core import clock
from tutela.core.canonical import sha256_hex
from tutela.core.ids import new_id
from tutela.core.vocabulary import Actor, ActorKind
from tutela.gate import actions as gate
from tutela.journal import actions as journal
from tutela.notices import rules
from tutela.notices.entries import NoticeShown, VersionAccepted
from tutela.notices.errors import NoNotice, NothingNew
from tutela.notices.models import Acceptance, Shown
from tutela.notices.rules import Mode, Reacceptance, Warned
from tutela.policy import actions as policies
from tutela.policy import postings
from tutela.policy.model import CollectionPoint, Policy

__all__ = [
    "AcceptanceRow",
    "Asked",
    "Mode",
    "Reacceptance",
    "Warned",
    "acceptances",
    "answer",
    "asked",
    "keep_notice",
    "keep_warnings",
    "note_shown",
    "warnings_at",
]

NOTICE, WARNING = "notice", "warning"


@dataclass(frozen=True, slots=True)
class AcceptanceRow:
    old_version: int
    new_version: int
    mode: str
    accepted: bool
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A version that a person has not answered to. ``purposes`` are those whose consent is asked
    anew, of the ones they have agreed to in other words."""

    old_version: int
    new_version: int
    mode: Mode
    clause: str
    purposes: tuple[str, ...]


def keep_notice(operator_id: UUID, policy: Policy, point: CollectionPoint, language: str) -> str:
    """Keep what the form shows and return its fingerprint; the same display is kept once.

    Raises ``NoNotice`` where the point says nothing: then nothing may be asked there.
    """
    content = rules.content_of_notice(policy, point, language)
    if not str(content["notice"]).strip():
        raise NoNotice(
            _("This form does not say what happens to your data, so nothing is taken here.")
        )
    return _keep(operator_id, policy, content, kind=NOTICE, place=point.slug, language=language)


def warnings_at(policy: Policy, point: CollectionPoint, language: str) -> tuple[Warned, ...]:
    """The warnings that stand at a collection point; they are kept with its notice."""
    return rules.warnings(policy, language, point=point.slug)


def keep_warnings(
    operator_id: UUID, policy: Policy, step: str, language: str
) -> tuple[Warned, ...]:
    """The warnings of a step, kept as they are shown now."""
    told = rules.warnings(policy, language, step=step)
    for each in told:
        content = {"policy": policy.digest, "clause": each.clause, "words": each.words}
        _keep(operator_id, policy, content, kind=WARNING, place=each.step, language=language)
    return told


def _keep(
    operator_id: UUID,
    policy: Policy,
    content: Mapping[str, object],
    *,
    kind: str,
    place: str,
    language: str,
) -> str:
    sha256 = rules.fingerprint(kind, place, language, content)
    if not Shown.objects.filter(operator_id=operator_id, sha256=sha256).exists():
        row = Shown(
            operator_id=operator_id,
            sha256=sha256,
            kind=kind,
            place=place,
            language=language,
            policy_version=policy.number,
            content=dict(content),
            first_shown_at=clock.now(),
        )
        Shown.objects.bulk_create([row], ignore_conflicts=True)
    return sha256


def note_shown(operator_id: UUID, subject: UUID, point: str, language: str, notice: str) -> None:
    """With the form itself, before its data: this notice was displayed and then it was sent."""
    policy = postings.in_force_at(operator_id, point)
    journal.append(
        operator_id,
        NoticeShown(
            subject=subject,
            actor=Actor(ActorKind.SUBJECT, str(subject)),
            clause=policy.clause_of("notice.collect"),
            policy_version=policy.number,
            point=point,
            language=language,
            notice=notice,
        ),
    )


def acceptances(operator_id: UUID, subject: UUID) -> list[AcceptanceRow]:
    """A person's answers to new versions, the newest first."""
    rows = Acceptance.objects.filter(operator_id=operator_id, subject_id=subject)
    return [
        AcceptanceRow(
            each.old_version, each.new_version, each.mode, each.accepted, each.act, each.at
        )
        for each in rows.order_by("-at", "-id")
    ]


def asked(operator_id: UUID, subject: UUID) -> Asked | None:
    """The version in force, if the person knows an earlier one and has not answered to it."""
    policy = policies.in_force(operator_id)
    manner = rules.reacceptance(policy)
    known = _known(operator_id, subject)
    if manner.mode is Mode.NONE or known is None or known >= policy.number:
        return None
    purposes = tuple(
        slug for slug in manner.purposes if _in_other_words(operator_id, subject, policy, slug)
    )
    return Asked(known, policy.number, manner.mode, manner.clause, purposes)


def _known(operator_id: UUID, subject: UUID) -> int | None:
    """The last version the person answered to or agreed to something under."""
    answered = Acceptance.objects.filter(operator_id=operator_id, subject_id=subject)
    versions = list(answered.values_list("new_version", flat=True))
    versions += [each.policy_version for each in consent.history(operator_id, subject)]
    return max(versions, default=None)


def _in_other_words(operator_id: UUID, subject: UUID, policy: Policy, purpose: str) -> bool:
    given = gate.standing(operator_id, subject).consents.get(purpose)
    texts = policy.purposes[purpose].consent_text.values()
    return given is not None and given.text_hash not in {sha256_hex(t.encode()) for t in texts}


def answer(
    operator_id: UUID,
    subject: UUID,
    *,
    accepted: bool,
    purposes: Collection[str],
    language: str,
    act: str,
) -> AcceptanceRow:
    """The person goes on under the version in force, or says no; their new consents are given in
    the same transaction and earlier ones are never rewritten (000 10, 002 Изменения, 004 10.2).

    Raises ``NothingNew`` where they have answered already: nothing happens twice.
    """
    now_asked = asked(operator_id, subject)
    if now_asked is None:
        raise NothingNew(_("You already go on under the version in force; nothing is to be done."))
    _agree_anew(operator_id, subject, now_asked, purposes, language)
    row = Acceptance.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        old_version=now_asked.old_version,
        new_version=now_asked.new_version,
        mode=str(now_asked.mode),
        accepted=accepted,
        act=act,
        language=language,
        at=clock.now(),
    )
    _journal(row, now_asked.clause)
    return AcceptanceRow(row.old_version, row.new_version, row.mode, row.accepted, row.act, row.at)


def _agree_anew(
    operator_id: UUID, subject: UUID, now_asked: Asked, purposes: Collection[str], language: str
) -> None:
    """Only what was asked is agreed to, each by its own tick."""
    if agreed := [slug for slug in purposes if slug in now_asked.purposes]:
        consent.give(
            operator_id,
            subject,
            agreed,
            act="new-version",
            point="",
            language=language,
            mode=consent.Mode.TICK,
        )


def _journal(row: Acceptance, clause: str) -> None:
    journal.append(
        row.operator_id,
        VersionAccepted(
            subject=row.subject_id,
            actor=Actor(ActorKind.SUBJECT, str(row.subject_id)),
            clause=clause,
            policy_version=row.new_version,
            old_version=row.old_version,
            new_version=row.new_version,
            accepted=row.accepted,
            act=row.act,
        ),
    )
