"""Pseudonyms at the desk: making one, leading one back with a reason, cutting a use off for good.

The gate is asked for each: for a use or a transfer of the person's data, for leading a pseudonym
back (GDPR article 4(5); 152-FZ article 3(9); 004 1.5). What leads back lies apart, in the vault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import NotFound
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor, LawPurpose
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.requests.errors import Refused
from tutela.requests.wording import REVEAL_REASONS
from tutela.vault import actions as vault
from tutela.web.pages import STAFF, PageRequest, page, page_url, show


class _Plain(forms.Form):
    use_required_attribute = False

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared below
        field.choices = choices


class MakingForm(_Plain):
    """For whom a pseudonym is wanted, and for what."""

    person = forms.UUIDField(
        label=gettext_lazy("Whose"),
        error_messages={
            "required": gettext_lazy("Copy the identifier from the address of the person’s page."),
            "invalid": gettext_lazy("This is no identifier. Copy it whole."),
        },
    )
    purpose = forms.ChoiceField(label=gettext_lazy("For which purpose"))
    recipient = forms.ChoiceField(label=gettext_lazy("For whom"), required=False)

    def __init__(
        self, policy: Policy, language: str, data: Mapping[str, Any] | None, person: str = ""
    ) -> None:
        super().__init__(data, auto_id="%s", initial={"person": person})
        self.choose("purpose", _titled(policy.purposes, language))
        nobody = ("", gettext_lazy("it stays with the operator"))
        self.choose("recipient", [nobody, *_titled(policy.recipients, language)])


class LeadingForm(_Plain):
    """A pseudonym and why its person is looked for."""

    name = forms.CharField(
        label=gettext_lazy("The pseudonym"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the pseudonym, 24 letters and digits.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why you need to see it"),
        error_messages={"required": gettext_lazy("Choose one of the reasons in the list.")},
    )

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        super().__init__(data, auto_id="%s")
        first = ("", gettext_lazy("Choose a reason"))
        self.choose("reason", [first, *REVEAL_REASONS.items()])


def _titled(things: Mapping[str, Any], language: str) -> list[tuple[str, Any]]:
    return [(slug, each.title.get(language, slug)) for slug, each in things.items()]


@page(
    "desk/<operator>/pseudonyms/",
    name="pseudonyms",
    audience=STAFF,
    permission="person.reveal",
    under="people",
    methods=("GET", "POST"),
    recent=True,
)
def pseudonyms(request: PageRequest) -> HttpResponseBase:
    """Make a pseudonym, or lead one back; the answer stands on this page and on no other."""
    visit, data = request.visit, request.POST if request.method == "POST" else None
    policy = policies.in_force(visit.operator_id)
    do = data.get("do", "") if data is not None else ""
    making = MakingForm(
        policy, visit.language, data if do == "make" else None, request.GET.get("person", "")
    )
    leading = LeadingForm(data if do == "lead" else None)
    context: dict[str, Any] = {"making": making, "leading": leading}
    if making.is_bound and making.is_valid():
        said = making.cleaned_data
        context["made"] = make(
            visit.operator_id, said["person"], said["purpose"], said["recipient"], visit.actor
        )
    elif leading.is_bound and leading.is_valid():
        said = leading.cleaned_data
        context["looked"] = True
        context["found"] = lead_back(visit.operator_id, said["name"], said["reason"], visit.actor)
    wrong = (making.is_bound and not making.is_valid()) or (
        leading.is_bound and not leading.is_valid()
    )
    context["scopes"] = _scopes(policy, visit.operator_id, visit.language)
    context["manages"] = visit.may("access.manage")
    return show(request, "requests/pseudonyms.html", context, status=422 if wrong else 200)


def make(operator_id: UUID, subject: UUID, purpose: str, recipient: str, actor: Actor) -> str:
    """The person's pseudonym, by a permit to use their data, or to hand it to the recipient.
    Raises ``Refused``."""
    identity.subject(operator_id, subject)
    asked = Operation(
        operator=operator_id,
        subject=subject,
        action=Action.PROVISION if recipient else Action.USE,
        purpose=purpose,
        fields=frozenset(),
        actor=actor,
        recipient=recipient,
    )
    return vault.pseudonym(_permit(asked))


def lead_back(operator_id: UUID, name: str, reason: str, actor: Actor) -> UUID | None:
    """The person behind a pseudonym, or None; journalled either way. Raises ``Refused``."""
    asked = Operation(
        operator=operator_id,
        subject=None,
        action=Action.EXTRACTION,
        purpose=LawPurpose.REIDENTIFICATION,
        fields=frozenset(),
        actor=actor,
        reason=reason,
    )
    return vault.lead_back(_permit(asked), name)


def _permit(asked: Operation) -> Permit:
    answer = gate.decide(asked)
    if isinstance(answer, gate.Refusal):
        raise Refused(answer)
    return answer


def _scopes(policy: Policy, operator_id: UUID, language: str) -> list[tuple[str, str, int]]:
    """What pseudonyms there are: the scope, in words, and how many people have one in it."""
    titles = dict([*_titled(policy.recipients, language), *_titled(policy.purposes, language)])
    return [
        (scope, " → ".join(str(titles.get(each, each)) for each in scope.split("/")), count)
        for scope, count in vault.pseudonym_scopes(operator_id)
    ]


@page(
    "desk/<operator>/pseudonyms/end/",
    name="pseudonyms-end",
    audience=STAFF,
    permission="access.manage",
    under="people",
    methods=("POST",),
    recent=True,
)
def pseudonyms_end(request: PageRequest) -> HttpResponseBase:
    """Destroy what leads back from the pseudonyms of a use, for good."""
    visit = request.visit
    purpose, _slash, recipient = request.POST.get("scope", "").partition("/")
    if not vault.destroy_pseudonyms(visit.operator_id, purpose, recipient, actor=visit.actor):
        raise NotFound(_("Nothing leads back from these pseudonyms any more. Look at the list."))
    return HttpResponseRedirect(page_url(request, "pseudonyms"))
