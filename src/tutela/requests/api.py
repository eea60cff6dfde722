"""Finding people, sending forms in, storing, reading and correcting data, withdrawing."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from tutela.api.callers import Call
from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.repeats import name_of
from tutela.api.schemas import Answer, Body, Id, Language, Moment, Slug, Slugs, Text
from tutela.consent import actions as consent
from tutela.core.canonical import sha256_hex
from tutela.core.errors import NotFound
from tutela.core.vocabulary import Action
from tutela.gate import at_once
from tutela.gate.actions import Refusal
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.identity.api import living
from tutela.obligations.api import ObligationShown
from tutela.obligations.api import shown as obligation_shown
from tutela.policy import actions as policies
from tutela.policy.api import known_purpose
from tutela.requests import actions, asking_api, machine_api, records
from tutela.requests.errors import Refused
from tutela.requests.intake import permit
from tutela.vault import actions as vault

_LOADED = (asking_api, machine_api)
"""Endpoints of this room that have a file of their own."""
Values = Annotated[dict[Slug, Text], Field(min_length=1, max_length=100)]


# --- finding ----------------------------------------------------------------------------------


class Known(Body):
    """``field`` identifies people in the policy: an e-mail address, a telephone."""

    field: Slug
    value: Annotated[Text, Field(min_length=1, max_length=300)]


class Whose(Answer):
    subject: Id


class NobodyKnown(NotFound):
    """Nobody is known by this value."""


@endpoint("POST", "/subjects/find", function="subjects.read", answer=Whose)
def subject_find(request: ApiRequest, body: Known) -> Whose:
    """Find a person by what identifies them

    By the blind index: the value is compared and not kept. The key's scope must list the purpose
    `identification` and the action `extraction`.
    """
    call = request.call
    declared = policies.in_force(call.operator_id).fields.get(body.field)
    if declared is None or not declared.identifies:
        raise mistaken(
            "/field", _("Nobody can be found by this field; choose one that identifies.")
        )
    leave = permit(
        Operation(
            operator=call.operator_id,
            subject=None,
            action=Action.EXTRACTION,
            purpose="identification",
            fields=frozenset({body.field}),
            actor=call.actor,
        )
    )
    found = vault.find(leave, body.field, body.value)
    if found is None:
        raise NobodyKnown(_("Nobody is known to this operator by this value."))
    return Whose(subject=found)


# --- forms ------------------------------------------------------------------------------------


class Act(StrEnum):
    """How the consents of a form were given: ticked one by one, or signed."""

    TICK = "tick"
    SIGNED_FORM = "signed-form"


class Filled(Body):
    """``values`` by field, ``consents`` the purposes whose sentences the person agreed to."""

    values: Values
    consents: Annotated[list[Slug], Field(max_length=50)]
    language: Language
    act: Act = Act.TICK


class Received(Answer):
    """``record`` is the form as it is kept; obligations that it opened name it as their cause.
    ``receipt`` opens the person's page about it."""

    subject: Id
    record: Id
    receipt: str


@endpoint(
    "POST", "/forms/{point}", function="forms.write", answer=Received, status=201, writes=True
)
def form_send(request: ApiRequest, point: Slug, body: Filled) -> Received:
    """Send in a form that a person filled in

    Everything that the form on Tutela's own page does: the person is found or made known, the
    consents are recorded, the values sealed, the clocks started, a letter promised. The key's
    scope must list the point's purposes, `identification`, and the actions `collection` and
    `extraction`.
    """
    call = request.call
    policy = policies.in_force(call.operator_id)
    actions.collection_point(policy, point)
    for number, purpose in enumerate(body.consents):
        known_purpose(policy, purpose, f"/consents/{number}")
    name = f"{call.application_id} {name_of(request)}"
    made = actions.submit(
        call.operator_id,
        point,
        language=body.language,
        values=body.values,
        accepted=body.consents,
        idempotency=sha256_hex(name.encode()),
        act=str(body.act),
        sender=call.actor,
    )
    path = f"/{body.language}/{policy.operator.slug}/receipt/{made.token}/"
    return Received(subject=made.subject, record=made.about, receipt=path)


# --- records ----------------------------------------------------------------------------------


class NewRecord(Body):
    """``values`` by field, as the collection point asks for them. ``purposes`` are those of the
    point that it is kept for; left out, those that the point needs."""

    point: Slug
    values: Values
    purposes: Slugs | None = None


class Stored(Answer):
    record: Id


@endpoint(
    "POST",
    "/subjects/{subject}/records",
    function="records.write",
    answer=Stored,
    status=201,
    writes=True,
    problems=(410,),
)
def record_store(request: ApiRequest, subject: Id, body: NewRecord) -> Stored:
    """Store data about a person who is known already

    The consents must stand: the gate is asked for the action `collection` and each purpose.
    """
    call = request.call
    living(call.operator_id, subject)
    made = records.keep(
        call.operator_id,
        subject,
        body.point,
        purposes=body.purposes or (),
        values=body.values,
        sender=call.actor,
    )
    return Stored(record=made)


class RecordShown(Answer):
    record: Id
    point: str
    purposes: list[str]
    source: str
    received_at: Moment
    fields: list[str]


class Records(Answer):
    items: list[RecordShown]


@endpoint("GET", "/subjects/{subject}/records", function="records.read", answer=Records)
def records_list(request: ApiRequest, subject: Id) -> Records:
    """What is held about a person, without the values"""
    operator = request.call.operator_id
    identity.subject(operator, subject)
    held = vault.holdings(operator, subject)
    return Records(
        items=[
            RecordShown(
                record=each.id,
                point=each.point,
                purposes=list(each.purposes),
                source=each.source,
                received_at=each.received_at,
                fields=sorted(held.get(each.id, ())),
            )
            for each in vault.records(operator, subject)
        ]
    )


class Looking(StrEnum):
    """Ways to read; the last three hand the data to a recipient."""

    EXTRACTION = "extraction"
    USE = "use"
    PROVISION = "provision"
    ACCESS = "access"
    DISSEMINATION = "dissemination"


class Reading(Body):
    """``fields`` for ``purpose``; ``recipient`` where the data is handed to somebody."""

    purpose: Slug
    fields: Slugs
    action: Looking = Looking.EXTRACTION
    recipient: Slug | None = None


class ValueShown(Answer):
    record: Id
    field: str
    value: str
    version: int
    status: str
    received_at: Moment
    superseded_at: Moment | None


class ValuesShown(Answer):
    """``clause`` is the clause of the policy that the permit rests on."""

    clause: str
    items: list[ValueShown]


def _operation(call: Call, subject: UUID, body: Reading) -> Operation:
    return Operation(
        operator=call.operator_id,
        subject=subject,
        action=Action(body.action),
        purpose=body.purpose,
        fields=frozenset(body.fields),
        actor=call.actor,
        recipient=body.recipient or "",
    )


def _values(clause: str, values: Iterable[vault.Value]) -> ValuesShown:
    return ValuesShown(
        clause=clause,
        items=[
            ValueShown(
                record=each.record,
                field=each.field,
                value=each.value,
                version=each.version,
                status=each.status,
                received_at=each.received_at,
                superseded_at=each.superseded_at,
            )
            for each in values
        ],
    )


@endpoint(
    "POST", "/subjects/{subject}/values", function="records.read", answer=ValuesShown, alone=True
)
def values_read(request: ApiRequest, subject: Id, body: Reading) -> ValuesShown:
    """Read data about a person, for a purpose

    The gate decides and the journal keeps who read which fields and why.
    """
    call = request.call
    identity.ensure_known(call.operator_id, subject)
    seen = at_once.look(_operation(call, subject, body))
    if isinstance(seen, Refusal):
        raise Refused(seen)
    return _values(seen.clause, seen.values)


@endpoint("POST", "/subjects/{subject}/values/history", function="records.read", answer=ValuesShown)
def values_history(request: ApiRequest, subject: Id, body: Reading) -> ValuesShown:
    """Read the earlier versions of data that was corrected"""
    identity.subject(request.call.operator_id, subject)
    leave = permit(_operation(request.call, subject, body))
    return _values(leave.clause, vault.history(leave))


class Correction(Body):
    purpose: Slug
    value: Annotated[Text, Field(min_length=1)]


class Corrected(Answer):
    record: Id
    field: str


@endpoint(
    "PUT",
    "/subjects/{subject}/records/{record}/values/{field}",
    function="records.write",
    answer=Corrected,
    writes=True,
    problems=(410,),
)
def value_correct(
    request: ApiRequest, subject: Id, record: Id, field: Slug, body: Correction
) -> Corrected:
    """Correct one value

    The gate is asked for the action `clarification`. The earlier value stays in the history.
    """
    call = request.call
    living(call.operator_id, subject)
    records.correct(
        call.operator_id,
        subject,
        record,
        field,
        purpose=body.purpose,
        value=body.value,
        sender=call.actor,
    )
    return Corrected(record=record, field=field)


# --- withdrawals ------------------------------------------------------------------------------


class Withdrawing(Body):
    """``purposes`` to withdraw the consents to; null withdraws all of them."""

    purposes: Slugs | None
    language: Language


class Withdrawn(Answer):
    """``remaining`` are grounds that still allow some processing; ``repeated`` says that there was
    nothing left to withdraw and this is the earlier one."""

    withdrawal: Id
    purposes: list[str]
    at: Moment
    remaining: list[str]
    repeated: bool
    obligations: list[ObligationShown]


@endpoint(
    "POST",
    "/subjects/{subject}/withdrawals",
    function="consents.write",
    answer=Withdrawn,
    status=201,
    writes=True,
    problems=(410,),
)
def withdraw(request: ApiRequest, subject: Id, body: Withdrawing) -> Withdrawn:
    """Withdraw consents in the name of a person who said so

    Processing stops in this transaction. The answer lists what the policy promises now and by
    when. A withdrawal needs no scope: a person may always stop.
    """
    call = request.call
    living(call.operator_id, subject)
    policy = policies.in_force(call.operator_id)
    for number, purpose in enumerate(body.purposes or ()):
        known_purpose(policy, purpose, f"/purposes/{number}")
    receipt = actions.withdraw(
        call.operator_id,
        subject,
        body.purposes,
        language=body.language,
        channel="api",
        actor=call.actor,
    )
    made = consent.withdrawal(call.operator_id, receipt.about)
    if made is None:
        raise LookupError("A withdrawal that was just made is not there.")
    return Withdrawn(
        withdrawal=made.id,
        purposes=list(made.purposes),
        at=made.at,
        remaining=list(made.remaining),
        repeated=receipt.repeated,
        obligations=[obligation_shown(each, call.language) for each in made.obligations],
    )
