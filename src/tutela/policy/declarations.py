"""Reads each section of ``policy.yaml`` into its part of the model.

A section reads its own keys only. What it says about other sections, and every clause it names,
goes onto the ``Reading``, to be checked by ``references`` when everything is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import consents, limits, model, vocabulary
from tutela.policy.findings import Findings
from tutela.policy.model import FrozenDict
from tutela.policy.reading import Block
from tutela.policy.terms import Term


@dataclass(frozen=True, slots=True)
class Bound:
    """A clause some declaration names. ``control`` is empty for informative clauses and for
    assumptions, which speak of a clause and carry nothing out."""

    clause: str
    control: str
    parameters: FrozenDict[Any]
    line: int
    key: str
    informative: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """One declaration naming another: ``slug`` must be declared in ``section``."""

    section: str
    slug: str
    line: int
    key: str


@dataclass(slots=True)
class Reading:
    """What has been read so far, besides the parts themselves."""

    findings: Findings
    bound: list[Bound] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def bind(self, block: Block, control: str) -> tuple[str, ...]:
        """Read ``clauses`` and ``control`` and bind the one to the other."""
        self.lines[block.key] = block.line
        control = block.choice("control", vocabulary.capabilities(), control)
        clauses = block.lined("clauses")
        for clause, line in clauses:
            self.bound.append(Bound(clause, control, FrozenDict(), line, block.key))
        return tuple(clause for clause, _line in clauses)

    def refer(
        self, block: Block, name: str, section: str, *, required: bool = False
    ) -> tuple[str, ...]:
        """Read a list of slugs of another section."""
        found = block.lined(name, required=required)
        for slug, line in found:
            self.references.append(Reference(section, slug, line, block.path(name)))
        return tuple(dict.fromkeys(slug for slug, _line in found))

    def refer_field(self, block: Block, slug: str) -> None:
        """A block that is named after a field."""
        self.references.append(Reference("fields", slug, block.line, block.key))

    def refer_one(self, block: Block, name: str, section: str, *, required: bool = True) -> str:
        slug = block.text(name, required=required)
        if slug:
            self.references.append(Reference(section, slug, block.line_of(name), block.path(name)))
        return slug


def subjects(root: Block, reading: Reading) -> dict[str, model.SubjectCategory]:
    found = {}
    for slug, block in root.named("subjects"):
        found[slug] = model.SubjectCategory(
            slug=slug,
            title=block.words("title"),
            minimum_age=block.number("minimum_age"),
            guardian_until=block.number("guardian_until"),
            clauses=reading.bind(block, "inventory.categories"),
        )
        block.close()
    return found


def categories(root: Block, reading: Reading) -> dict[str, model.Category]:
    found = {}
    for slug, block in root.named("categories"):
        found[slug] = model.Category(
            slug=slug,
            title=block.words("title"),
            sensitivity=block.choice("sensitivity", vocabulary.SENSITIVITIES, "ordinary"),
            clauses=reading.bind(block, "inventory.categories"),
        )
        block.close()
    return found


def fields(root: Block, reading: Reading) -> dict[str, model.Field]:
    found = {}
    for slug, block in root.named("fields"):
        found[slug] = model.Field(
            slug=slug,
            category=reading.refer_one(block, "category", "categories"),
            type=block.choice("type", vocabulary.FIELD_TYPES),
            title=block.words("title"),
            identifies=block.flag("identifies"),
            **limits.of_attachment(block),
            clauses=reading.bind(block, "inventory.categories"),
            dpv=consents.dpv(block),
        )
        block.close()
    return found


def bases(root: Block, reading: Reading) -> dict[str, model.Basis]:
    found = {}
    for slug, block in root.named("bases"):
        found[slug] = model.Basis(
            slug=slug,
            kind=block.choice("kind", vocabulary.BASIS_KINDS),
            title=block.words("title"),
            reference=block.text("reference"),
            clauses=reading.bind(block, "basis.register"),
        )
        block.close()
    return found


def purposes(root: Block, reading: Reading) -> dict[str, model.Purpose]:
    found = {}
    for slug, block in root.named("purposes"):
        found[slug] = model.Purpose(
            slug=slug,
            title=block.words("title"),
            bases=reading.refer(block, "bases", "bases"),
            fields=frozenset(reading.refer(block, "fields", "fields", required=True)),
            subjects=reading.refer(block, "subjects", "subjects", required=True),
            consent_text=block.words("consent_text", required=False),
            group=block.text("group", "service"),
            marketing=block.flag("marketing"),
            clauses=reading.bind(block, "purpose.register"),
            dpv=consents.dpv(block),
            consent=consents.consent_terms(block, reading),
        )
        block.close()
    return found


def points(root: Block, reading: Reading) -> dict[str, model.CollectionPoint]:
    found = {}
    for slug, block in root.named("collection_points"):
        found[slug] = model.CollectionPoint(
            slug=slug,
            kind=block.choice("kind", vocabulary.POINT_KINDS, "form"),
            title=block.words("title"),
            notice=block.words("notice"),
            refusal=block.words("refusal"),
            fields=tuple(_point_fields(block, reading)),
            purposes=reading.refer(block, "purposes", "purposes", required=True),
            optional_purposes=reading.refer(block, "optional_purposes", "purposes"),
            subject_category=reading.refer_one(block, "subject", "subjects"),
            event=block.choice("event", vocabulary.EVENTS, "form.sent"),
            signed_consent=block.flag("signed_consent"),
            parties=_parties(block),
            place=block.text("place"),
            clauses=reading.bind(block, "inventory.points"),
        )
        block.close()
    return found


def _parties(block: Block) -> tuple[str, ...]:
    found = block.strings("parties")
    return tuple(each for each in found if block.allowed("parties", each, vocabulary.CHAT_PARTIES))


def _point_fields(block: Block, reading: Reading) -> Iterable[model.PointField]:
    if not block.has("fields"):
        block.missing("fields")
    for slug, each in block.named("fields"):
        reading.references.append(Reference("fields", slug, each.line, each.key))
        reading.lines[each.key] = each.line
        yield model.PointField(
            field=slug,
            required=each.flag("required"),
            why=each.words("why"),
            example=each.words("example", required=False),
        )
        each.close()


def promises(root: Block, reading: Reading) -> dict[str, model.Promise]:
    found = {}
    for slug, block in root.named("promises"):
        unless = block.strings("unless")
        for word in unless:
            block.allowed("unless", word, vocabulary.UNLESS)
        event = block.choice("event", vocabulary.EVENTS)
        outcome = block.choice("outcome", vocabulary.OUTCOMES)
        term = block.term("term", required=True)
        extension, ahead = block.term("extension"), block.term("ahead")
        if_impossible = _if_impossible(block, reading)
        pauses = _pauses(block, reading, term)
        internal, from_law = block.flag("internal_target"), block.text("from_law")
        clauses = reading.bind(block, "request.clock")
        block.close()
        if term is not None:
            found[slug] = model.Promise(
                slug=slug,
                event=event,
                outcome=outcome,
                term=term,
                extension=extension,
                ahead=ahead,
                if_impossible=if_impossible,
                pauses=pauses,
                unless=unless,
                internal_target=internal,
                from_law=from_law,
                clauses=clauses,
            )
    return found


def _if_impossible(block: Block, reading: Reading) -> model.IfImpossible | None:
    inner = block.block("if_impossible")
    if inner is None:
        return None
    term = inner.term("term", required=True)
    counted_from = inner.choice("counted_from", vocabulary.COUNTED_FROM, "event")
    blocks = inner.flag("block")
    clauses = reading.bind(inner, "vault.block")
    inner.close()
    return model.IfImpossible(term, counted_from, blocks, clauses) if term else None


def _pauses(block: Block, reading: Reading, term: Term | None) -> FrozenDict[model.MayPause]:
    """For what the clock may stand still, by what is awaited; only a length of time can stand."""
    found = {}
    for awaited, inner in block.named("pauses"):
        known = block.allowed("pauses", awaited, vocabulary.AWAITED)
        at_most = inner.term("at_most", required=True)
        clauses = reading.bind(inner, "request.clock")
        inner.close()
        lengths = (each is None or each.unit is not None for each in (term, at_most))
        if not all(lengths):
            reading.findings.add(
                "pause",
                inner.line,
                inner.key,
                _("A clock can stand still only within a length of time, and only for one."),
                _("Write both terms as a number and a unit, such as 5 working days."),
            )
        elif known and at_most is not None:
            found[awaited] = model.MayPause(awaited, at_most, clauses)
    return FrozenDict(found)


def retention(root: Block, reading: Reading) -> dict[str, model.RetentionRule]:
    found = {}
    for slug, block in root.named("retention"):
        event = block.choice("event", vocabulary.EVENTS)
        term = block.term("term", required=True)
        points = reading.refer(block, "points", "collection_points")
        purposes = reading.refer(block, "purposes", "purposes")
        then = block.choice("then", vocabulary.ENDINGS, "destroy")
        clauses = reading.bind(block, "retention.schedule")
        over = reading.refer(block, "over", "retention")
        block.close()
        if term is not None:
            found[slug] = model.RetentionRule(
                slug, event, term, points, purposes, then, clauses, over
            )
    return found


_CHANNEL_CONTROLS = {
    "mail": "intake.email",
    "form": "intake.form",
    "portal": "intake.inapp",
    "drp": "intake.inapp",
}


def channels(root: Block, reading: Reading) -> dict[str, model.Channel]:
    found = {}
    for slug, block in root.named("channels"):
        kind = block.choice("kind", vocabulary.CHANNEL_KINDS)
        found[slug] = model.Channel(
            slug=slug,
            kind=kind,
            address=email(block, "address") if kind == "mail" else block.text("address"),
            event=block.choice("event", vocabulary.EVENTS),
            marker=block.words("marker", required=False),
            clauses=reading.bind(block, _CHANNEL_CONTROLS.get(kind, "intake.email")),
        )
        block.close()
    return found


def email(block: Block, name: str) -> str:
    address = block.text(name, required=True)
    local, _at, domain = address.partition("@")
    if address and (not local or "." not in domain or " " in address):
        block.findings.add(
            "email",
            block.line_of(name),
            block.path(name),
            _("“%(address)s” is not an e-mail address."),
            _("Write it as name@example.org."),
            address=address,
        )
    return address


def controls(root: Block, reading: Reading) -> None:
    for block in root.listed("controls"):
        control = block.choice("control", vocabulary.capabilities())
        parameters = block.mapping("with")
        if parameters:
            reading.lines[f"{block.key}.with"] = block.line_of("with")
        for clause, line in block.lined("clauses", required=True):
            reading.bound.append(Bound(clause, control, parameters, line, block.key))
        block.close()


def informative(root: Block, reading: Reading) -> dict[str, model.Words]:
    found: dict[str, model.Words] = {}
    for block in root.listed("informative"):
        reason = block.words("reason")
        for clause, line in block.lined("clauses", required=True):
            found[clause] = reason
            reading.bound.append(Bound(clause, "", FrozenDict(), line, block.key, informative=True))
        block.close()
    return found


def assumptions(root: Block, reading: Reading) -> dict[str, model.Assumption]:
    found = {}
    for slug, block in root.named("assumptions"):
        clauses = block.lined("clauses")
        for clause, line in clauses:
            reading.bound.append(Bound(clause, "", FrozenDict(), line, block.key))
        found[slug] = model.Assumption(
            slug=slug,
            text=block.words("text"),
            clauses=tuple(clause for clause, _line in clauses),
            settles=block.strings("settles"),
        )
        block.close()
    return found


def empty_lists(root: Block, reading: Reading) -> dict[str, model.Words]:
    block = root.block("empty_lists")
    if block is None:
        return {}
    found: dict[str, model.Words] = {}
    for clause in list(block.names):
        reading.bound.append(Bound(clause, "", FrozenDict(), block.line_of(clause), block.key))
        found[clause] = block.words(clause)
    return found
