"""What a person is told of their verifications in the copy of everything about them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.requests.parts import Line, Part
from tutela.verification.models import Case
from tutela.verification.wording import OUTCOMES
from tutela.web import dates


def told(operator_id: UUID, subject: UUID, _language: str) -> Iterator[Line]:
    """The copies that are still there lie among the person's values and files."""
    rows = Case.objects.filter(operator_id=operator_id, subject_id=subject)
    for each in rows.order_by("asked_at", "id"):
        data = {
            "record": each.id,
            "asked_at": each.asked_at,
            "outcome": each.outcome,
            "decided_at": each.decided_at,
            "copies_destroyed_at": each.purged_at,
        }
        yield Line(data, " ".join(_said(each)))


def _said(row: Case) -> Iterator[str]:
    yield _("Asked on %(day)s.") % {"day": dates.day(row.asked_at)}
    if row.decided_at is None:
        yield _("It is being looked at.")
    else:
        yield _("Decided on %(day)s: %(outcome)s.") % {
            "day": dates.day(row.decided_at),
            "outcome": OUTCOMES[row.outcome],
        }
    if row.purged_at is not None:
        yield _("The copies were destroyed on %(day)s.") % {"day": dates.day(row.purged_at)}


VERIFICATIONS = Part(gettext_lazy("Whether you are verified"), told)
