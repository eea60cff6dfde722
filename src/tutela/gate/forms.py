"""The forms by which staff propose a decision, and ask why something is allowed or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.vocabulary import Action, Actor, ActorKind, LawPurpose
from tutela.gate.approvals import Proposal
from tutela.gate.bulk import REVEAL
from tutela.gate.entries import ACTIONS
from tutela.gate.rules import DESTROY, Operation
from tutela.gate.wording import ACTS, DECISION_GROUNDS, INTERESTS
from tutela.identity.wording import ROLES
from tutela.journal.naming import ACTORS
from tutela.policy.model import Policy
from tutela.policy.vocabulary import NINE_OPERATIONS
from tutela.policy.wording import LAW_PURPOSES

Choices = list[tuple[str, Any]]


def purposes_of(policy: Policy, language: str) -> Choices:
    """Every purpose in words: those of the policy, then those that the law gives."""
    declared = [(slug, each.title.get(language, slug)) for slug, each in policy.purposes.items()]
    return [*declared, *((str(slug), LAW_PURPOSES[slug]) for slug in LawPurpose)]


def actors_of(policy: Policy, language: str) -> Choices:
    """Kinds of actors, and staff by role; ``staff/clerk`` names one."""
    own = [
        (f"staff/{slug}", each.title.get(language, slug))
        for slug, each in policy.roles.items()
        if each.like
    ]
    kinds = (ActorKind.SYSTEM, ActorKind.SUBJECT, ActorKind.VISITOR)
    return [
        *((f"staff/{role}", words) for role, words in ROLES.items()),
        *own,
        *((str(kind), ACTORS[kind]) for kind in kinds),
    ]


def _chosen(words: Mapping[str, Any], empty: Any) -> Choices:
    return [("", empty), *((slug, each) for slug, each in words.items() if slug)]


class Plain(forms.Form):
    """A form in our frame: identifiers as names, and errors that the page shows itself."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any] | None, initial: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="%s", initial=dict(initial))

    def choose(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared below
        field.choices = list(choices)


class DecisionForm(Plain):
    """A decision to be taken by somebody else."""

    operations = forms.MultipleChoiceField(
        label=gettext_lazy("Which operations"),
        choices=[(each, ACTIONS[Action(each)]) for each in NINE_OPERATIONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    purpose = forms.ChoiceField(label=gettext_lazy("For which purpose"), required=False)
    act = forms.ChoiceField(
        label=gettext_lazy("Or an act that wants a second person"),
        choices=_chosen(
            {act: ACTS[act] for act in (DESTROY, REVEAL)}, gettext_lazy("none of these")
        ),
        required=False,
    )
    person = forms.UUIDField(
        label=gettext_lazy("About one person only"),
        required=False,
        help_text=gettext_lazy("The identifier from the address of the person’s page."),
        error_messages={"invalid": gettext_lazy("This is no identifier. Copy it whole.")},
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("On what ground"),
        choices=_chosen(DECISION_GROUNDS, gettext_lazy("Choose a ground")),
        error_messages={"required": gettext_lazy("Choose the ground of the decision.")},
    )
    interest = forms.ChoiceField(
        label=gettext_lazy("The interests of the people concerned"),
        choices=_chosen(INTERESTS, gettext_lazy("Choose how they were regarded")),
        error_messages={
            "required": gettext_lazy("Say how the interests of the people concerned were regarded.")
        },
    )
    until = forms.DateField(
        label=gettext_lazy("Its last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Left empty, the decision stands until it is revoked."),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-12-31.")},
    )

    def __init__(
        self,
        policy: Policy,
        language: str,
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial or {})
        self._policy = policy
        anything = ("", gettext_lazy("any purpose"))
        self.choose("purpose", [anything, *purposes_of(policy, language)])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if bool(given.get("operations")) == bool(given.get("act")):
            self.add_error("operations", _("Choose either operations or one of the acts."))
        if given.get("act") == DESTROY and not given.get("person") and "person" not in self.errors:
            self.add_error("person", _("Say whose data is to be destroyed."))
        return given

    def proposal(self) -> Proposal:
        given = self.cleaned_data
        person: UUID | None = given["person"]
        return Proposal(
            operations=tuple(given["operations"]),
            purposes=(given["purpose"],) if given["purpose"] else (),
            subject=person,
            act=given["act"],
            ground=given["ground"],
            interest=given["interest"],
            until=self._end(given["until"]),
        )

    def _end(self, last: date | None) -> datetime | None:
        return self._policy.calendar.end_of(last) if last else None


class QuestionForm(Plain):
    """What somebody wants to know of the gate."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is to be done"), choices=[(str(a), ACTIONS[a]) for a in Action]
    )
    purpose = forms.ChoiceField(label=gettext_lazy("For which purpose"))
    field = forms.ChoiceField(
        label=gettext_lazy("With which data"), required=False, choices=[("", "")]
    )
    who = forms.ChoiceField(label=gettext_lazy("By whom"))
    person = forms.UUIDField(
        label=gettext_lazy("Whose data"),
        required=False,
        help_text=gettext_lazy("The identifier from the address of the person’s page."),
        error_messages={"invalid": gettext_lazy("This is no identifier. Copy it whole.")},
    )
    recipient = forms.ChoiceField(label=gettext_lazy("Handed over to"), required=False)
    point = forms.ChoiceField(label=gettext_lazy("Through which form"), required=False)
    day = forms.DateField(
        label=gettext_lazy("At an earlier moment: the day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Left empty, the answer is of now."),
        error_messages={"invalid": gettext_lazy("Write the day as 2026-12-31.")},
    )
    hour = forms.TimeField(
        label=gettext_lazy("and the time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write the time as 14:30.")},
    )

    def __init__(
        self,
        policy: Policy,
        language: str,
        data: Mapping[str, Any] | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial or {})
        self._policy = policy
        nothing = ("", "—")

        def titled(parts: Mapping[str, Any]) -> Choices:
            return [(slug, each.title.get(language) or slug) for slug, each in parts.items()]

        self.choose("purpose", purposes_of(policy, language))
        all_of_it = ("", gettext_lazy("all that the purpose needs"))
        self.choose("field", [all_of_it, *titled(policy.fields)])
        self.choose("who", actors_of(policy, language))
        self.choose("recipient", [nothing, *titled(policy.recipients)])
        self.choose("point", [nothing, *titled(policy.points)])

    def operation(self, operator_id: UUID) -> Operation:
        given = self.cleaned_data
        kind, _slash, role = given["who"].partition("/")
        person: UUID | None = given["person"]
        declared = self._policy.purposes.get(given["purpose"])
        fields = {given["field"]} if given["field"] else (declared.fields if declared else set())
        identity = str(person) if kind == ActorKind.SUBJECT else ""
        return Operation(
            operator=operator_id,
            subject=person,
            action=Action(given["what"]),
            purpose=given["purpose"],
            fields=frozenset(fields),
            actor=Actor(ActorKind(kind), identity, role),
            recipient=given["recipient"],
            point=given["point"],
            reason="explained",
        )

    def moment(self) -> datetime | None:
        day: date | None = self.cleaned_data["day"]
        if day is None:
            return None
        hour: time = self.cleaned_data["hour"] or time(23, 59, 59)
        return timezone.make_aware(datetime.combine(day, hour))
