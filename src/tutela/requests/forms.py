"""Forms drawn from the policy's collection points; ``rules`` judges them, not Django's fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.rules import check_submission, consents_asked, consents_needed

_AUTOCOMPLETE = {
    "name": "name",
    "email": "email",
    "phone": "tel",
    "country": "country-name",
    "address": "street-address",
    "birth-date": "bday",
}
_WIDGETS: Mapping[str, type[forms.Widget]] = {
    "email": forms.EmailInput,
    "long-text": forms.Textarea,
}
CONSENT = "consent-"


class PointForm(forms.Form):
    """One collection point as a form: its fields, then each consent as an unticked sentence."""

    use_required_attribute = False

    def __init__(
        self,
        policy: Policy,
        point: CollectionPoint,
        language: str,
        today: date,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, auto_id="%s")
        self._policy, self._point, self._today = policy, point, today
        for asked in point.fields:
            declared = policy.fields[asked.field]
            field = forms.CharField(
                label=_worded(declared.title, language),
                required=asked.required,
                widget=_widget(declared.type),
            )
            field.why = _worded(asked.why, language)  # type: ignore[attr-defined]
            field.example = _worded(asked.example, language)  # type: ignore[attr-defined]
            self.fields[asked.field] = field
        needed = consents_needed(policy, point)
        for slug in consents_asked(policy, point):
            purpose = policy.purposes[slug]
            agreed = forms.BooleanField(
                label=_worded(purpose.consent_text, language), required=slug in needed
            )
            agreed.short = _worded(purpose.title, language)  # type: ignore[attr-defined]
            self.fields[CONSENT + slug] = agreed

    @property
    def data_fields(self) -> list[forms.BoundField]:
        return [self[each.field] for each in self._point.fields]

    @property
    def needed_consents(self) -> list[forms.BoundField]:
        return [each for each in self._consents() if each.field.required]

    @property
    def free_consents(self) -> list[forms.BoundField]:
        return [each for each in self._consents() if not each.field.required]

    def _consents(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith(CONSENT)]

    @property
    def typed(self) -> dict[str, str]:
        return {each.field: str(self.data.get(each.field, "")) for each in self._point.fields}

    @property
    def accepted(self) -> tuple[str, ...]:
        return tuple(
            slug
            for slug in consents_asked(self._policy, self._point)
            if self.data.get(CONSENT + slug)
        )

    def full_clean(self) -> None:
        """Judge by the one set of rules, so that a page and an API say the same."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        if not self.is_bound:
            return
        _, problems = check_submission(
            self._policy, self._point, self.typed, self.accepted, self._today
        )
        for problem in problems:
            self._errors.setdefault(problem.field, self.error_class()).append(problem.message)


def _widget(kind: str) -> forms.Widget:
    attributes = {"autocomplete": _AUTOCOMPLETE.get(kind, "off")}
    if kind in {"date", "birth-date"}:
        return forms.DateInput(attrs={**attributes, "type": "date"}, format="%Y-%m-%d")
    if kind == "phone":
        return forms.TextInput(attrs={**attributes, "type": "tel"})
    return _WIDGETS.get(kind, forms.TextInput)(attrs=attributes)


def _worded(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


class AddressForm(forms.Form):
    """Where to send the sign-in link."""

    use_required_attribute = False
    email = forms.EmailField(
        label=_("Your e-mail address"),
        error_messages={
            "required": _("Write the address you gave us."),
            "invalid": _("Write the address in full, for example anna@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
