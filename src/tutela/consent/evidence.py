"""The proof of a consent: words, act, time, and the place in the log, in one file.

It tells of opaque identifiers and holds no personal data, so it outlives the data and can be made
for somebody whose data is destroyed (GDPR article 7(1), 152-FZ article 9(3); 001 1.3.1(c),
1.3.3(c)). Where there is no consent, the proof says so. The caller has opened ``operator_scope``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.consent import entries, iso27560
from tutela.consent.errors import NothingToProve, ProvedSoon
from tutela.consent.events import ConsentEvent, history
from tutela.consent.models import Event
from tutela.consent.rules import Kind
from tutela.consent.texts import text_by_hash
from tutela.core import clock
from tutela.core.vocabulary import Actor
from tutela.journal import actions as journal
from tutela.journal.errors import NotYetSequenced, UnknownEntry
from tutela.journal.offline_evidence import PROOF_FORMAT, written
from tutela.policy import actions as policies

_CAUSES = {Kind.WITHDRAWN: "withdrawal", Kind.STOPPED: "obligation", Kind.DATED: "cause"}
KINDS = tuple(f"consent.{kind}" for kind in Kind)
FORMS = ("proof", "record")
"""What can be taken: the proof with its place in the log, or the consent record of ISO/IEC TS
27560."""


@dataclass(frozen=True, slots=True)
class File:
    """What is handed over: its name and its exact bytes."""

    name: str
    media: str
    content: str


def take(
    operator_id: UUID,
    subject: UUID,
    purpose: str,
    *,
    actor: Actor,
    reason: str,
    form: str = "proof",
    use: UUID | None = None,
) -> File:
    """Make the proof of one person's consent to one purpose, and write who took it and why.

    ``use`` is a permitted use in the journal, such as one promotional message: the file then holds
    its entry too, and shows what stood before it. Raises ``NothingToProve`` for a purpose that is
    unknown, and ``ProvedSoon`` for what happened this very second.
    """
    events = [each for each in reversed(history(operator_id, subject)) if each.purpose == purpose]
    if purpose not in policies.in_force(operator_id).purposes and not events:
        raise NothingToProve(_("The policy declares no such purpose. Choose one from the list."))
    file = (_proof if form == "proof" else _record)(operator_id, subject, purpose, events, use)
    journal.append(
        operator_id,
        entries.ProofTaken(
            subject=subject,
            actor=actor,
            purpose=purpose,
            clause=policies.in_force(operator_id).clause_of("consent.proof"),
            automated=False,
            reason=reason,
            form=form,
            events=len(events),
        ),
    )
    return file


def document_of(file: File) -> dict[str, Any]:
    """What a proof says, without its signature."""
    document: dict[str, Any] = json.loads(file.content)["document"]
    return document


def _proof(
    operator_id: UUID,
    subject: UUID,
    purpose: str,
    events: list[ConsentEvent],
    use: UUID | None,
) -> File:
    policy = policies.in_force(operator_id)
    rows = journal.entries(operator_id, subject=subject, kinds=KINDS, limit=10_000)
    told = [(each, _entry_of(each, rows)) for each in events]
    wanted = [row.id for _event, row in told]
    if use is not None:
        wanted.append(_use_of(operator_id, subject, purpose, use).id)
    document = {
        "kind": "consent-proof",
        "operator": {
            "id": operator_id,
            "slug": policy.operator.slug,
            "legal_name": policy.operator.legal_name,
        },
        "subject": subject,
        "purpose": purpose,
        "standing": _standing(events),
        "issued": clock.now(),
        "events": [_told(event, row) for event, row in told],
        "texts": _texts(operator_id, events),
        "use": use,
        "journal": _bundle(operator_id, wanted),
    }
    signed = journal.sign_document(operator_id, document)
    content = written({**signed, "format": PROOF_FORMAT})
    return File(_name(purpose, subject, "json"), "application/json", content)


def _standing(events: list[ConsentEvent]) -> str:
    """How the consent stands; an end that was set for later leaves it given."""
    last = [each.kind for each in events if each.kind != Kind.DATED]
    return last[-1] if last else "no-consent"


def _record(
    operator_id: UUID,
    subject: UUID,
    purpose: str,
    events: list[ConsentEvent],
    use: UUID | None,
) -> File:
    if not events or use is not None:
        raise NothingToProve(_("There is no consent to make a record of."))
    policy = policies.version(operator_id, events[0].policy_version)
    content = iso27560.record(policy, subject, events, _texts(operator_id, events))
    return File(_name(purpose, subject, "jsonld"), "application/ld+json", content)


def _name(purpose: str, subject: UUID, ending: str) -> str:
    return f"consent-{purpose.replace('/', '.')}-{subject}.{ending}"


def _texts(operator_id: UUID, events: list[ConsentEvent]) -> dict[str, str]:
    """The words of every consent given, by their hash."""
    hashes = {each.text_hash for each in events if each.kind == Kind.GIVEN}
    return {each: text_by_hash(operator_id, each) or "" for each in sorted(hashes)}


def _bundle(operator_id: UUID, wanted: list[UUID]) -> dict[str, Any]:
    try:
        return journal.bundle(operator_id, wanted)
    except NotYetSequenced:
        raise ProvedSoon(
            _("This happened a moment ago and is being signed. Ask again in a few seconds.")
        ) from None


def _use_of(operator_id: UUID, subject: UUID, purpose: str, use: UUID) -> journal.Row:
    try:
        row = journal.entry(operator_id, use)
    except UnknownEntry:
        row = None
    if row is None or (row.kind, row.subject, row.purpose) != ("gate.permitted", subject, purpose):
        raise NothingToProve(
            _("The journal has no permitted use of this person’s data for this purpose there.")
        )
    return row


def _told(event: ConsentEvent, row: journal.Row) -> dict[str, Any]:
    return {
        "id": event.id,
        "kind": event.kind,
        "at": event.at,
        "mode": event.mode,
        "act": event.act,
        "point": event.point,
        "language": event.language,
        "text_hash": event.text_hash,
        "policy_version": event.policy_version,
        "expires_at": event.expires_at,
        "channel": row.data.get("channel", ""),
        "entry": row.id,
        "journalled": row.at,
    }


def missing_entries(operator_id: UUID, *, latest: int) -> int:
    """How many of the ``latest`` consents given have no entry in the journal to prove them by."""
    given = Event.objects.filter(operator_id=operator_id, kind=Kind.GIVEN).order_by("-at", "-id")
    missing = 0
    for row in given[:latest]:
        told = {"text_hash": row.text_hash, "mode": row.mode, "act": row.act}
        known = journal.is_recorded(operator_id, row.subject_id, "consent.given", **told)
        missing += not known
    return missing


def entry_of(operator_id: UUID, event: ConsentEvent) -> journal.Row:
    """The journal's entry of an event of a consent."""
    rows = journal.entries(operator_id, subject=event.subject_id, kinds=KINDS, limit=10_000)
    return _entry_of(event, rows)


def _entry_of(event: ConsentEvent, rows: list[journal.Row]) -> journal.Row:
    """What was written with the event: the first entry of its kind and fact from that moment on."""

    def of_it(row: journal.Row) -> bool:
        if row.kind != f"consent.{event.kind}" or row.at < event.at:
            return False
        if event.kind in {Kind.GIVEN, Kind.EXPIRED}:
            same = (row.purpose, row.data.get("text_hash"))
            return same == (event.purpose, event.text_hash)
        said = row.data.get(_CAUSES[Kind(event.kind)])
        return said == str(event.cause) and row.purpose in {"", event.purpose}

    found = [row for row in rows if of_it(row)]
    if not found:
        raise NothingToProve(
            _("The journal has no entry of this consent; have the journal verified.")
        )
    return min(found, key=lambda row: (row.at, row.number))
