"""What an authority demands is done where it was registered: some data blocked until a day, or
destroyed with an act (152-FZ articles 20(4), 21(1), 21(3); 001 6.5(b), 003 7.2.4(b), 004 9.10(d)).

What a duty of law or a hold keeps is not destroyed by a demand; the block can have it. The caller
has opened ``operator_scope``.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.vocabulary import Actor
from tutela.gate import blocking
from tutela.gate.rules import DESTROY
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests import cases
from tutela.requests.entries import DemandCarriedOut
from tutela.requests.errors import Refused
from tutela.requests.kinds.model import ENDED
from tutela.requests.models import Case
from tutela.retention import actions as retention
from tutela.vault import actions as vault

KIND, GROUND = "authority", "authority-asked"
EFFECTS = {
    "block": gettext_lazy("Block it"),
    "destroy": gettext_lazy("Destroy it"),
}


def fields_held(operator_id: UUID, subject: UUID) -> list[str]:
    """What a demand can be about."""
    return sorted({each for one in vault.holdings(operator_id, subject).values() for each in one})


def carry_out(
    operator_id: UUID,
    case: UUID,
    effect: str,
    fields: Collection[str],
    *,
    until: datetime | None,
    block: UUID,
    by: Actor,
) -> UUID | None:
    """Block ``fields`` of the person until ``until`` (None: until it is lifted), or destroy them;
    the act of the destruction. ``block`` makes a repeat do nothing. Raises ``NotPossible``, and
    ``Refused`` where the gate refuses."""
    row = cases.locked(operator_id, case)
    subject = _subject(operator_id, row, effect, fields)
    made = None
    if effect == "block":
        refusal = blocking.block(
            operator_id, subject, block, ground=GROUND, actor=by, fields=fields, until=until
        )
        if refusal is not None:
            raise Refused(refusal)
    else:
        made = _destroy(operator_id, row, subject, fields)
    said = DemandCarriedOut(
        subject=subject,
        actor=by,
        automated=False,
        clause=_clause(operator_id),
        policy_version=policies.in_force(operator_id).number,
        request=row.id,
        effect=effect,
        fields=tuple(sorted(fields)),
        act=made,
    )
    journal.append(operator_id, said)
    return made


def _subject(operator_id: UUID, row: Case, effect: str, fields: Collection[str]) -> UUID:
    subject = cases.subject_of(row)
    if row.kind != KIND or row.state in ENDED:
        raise cases.NotPossible(_("Only an open request of an authority can demand this."))
    if subject is None:
        raise cases.NotPossible(_("It is not known yet whom this is about; find the person first."))
    if effect not in EFFECTS:
        raise cases.NotPossible(_("Choose whether the data is blocked or destroyed."))
    if not fields or not set(fields) <= set(fields_held(operator_id, subject)):
        raise cases.NotPossible(_("Choose which data the demand is about."))
    return subject


def _destroy(operator_id: UUID, row: Case, subject: UUID, fields: Collection[str]) -> UUID:
    if DESTROY in policies.in_force(operator_id).four_eyes:
        raise cases.NotPossible(
            _(
                "The policy wants two people for this. Name the request as a demand to destroy: "
                "then the system does it in the term of the policy."
            )
        )
    made = retention.end_demanded(
        operator_id, subject, fields, clause=_clause(operator_id), at=clock.now(), cause=row.id
    )
    if made is None:
        raise cases.NotPossible(
            _("A duty of law or a hold keeps all of this. Block it, or tell the authority why.")
        )
    return made.id


def _clause(operator_id: UUID) -> str:
    policy = policies.in_force(operator_id)
    return policy.clause_of("request.block") or policy.clause_of("vault.block")
