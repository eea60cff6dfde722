"""What an application may ask about itself."""

from __future__ import annotations

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.schemas import Answer, Id, Slug
from tutela.applications import actions
from tutela.policy import actions as policies


class Myself(Answer):
    application: Id
    name: Slug
    operator: Slug
    purposes: list[str]
    actions: list[str]
    functions: list[str]
    per_minute: int


@endpoint("GET", "/application", function="", answer=Myself)
def application(request: ApiRequest) -> Myself:
    """Which application this key belongs to, and what it is for."""
    call = request.call
    row = actions.application(call.operator_id, call.application_id)
    return Myself(
        application=row.id,
        name=row.slug,
        operator=policies.in_force(call.operator_id).operator.slug,
        purposes=list(row.purposes),
        actions=list(row.actions),
        functions=list(row.functions),
        per_minute=row.per_minute,
    )
