"""What an application is for, as a form; ``actions`` judges it like the command's arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tutela.applications import rules
from tutela.applications.actions import ApplicationRow, Rights
from tutela.applications.wording import ACTIONS, FUNCTIONS, LAW_PURPOSES
from tutela.policy.model import Policy


class RightsForm(forms.Form):
    """The three lists to tick, and the limit."""

    use_required_attribute = False

    def __init__(
        self,
        policy: Policy,
        language: str,
        data: Mapping[str, Any] | None = None,
        row: ApplicationRow | None = None,
    ) -> None:
        initial = {name: getattr(row, name) for name in LISTS} if row else {}
        limit = row.per_minute if row else rules.PER_MINUTE
        super().__init__(data, initial={**initial, "per_minute": limit}, auto_id="%s")
        purposes = [
            *((slug, each.title.get(language, slug)) for slug, each in policy.purposes.items()),
            *LAW_PURPOSES.items(),
        ]
        self.fields["functions"] = _boxes(_("What is it for?"), FUNCTIONS.items(), required=True)
        self.fields["purposes"] = _boxes(_("For which purposes?"), purposes)
        self.fields["actions"] = _boxes(_("What may it do with the data?"), ACTIONS.items())
        self.fields["per_minute"] = forms.IntegerField(
            label=_("Requests a minute"),
            min_value=1,
            max_value=rules.MOST_PER_MINUTE,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        )

    @property
    def lists(self) -> list[forms.BoundField]:
        return [self[name] for name in LISTS]

    @property
    def rights(self) -> Rights:
        return Rights(**{name: self.cleaned_data[name] for name in (*LISTS, "per_minute")})


LISTS = ("functions", "purposes", "actions")


class NewForm(RightsForm):
    """A new application: its name comes first."""

    def __init__(
        self, policy: Policy, language: str, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(policy, language, data)
        name = forms.CharField(
            label=_("Name"),
            max_length=64,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )
        name.example = "web-shop"  # type: ignore[attr-defined]
        self.fields = {"slug": name, **self.fields}


def _boxes(label: Any, choices: Any, *, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(choices),
        required=required,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the application is for.")},
    )
