"""The profile as a form: the fields of the form that opened the account, without its consents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import ErrorDict

from tutela.accounts.editing import Line
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.forms import PointForm
from tutela.requests.rules import Problem


def report(form: PointForm, problems: Iterable[Problem]) -> None:
    """Put what ``check_submission`` found beside the fields of a form."""
    for each in problems:
        if each.field in form.fields:
            form.errors.setdefault(each.field, form.error_class()).append(each.message)


class ProfileForm(PointForm):
    """What is held stands in the fields; what cannot be changed here is left out."""

    def __init__(
        self,
        policy: Policy,
        point: CollectionPoint,
        language: str,
        today: date,
        data: Mapping[str, Any] | None = None,
        *,
        lines: Sequence[Line],
    ) -> None:
        super().__init__(policy, point, language, today, data)
        open_lines = {each.slug: each for each in lines if not each.fixed}
        for name in [each for each in self.fields if each not in open_lines]:
            del self.fields[name]
        self.initial = {slug: each.value for slug, each in open_lines.items()}

    @property
    def data_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed; a field that was not sent is not changed."""
        return {name: str(self.data[name]) for name in self.fields if name in self.data}

    def full_clean(self) -> None:
        """``editing.save`` judges, by the one set of rules that every form has."""
        self._errors = ErrorDict()
        self.cleaned_data = {}
