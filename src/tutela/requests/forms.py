"""Forms drawn from the policy's collection points; ``rules`` judges them, not Django's fields."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.policy.model import CollectionPoint, Field, Policy
from tutela.policy.vocabulary import ATTACHMENT_TYPES
from tutela.requests.attaching import examine
from tutela.requests.rules import (
    Problem,
    asked_on_a_page,
    check_submission,
    consents_asked,
    consents_needed,
)
from tutela.vault.actions import Clean
from tutela.vault.attachments.kinds import accept, endings
from tutela.web import guard

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
        *,
        files: Mapping[str, Any] | None = None,
        consents: bool = True,
    ) -> None:
        """Without ``consents`` nothing is agreed to here, because it was before."""
        super().__init__(data, auto_id="%s")
        self._policy, self._point, self._today = policy, point, today
        self.problems: tuple[Problem, ...] = ()
        self._asked = asked_on_a_page(policy, point)
        self._asks = consents_asked(policy, point) if consents else ()
        self._given = () if consents else consents_asked(policy, point)
        self._attached = examine(policy, point, files or {})
        for asked in self._asked:
            declared = policy.fields[asked.field]
            kind: type[forms.Field] = forms.FileField if declared.attached else forms.CharField
            field = kind(
                label=_worded(declared.title, language),
                required=asked.required,
                widget=_widget(declared.type),
            )
            if declared.attached:
                field.limits = _limits(declared)  # type: ignore[attr-defined]
            field.why = _worded(asked.why, language)  # type: ignore[attr-defined]
            field.example = _worded(asked.example, language)  # type: ignore[attr-defined]
            self.fields[asked.field] = field
        needed = consents_needed(policy, point)
        for slug in self._asks:
            purpose = policy.purposes[slug]
            agreed = forms.BooleanField(
                label=_worded(purpose.consent_text, language), required=slug in needed
            )
            agreed.short = _worded(purpose.title, language)  # type: ignore[attr-defined]
            self.fields[CONSENT + slug] = agreed

    @property
    def data_fields(self) -> list[forms.BoundField]:
        return [self[each.field] for each in self._asked]

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
        return {
            each.field: str(self.data.get(each.field, ""))
            for each in self._asked
            if not self._policy.fields[each.field].attached
        }

    @property
    def excess(self) -> int:
        """How many fields came that the form does not ask for; they are dropped."""
        return len(set(self.data) - self.fields.keys() - {guard.FIELD})

    @property
    def files_taken(self) -> Mapping[str, Clean]:
        """The files that came and can be sealed."""
        return self._attached.files

    @property
    def accepted(self) -> tuple[str, ...]:
        return self.agreed_here + self._given

    @property
    def agreed_here(self) -> tuple[str, ...]:
        """The consents that were given with this very form."""
        return tuple(slug for slug in self._asks if self.data.get(CONSENT + slug))

    def named(self, nonce: str) -> str:
        """The name of this sending: the same form with the same contents is the same one, and a
        form that somebody went back to and changed is another. ``nonce`` is the form's own; by
        chance and not kept, so that the name tells nothing of what was sent."""
        sent = {slug: _digest(each) for slug, each in self.files_taken.items()}
        contents = {"typed": self.typed, "agreed": list(self.accepted), "files": sent}
        return sha256_hex(f"{self._point.slug} {nonce} ".encode() + canonical_bytes(contents))

    def tell(self, problems: Iterable[Problem]) -> None:
        """Show what was found wrong after the form itself had been found right."""
        for each in problems:
            self.errors.setdefault(each.field, self.error_class()).append(each.message)
        self._ask_for_files_again()

    def full_clean(self) -> None:
        """Judge by the one set of rules, so that a page and an API say the same."""
        self._errors = ErrorDict()
        self.problems = ()
        self.cleaned_data: dict[str, Any] = {}
        if not self.is_bound:
            return
        attached = self._attached
        _, self.problems = check_submission(
            self._policy,
            self._point,
            self.typed,
            self.accepted,
            self._today,
            attached=attached.files,
        )
        unfit = {each.field for each in attached.problems}
        mine = [each for each in self.problems if each.field not in unfit]
        for problem in (*attached.problems, *mine):
            self._errors.setdefault(problem.field, self.error_class()).append(problem.message)
        if self._errors:
            self._ask_for_files_again()

    def _ask_for_files_again(self) -> None:
        """A browser keeps what was typed and no file, so the sender must know."""
        for slug in self._attached.files:
            if slug not in self._errors:
                again = gettext("Choose this file once more: the browser does not keep it.")
                self._errors[slug] = self.error_class([again])


def _digest(file: Clean) -> str:
    file.content.seek(0)
    digest = hashlib.file_digest(file.content, "sha256").hexdigest()
    file.content.seek(0)
    return digest


def _limits(field: Field) -> str:
    return gettext("%(kinds)s, up to %(count)d MB") % {
        "kinds": endings(field.type),
        "count": field.megabytes,
    }


def _widget(kind: str) -> forms.Widget:
    if kind in ATTACHMENT_TYPES:
        return forms.FileInput(attrs={"accept": accept(kind)})
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
