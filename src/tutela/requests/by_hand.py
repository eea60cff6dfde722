"""Acts that no program carried out (152-FZ article 3(3-4); 004 1.6, 5.2/b2(a)).

Staff say what they did with a person's data on paper or by word of mouth. They choose from lists
and never write: the journal takes no sentence. The gate is asked as for any act; because this one
is done already, a refusal does not keep it out of the journal, but is said to whoever records it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tutela.core import clock
from tutela.core.permits import Permit
from tutela.core.vocabulary import TRANSFER, Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.actions import Refusal
from tutela.gate.entries import ACTIONS
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.journal.entries import PLACES, ActByHand
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.wording import LAW_PURPOSES
from tutela.requests.reading import words
from tutela.web.pages import STAFF, PageRequest, page, show

_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done; every value is a slug of the policy, the gate or ``PLACES``."""

    action: Action
    purpose: str
    fields: frozenset[str]
    place: str
    done: date
    point: str = ""
    recipient: str = ""


def record(
    operator_id: UUID, subject: UUID, deed: Deed, actor: Actor, form: UUID
) -> Permit | Refusal | None:
    """Journal ``deed`` with what the gate says of it; None if this form has been recorded."""
    if journal.is_recorded(operator_id, subject, ActByHand.kind, form=form):
        return None
    decision = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=deed.action,
            purpose=deed.purpose,
            fields=deed.fields,
            actor=actor,
            point=deed.point,
            recipient=deed.recipient,
        )
    )
    permitted = isinstance(decision, Permit)
    entry = ActByHand(
        subject=subject,
        actor=actor,
        action=deed.action,
        purpose=deed.purpose,
        basis=decision.basis if isinstance(decision, Permit) else "",
        clause=decision.clause,
        automated=False,
        policy_version=policies.in_force(operator_id).number,
        fields=tuple(sorted(deed.fields)),
        place=deed.place,
        done=deed.done,
        answer="permitted" if permitted else "refused",
        form=form,
        point=deed.point,
        recipient=deed.recipient,
    )
    journal.append(operator_id, entry)
    return decision


class DeedForm(forms.Form):
    use_required_attribute = False

    action = forms.ChoiceField(label=_("What was done"))
    purpose = forms.ChoiceField(label=_("For what purpose"))
    held = forms.MultipleChoiceField(
        label=_("With which data"), widget=forms.CheckboxSelectMultiple
    )
    place = forms.ChoiceField(label=_("How"), choices=[("", _("Choose")), *PLACES.items()])
    done = forms.DateField(
        label=_("On which day"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    point = forms.ChoiceField(label=_("By which form, if it was collected"), required=False)
    recipient = forms.ChoiceField(label=_("To whom, if it was handed over"), required=False)

    def __init__(self, policy: Policy, language: str, data: Mapping[str, Any] | None) -> None:
        super().__init__(data)
        with override(language):
            self._offer("action", ((str(each), str(ACTIONS[each])) for each in Action))
            lawful = ((str(each), str(LAW_PURPOSES[each])) for each in LawPurpose)
            self._offer("purpose", (*_titled(policy.purposes, language), *lawful))
        self._offer("point", _titled(policy.points, language))
        self._offer("recipient", _titled(policy.recipients, language))
        self._choices("held").choices = list(_titled(policy.fields, language))

    def _choices(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        return field

    def _offer(self, name: str, offered: Iterable[tuple[str, str]]) -> None:
        self._choices(name).choices = [("", _("Choose")), *offered]

    def clean_done(self) -> date:
        day: date = self.cleaned_data["done"]
        if not _EARLIEST <= day <= timezone.localtime(clock.now()).date():
            raise forms.ValidationError(_("Name the day on which it was done; it cannot be ahead."))
        return day

    def clean(self) -> dict[str, Any]:
        asked = dict(self.cleaned_data)
        action = asked.get("action")
        if action == Action.COLLECTION and not asked.get("point"):
            self.add_error("point", _("Say by which form the data was collected."))
        if action in TRANSFER - {Action.DISSEMINATION} and not asked.get("recipient"):
            self.add_error("recipient", _("Say to whom the data was handed over."))
        return asked

    def deed(self) -> Deed:
        said = self.cleaned_data
        return Deed(
            action=Action(said["action"]),
            purpose=said["purpose"],
            fields=frozenset(said["held"]),
            place=said["place"],
            done=said["done"],
            point=said["point"] if said["action"] == Action.COLLECTION else "",
            recipient=said["recipient"] if said["action"] in TRANSFER else "",
        )


def _titled(declared: Mapping[str, Any], language: str) -> Iterable[tuple[str, str]]:
    return ((slug, words(each.title, language)) for slug, each in declared.items())


@page(
    "desk/<operator>/people/<uuid:subject>/by-hand/",
    name="by-hand",
    audience=STAFF,
    permission="person.work",
    under="people",
    methods=("GET", "POST"),
)
def by_hand(request: PageRequest, subject: UUID) -> HttpResponseBase:
    visit = request.visit
    known = identity.subject(visit.operator_id, subject)
    policy = policies.in_force(visit.operator_id)
    form = DeedForm(policy, visit.language, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"subject": known, "form": form}
    if request.method != "POST":
        return show(request, "requests/by_hand.html", context)
    if not form.is_valid():
        return show(request, "requests/by_hand.html", context, status=400)
    answer = record(visit.operator_id, subject, form.deed(), visit.actor, visit.submission_id)
    refused = answer.message(visit.language) if isinstance(answer, Refusal) else ""
    clause = answer.clause if answer is not None else ""
    done = {"done": True, "permitted": isinstance(answer, Permit), "refused": refused}
    return show(request, "requests/by_hand.html", {**context, **done, "clause": clause})
