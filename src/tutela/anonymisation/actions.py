"""What this room offers: turning data into rows about nobody, and combining such sets.

Everything runs inside ``operator_scope(operator_id)``.
"""

from __future__ import annotations

import hmac
import os
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from tutela.anonymisation import joining, rules
from tutela.anonymisation.attack import Attack, Known, attack
from tutela.anonymisation.entries import AnonymisationRefused, Anonymised
from tutela.anonymisation.errors import UnknownSet
from tutela.anonymisation.joining import Pair, Rows
from tutela.anonymisation.models import Row, Run
from tutela.core.canonical import canonical_bytes
from tutela.core.ids import new_id
from tutela.core.permits import Permit
from tutela.core.vocabulary import Action
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.policy.model import AnonymousSet, Policy
from tutela.vault import actions as vault

SCOPE = "anonymised"
"""The purpose under which keys of pseudonyms in sets are kept apart (``vault.pseudonyms``)."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose data has ended: the permit to depersonalise it, and the values."""

    permit: Permit
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``stays`` are the places of the people whose rows stay; the others' data is to be destroyed.
    ``said`` is what an act says of the run. Where it ``failed``, people were alike enough and the
    attack found them nevertheless, so that they are not to be tried again."""

    run: UUID
    stays: tuple[int, ...]
    said: Mapping[str, Any]
    failed: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    id: UUID
    slug: str
    at: datetime
    people: int
    turned_away: int
    how: Mapping[str, str]
    asked: Mapping[str, int]
    found: Mapping[str, int]

    @property
    def refused(self) -> bool:
        return self.people == 0


def anonymise(
    operator_id: UUID, policy: Policy, into: AnonymousSet, people: Sequence[Person], now: datetime
) -> Outcome:
    """Turn the data of these people into rows of a set, in the caller's transaction, which must
    destroy the originals of those who stay. Whoever is not alike with enough others is turned
    away; if the attack on what would stay succeeds, everybody is (152-FZ article 3(9); 004 1.5).
    """
    naming = rules.naming(policy)
    stays = rules.select(into, [each.values for each in people], naming)
    kept = [people[place] for place in stays]
    rows = _rows(into, kept)
    measured = rules.measure(rules.blurred(into, each.values) for each in kept)
    tried = _attack(into, kept, rows, naming)
    refused = not kept or measured.k < into.k or tried.fails(into.k, into.l)
    if into.sensitive and measured.l < into.l:
        refused = True
    run = Run.objects.create(
        operator_id=operator_id,
        id=new_id(),
        slug=into.slug,
        at=now,
        policy_version=policy.number,
        people=0 if refused else len(kept),
        turned_away=len(people) if refused else len(people) - len(kept),
        how={slug: str(each) for slug, each in into.fields.items()},
        asked={"k": into.k, "l": into.l},
        found=_found(measured, tried),
    )
    if refused:
        _journal_refused(policy, operator_id, into, run)
        return Outcome(run.id, (), {}, failed=bool(kept))
    _keep(operator_id, into, run.id, rows, kept)
    _journal_done(policy, operator_id, into, run)
    return Outcome(run.id, tuple(stays), _said(into, run))


def _found(measured: rules.Measured, tried: Attack) -> dict[str, int]:
    return {
        "k": measured.k,
        "l": measured.l,
        "tried": tried.people,
        "found": tried.found,
        "fewest": tried.fewest,
        "told": tried.told,
        "named": tried.named,
    }


def _said(into: AnonymousSet, run: Run) -> dict[str, Any]:
    return {
        "set": into.slug,
        "title": dict(into.title),
        "run": run.id,
        "people": run.people,
        "methods": run.how,
        "asked": run.asked,
        "found": run.found,
    }


def _attack(
    into: AnonymousSet, kept: Sequence[Person], rows: Counter[bytes], naming: Sequence[str]
) -> Attack:
    shown = {each: str(into.fields[each]) for each in (*into.quasi, *into.sensitive)}
    seen = [(joining.plain(content), times) for content, times in rows.items()]
    originals = [each.values for each in kept]
    return attack(originals, seen, Known(shown, into.sensitive, naming, into.k))


def _rows(into: AnonymousSet, kept: Iterable[Person]) -> Counter[bytes]:
    """What stays, and how often: those who are alike in all of it are one row."""
    once = os.urandom(32)
    rows: Counter[bytes] = Counter()
    for each in kept:
        row = rules.blurred(into, each.values)
        content = dict(zip(into.quasi, row.quasi, strict=True))
        content |= dict(zip(into.sensitive, row.sensitive, strict=True))
        for slug in into.of_kind("pseudonymise"):
            content[slug] = _named(into, each, slug, once)
        rows[canonical_bytes(content)] += 1
    return rows


def _named(into: AnonymousSet, each: Person, slug: str, once: bytes) -> str:
    """The pseudonym of a value: by a key that lies apart, or by one that nobody keeps."""
    text = each.values.get(slug, "")
    if not text:
        return ""
    if into.fields[slug].key == "apart":
        return vault.name_of_value(each.permit, SCOPE, into.slug, text)
    return hmac.digest(once, text.encode(), "sha256")[:15].hex()


def _keep(
    operator_id: UUID, into: AnonymousSet, run: UUID, rows: Counter[bytes], kept: Sequence[Person]
) -> None:
    """Write the rows in an order that says nothing of the order of people."""
    made = [
        Row(content=joining.plain(content), times=times, aggregated="")
        for content, times in rows.items()
        if content != b"{}"
    ]
    for slug, counter in rules.tally(into, [each.values for each in kept]).items():
        made += [
            Row(content={slug: value}, times=times, aggregated=slug)
            for value, times in counter.items()
        ]
    random.SystemRandom().shuffle(made)
    for each in made:
        each.operator_id, each.id, each.run, each.slug = operator_id, uuid4(), run, into.slug
    Row.objects.bulk_create(made)


def _journal_done(policy: Policy, operator_id: UUID, into: AnonymousSet, run: Run) -> None:
    said = Anonymised(
        action=Action.DEPERSONALIZATION,
        clause=next(iter(into.clauses), "") or policy.clause_of("anonymise"),
        policy_version=policy.number,
        run=run.id,
        into=into.slug,
        people=run.people,
        turned_away=run.turned_away,
        k=run.found["k"],
        l=run.found["l"],
        found=run.found["found"],
    )
    journal.append(operator_id, said)


def _journal_refused(policy: Policy, operator_id: UUID, into: AnonymousSet, run: Run) -> None:
    said = AnonymisationRefused(
        action=Action.DEPERSONALIZATION,
        clause=next(iter(into.clauses), "") or policy.clause_of("anonymise"),
        policy_version=policy.number,
        run=run.id,
        into=into.slug,
        people=run.turned_away,
        k=run.found["k"],
        l=run.found["l"],
    )
    journal.append(operator_id, said)


def runs(operator_id: UUID, limit: int = 200) -> list[RunRow]:
    """When data was turned into sets, or was refused to be, the newest first."""
    rows = Run.objects.filter(operator_id=operator_id).order_by("-at", "-id")[:limit]
    return [
        RunRow(**{name: getattr(row, name) for name in RunRow.__dataclass_fields__}) for row in rows
    ]


def set_of(policy: Policy, slug: str) -> AnonymousSet:
    """A set of the policy. Raises ``UnknownSet``."""
    if slug not in policy.anonymised:
        known = ", ".join(policy.anonymised) or "—"
        raise UnknownSet(
            _("The policy has no set of that name; it has: %(known)s.") % {"known": known}
        )
    return policy.anonymised[slug]


def rows_of(operator_id: UUID, slug: str, run: UUID | None = None) -> Rows:
    """What stays in a set, each row with how often it occurs; the aggregated counts are not in."""
    rows = Row.objects.filter(operator_id=operator_id, slug=slug, aggregated="")
    if run is not None:
        rows = rows.filter(run=run)
    return [(dict(each.content), each.times) for each in rows.order_by("id")]


def counts_of(operator_id: UUID, slug: str) -> list[tuple[str, str, int]]:
    """The aggregated fields of a set: field, value, how often."""
    rows = Row.objects.filter(operator_id=operator_id, slug=slug).exclude(aggregated="")
    counted: Counter[tuple[str, str]] = Counter()
    for each in rows:
        counted[each.aggregated, str(each.content[each.aggregated])] += each.times
    return [(field, value, times) for (field, value), times in sorted(counted.items())]


def combine(operator_id: UUID, slug: str, other: str, table: str) -> str:
    """The set with the columns of another's table of people who cannot be told either, as CSV;
    only if the policy names the other set, and nobody can be told from both together (002
    “Передача”). Raises ``UnknownSet``, ``BadTable`` and ``NotToBeJoined``."""
    policy = policies.in_force(operator_id)
    into = set_of(policy, slug)
    return joining.combine(
        operator_id, policy, Pair(into, other), rows_of(operator_id, slug), table
    )
