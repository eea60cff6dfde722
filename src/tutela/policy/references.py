"""Checks what one section says about another, and every clause that is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import model
from tutela.policy.clauses import Clause, Index, outline, unfinished
from tutela.policy.coverage import Coverage, cover
from tutela.policy.declarations import Bound, Reading
from tutela.policy.reading import closest
from tutela.policy.vocabulary import BUILT_IN_PURPOSES, EVENTS

Sections = Mapping[str, Mapping[str, Any]]


def check_references(reading: Reading, sections: Sections) -> None:
    """Every slug that a declaration names must be declared in its section."""
    for reference in reading.references:
        known = sections[reference.section]
        if reference.slug in known:
            continue
        meant = closest(reference.slug, known)
        reading.findings.add(
            "unknown-reference",
            reference.line,
            reference.key,
            _("“%(slug)s” is not declared in %(section)s."),
            _("Did you mean “%(meant)s”?") if meant else _("Declare it there, or remove it here."),
            slug=reference.slug,
            section=reference.section,
            meant=meant,
        )


def check_purposes(reading: Reading, sections: Sections, languages: tuple[str, ...]) -> None:
    findings = reading.findings
    bases: Mapping[str, model.Basis] = sections["bases"]
    purposes: Mapping[str, model.Purpose] = sections["purposes"]
    for purpose in purposes.values():
        key = f"purposes.{purpose.slug}"
        line = reading.lines.get(key, 0)
        if not purpose.bases:
            findings.add(
                "purpose-without-basis",
                line,
                f"{key}.bases",
                _("The purpose “%(slug)s” has no legal basis."),
                _("Name one of the bases in “bases:”; without it nothing may be done."),
                slug=purpose.slug,
            )
        if purpose.slug in BUILT_IN_PURPOSES:
            findings.add(
                "reserved-purpose",
                line,
                key,
                _("The name “%(slug)s” belongs to a purpose that every operator has by law."),
                _("Choose another name."),
                slug=purpose.slug,
            )
        _check_until(reading, sections["fields"], purpose, f"{key}.consent.until", line)
        asks = any(bases[basis].kind == "consent" for basis in purpose.bases if basis in bases)
        if asks and not purpose.consent_text:
            findings.add(
                "missing-consent-text",
                line,
                f"{key}.consent_text",
                _("The purpose “%(slug)s” rests on consent and has no sentence to agree to."),
                _("Add consent_text in %(languages)s."),
                slug=purpose.slug,
                languages=", ".join(languages),
            )


def _check_until(
    reading: Reading, fields: Mapping[str, model.Field], purpose: model.Purpose, key: str, line: int
) -> None:
    """The last day that whoever consents may name is a date that the purpose holds (004 8.5(a))."""
    until = purpose.consent.until
    if until not in fields or (fields[until].type == "date" and until in purpose.fields):
        return
    reading.findings.add(
        "until-no-date",
        line,
        key,
        _("The field “%(field)s” cannot say until when the consent to “%(slug)s” lasts."),
        _("Name a field of the type date that is among the fields of the purpose."),
        field=until,
        slug=purpose.slug,
    )


def check_needs(reading: Reading, sections: Sections) -> None:
    """Nothing is held that no purpose needs (152-FZ article 5(4-5), GDPR article 5(1)(c))."""
    needed = {field for purpose in sections["purposes"].values() for field in purpose.fields}
    fields: Mapping[str, model.Field] = sections["fields"]
    for slug in fields:
        if slug not in needed:
            _not_needed(reading, "fields", slug, _("No purpose needs the field “%(slug)s”."))
    categories = {fields[slug].category for slug in needed if slug in fields}
    for slug in sections["categories"]:
        if slug not in categories:
            _not_needed(reading, "categories", slug, _("No purpose needs the category “%(slug)s”."))


def _not_needed(reading: Reading, section: str, slug: str, sentence: Any) -> None:
    key = f"{section}.{slug}"
    reading.findings.add(
        f"unneeded-{'field' if section == 'fields' else 'category'}",
        reading.lines.get(key, 0),
        key,
        sentence,
        _("Add it to the fields of a purpose, or do not collect it."),
        slug=slug,
    )


def check_points(reading: Reading, sections: Sections) -> None:
    purposes: Mapping[str, model.Purpose] = sections["purposes"]
    for point in sections["collection_points"].values():
        required = _fields_of(point.purposes, purposes)
        offered = required | _fields_of(point.optional_purposes, purposes)
        for each in point.fields:
            key = f"collection_points.{point.slug}.fields.{each.field}"
            if each.field not in offered:
                reading.findings.add(
                    "unneeded-point-field",
                    reading.lines.get(key, 0),
                    key,
                    _("No purpose of the form “%(point)s” needs the field “%(field)s”."),
                    _("Remove the field, or add the purpose that needs it."),
                    point=point.slug,
                    field=each.field,
                )
            elif each.required and each.field not in required:
                reading.findings.warn(
                    "required-for-optional",
                    reading.lines.get(key, 0),
                    key,
                    _("The field “%(field)s” is required, but only an optional purpose needs it."),
                    _("Make it optional, so that a person can refuse the purpose."),
                    field=each.field,
                )


def _fields_of(slugs: Iterable[str], purposes: Mapping[str, model.Purpose]) -> set[str]:
    return {field for slug in slugs if slug in purposes for field in purposes[slug].fields}


def check_recipients(reading: Reading, sections: Sections) -> None:
    purposes: Mapping[str, model.Purpose] = sections["purposes"]
    for recipient in sections["recipients"].values():
        key = f"recipients.{recipient.slug}"
        excess = recipient.fields - _fields_of(recipient.purposes, purposes)
        if excess:
            reading.findings.add(
                "excessive-transfer",
                reading.lines.get(key, 0),
                f"{key}.fields",
                _("“%(slug)s” would receive %(fields)s, which its purposes do not need."),
                _("Remove these fields, or name the purpose that needs them."),
                slug=recipient.slug,
                fields=", ".join(sorted(excess)),
            )


def check_until(reading: Reading, sections: Sections) -> None:
    """A term “until: something” must wait for an event that exists."""
    for section in ("promises", "retention"):
        for slug, each in sections[section].items():
            text = str(each.term)
            _until, colon, event = text.partition("until:")
            if colon and event.strip() not in EVENTS:
                key = f"{section}.{slug}.term"
                reading.findings.add(
                    "unknown-event",
                    reading.lines.get(f"{section}.{slug}", 0),
                    key,
                    _("The term waits for “%(event)s”, which is not an event."),
                    _("Possible events: %(known)s."),
                    event=event.strip(),
                    known=", ".join(EVENTS),
                )


def resolve_all(reading: Reading, clauses: tuple[Clause, ...]) -> dict[str, str]:
    """Each clause as written to its canonical ref; what is not in the text is reported."""
    index = Index(clauses)
    where: dict[str, str] = {}
    for bound in reading.bound:
        found = index.resolve(bound.clause)
        if found:
            where[bound.clause] = found.ref
            continue
        meant = closest(bound.clause, [clause.ref for clause in clauses])
        reading.findings.add(
            "unknown-clause",
            bound.line,
            f"{bound.key}.clauses",
            _("The text has no clause “%(clause)s”."),
            _("Did you mean “%(meant)s”?")
            if meant
            else _("Clauses are written like 9.4, 7.6(1), 2.10/b7, 3.1/p2 or Preamble/p1."),
            clause=bound.clause,
            meant=meant,
        )
    return where


def check_coverage(
    reading: Reading, clauses: tuple[Clause, ...], where: Mapping[str, str], file: str
) -> Coverage:
    def canonical(chosen: Iterable[Bound]) -> set[str]:
        return {where[each.clause] for each in chosen if each.clause in where}

    bound = canonical(each for each in reading.bound if each.control)
    informative = canonical(each for each in reading.bound if each.informative)
    coverage = cover(clauses, bound, informative)
    by_ref = {clause.ref: clause for clause in clauses}
    for ref in coverage.unbound:
        reading.findings.add(
            "unbound-clause",
            by_ref[ref].line,
            ref,
            _("The clause %(ref)s is bound to nothing: “%(start)s”."),
            _(
                "Name it in the “clauses” of what carries it out, or list it under “informative” "
                "with the reason."
            ),
            file=file,
            ref=ref,
            start=_beginning(by_ref[ref].text),
        )
    return coverage


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:57].rstrip()}…"  # noqa: PLR2004


def check_lists(
    reading: Reading, clauses: tuple[Clause, ...], declared: set[str], file: str
) -> None:
    """A list that the text promises and leaves empty keeps readers from knowing the policy."""
    empty = {clause.ref: clause for clause in unfinished(clauses)}
    for ref, clause in empty.items():
        if ref not in declared:
            reading.findings.add(
                "empty-promised-list",
                clause.line,
                ref,
                _("The clause %(ref)s announces a list, and none follows: “%(start)s”."),
                _("Complete the text, or say under “empty_lists” why it stays empty."),
                file=file,
                ref=ref,
                start=_beginning(clause.text),
            )
    for ref in sorted(declared - empty.keys()):
        reading.findings.warn(
            "list-not-empty",
            0,
            f"empty_lists.{ref}",
            _("The clause %(ref)s is declared to leave its list empty, but it does not."),
            _("Remove it from “empty_lists”."),
            ref=ref,
        )


def check_translations(
    reading: Reading,
    cuts: Mapping[str, tuple[Clause, ...]],
    original: str,
    files: Mapping[str, str],
) -> None:
    """The clauses of every language must be the same, in the same order."""
    for code, clauses in cuts.items():
        if code == original:
            continue
        difference = next(_differences(cuts[original], clauses), None)
        if difference:
            expected, found = difference
            reading.findings.add(
                "translation-differs",
                found.line if found else 0,
                found.ref if found else (expected.ref if expected else ""),
                _(
                    "Here the text differs from the original in its numbering: the original has "
                    "%(expected)s, this text has %(found)s."
                ),
                _("Both texts must have the same clauses, lists and paragraphs in one order."),
                file=files[code],
                expected=expected.ref if expected else "—",
                found=found.ref if found else "—",
            )


def _differences(
    original: tuple[Clause, ...], translation: tuple[Clause, ...]
) -> Iterator[tuple[Clause | None, Clause | None]]:
    here, there = outline(original), outline(translation)
    for position in range(max(len(here), len(there))):
        expected = here[position : position + 1]
        found = there[position : position + 1]
        if expected != found:
            yield (
                original[position] if expected else None,
                translation[position] if found else None,
            )
