"""Entering a request that came on paper, by word of mouth or by an official letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.core import clock
from tutela.requests import actions
from tutela.requests.case_wording import ASKED_ON, ASKERS, CHANNELS
from tutela.requests.intake import find_subject
from tutela.requests.kinds import KINDS, in_order
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

BY_HAND = ("paper", "oral", "authority", "mail")
_EARLIEST = date(1990, 1, 1)


class EnteredForm(forms.Form):
    use_required_attribute = False

    kind = forms.ChoiceField(label=_("What is asked"))
    asker = forms.ChoiceField(label=_("Who asks"), choices=[*ASKERS.items()])
    channel = forms.ChoiceField(
        label=_("How it came"), choices=[(each, CHANNELS[each]) for each in BY_HAND]
    )
    received = forms.DateField(
        label=_("On which day it was received"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    address = forms.CharField(
        label=_("The e-mail address or telephone of the person it is about"), required=False
    )
    court_until = forms.DateField(
        label=_("The last day that a court has set"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    justified = forms.BooleanField(label=_("It is a repeat and gives a reason"), required=False)

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        kinds = self.fields["kind"]
        assert isinstance(kinds, forms.ChoiceField)  # noqa: S101 - for the type checker
        kinds.choices = [("", _("Choose")), *choices()]

    def clean_received(self) -> date:
        day: date = self.cleaned_data["received"]
        if not _EARLIEST <= day <= timezone.localtime(clock.now()).date():
            raise forms.ValidationError(_("Name the day on which it came; it cannot be ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        kind = said.get("kind", "").partition(":")[0]
        if kind in KINDS and said.get("asker") not in set(KINDS[kind].who):
            self.add_error("asker", _("This kind of request is not made by them; choose another."))
        return said


def choices() -> list[tuple[str, str]]:
    """Every kind, or its every ground, as an option."""
    return [
        option
        for each in in_order()
        for option in (
            [(f"{each.slug}:{one}", f"{each.title}: {ASKED_ON[one]}") for one in each.grounds]
            or [(each.slug, str(each.title))]
        )
    ]


@page(
    "desk/<operator>/requests/new/",
    name="request-new",
    audience=STAFF,
    permission="request.work",
    under="requests",
    methods=("GET", "POST"),
)
def new(request: PageRequest) -> HttpResponseBase:
    """The clock starts on the day of receipt, however late it is entered."""
    form = EnteredForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return show(request, "requests/new.html", {"form": form}, status=status)
    visit, said = request.visit, form.cleaned_data
    kind, _colon, ground = said["kind"].partition(":")
    case = actions.open_case(
        visit.operator_id,
        kind,
        said["channel"],
        _about(request, said["address"]),
        received_at=_moment(said["received"]),
        asker=said["asker"],
        ground=ground,
        justified=said["justified"],
        court_until=said["court_until"],
        cause=visit.submission_id,
        actor=visit.actor,
    )
    return HttpResponseRedirect(page_url(request, "request", case=case))


def _about(request: PageRequest, address: str) -> UUID | None:
    visit = request.visit
    if not address:
        return None
    found = find_subject(visit.operator_id, "email", address, visit.actor)
    return found or find_subject(visit.operator_id, "phone", address, visit.actor)


def _moment(day: date) -> datetime:
    """The moment on that day: now if it is today, else its noon, whose day is counted from."""
    now = clock.now()
    if day == timezone.localtime(now).date():
        return now
    return timezone.make_aware(datetime.combine(day, time(12)))
