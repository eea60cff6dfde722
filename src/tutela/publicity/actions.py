"""What this room offers: making a record public and taking it back. ``reading`` is the reader's.

Everything here runs inside ``operator_scope(operator_id)``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.consent import publishing
from tutela.consent.errors import NothingToWithdraw
from tutela.consent.giving import How
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate.rules import Operation, dissemination_of
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.publicity import rules
from tutela.publicity.entries import (
    BulkRead,
    MadePrivate,
    MadePublic,
    PublicationRefused,
    TextWithheld,
)
from tutela.publicity.errors import MustNotBePublic, NothingToPublish
from tutela.publicity.models import Listing
from tutela.publicity.wording import LOOKS_LIKE
from tutela.requests.actions import today_of
from tutela.requests.errors import Incomplete
from tutela.requests.intake import mend, permit
from tutela.requests.rules import Problem, Wrong, keep_out, read_value
from tutela.retention import actions as retention
from tutela.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Own:
    """A record that its person can make public. ``listing`` is its public address, if it has one;
    ``fields`` are those that the policy lets be public, ``public`` those that are."""

    record: UUID
    point: str
    purpose: str
    received_at: datetime
    listing: UUID | None
    fields: tuple[str, ...]
    public: tuple[str, ...]


# --- the person -------------------------------------------------------------------------------


def own(operator_id: UUID, subject: UUID) -> list[Own]:
    """The person's records of which something may be made public, oldest first."""
    policy = policies.in_force(operator_id)
    held = vault.holdings(operator_id, subject)
    agreed = publishing.published(operator_id, subject)
    rows = Listing.objects.filter(operator_id=operator_id, subject_id=subject, closed_at=None)
    listed = {each.record: each.id for each in rows}
    found = []
    for record in vault.records(operator_id, subject):
        may = rules.publishable(policy, record.purposes)
        fields = [each for each in may if each in held.get(record.id, ())]
        if not fields:
            continue
        listing = listed.get(record.id)
        public = [each for each in fields if listing and (may[each], each) in agreed]
        purpose = may[fields[0]]
        found.append(
            Own(
                record=record.id,
                point=record.point,
                purpose=purpose,
                received_at=record.received_at,
                listing=listing,
                fields=tuple(fields),
                public=tuple(public),
            )
        )
    return found


def one(operator_id: UUID, subject: UUID, record: UUID) -> Own:
    """One such record; raises ``NothingToPublish``."""
    for each in own(operator_id, subject):
        if each.record == record:
            return each
    raise NothingToPublish(_("Nothing of this can be made public. Choose a record from the list."))


def texts(operator_id: UUID, subject: UUID, mine: Own, *, actor: Actor) -> dict[str, str]:
    """What the fields that may be public hold now, for the person; raises ``Refused``."""
    leave = permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=_for(mine, actor),
            fields=frozenset(mine.fields),
            actor=actor,
            record=mine.record,
        )
    )
    return {each.field: each.value for each in vault.read(leave) if each.record == mine.record}


def _for(mine: Own, actor: Actor) -> str:
    """A program acts for the purpose its key lists; a person on their own right."""
    program = actor.kind is ActorKind.APPLICATION
    return mine.purpose if program else str(LawPurpose.SUBJECT_RIGHTS)


def publish(
    operator_id: UUID,
    subject: UUID,
    record: UUID,
    fields: Collection[str],
    *,
    language: str,
    actor: Actor,
    changes: Mapping[str, str] | None = None,
) -> UUID:
    """Make these fields of a record public by the person's own act; the public address.

    ``changes`` are texts that the person mended on the way; they are kept as corrections. What is
    never published is looked for first (000 6, 002 “Использование” p1). Raises
    ``MustNotBePublic``, ``NothingToPublish``, ``Incomplete`` and ``Refused``.
    """
    policy, mine = policies.in_force(operator_id), one(operator_id, subject, record)
    chosen = [each for each in mine.fields if each in fields]
    if not chosen:
        raise NothingToPublish(_("Choose at least one thing to make public."))
    texts_now = texts(operator_id, subject, mine, actor=actor)
    mended = _mended(policy, texts_now, changes or {})
    new = {slug: {**texts_now, **mended}.get(slug, "") for slug in chosen}
    _screen(operator_id, policy, subject, record, new, actor=actor)
    _read_again(policy, mended)
    place = (operator_id, subject, record)
    for slug, value in mended.items():
        mend(place, slug, value, purpose=_for(mine, actor), actor=actor)
    agreed = publishing.published(operator_id, subject)
    fresh = [each for each in chosen if (mine.purpose, each) not in agreed]
    how = How(act="published", mode=str(consent.Mode.TICK), point="", language=language)
    if fresh:
        publishing.agree(
            operator_id, subject, mine.purpose, fresh, language=language, how=how, actor=actor
        )
    listing = mine.listing or _list(operator_id, subject, mine)
    said = MadePublic(
        subject=subject,
        actor=actor,
        action=Action.DISSEMINATION,
        purpose=mine.purpose,
        automated=False,
        clause=policy.clause_of(rules.SURFACE),
        policy_version=policy.number,
        listing=listing,
        record=record,
        fields=tuple(chosen),
    )
    journal.append(operator_id, said)
    return listing


def _mended(policy: Policy, before: Mapping[str, str], typed: Mapping[str, str]) -> dict[str, str]:
    mended, problems = {}, []
    for slug in before.keys() & typed.keys():
        try:
            value = read_value(policy.fields[slug].type, typed[slug], today_of(policy))
        except Wrong as wrong:
            problems.append(Problem(slug, str(wrong)))
            continue
        if not value:
            problems.append(Problem(slug, _("Write something, or do not make it public.")))
        elif value != before[slug]:
            mended[slug] = value
    if problems:
        raise Incomplete(tuple(problems))
    return mended


def _read_again(policy: Policy, mended: Mapping[str, str]) -> None:
    """What is not taken at all is not taken here either; raises ``Incomplete``."""
    for slug, value in mended.items():
        try:
            keep_out(policy, slug, value)
        except Wrong as wrong:
            raise Incomplete((Problem(slug, str(wrong)),)) from None


def _screen(
    operator_id: UUID,
    policy: Policy,
    subject: UUID,
    record: UUID,
    values: Mapping[str, str],
    *,
    actor: Actor,
) -> None:
    found = rules.screened(policy, values)
    if not found:
        return
    said = PublicationRefused(
        subject=subject,
        actor=actor,
        automated=False,
        clause=policy.clause_of(rules.GUARD),
        policy_version=policy.number,
        record=record,
        fields=tuple(sorted(found)),
        found=rules.kinds(found),
    )
    journal.append(operator_id, said)
    raise MustNotBePublic(
        tuple(
            Problem(slug, str(LOOKS_LIKE[kind]))
            for slug, hits in found.items()
            for kind in dict.fromkeys(each.kind for each in hits)
        )
    )


def _list(operator_id: UUID, subject: UUID, mine: Own) -> UUID:
    return Listing.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        record=mine.record,
        purpose=mine.purpose,
        point=mine.point,
        opened_at=clock.now(),
    ).id


def take_back(
    operator_id: UUID,
    subject: UUID,
    record: UUID,
    fields: Collection[str] | None = None,
    *,
    actor: Actor,
) -> None:
    """Make a record private again, or some fields of it: nobody reads them from here on.

    The consent to publish a field goes with the last record that shows it.
    """
    mine = one(operator_id, subject, record)
    if mine.listing is None:
        return
    gone = [each for each in mine.public if fields is None or each in fields]
    if len(gone) == len(mine.public):
        _close(operator_id, subject, mine, actor)
    others = {
        slug
        for each in own(operator_id, subject)
        if each.record != record and each.purpose == mine.purpose
        for slug in each.public
    }
    over = [dissemination_of(mine.purpose, slug) for slug in gone if slug not in others]
    if over:
        with suppress(NothingToWithdraw):
            consent.withdraw(operator_id, subject, over, actor=actor, channel="portal")


def _close(operator_id: UUID, subject: UUID, mine: Own, actor: Actor) -> None:
    assert mine.listing is not None  # noqa: S101 - only a listed record is closed
    policy = policies.in_force(operator_id)
    rows = Listing.objects.filter(operator_id=operator_id, subject_id=subject, id=mine.listing)
    rows.update(closed_at=clock.now())
    said = MadePrivate(
        subject=subject,
        actor=actor,
        automated=False,
        clause=policy.clause_of(rules.SURFACE),
        policy_version=policy.number,
        listing=mine.listing,
        record=mine.record,
    )
    journal.append(operator_id, said)


# --- what follows ----------------------------------------------------------------------------


def forget(operator_id: UUID, people: Collection[UUID], records: Collection[UUID] | None) -> None:
    """Records were destroyed: their public addresses lead nowhere."""
    rows = Listing.objects.filter(operator_id=operator_id, subject_id__in=people)
    (rows if records is None else rows.filter(record__in=records)).delete()


retention.ERASERS.register("publicity", forget)


def counts(operator_id: UUID) -> tuple[int, int, int, int]:
    """How many records are public now, and how often a text was refused, was withheld from a
    reader, and a reader was stopped."""
    return (
        Listing.objects.filter(operator_id=operator_id, closed_at=None).count(),
        journal.count(operator_id, (PublicationRefused.kind,)),
        journal.count(operator_id, (TextWithheld.kind,)),
        journal.count(operator_id, (BulkRead.kind,)),
    )


def without_an_act(operator_id: UUID, latest: int) -> int:
    """How many of the latest public records no entry of the journal tells of."""
    rows = Listing.objects.filter(operator_id=operator_id, closed_at=None).order_by("-opened_at")
    return sum(
        not journal.is_recorded(operator_id, each.subject_id, MadePublic.kind, listing=each.id)
        for each in rows[:latest]
    )
