"""The client: one method for each thing the API does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tutela_client import answers, errors
from tutela_client.answers import (
    Address,
    Application,
    Checkpoint,
    ConsentEvent,
    Consents,
    ConsentText,
    Conversation,
    Decision,
    Entry,
    EvidenceFile,
    Explanation,
    Form,
    Limits,
    Message,
    Obligation,
    Proof,
    Record,
    Request,
    Subject,
    Value,
    Withdrawal,
)
from tutela_client.line import part
from tutela_client.people import People


class Tutela(People):
    """Calls one operator's Tutela with an application's key. Safe to use from several threads.

    ``timeout`` is in seconds for each try; ``retries`` counts the tries after the first. A
    request that changes something takes ``idempotency_key``: give your own to repeat it after a
    crash of your program, else each call makes a new one.
    """

    # --- the policy -----------------------------------------------------------------------

    def application(self) -> Application:
        """Which application the key belongs to, and what it is for."""
        return self._get(Application, "/application")

    def policy(self) -> Mapping[str, Any]:
        """The policy in force as plain JSON: purposes, fields, collection points, texts."""
        told: Mapping[str, Any] = self._ask("GET", "/policy")
        return told

    def post_policy(
        self, place: str, number: int | None = None, *, idempotency_key: str | None = None
    ) -> int:
        """Say that version ``number`` (or the one in force) stands in a product now."""
        body = {} if number is None else {"number": number}
        told = self._send(f"/policy/places/{part(place)}/postings", body, idempotency_key)
        return int(told["number"])

    def consent_text(self, purpose: str, language: str) -> ConsentText:
        """The words to show for ``purpose``; hand the same object to ``give_consents``."""
        told = self._ask("GET", f"/consent-texts/{part(purpose)}", query={"language": language})
        return answers.read(ConsentText, {"purpose": purpose, **told})

    # --- people ---------------------------------------------------------------------------

    def create_subject(
        self, category: str, language: str, *, idempotency_key: str | None = None
    ) -> Subject:
        """Make a person known; keep the identifier beside your own account of them."""
        body = {"category": category, "language": language}
        return self._do(Subject, "/subjects", body, idempotency_key)

    def find_subject(self, field: str, value: str) -> UUID | None:
        """The person known by an identifying value, or None."""
        try:
            told = self._ask("POST", "/subjects/find", {"field": field, "value": value})
        except errors.NotFound:
            return None
        return UUID(told["subject"])

    def subject(self, subject: UUID) -> Subject:
        return self._get(Subject, f"/subjects/{subject}")

    # --- consents -------------------------------------------------------------------------

    def give_consents(
        self,
        subject: UUID,
        texts: Iterable[ConsentText],
        *,
        language: str,
        mode: str = "tick",
        act: str = "api",
        point: str | None = None,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> tuple[ConsentEvent, ...]:
        """Record what a person agreed to. Raises ``Conflict`` if other words are in force now.

        ``mode`` says how (``tick``, ``statement``, ``signed-form`` ...), ``act`` is your own name
        for the place. ``expires_at`` needs a time zone.
        """
        body: dict[str, Any] = {
            "consents": [{"purpose": t.purpose, "text_sha256": t.sha256} for t in texts],
            "language": language,
            "mode": mode,
            "act": act,
            "point": point,
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        told = self._send(f"/subjects/{subject}/consents", body, idempotency_key)
        return tuple(answers.read(ConsentEvent, each) for each in told["consents"])

    def consents(self, subject: UUID) -> Consents:
        """What the person agrees to now; ``"newsletter" in tutela.consents(person)``."""
        return self._get(Consents, f"/subjects/{subject}/consents")

    def consent_history(self, subject: UUID) -> Iterator[ConsentEvent]:
        """Every consent given, withdrawn or expired, the newest first."""
        return self._pages(ConsentEvent, f"/subjects/{subject}/consents/history", {})

    def consent_proof(self, subject: UUID, consent: UUID) -> Proof:
        """Words, act and inclusion proof of one consent. ``Conflict`` in its first second."""
        return self._get(Proof, f"/subjects/{subject}/consents/{consent}/proof")

    def consent_evidence(
        self, subject: UUID, purpose: str, *, use: UUID | None = None
    ) -> EvidenceFile:
        """What proves a person's consent to one purpose, or that there is none, for ``tutela
        verify``; ``use`` is a permitted use in the journal, such as one message. ``Conflict`` for
        what happened this very second."""
        query = {"use": str(use)} if use is not None else {}
        path = f"/subjects/{subject}/consent-proofs/{part(purpose)}"
        return answers.read(EvidenceFile, self._ask("GET", path, query=query))

    def consent_record(self, subject: UUID, purpose: str) -> EvidenceFile:
        """The consent as a record of ISO/IEC TS 27560, in JSON-LD."""
        return self._get(EvidenceFile, f"/subjects/{subject}/consent-records/{part(purpose)}")

    def withdraw(
        self,
        subject: UUID,
        purposes: Collection[str] | None = None,
        *,
        language: str,
        idempotency_key: str | None = None,
    ) -> Withdrawal:
        """Withdraw consents (None: all). Processing has stopped when this returns."""
        chosen = None if purposes is None else list(purposes)
        body = {"purposes": chosen, "language": language}
        return self._do(Withdrawal, f"/subjects/{subject}/withdrawals", body, idempotency_key)

    # --- requests -------------------------------------------------------------------------

    def ask(
        self,
        subject: UUID,
        kind: str,
        *,
        language: str,
        ground: str | None = None,
        justified: bool = False,
        idempotency_key: str | None = None,
    ) -> Request:
        """Ask for something in the name of a person, such as ``access`` or ``erasure``; the answer
        says by when it is due. Withdrawals and claims have methods of their own."""
        body = {"kind": kind, "ground": ground, "language": language, "justified": justified}
        return self._do(Request, f"/subjects/{subject}/requests", body, idempotency_key)

    def requests(self, subject: UUID) -> tuple[Request, ...]:
        """What a person asked for, by the day it is due."""
        told = self._ask("GET", f"/subjects/{subject}/requests")
        return tuple(answers.read(Request, each) for each in told["items"])

    def request(self, subject: UUID, request: UUID) -> Request:
        """Where one request stands."""
        return self._get(Request, f"/subjects/{subject}/requests/{request}")

    # --- decisions ------------------------------------------------------------------------

    def decide(
        self,
        subject: UUID,
        action: str,
        purpose: str,
        fields: Collection[str],
        *,
        recipient: str | None = None,
        point: str | None = None,
        basis: str | None = None,
    ) -> Decision:
        """May this be done now? A refusal is an answer, and journalled like a permit."""
        body = {
            "subject": str(subject),
            "action": action,
            "purpose": purpose,
            "fields": list(fields),
            "recipient": recipient,
            "point": point,
            "basis": basis,
        }
        return answers.read(Decision, self._ask("POST", "/decisions", body))

    def may(self, subject: UUID, action: str, purpose: str, fields: Collection[str]) -> bool:
        """``decide`` where the reason does not matter."""
        return self.decide(subject, action, purpose, fields).permitted

    def explain(
        self,
        subject: UUID,
        action: str,
        purpose: str,
        fields: Collection[str],
        *,
        at: datetime | None = None,
        recipient: str | None = None,
        point: str | None = None,
        basis: str | None = None,
    ) -> Explanation:
        """Why is this allowed or refused, now or ``at`` a past moment? It permits nothing."""
        body = {
            "subject": str(subject),
            "action": action,
            "purpose": purpose,
            "fields": list(fields),
            "recipient": recipient,
            "point": point,
            "basis": basis,
            "at": at.isoformat() if at else None,
        }
        return answers.read(Explanation, self._ask("POST", "/decisions/explanation", body))

    def limits(self, subject: UUID) -> Limits:
        """Which purposes are on and off for a person, and why: what to show who has refused."""
        return self._get(Limits, f"/subjects/{subject}/limits")

    # --- data -----------------------------------------------------------------------------

    def send_form(
        self,
        point: str,
        values: Mapping[str, str],
        *,
        consents: Collection[str],
        language: str,
        act: str = "tick",
        idempotency_key: str | None = None,
    ) -> Form:
        """Take in a form as Tutela's own page does: person, consents, data, clocks, letter."""
        body = {
            "values": dict(values),
            "consents": list(consents),
            "language": language,
            "act": act,
        }
        return self._do(Form, f"/forms/{part(point)}", body, idempotency_key)

    def store_record(
        self,
        subject: UUID,
        point: str,
        values: Mapping[str, str],
        *,
        purposes: Collection[str] | None = None,
        idempotency_key: str | None = None,
    ) -> UUID:
        """Store data of a person who is known; the record's identifier."""
        chosen = None if purposes is None else list(purposes)
        body = {"point": point, "values": dict(values), "purposes": chosen}
        return UUID(self._send(f"/subjects/{subject}/records", body, idempotency_key)["record"])

    def records(self, subject: UUID) -> tuple[Record, ...]:
        """What is held, without the values."""
        told = self._ask("GET", f"/subjects/{subject}/records")
        return tuple(answers.read(Record, each) for each in told["items"])

    def read_values(
        self,
        subject: UUID,
        purpose: str,
        fields: Collection[str],
        *,
        action: str = "extraction",
        recipient: str | None = None,
    ) -> tuple[Value, ...]:
        """Read data for a purpose. Raises ``Refused`` with the gate's reason and clause."""
        return self._values(f"/subjects/{subject}/values", purpose, fields, action, recipient)

    def values_history(
        self, subject: UUID, purpose: str, fields: Collection[str]
    ) -> tuple[Value, ...]:
        """Earlier versions of data that was corrected."""
        address = f"/subjects/{subject}/values/history"
        return self._values(address, purpose, fields, "extraction", None)

    def correct_value(
        self,
        subject: UUID,
        record: UUID,
        field: str,
        value: str,
        *,
        purpose: str,
        idempotency_key: str | None = None,
    ) -> None:
        """Correct one value; the earlier one stays in the history."""
        address = f"/subjects/{subject}/records/{record}/values/{part(field)}"
        self._send(address, {"purpose": purpose, "value": value}, idempotency_key, "PUT")

    # --- conversations --------------------------------------------------------------------

    def conversation_address(self, subject: UUID) -> Address:
        """Where other people write to a person; it tells nothing about them."""
        return self._get(Address, f"/subjects/{subject}/conversation-address")

    def begin_conversation(
        self,
        subject: UUID,
        values: Mapping[str, str],
        *,
        consents: Collection[str],
        language: str,
        to: str | None = None,
        idempotency_key: str | None = None,
    ) -> UUID:
        """Open one with the company, or with the person whose address ``to`` is."""
        body = {"values": dict(values), "consents": list(consents), "language": language, "to": to}
        told = self._send(f"/subjects/{subject}/conversations", body, idempotency_key)
        return UUID(told["conversation"])

    def say(
        self,
        subject: UUID,
        conversation: UUID,
        values: Mapping[str, str],
        *,
        language: str,
        consents: Collection[str] = (),
        idempotency_key: str | None = None,
    ) -> UUID:
        """One more message of the person; the identifier of its sealed record."""
        body = {"values": dict(values), "language": language, "consents": list(consents)}
        address = f"/subjects/{subject}/conversations/{conversation}/messages"
        return UUID(self._send(address, body, idempotency_key)["record"])

    def conversations(self, subject: UUID) -> tuple[Conversation, ...]:
        told = self._ask("GET", f"/subjects/{subject}/conversations")
        return tuple(answers.read(Conversation, each) for each in told["items"])

    def messages(self, subject: UUID, conversation: UUID) -> tuple[Message, ...]:
        """What was said, as the person sees it; that it was read is journalled."""
        told = self._ask("GET", f"/subjects/{subject}/conversations/{conversation}/messages")
        return tuple(answers.read(Message, each) for each in told["items"])

    # --- what is promised and what happened -----------------------------------------------

    def obligations(
        self, *, state: str | None = None, subject: UUID | None = None, cause: UUID | None = None
    ) -> Iterator[Obligation]:
        """What has to be done, in the order it is due. ``cause`` is a withdrawal or a record."""
        chosen = {"state": state, "subject": subject, "cause": cause}
        query = {name: str(value) for name, value in chosen.items() if value is not None}
        return self._pages(Obligation, "/obligations", query)

    def obligation(self, obligation: UUID) -> Obligation:
        return self._get(Obligation, f"/obligations/{obligation}")

    def journal(self, subject: UUID) -> Iterator[Entry]:
        """What happened with the data of a person, the newest first."""
        return self._pages(Entry, f"/subjects/{subject}/journal", {})

    def checkpoint(self) -> Checkpoint:
        return self._get(Checkpoint, "/journal/checkpoint")

    # --- how ------------------------------------------------------------------------------

    def _values(
        self,
        address: str,
        purpose: str,
        fields: Collection[str],
        action: str,
        recipient: str | None,
    ) -> tuple[Value, ...]:
        body = {
            "purpose": purpose,
            "fields": list(fields),
            "action": action,
            "recipient": recipient,
        }
        told = self._ask("POST", address, body)
        return tuple(answers.read(Value, each) for each in told["items"])
