"""The living style page: every component with sample values, in both languages."""

from __future__ import annotations

from datetime import date

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tutela.demo.pages import demo_page
from tutela.web.components import STATES, Bar, Pager, Part, Step
from tutela.web.pages import Menu, PageRequest, show


class SampleForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), help_text=_("the answer is sent there"))
    country = forms.ChoiceField(
        label=_("Country"), choices=[("", "—"), ("US", "United States"), ("RU", "Россия")]
    )
    wish = forms.CharField(label=_("What you would like"), widget=forms.Textarea, required=False)
    orders = forms.BooleanField(
        label=_("I agree that my name and e-mail are used to answer this order."),
        help_text=_("Needed to take the order. You can withdraw it at any time."),
    )
    news = forms.BooleanField(
        label=_("I agree to receive letters about new offers."),
        help_text=_("Not needed for anything else."),
        required=False,
    )


_PARTS = (Part("kept", 181), Part("at-risk", 4), Part("broken", 1), Part("informative", 69))
_STEPS = (
    Step(_("Received"), _("3 June, receipt sent")),
    Step(_("Blocked"), _("the same minute: nobody can use the data while we check")),
    Step(_("Corrected by 13 June"), _("7 working days; 12 June is a public holiday"), done=False),
)
_DUTIES = (
    {
        "due": date(2024, 6, 13),
        "counted": _("7 working days; 12 June is a public holiday"),
        "what": _("Correct the data"),
        "clause": "9.7",
        "state": "soon",
    },
    {
        "due": date(2024, 7, 3),
        "counted": _("30 days from the withdrawal"),
        "what": _("Destroy the data of one person"),
        "clause": "9.4(b)",
        "state": "open",
    },
    {
        "due": date(2024, 6, 18),
        "counted": _("10 working days from 3 June"),
        "what": _("Answer a request for the data"),
        "clause": "9.10",
        "state": "late",
    },
)
_BARS = (
    Bar(_("June"), 12),
    Bar(_("July"), 31),
    Bar(_("August"), 4, _("4, one of them late"), "late"),
)


_MENU = Menu(_("Components"), 30)


@demo_page("demo/style/", name="demo-style", methods=("GET", "POST"), menu=_MENU)
def style(request: PageRequest) -> HttpResponse:
    form = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    context = {
        "form": form,
        "parts": _PARTS,
        "states": STATES,
        "steps": _STEPS,
        "duties": _DUTIES,
        "bars": _BARS,
        "pager": Pager("#newer", "#older", _("1 to 3 of 40")),
    }
    return show(request, "demo/style.html", context)
