"""Records that an application brings for a person who is known already, and their correction.

The caller has opened ``operator_scope``. The gate judges the application like anybody else: the
consents must stand before anything is stored.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor
from tutela.journal import actions as journal
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import turning_away
from tutela.requests.actions import collection_point, today_of
from tutela.requests.entries import FormReceived
from tutela.requests.errors import Incomplete
from tutela.requests.intake import mend, seal
from tutela.requests.rules import Problem, Wrong, check_submission, consents_needed, read_field
from tutela.retention import actions as retention


def keep(
    operator_id: UUID,
    subject: UUID,
    point_slug: str,
    *,
    purposes: Collection[str],
    values: Mapping[str, str],
    sender: Actor,
) -> UUID:
    """Store ``values`` (field: text) taken at a collection point for ``purposes`` (empty: those
    the point needs) as a new record, and start its clocks; the record's identifier.

    Raises ``Incomplete`` (nothing stored), ``Refused`` and ``NoSuchForm``.
    """
    policy = policies.in_force(operator_id)
    point = collection_point(policy, point_slug)
    offered = (*point.purposes, *point.optional_purposes)
    asked = tuple(each for each in offered if each in purposes) if purposes else point.purposes
    needed = consents_needed(policy, point)
    clean, problems = check_submission(policy, point, values, needed, today_of(policy))
    unasked = set(values) - {each.field for each in point.fields}
    if unasked:
        problems = (*problems, Problem("", _("This point does not ask for one of these fields.")))
    if set(purposes) - set(offered):
        problems = (*problems, Problem("", _("This point does not serve one of these purposes.")))
    if problems:
        raise turning_away.incomplete(operator_id, point.slug, problems)
    record = new_id()
    seal(policy, point, (operator_id, subject, record), clean, purposes=asked, actor=sender)
    now = clock.now()
    retention.schedule(operator_id, subject, record, point.slug, now)
    obligations.open_for(operator_id, subject, point.event, at=now, cause=record)
    received = FormReceived(
        subject=subject,
        actor=sender,
        action=Action.COLLECTION,
        clause=next(iter(point.clauses), ""),
        policy_version=policy.number,
        record=record,
        point=point.slug,
    )
    journal.append(operator_id, received)
    return record


def correct(
    operator_id: UUID,
    subject: UUID,
    record: UUID,
    field: str,
    *,
    purpose: str,
    value: str,
    sender: Actor,
) -> None:
    """Replace one value by a corrected one; the earlier one stays in its history.

    Raises ``Incomplete``, ``Refused`` and ``NoSuchValue``.
    """
    policy = policies.in_force(operator_id)
    if field not in policy.fields:
        raise Incomplete((Problem("", _("The policy in force declares no such field.")),))
    try:
        clean = read_field(policy, field, value, today_of(policy))
    except Wrong as wrong:
        raise Incomplete((Problem("", str(wrong)),)) from None
    if not clean:
        raise Incomplete((Problem("", _("Write the value; to end it, ask for its destruction.")),))
    mend((operator_id, subject, record), field, clean, purpose=purpose, actor=sender)
