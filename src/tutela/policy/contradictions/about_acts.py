"""What a policy says of consent, purposes and accuracy, against what it says or does elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tutela.policy.contradictions import signs
from tutela.policy.contradictions.registry import Clash, contradiction, numbered, saying
from tutela.policy.findings import WARNING
from tutela.policy.model import Policy, Product


@contradiction(
    "explicit-and-implied",
    WARNING,
    _("One clause asks for an unmistakable act of consent, another takes conduct for it."),
    _("Choose one; where both stay, an assumption says which the forms follow."),
)
def explicit_and_implied(policy: Policy) -> Iterator[Clash]:
    """GDPR article 4(11), 152-FZ article 9(1); 001 1.2.13 and 10.2, 003 3.1 and 3.2, 004 2.4."""
    explicit = [each.ref for each in saying(policy, signs.EXPLICIT_CONSENT)]
    implied = [each.ref for each in saying(policy, signs.CONSENT_BY_CONDUCT)]
    implied = [ref for ref in implied if ref not in explicit]
    if explicit and implied:
        yield Clash((*explicit, *implied))


@contradiction(
    "consent-nobody-asks-for",
    WARNING,
    _("The purpose “%(purpose)s” rests on consent beside another basis, and no form asks for it."),
    _("Offer it on a form, or take consent from its bases."),
)
def consent_nobody_asks_for(policy: Policy) -> Iterator[Clash]:
    asked = {
        slug
        for point in policy.points.values()
        for slug in (*point.purposes, *point.optional_purposes)
    }
    for purpose in policy.purposes.values():
        kinds = {policy.bases[each].kind for each in purpose.bases}
        if "consent" in kinds and len(kinds) > 1 and purpose.slug not in asked:
            yield Clash(purpose.clauses, {"purpose": purpose.slug})


@contradiction(
    "sole-purpose",
    WARNING,
    _("One clause admits a single purpose, and others pursue more."),
    _("Name all of them in one place, or settle by an assumption what the word covers."),
)
def sole_purpose(policy: Policy) -> Iterator[Clash]:
    """001 2.1 beside 10.2: the clause that binds a purpose alone, and what is asked besides."""
    for clause in saying(policy, signs.SOLELY):
        here = [
            each
            for each in policy.purposes.values()
            if clause.ref in {policy.where.get(ref, ref) for ref in each.clauses}
        ]
        others = [
            each
            for each in policy.purposes.values()
            if each not in here and each.clauses and _by_consent(policy, each.bases)
        ]
        if len(here) == 1 and others and not signs.TECHNICAL.search(clause.text):
            yield Clash((clause.ref, *(ref for each in others for ref in each.clauses)))


def _by_consent(policy: Policy, bases: tuple[str, ...]) -> bool:
    return any(policy.bases[each].kind == "consent" for each in bases)


@contradiction(
    "sole-purpose-of-technical-data",
    WARNING,
    _("Technical data is said to serve one purpose alone, and other clauses use it for more."),
    _("Name every use in one place, or settle by an assumption which of them are allowed."),
)
def sole_purpose_of_technical_data(policy: Policy) -> Iterator[Clash]:
    """003 4.3 beside 5.2.4; 004 3.6 beside 3.7 and 3.8."""
    for clause in saying(policy, signs.SOLELY):
        family = numbered(policy, clause)
        if not signs.TECHNICAL.search(clause.text):
            continue
        others = [
            each.ref
            for each in saying(policy, signs.TECHNICAL, signs.SERVES)
            if numbered(policy, each).ref != family.ref
            and not signs.SOLELY.search(each.text)
            and each.number.partition(".")[0] != "1"
        ]
        if others:
            yield Clash((clause.ref, *others))


@contradiction(
    "accuracy",
    WARNING,
    _("One clause promises accurate data, another says that nobody checks it."),
    _("Say what is checked, or settle by an assumption how accuracy is kept."),
)
def accuracy(policy: Policy) -> Iterator[Clash]:
    """004 2.4 beside 2.17.6; 152-FZ article 5(6), GDPR article 5(1)(d)."""
    unchecked = [each.ref for each in saying(policy, signs.DOES_NOT_CHECK)]
    ensured = [each.ref for each in saying(policy, signs.MUST_BE_ACCURATE)]
    if unchecked and ensured:
        yield Clash((*unchecked, *ensured))


@contradiction(
    "decision-and-at-once",
    WARNING,
    _("Every use waits for a decision of an authorised person, and chats and forms act at once."),
    _("Settle by an assumption that a standing decision covers what happens at once."),
)
def decision_and_at_once(policy: Policy) -> Iterator[Clash]:
    """002 Безопасность beside its chat."""
    at_once = [each for each in policy.points.values() if each.kind in {"chat", "account"}]
    for each in policy.decisions.values():
        met = [point for point in at_once if not each.purposes or each.purposes & {*point.purposes}]
        if "use" in each.operations and met:
            yield Clash((*each.clauses, *(ref for point in met for ref in point.clauses)))


@contradiction(
    "subject-of-one-product",
    WARNING,
    _("The text explains whose data it is about by “%(product)s” alone, one of several products."),
    _("Name every product there, or settle by an assumption that all are meant."),
)
def subject_of_one_product(policy: Policy) -> Iterator[Clash]:
    """001 1.2.12: users of one platform, in a policy for an application too."""
    for clause in saying(policy, signs.SUBJECT_DEFINED):
        named = [each for each in policy.products.values() if _names(clause.text, each)]
        if len(named) == 1 and len(policy.products) > 1:
            yield Clash((clause.ref,), {"product": named[0].slug})


def _names(text: str, product: Product) -> bool:
    return product.slug.casefold() in text.casefold()
