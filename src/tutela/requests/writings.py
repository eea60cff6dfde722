"""What staff write about a request: answers and internal notes, sealed with the person like
everything else that is personal, and ended with it.

They lie under the policy's own field for what people write, in records of their own. The person
sees them with everything else that is held about them, internal notes too.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Action, Actor, LawPurpose
from tutela.gate.rules import Operation
from tutela.inventory import taking
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.errors import Incomplete
from tutela.requests.intake import permit
from tutela.requests.rules import Problem, Wrong, keep_out
from tutela.retention import actions as retention
from tutela.vault import actions as vault

REPLY, NOTE = "reply", "note"
"""The points under which such records stand; no policy declares a form of these names."""
LONGEST = 20_000
WHY = "answer-request"


def field_for(policy: Policy) -> str:
    """The field for free text: that of the policy's letters, else any long text."""
    texts = [slug for slug, each in policy.fields.items() if each.type == "long-text"]
    letters = [each for each in policy.points.values() if each.kind == "letter"]
    asked = [each.field for point in letters for each in point.fields if each.field in texts]
    found = next(iter((*asked, *texts)), "")
    if not found:
        raise Incomplete(
            (Problem("", _("The policy declares no field for free text, so nothing is written.")),)
        )
    return found


def write(operator_id: UUID, subject: UUID, point: str, text: str, actor: Actor) -> UUID:
    """Seal ``text`` about ``subject``; its record. Raises ``Refused`` and ``Incomplete``."""
    clean = text.strip()
    if not clean or len(clean) > LONGEST:
        told = _("Write between one and %(count)d characters.") % {"count": LONGEST}
        raise Incomplete((Problem("text", told),))
    policy = policies.in_force(operator_id)
    field = field_for(policy)
    try:
        keep_out(policy, field, clean)
    except Wrong as wrong:
        raise Incomplete((Problem("text", str(wrong)),)) from None
    leave = permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.RECORDING,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset({field}),
            actor=actor,
        )
    )
    record = new_id()
    taking.store(
        leave,
        record=record,
        point=point,
        purposes=(LawPurpose.SUBJECT_RIGHTS,),
        values={field: clean},
        provenance=vault.Provenance("staff"),
    )
    retention.schedule_writing(operator_id, subject, record, clock.now())
    return record


def texts(operator_id: UUID, subject: UUID, actor: Actor) -> Mapping[UUID, str]:
    """What was written to and about the person, by record, opened for ``actor`` who answers a
    request; the look is journalled. Raises ``Refused``."""
    sending = actor == SYSTEM
    field = field_for(policies.in_force(operator_id))
    leave = permit(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.USE if sending else Action.EXTRACTION,
            purpose=LawPurpose.SERVICE_LETTER if sending else LawPurpose.OVERSIGHT,
            fields=frozenset({field}),
            actor=actor,
            reason="" if sending else WHY,
        )
    )
    return {each.record: each.value for each in vault.read(leave) if each.field == field}
