"""The form by which staff choose entries of the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tutela.core import clock
from tutela.core.vocabulary import SYSTEM, Action, ActorKind
from tutela.journal import naming, tallies
from tutela.journal.entries import Row
from tutela.journal.filters import Filter, choices

_NIL = UUID(int=0)


class FilterForm(forms.Form):
    """Every field may be left empty. The subject comes with the address of a person's page."""

    use_required_attribute = False

    kind = forms.ChoiceField(required=False, label=_("Kind of entry"))
    action = forms.ChoiceField(required=False, label=_("Action"))
    purpose = forms.ChoiceField(required=False, label=_("Purpose"))
    actor = forms.ChoiceField(required=False, label=_("By whom"))
    clause = forms.CharField(required=False, max_length=40, label=_("Clause"))
    since = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        required=False,
        label=_("Up to and including"),
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, operator_id: UUID, language: str, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        self.operator_id = operator_id
        counted = tallies.tally(operator_id).by_kind
        with override(language):
            self._offer("kind", [(kind, f"{kind} ({counted[kind]})") for kind in sorted(counted)])
            self._offer("action", self._named("action", Action))
            self._offer("purpose", self._named("purpose", choices(operator_id, "purpose")))
            self._offer("actor", [(str(kind), str(naming.ACTORS[kind])) for kind in ActorKind])

    def _offer(self, name: str, offered: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("any")), *offered]

    def _named(self, name: str, slugs: Iterable[str]) -> list[tuple[str, str]]:
        row = Row(
            self.operator_id,
            _NIL,
            0,
            "",
            clock.now(),
            None,
            SYSTEM,
            "",
            "",
            "",
            "",
            automated=True,
            policy_version=None,
        )
        return [(str(slug), str(naming.name_of(row, name, str(slug)))) for slug in slugs]

    def chosen(self) -> Filter:
        """What was asked for; everything, where the form has mistakes."""
        if not self.is_bound or not self.is_valid():
            return Filter()
        asked = self.cleaned_data
        until = asked["until"]
        return Filter(
            kind=asked["kind"],
            action=asked["action"],
            purpose=asked["purpose"],
            clause=asked["clause"].strip(),
            actor=asked["actor"],
            subject=asked["subject"],
            since=_midnight(asked["since"]) if asked["since"] else None,
            until=_midnight(date.fromordinal(until.toordinal() + 1)) if until else None,
        )


def _midnight(day: date) -> datetime:
    """The first moment of a day where the operator is."""
    return timezone.make_aware(datetime.combine(day, time()))
