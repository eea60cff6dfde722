"""What a person is told of what they made public in the copy of everything about them."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.policy import actions as policies
from tutela.publicity.models import Listing
from tutela.requests.parts import Line, Part
from tutela.requests.reading import point_title
from tutela.web import dates


def told(operator_id: UUID, subject: UUID, language: str) -> Iterator[Line]:
    """Which records everybody could see, and from when until when."""
    policy = policies.in_force(operator_id)
    rows = Listing.objects.filter(operator_id=operator_id, subject_id=subject)
    for each in rows.order_by("opened_at", "id"):
        data = {
            "record": each.record,
            "purpose": each.purpose,
            "opened_at": each.opened_at,
            "closed_at": each.closed_at,
        }
        point = point_title(policy, each.point, language)
        opened = dates.day(each.opened_at)
        if each.closed_at is None:
            said = _("%(form)s: public since %(day)s.") % {"form": point, "day": opened}
        else:
            said = _("%(form)s: public from %(day)s until %(until)s.") % {
                "form": point,
                "day": opened,
                "until": dates.day(each.closed_at),
            }
        yield Line(data, said)


PUBLIC = Part(gettext_lazy("What everybody could see"), told)
