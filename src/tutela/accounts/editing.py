"""The profile: showing it to the person, and changing it; every value by the gate's permit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tutela.accounts import rules
from tutela.accounts.actions import AccountRow
from tutela.accounts.entries import ProfileChanged
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import turning_away
from tutela.requests.actions import today_of
from tutela.requests.intake import mend, permit, seal
from tutela.requests.rules import Problem, check_submission, consents_needed
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the profile as the person sees it; ``fixed`` ones are not changed here."""

    slug: str
    kind: str
    value: str
    required: bool
    fixed: bool


def profile(operator_id: UUID, row: AccountRow, *, actor: Actor) -> list[Line]:
    """The fields of the form that opened the account, with what is held. Raises ``Refused``."""
    policy = policies.in_force(operator_id)
    point = policy.points.get(row.point)
    if point is None:
        return []
    held = _held(operator_id, row, point, actor)
    return [
        Line(
            slug=asked.field,
            kind=policy.fields[asked.field].type,
            value=held.get(asked.field, ""),
            required=asked.required,
            fixed=_fixed(policy, row, asked.field),
        )
        for asked in point.fields
        if not policy.fields[asked.field].attached
    ]


def _fixed(policy: Policy, row: AccountRow, slug: str) -> bool:
    return rules.fixed(policy, policy.points[row.point], slug, guardian=row.guardian is not None)


def _held(
    operator_id: UUID, row: AccountRow, point: CollectionPoint, actor: Actor
) -> dict[str, str]:
    leave = permit(
        Operation(
            operator=operator_id,
            subject=row.subject,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(each.field for each in point.fields),
            actor=actor,
            record=row.record,
        )
    )
    return {each.field: each.value for each in vault.read(leave) if each.record == row.record}


def save(
    operator_id: UUID, row: AccountRow, typed: Mapping[str, str], *, actor: Actor
) -> tuple[str, ...]:
    """Take over what the person changed, as corrections that keep the earlier values; the fields
    that are other ones now. Nothing is changed if anything typed is wrong (``Incomplete``), and
    ``Refused`` where the gate does not permit it."""
    policy = policies.in_force(operator_id)
    point = policy.points[row.point]
    before = _held(operator_id, row, point, actor)
    mine = {slug: each for slug, each in typed.items() if not _locked(policy, row, slug)}
    clean, problems = check_submission(
        policy, point, {**before, **mine}, consents_needed(policy, point), today_of(policy)
    )
    problems = tuple(each for each in problems if each.field in mine)
    emptied = [slug for slug, each in mine.items() if before.get(slug) and not each.strip()]
    known = {each.field for each in problems}
    words_ = _("An emptied field is not removed here. Withdraw the consent, or ask for erasure.")
    problems += tuple(Problem(slug, words_) for slug in emptied if slug not in known)
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)
    news = rules.changed(before, {slug: clean[slug] for slug in mine if slug in clean})
    with transaction.atomic():
        for slug, value in news.items():
            _keep(operator_id, policy, row, slug, value, actor=actor, held=slug in before)
    if news:
        _journal(operator_id, policy, row, tuple(sorted(news)), actor)
    return tuple(sorted(news))


def _locked(policy: Policy, row: AccountRow, slug: str) -> bool:
    asked = {each.field for each in policy.points[row.point].fields}
    return slug not in asked or _fixed(policy, row, slug)


def _keep(
    operator_id: UUID,
    policy: Policy,
    row: AccountRow,
    slug: str,
    value: str,
    *,
    actor: Actor,
    held: bool,
) -> None:
    place = (operator_id, row.subject, row.record)
    if held:
        mend(place, slug, value, purpose=LawPurpose.SUBJECT_RIGHTS, actor=actor)
        return
    point = policy.points[row.point]
    purposes = next(
        each.purposes for each in vault.records(operator_id, row.subject) if each.id == row.record
    )
    seal(policy, point, place, {slug: value}, purposes=purposes, actor=actor)


def _journal(
    operator_id: UUID, policy: Policy, row: AccountRow, fields: tuple[str, ...], actor: Actor
) -> None:
    said = ProfileChanged(
        subject=row.subject,
        actor=actor,
        automated=False,
        clause=policy.clause_of(rules.PROFILE),
        policy_version=policy.number,
        record=row.record,
        fields=fields,
    )
    journal.append(operator_id, said)
