"""What an authority demands, on the page of its request."""

from __future__ import annotations

from uuid import UUID

from tutela.policy.model import Policy
from tutela.requests import demanding
from tutela.requests.desk.blocks import end_of_day
from tutela.requests.models import Case
from tutela.retention import actions as retention
from tutela.web.pages import PageRequest


def demand(request: PageRequest, case: UUID) -> None:
    """Do what an authority demands, with some of the data and for some time."""
    visit, sent = request.visit, request.POST
    demanding.carry_out(
        visit.operator_id,
        case,
        sent.get("effect", ""),
        sent.getlist("field"),
        until=end_of_day(sent.get("until", "")),
        block=visit.submission_id,
        by=visit.actor,
    )


def demands(operator_id: UUID, policy: Policy, subject: UUID, row: Case) -> dict[str, object]:
    """What an authority can demand here, and the acts that its demands have left."""
    return {
        "effects": demanding.EFFECTS.items(),
        "demandable": [
            (slug, policy.fields[slug].title)
            for slug in demanding.fields_held(operator_id, subject)
            if slug in policy.fields
        ],
        "acts": [each for each in retention.acts(operator_id, subject) if each.cause == row.id],
    }
