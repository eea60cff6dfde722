"""The signed head of the journal, for whoever follows it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer
from tutela.journal import actions
from tutela.journal.errors import NothingSigned


class CheckpointShown(Answer):
    """``note`` is a C2SP signed note, ``key`` the verifier that it is checked with."""

    note: str
    key: str


@endpoint("GET", "/journal/checkpoint", function="journal.read", answer=CheckpointShown)
def journal_checkpoint(request: ApiRequest) -> CheckpointShown:
    """The last signed checkpoint of the operator's journal

    Whoever keeps it can prove later that nothing before it was changed or removed.
    """
    note = actions.checkpoint(request.call.operator_id)
    if note is None:
        raise NothingSigned(_("The journal has no signed checkpoint yet; ask again in a second."))
    return CheckpointShown(note=note, key=actions.public_key(request.call.operator_id))
