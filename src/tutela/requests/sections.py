"""What an answer is made of: the sections that its kind must have, each drafted from what the
policy says and what is held, for staff to read and change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.identity import actions as identity
from tutela.policy import actions as policies
from tutela.policy.model import Authority, Policy
from tutela.requests import cases, clocks, machine_decisions, parts, reading
from tutela.requests.case_wording import REFUSALS
from tutela.requests.kinds import KINDS, Outcome
from tutela.requests.limited import switched_off
from tutela.requests.models import Case, MachineDecision, Recall
from tutela.vault import actions as vault
from tutela.web import dates

TITLES = {
    "result": gettext_lazy("What we decided"),
    "reasons": gettext_lazy("Why"),
    "processed": gettext_lazy("What is held about you"),
    "purposes": gettext_lazy("What it is used for"),
    "bases": gettext_lazy("On what basis"),
    "operator": gettext_lazy("Who processes it"),
    "sources": gettext_lazy("Where it is from"),
    "terms": gettext_lazy("Until when"),
    "recipients": gettext_lazy("Who receives it"),
    "measures": gettext_lazy("How it is protected"),
    "decisions": gettext_lazy("What machines decided about you alone"),
    "corrected": gettext_lazy("What was corrected"),
    "told": gettext_lazy("Who else was told"),
    "effects": gettext_lazy("What changes for you"),
    "explanation": gettext_lazy("How the decision was made and what it may lead to"),
    "review": gettext_lazy("What the person who looked at it again found"),
    "package": gettext_lazy("Your copy"),
    "rights": gettext_lazy("What you can do"),
    "route": gettext_lazy("Where you can complain"),
}
"""The headings of an answer, in the order in which they stand in it."""
REFUSING = ("result", "reasons", "route")
"""What every refusal must have: without ground or route of complaint none is sent (004 2.9/b7)."""


@dataclass(frozen=True, slots=True)
class Section:
    slug: str
    title: str
    text: str


@dataclass(frozen=True)
class Basis:
    """What sections are drafted from; what several of them need is looked up once."""

    row: Case
    policy: Policy
    subject: UUID | None
    language: str

    @cached_property
    def records(self) -> Sequence[vault.RecordRow]:
        return vault.records(self.row.operator_id, self.subject) if self.subject else ()

    @cached_property
    def ends(self) -> Sequence[reading.RecordShown]:
        if self.subject is None:
            return ()
        return reading.records(self.row.operator_id, self.subject, self.language, self.records)


Drafter = Callable[[Basis], Iterator[str]]


def must_have(row: Case) -> tuple[str, ...]:
    """The sections without which the answer cannot be sent, in their order."""
    needed = set(KINDS[row.kind].must)
    if row.outcome == Outcome.REFUSED:
        needed = set(REFUSING)
    elif row.outcome == Outcome.PARTLY:
        needed |= set(REFUSING)
    return tuple(each for each in TITLES if each in needed)


def language_of(row: Case) -> str:
    """The language the person usually reads (003 4.2/b6)."""
    subject = cases.subject_of(row)
    return identity.subject(row.operator_id, subject).language if subject else row.language


def drafted(row: Case) -> list[Section]:
    """The answer as the system would write it; call it in the language of the answer. A section
    that only a person can write is left empty."""
    policy = policies.in_force(row.operator_id)
    basis = Basis(row, policy, cases.subject_of(row), language_of(row))
    return [
        Section(slug, str(TITLES[slug]), "\n".join(_DRAFTS[slug](basis)) if slug in _DRAFTS else "")
        for slug in must_have(row)
    ]


def ground_of(row: Case) -> str:
    """The ground of a refusal with its article and clause: the last line of every refusal."""
    policy = policies.in_force(row.operator_id)
    article = clocks.refusal_article(policy, row.refusal)
    clause = policy.clause_of("request.refuse")
    where = [article, _("clause %(clause)s of the policy") % {"clause": clause} if clause else ""]
    said = "; ".join(each for each in where if each)
    words = str(REFUSALS.get(row.refusal, ""))
    return f"{words} ({said})." if said else f"{words}."


def _result(basis: Basis) -> Iterator[str]:
    title = str(KINDS[basis.row.kind].title)
    yield {
        Outcome.REFUSED: _("We have considered your request “%(kind)s” and cannot grant it."),
        Outcome.PARTLY: _("We have granted your request “%(kind)s” in part."),
    }.get(Outcome(basis.row.outcome), _("We have granted your request “%(kind)s”.")) % {
        "kind": title
    }


def _reasons(basis: Basis) -> Iterator[str]:
    if basis.row.refusal:
        yield ground_of(basis.row)


def _processed(basis: Basis) -> Iterator[str]:
    for category, titles in _held(basis).items():
        yield f"{category}: {', '.join(titles)}."


def _held(basis: Basis) -> Mapping[str, list[str]]:
    policy, found = basis.policy, dict[str, list[str]]()
    if basis.subject is None:
        return found
    held = vault.holdings(basis.row.operator_id, basis.subject).values()
    for slug in sorted({field for fields in held for field in fields} & policy.fields.keys()):
        declared = policy.fields[slug]
        category = reading.words(policy.categories[declared.category].title, basis.language)
        found.setdefault(category, []).append(reading.words(declared.title, basis.language))
    return found


def _served(basis: Basis) -> list[str]:
    purposes = {slug for each in basis.records for slug in each.purposes}
    return [slug for slug in basis.policy.purposes if slug in purposes]


def _purposes(basis: Basis) -> Iterator[str]:
    for slug in _served(basis):
        yield f"— {reading.words(basis.policy.purposes[slug].title, basis.language)}"


def _bases(basis: Basis) -> Iterator[str]:
    policy = basis.policy
    used = dict.fromkeys(each for slug in _served(basis) for each in policy.purposes[slug].bases)
    for slug in used:
        yield f"— {reading.words(policy.bases[slug].title, basis.language)}"


def _operator(basis: Basis) -> Iterator[str]:
    operator = basis.policy.operator
    address = reading.words(operator.address, basis.language) if operator.address else ""
    yield ", ".join(each for each in (operator.legal_name, address, operator.email) if each)


def _sources(basis: Basis) -> Iterator[str]:
    for each in basis.records:
        point = reading.point_title(basis.policy, each.point, basis.language)
        yield f"— {point}, {dates.day(each.received_at)}"


def _terms(basis: Basis) -> Iterator[str]:
    for each in basis.ends:
        yield f"— {each.point}: {each.ends or each.until or _('no term is set')}"


def _recipients(basis: Basis) -> Iterator[str]:
    if basis.subject is None:
        return
    given = reading.disclosures(basis.row.operator_id, basis.subject, basis.language)
    for each in given:
        yield f"— {each.recipient}, {dates.day(each.at)}: {', '.join(each.fields)}"
    if not given:
        yield _("Nothing was handed over to anybody.")
    possible = reading.possible_recipients(basis.row.operator_id, basis.subject, basis.records)
    if names := [reading.words(one.title, basis.language) for one, _role in possible]:
        yield _("The policy allows it to be handed over to: %(names)s.") % {
            "names": ", ".join(names)
        }


def _measures(_basis: Basis) -> Iterator[str]:
    yield _(
        "Every value is sealed with a key of its own and opened only by a permit for one purpose; "
        "every look, change and refusal is written into a log that cannot be changed unseen; "
        "staff see what their role needs and say why; and when the time is over the keys are "
        "destroyed with the data."
    )


def _machine_made(basis: Basis) -> list[MachineDecision]:
    if basis.subject is None:
        return []
    return machine_decisions.about(basis.row.operator_id, basis.subject)


def _decisions(basis: Basis) -> Iterator[str]:
    made = _machine_made(basis)
    for each in made:
        yield _explained(basis, each)
    if not made:
        yield _("No decision about you was made by a machine alone.")


def _explained(basis: Basis, made: MachineDecision) -> str:
    return f"— {parts.explained(basis.policy, made, basis.language)}"


def _explanation(basis: Basis) -> Iterator[str]:
    for each in _machine_made(basis):
        yield _explained(basis, each)


def _review(basis: Basis) -> Iterator[str]:
    for each in _machine_made(basis):
        if each.case == basis.row.id:
            yield f"— {each.rule}, {dates.day(each.made_at)}. {parts.found(each)}"


def _corrected(_basis: Basis) -> Iterator[str]:
    yield _("The data now says what you showed us; the earlier value stays in its history.")


def _told(basis: Basis) -> Iterator[str]:
    told = Recall.objects.filter(case=basis.row.id).order_by("recipient")
    for each in told:
        named = basis.policy.recipients.get(each.recipient)
        name = reading.words(named.title, basis.language) if named else each.recipient
        state = dates.day(each.told_at) if each.told_at else _("will be told")
        yield f"— {name}: {state}"
    if not told:
        yield _("Nobody had received the data, so nobody had to be told.")


def _effects(basis: Basis) -> Iterator[str]:
    if basis.subject is None:
        return
    yield _("What needs the data that goes is no longer available to you.")
    for each in switched_off(basis.row.operator_id, basis.subject, basis.language):
        yield f"— {each.title}"


def _package(_basis: Basis) -> Iterator[str]:
    yield _("Sign in to your pages and open “Everything about me”: it can be taken there once.")


def _route(basis: Basis) -> Iterator[str]:
    yield _(
        "You can complain to the authority for the protection of the rights of data subjects, "
        "or go to court. You can also write to us again: %(email)s."
    ) % {"email": basis.policy.operator.email}
    for each in basis.policy.authorities.values():
        named = each.title.get(basis.language) or next(iter(each.title.values()))
        yield " · ".join(filter(None, (f"— {named}", each.link, _address(each, basis.language))))
    yield _("All ways to complain: %(page)s") % {"page": complaint_page(basis)}


def _address(authority: Authority, language: str) -> str:
    return authority.address.get(language) or next(iter(authority.address.values()), "")


def complaint_page(basis: Basis) -> str:
    where = {"language": basis.language, "operator": basis.policy.operator.slug}
    return f"{settings.TUTELA_PUBLIC_URL}{reverse('complain', kwargs=where)}"


_DRAFTS: Mapping[str, Drafter] = {
    "result": _result,
    "reasons": _reasons,
    "processed": _processed,
    "purposes": _purposes,
    "bases": _bases,
    "operator": _operator,
    "sources": _sources,
    "terms": _terms,
    "recipients": _recipients,
    "measures": _measures,
    "decisions": _decisions,
    "explanation": _explanation,
    "review": _review,
    "corrected": _corrected,
    "told": _told,
    "effects": _effects,
    "package": _package,
    "rights": _route,
    "route": _route,
}
