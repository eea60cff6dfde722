"""The desk's page of the operator's own sites that hand people over: their keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tutela.core import clock
from tutela.identity import handover
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")


class SiteForm(forms.Form):
    """A site and the public half of its key."""

    use_required_attribute = False

    kid = forms.CharField(
        label=_("Name of the key"),
        max_length=63,
        validators=[
            RegexValidator(_NAME, _("Use Latin letters, digits, dots, hyphens and underscores."))
        ],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Write the name that the tokens carry as “kid”.")},
    )
    issuer = forms.CharField(
        label=_("Origin of the site"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        error_messages={
            "required": _("Write the origin of the site alone, for example https://shop.example.")
        },
    )
    key = forms.CharField(
        label=_("Its public key"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Paste the Ed25519 public key in PEM form.")},
    )
    until = forms.DateField(
        label=_("Its last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as 2026-12-31.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="%s")

    @property
    def end(self) -> datetime | None:
        """The end of the last day where the operator is; None for a key without one."""
        day = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(day, time.max)) if day else None

    def clean_until(self) -> Any:
        day = self.cleaned_data["until"]
        if day and day < timezone.localdate(clock.now()):
            raise forms.ValidationError(_("This day is over. Choose a later one, or none."))
        return day


@page(
    "desk/<operator>/sites/",
    name="sites",
    audience=STAFF,
    permission="sites.manage",
    under="applications",
    methods=("GET", "POST"),
    recent=True,
)
def sites(request: PageRequest) -> HttpResponseBase:
    """Whose tokens are believed; and one key more."""
    visit, now = request.visit, clock.now()
    form = SiteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            handover.register_key(
                visit.operator_id,
                said["kid"],
                said["issuer"],
                said["key"],
                until=form.end,
                by=visit.actor,
            )
        except handover.KeyTaken as error:
            form.add_error("kid", str(error))
        except handover.BadOrigin as error:
            form.add_error("issuer", str(error))
        except handover.BadKey as error:
            form.add_error("key", str(error))
        else:
            return HttpResponseRedirect(page_url(request, "sites"))
    rows = [
        (each, each.until is None or each.until > now) for each in handover.keys(visit.operator_id)
    ]
    status = 422 if form.is_bound else 200
    return show(request, "identity/sites.html", {"form": form, "rows": rows}, status=status)


@page(
    "desk/<operator>/sites/end/",
    name="site-end",
    audience=STAFF,
    permission="sites.manage",
    under="applications",
    methods=("POST",),
    recent=True,
)
def site_end(request: PageRequest) -> HttpResponseBase:
    """Believe a key no more."""
    handover.end_key(request.visit.operator_id, request.POST.get("kid", ""), by=request.visit.actor)
    return HttpResponseRedirect(page_url(request, "sites"))
