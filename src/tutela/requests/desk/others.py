"""What is hidden of other people in an answer: proposed, looked at, changed and decided."""

from __future__ import annotations

from itertools import islice
from uuid import UUID

from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.policy import actions as policies
from tutela.requests import cases, others, reading
from tutela.requests.case_wording import HIDDEN_WHY
from tutela.requests.models import Hidden
from tutela.requests.showing import staff_names
from tutela.requests.spotting import FILE
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

_MOST_WORDS = 20
_LONGEST = 200


@page(
    "desk/<operator>/requests/<uuid:case>/others/",
    name="request-others",
    audience=STAFF,
    permission="request.work",
    under="requests",
    methods=("GET", "POST"),
)
def request_others(request: PageRequest, case: UUID) -> HttpResponseBase:
    """See what would be hidden and why, change it, and decide. The look is journalled."""
    visit, asked = request.visit, request.POST.get("do", "")
    row = cases.get(visit.operator_id, case)
    subject = cases.subject_of(row)
    if subject is None:
        raise NotFound(_("It is not known yet whom this is about; find the person first."))
    context: dict[str, object] = {"row": row, "decided": _decided(request, subject)}
    if request.method != "POST":
        return show(request, "requests/others.html", context)
    words = _words(request.POST.get("words", ""))
    if asked == "decide":
        others.decide(
            visit.operator_id,
            case,
            seen=request.POST.getlist("seen"),
            hide=request.POST.getlist("hide"),
            words=words,
            by=visit.actor,
        )
        return HttpResponseRedirect(page_url(request, "request-others", case=case))
    found = others.proposal(visit.operator_id, subject, visit.actor, words=words)
    shown = list(islice(found, others.MOST + 1))
    context |= {
        "places": [_line(request, each) for each in shown[: others.MOST]],
        "more": len(shown) > others.MOST,
        "most": others.MOST,
        "words": "\n".join(words),
    }
    return show(request, "requests/others.html", context)


def _words(typed: str) -> list[str]:
    lines = (" ".join(each.split())[:_LONGEST] for each in typed.splitlines())
    return list(dict.fromkeys(each for each in lines if each))[:_MOST_WORDS]


def _decided(request: PageRequest, subject: UUID) -> dict[str, object]:
    """How many places were decided, and by whom last."""
    rows = Hidden.objects.filter(operator_id=request.visit.operator_id, subject_id=subject)
    last = rows.order_by("-at").first()
    if last is None:
        return {}
    return {
        "hidden": rows.filter(hidden=True).count(),
        "shown": rows.filter(hidden=False).count(),
        "by": staff_names(request.visit.operator_id).get(last.by, last.by),
        "at": last.at,
    }


def _line(request: PageRequest, each: others.Found) -> dict[str, object]:
    policy = policies.in_force(request.visit.operator_id)
    declared = policy.fields.get(each.field)
    title = reading.words(declared.title, request.visit.language) if declared else each.field
    where = _("%(field)s, record № %(number)s")
    return {
        "key": each.key,
        "where": where % {"field": title, "number": each.record.hex[-6:]},
        "why": HIDDEN_WHY[each.spot.why],
        "before": each.before,
        "said": title if each.spot.why == FILE else each.said,
        "after": each.after,
        "hidden": each.hidden,
        "decided": bool(each.by),
    }
