"""Where data lies: the register of stores as the policy in force declares them, and who else
holds data for the operator (152-FZ article 18(5), GDPR article 30(1); 001 5.8, 004 2.13)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tutela.policy import actions as policies
from tutela.policy.model import Category, Policy, Recipient, Store
from tutela.vault import actions as vault
from tutela.web.pages import STAFF, PageRequest, page, show

KINDS = {
    "vault": _("the sealed vault"),
    "attachments": _("files, sealed in chunks"),
    "backup": _("sealed copies of the vault"),
    "external": _("a system of the operator’s own"),
    "media": _("disks and papers"),
}


@dataclass(frozen=True, slots=True)
class Lying:
    """One category of data that lies in a store, and how many values of it."""

    category: Category
    values: int


@dataclass(frozen=True, slots=True)
class Place:
    """A declared store; ``outside`` if the gate refuses to write there."""

    store: Store
    kind: str
    outside: bool
    held: tuple[Lying, ...]


@page(
    "desk/<operator>/stores/",
    name="stores",
    audience=STAFF,
    permission="store.read",
    under="access",
)
def stores(request: PageRequest) -> HttpResponseBase:
    visit = request.visit
    policy = policies.in_force(visit.operator_id)
    context = {
        "places": places(visit.operator_id, policy),
        "residency": policy.residency,
        "territories": ", ".join(policy.residency.territories) if policy.residency else "",
        "separate": [
            [", ".join(_titles(policy, group, visit.language)) for group in sorted(each.groups)]
            for each in policy.separate
        ],
        "processors": processors(policy),
    }
    return show(request, "gate/stores.html", context)


def places(operator_id: UUID, policy: Policy) -> list[Place]:
    """Every declared store with what lies in it."""
    counted = vault.values_by_field(operator_id)
    allowed = policy.residency
    return [
        Place(
            each,
            str(KINDS[each.kind]),
            allowed is not None and not allowed.allows(each.territory),
            _held(policy, each, counted),
        )
        for each in policy.stores.values()
    ]


def _held(policy: Policy, store: Store, counted: dict[str, int]) -> tuple[Lying, ...]:
    """The values of the vault; files apart where they have a store of their own."""
    if store.kind not in {"vault", "attachments"}:
        return ()
    apart = policy.store_of("attachments") != policy.store_of("vault")
    sums: dict[str, int] = {}
    for slug, field in policy.fields.items():
        mine = field.attached == (store.kind == "attachments") if apart else True
        if mine and counted.get(slug):
            sums[field.category] = sums.get(field.category, 0) + counted[slug]
    return tuple(Lying(policy.categories[slug], count) for slug, count in sums.items())


def processors(policy: Policy) -> list[Recipient]:
    """Those who hold data on the operator's instruction, each in its country (004 5.3)."""
    return [each for each in policy.recipients.values() if each.role == "processor"]


def _titles(policy: Policy, group: str, language: str) -> list[str]:
    """The purposes of a group, by their titles in the reader's language."""
    return [
        f"“{each.title.get(language) or each.title[policy.original]}”"
        for each in policy.purposes.values()
        if each.group == group
    ]
