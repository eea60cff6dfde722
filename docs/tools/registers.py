"""The reference pages that list a register: entries, tables, controls, the gate, the pages."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from docs.tools.markdown import code, codes, page, sentence, table


def _in(language: str, text: Any) -> str:
    """A lazily translated text in one language, readable without its doubled percent signs."""
    with translation.override(language):
        return str(text).replace("%%", "%")


def journal_entries() -> str:
    from tutela.journal.entries import KINDS, Entry, own_fields

    common = codes(each.name for each in dataclasses.fields(Entry))
    opening = (
        "One line of the journal is an entry of one of these kinds. Every entry has an identifier, "
        f"the operator, the moment, and {common}; a kind adds its own values. All of them are "
        "identifiers, slugs, whole numbers or moments: appending anything else raises "
        "`UnsafeEntry`, so a log that can never be changed never holds a person's data. "
        "`%(name)s` stands for the value of that name."
    )
    rows = [
        (
            code(kind),
            codes(each.name for each in own_fields(KINDS[kind])),
            _in("en", KINDS[kind].wording),
            _in("ru", KINDS[kind].wording),
        )
        for kind in sorted(KINDS)
    ]
    head = ("kind", "its own values", "in English", "in Russian")
    return page("Kinds of journal entries", opening, table(head, rows))


def tables() -> str:
    from tutela.db.tables import TABLES

    opening = (
        "Every table of Tutela is declared beside its model with what it may hold about a person, "
        "how long, and which action erases it. `sealed`: encrypted values or keyed digests; "
        "`opaque`: identifiers that say nothing by themselves; `nothing`: nothing about a person. "
        "Row-level security shows one operator's rows at a time. *In the copy* names the part of "
        "the copy of everything about a person that tells what a table holds, or why none does."
    )
    rows = [
        (
            code(name),
            TABLES[name].room,
            TABLES[name].holds,
            TABLES[name].kept,
            code(TABLES[name].erased_by),
            code(TABLES[name].told) or TABLES[name].untold,
            sentence(TABLES[name].model.__doc__),
        )
        for name in sorted(TABLES)
    ]
    head = ("table", "room", "holds", "kept", "erased by", "in the copy", "what it is")
    return page("Tables", opening, table(head, rows))


def controls() -> str:
    from tutela.core.controls import CONTROLS
    from tutela.policy.vocabulary import capabilities

    known = capabilities()
    built = [slug for slug in known if slug in CONTROLS]
    opening = (
        "A clause is bound to one of these capabilities by its slug. Where a control is registered "
        "for it, the proof page asks the control and shows its answer with figures; where none is, "
        "the clause is shown as not built yet and is never counted as kept.\n\n"
        f"{len(built)} of {len(known)} have a control."
    )
    rows = [
        (
            code(slug),
            each.title["en"],
            _in("en", CONTROLS[slug].how) if slug in CONTROLS else "not built yet",
        )
        for slug, each in known.items()
    ]
    return page("Controls", opening, table(("slug", "what it carries out", "looks at"), rows))


def gate() -> str:
    from tutela.gate.matrix import CLASSES, MATRIX
    from tutela.gate.reasons import CONTROLS, Reason
    from tutela.gate.rules import RULES
    from tutela.gate.wording import SENTENCES

    opening = (
        "The gate answers whether an action may be done to fields of one person, for a purpose, by "
        "an actor, to a recipient, now. The rules are asked in this order; the first with an "
        "answer decides, and where none has one the answer is no."
    )
    rules = [
        (number, code(each.__name__.replace("_", "-")), sentence(each.__doc__))
        for number, each in enumerate(RULES, start=1)
    ]
    reasons = [
        (code(each), code(CONTROLS[each]), _in("en", SENTENCES[each]), _in("ru", SENTENCES[each]))
        for each in Reason
    ]
    matrix = [
        (row, column, ", ".join(sorted(actions)), ", ".join(sorted(CLASSES[row])))
        for row, columns in MATRIX.items()
        for column, actions in (columns or {"": frozenset()}).items()
    ]
    return page(
        "The gate: rules, reasons, roles",
        opening,
        table(("", "rule", "why"), rules),
        "## Reasons of refusal",
        "A refusal names the clause that the policy binds to the control beside the reason.",
        table(("reason", "control", "in English", "in Russian"), reasons),
        "## Who may do what",
        "`declared` stands for every purpose that the policy declares; the other purposes are "
        "given by the law itself. A pair that does not stand here is refused, and so is a field of "
        "a class (the sensitivity of its category) that does not. A policy can narrow the rows of "
        "staff and applications under `roles`; nothing widens them.",
        table(("actor", "purpose", "actions", "classes of fields"), matrix),
    )


def routes() -> str:
    from tutela.app import ROLE_VERBS
    from tutela.web.pages import ROUTES

    opening = (
        "Every page begins with the language, `/en/` or `/ru/`. `public` pages need nothing; "
        "`subject` pages a person signed in by a mail link; `staff` pages a member of staff whose "
        "role at that operator holds the permission. Pages under `demo/` answer in a "
        "demonstration only."
    )
    rows = [
        (
            code(each.path or "/"),
            each.name,
            each.audience,
            code(each.permission),
            ", ".join(each.methods),
        )
        for each in sorted(ROUTES.values(), key=lambda each: (each.path, each.name))
    ]
    return page(
        "Pages",
        opening,
        table(("path", "name", "for", "permission", "methods"), rows),
        "## Roles",
        "A permission is `noun.verb`; a role holds every permission whose verb stands beside it. "
        "`desk.choose` is held by every member of staff.",
        table(("role", "verbs"), _roles(ROLE_VERBS)),
    )


def _roles(verbs: Any) -> Iterator[tuple[str, str]]:
    for role, each in verbs.items():
        yield role, ", ".join(sorted(each))


def metrics() -> str:
    from tutela.core.measures import GAUGES, MEASURES
    from tutela.core.readiness import CHECKS
    from tutela.telemetry.exporting import PREFIX

    opening = (
        "With `TUTELA_METRICS` set, these figures are served in the Prometheus text format (see "
        "[watch it run](../how-to/watch-it-run.md)). A label takes values of a closed set only; "
        "whatever else is counted as `other`, so no figure can name anybody."
    )
    counted = [
        (
            code(PREFIX + name + ("_seconds" if each.unit else "_total")),
            "histogram" if each.unit else "counter",
            codes(each.labels),
            each.help,
        )
        for name, each in sorted(MEASURES.items())
    ]
    asked = [
        (code(PREFIX + name), "gauge", code("operator"), each.help)
        for name, each in sorted(GAUGES.items())
    ]
    checks = f"1 where a readiness check holds: {codes(sorted(CHECKS))}."
    ready = [(code(f"{PREFIX}ready"), "gauge", code("check"), checks)]
    head = ("figure", "kind", "labels", "what it is")
    return page("Metrics", opening, table(head, [*counted, *asked, *ready]))
