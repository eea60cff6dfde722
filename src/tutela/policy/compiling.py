"""Compiles the sources of a policy into the immutable ``Policy``, or into its findings.

Nothing is half loaded: with one error there is no policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import (
    acquirers,
    anonymising,
    declarations,
    heading,
    office,
    parameters,
    places,
    recipients,
    references,
    surfaces,
)
from tutela.policy.clauses import Clause, cut
from tutela.policy.coverage import Coverage
from tutela.policy.declarations import Reading
from tutela.policy.errors import PolicyErrors
from tutela.policy.findings import Finding, Findings
from tutela.policy.model import Binding, FrozenDict, Policy
from tutela.policy.reading import Block
from tutela.policy.source import DECLARATIONS, Node, Sources, parse

_SECTIONS: Mapping[str, Callable[[Block, Reading], dict[str, Any]]] = {
    "subjects": declarations.subjects,
    "categories": declarations.categories,
    "fields": declarations.fields,
    "bases": declarations.bases,
    "purposes": declarations.purposes,
    "collection_points": declarations.points,
    "recipients": recipients.recipients,
    "promises": declarations.promises,
    "retention": declarations.retention,
    "channels": declarations.channels,
    "cookies": surfaces.cookies,
    "informative": declarations.informative,
    "assumptions": declarations.assumptions,
    "empty_lists": declarations.empty_lists,
    "roles": office.roles,
    "decisions": office.decisions,
    "four_eyes": office.four_eyes,
    "stores": places.stores,
    "products": surfaces.products,
    "authorities": surfaces.authorities,
    "acquirers": acquirers.acquirers,
    "anonymised": anonymising.sets,
}
"""Each section of the file and its reader."""

_NEEDED = ("subjects", "categories", "fields", "bases", "purposes", "collection_points")


@dataclass(frozen=True, slots=True)
class Compiled:
    """What came of one policy's sources. ``policy`` is ``None`` if any finding is an error."""

    policy: Policy | None
    findings: tuple[Finding, ...]
    coverage: Coverage | None

    def or_raise(self) -> Policy:
        if self.policy is None:
            raise PolicyErrors(self.findings)
        return self.policy


_KEPT = 16
"""Compiled sources a process keeps: a policy is immutable, and reading its YAML takes a second."""


def compile_sources(sources: Sources, findings: Findings | None = None) -> Compiled:
    """Read, check and compile; ``findings`` may hold what reading the folder found."""
    if findings is None or not findings.all:
        return _compiled(tuple(sorted(sources.files.items())))
    return _compile(sources, findings)


@lru_cache(maxsize=_KEPT)
def _compiled(files: tuple[tuple[str, str], ...]) -> Compiled:
    return _compile(Sources(dict(files)), Findings())


def _compile(sources: Sources, found: Findings) -> Compiled:
    tree = parse(sources.declarations, found)
    if tree is None:
        return Compiled(None, found.all, None)
    return _Compiler(sources, tree, found).compile()


class _Compiler:
    def __init__(self, sources: Sources, tree: Node, findings: Findings) -> None:
        self.sources = sources
        self.findings = findings
        self.reading = Reading(findings)
        self.languages = heading.languages(tree, findings)
        self.root = Block(tree, "", findings, self.languages.all)
        self.root.node("languages")

    def compile(self) -> Compiled:
        head = self._head()
        sections = self._sections()
        self.root.close()
        texts = self._texts()
        cuts = {code: cut(text) for code, text in texts.items()}
        places.check(self.reading, sections, head["residency"], head["separate"])
        surfaces.check_places(self.reading, head["operator"], sections)
        where, coverage = self._check(sections, cuts)
        if self.findings.errors:
            return Compiled(None, self.findings.all, coverage)
        policy = self._policy(head, sections, texts, cuts, where)
        return Compiled(policy, self.findings.all, coverage)

    def _head(self) -> dict[str, Any]:
        heading.check_format(self.root)
        operator = heading.operator(self.root, self.reading)
        version = heading.version(self.root, self.reading)
        surfaces.check_effective(self.root, self.reading, version.effective)
        return {
            "operator": operator,
            "calendar": heading.calendar(self.root, self.reading, operator.time_zone),
            "number": version.number,
            "dated": version.dated,
            "effective": version.effective,
            "access": office.access(self.root, self.reading),
            "residency": places.residency(self.root, self.reading),
            "separate": places.separate(self.root, self.reading),
        }

    def _sections(self) -> dict[str, FrozenDict[Any]]:
        for name in _NEEDED:
            if not self.root.has(name):
                self.root.missing(name)
        found = {
            name: FrozenDict(read(self.root, self.reading)) for name, read in _SECTIONS.items()
        }
        declarations.controls(self.root, self.reading)
        return found

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for code, name in self.languages.texts.items():
            text = self.sources.files.get(name)
            if text is not None and text.strip():
                texts[code] = text
            elif not any(each.file == name for each in self.findings.errors):
                self.findings.add(
                    "missing-file",
                    0,
                    f"languages.texts.{code}",
                    _("The text %(name)s is missing or empty."),
                    _("Put the published text of the policy beside policy.yaml."),
                    name=name,
                )
        return texts

    def _check(
        self, sections: dict[str, FrozenDict[Any]], cuts: Mapping[str, tuple[Clause, ...]]
    ) -> tuple[dict[str, str], Coverage | None]:
        reading, original = self.reading, self.languages.original
        references.check_references(reading, sections)
        references.check_purposes(reading, sections, self.languages.all)
        references.check_needs(reading, sections)
        references.check_points(reading, sections)
        references.check_recipients(reading, sections)
        references.check_until(reading, sections)
        acquirers.check(reading, sections)
        anonymising.check(reading, sections)
        office.check_purposes(reading, sections)
        parameters.check(reading)
        if original not in cuts:
            return {}, None
        file = self.languages.texts[original]
        where = references.resolve_all(reading, cuts[original])
        coverage = references.check_coverage(reading, cuts[original], where, file)
        empty = {where[ref] for ref in sections["empty_lists"] if ref in where}
        references.check_lists(reading, cuts[original], empty, file)
        references.check_translations(reading, cuts, original, self.languages.texts)
        return where, coverage

    def _policy(
        self,
        head: dict[str, Any],
        sections: dict[str, FrozenDict[Any]],
        texts: dict[str, str],
        cuts: dict[str, tuple[Clause, ...]],
        where: dict[str, str],
    ) -> Policy:
        order = {clause.ref: place for place, clause in enumerate(cuts[self.languages.original])}
        bindings = sorted(
            (
                Binding(each.clause, each.control, each.parameters, each.key)
                for each in self.reading.bound
                if each.control
            ),
            key=lambda each: order[where[each.clause]],
        )
        used = self.sources.only(frozenset({DECLARATIONS, *self.languages.texts.values()}))
        named: dict[str, Any] = dict(sections)
        return Policy(
            **head,
            points=named.pop("collection_points"),
            **named,
            languages=self.languages.all,
            original=self.languages.original,
            bindings=tuple(bindings),
            texts=FrozenDict(texts),
            clauses=FrozenDict(cuts),
            where=FrozenDict(where),
            sources=FrozenDict(used.files),
            digest=used.digest,
        )
