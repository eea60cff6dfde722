"""Reads the folder of one operator, or a folder of such folders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy.compiling import Compiled, compile_sources
from tutela.policy.contradictions import RULES, Contradiction, contradictions
from tutela.policy.coverage import Coverage
from tutela.policy.errors import PolicyErrors
from tutela.policy.findings import ERROR, WARNING, Finding, Findings
from tutela.policy.model import Policy, Site
from tutela.policy.source import DECLARATIONS, read_folder


@dataclass(frozen=True, slots=True)
class Report:
    """The check of one operator's folder."""

    name: str
    policy: Policy | None
    findings: tuple[Finding, ...]
    coverage: Coverage | None
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity != ERROR)

    def to_json(self) -> dict[str, Any]:
        return {
            "folder": self.name,
            "operator": self.policy.operator.slug if self.policy else None,
            "version": self.policy.number if self.policy else None,
            "digest": self.policy.digest if self.policy else None,
            "errors": len(self.errors),
            "warnings": len(self.warnings),
            "findings": [each.to_json() for each in self.findings],
            "coverage": self.coverage.to_json() if self.coverage else None,
            "contradictions": [each.to_json() for each in self.contradictions],
            "assumptions": _assumptions(self.policy),
        }


def _assumptions(policy: Policy | None) -> dict[str, Any]:
    if policy is None:
        return {}
    return {
        slug: {
            "text": dict(each.text),
            "clauses": list(each.clauses),
            "settles": list(each.settles),
        }
        for slug, each in policy.assumptions.items()
    }


def read(path: Path) -> Compiled:
    findings = Findings()
    sources = read_folder(path, findings)
    if sources is None:
        return Compiled(None, findings.all, None)
    return compile_sources(sources, findings)


def load_folder(path: Path) -> Policy:
    """The policy of one operator's folder; ``PolicyErrors`` carries everything wrong with it."""
    return read(Path(path)).or_raise()


def check_folder(path: Path) -> Report:
    """Everything there is to say about one operator's folder."""
    compiled = read(Path(path))
    found = contradictions(compiled.policy) if compiled.policy else ()
    told = [each.finding() for each in found if not each.settled_by]
    if compiled.policy:
        told += _unsettling(compiled.policy, found)
    findings = (*compiled.findings, *told)
    return Report(Path(path).name, compiled.policy, findings, compiled.coverage, found)


def _unsettling(policy: Policy, found: tuple[Contradiction, ...]) -> Iterator[Finding]:
    """What an assumption claims to settle and does not: no such rule, or nothing it finds."""
    for slug, each in policy.assumptions.items():
        for code in each.settles:
            key = f"assumptions.{slug}.settles"
            if code not in RULES:
                yield _finding(
                    "unknown-contradiction",
                    key,
                    _("“%(named)s” is no contradiction that the check looks for."),
                    _("Possible codes: %(known)s."),
                    named=code,
                    known=", ".join(RULES),
                )
            elif not any(one.code == code and slug in one.settled_by for one in found):
                yield _finding(
                    "nothing-to-settle",
                    key,
                    _("The assumption “%(slug)s” settles “%(found)s”, which is not found here."),
                    _("Take the code out, or name one of the clauses that contradict each other."),
                    severity=WARNING,
                    slug=slug,
                    found=code,
                )


def check(path: Path) -> tuple[Report, ...]:
    """The reports of one operator's folder, or of every operator in a folder of them.

    Operators in one folder would share an installation, so that two of them may not claim one
    address or one name.
    """
    path = Path(path)
    if not path.is_dir() or (path / DECLARATIONS).exists():
        return (check_folder(path),)
    folders = sorted(each for each in path.iterdir() if (each / DECLARATIONS).exists())
    if not folders:
        return (check_folder(path),)
    reports = [check_folder(each) for each in folders]
    clashes = list(_clashes(reports))
    return tuple(
        replace(
            report,
            findings=(*report.findings, *(found for name, found in clashes if name == report.name)),
        )
        for report in reports
    )


def _clashes(reports: list[Report]) -> Iterator[tuple[str, Finding]]:
    known = [(report.name, report.policy) for report in reports if report.policy]
    for (first, one), (second, other) in combinations(known, 2):
        if one.operator.slug == other.operator.slug:
            yield (
                second,
                _finding(
                    "same-operator",
                    "operator.slug",
                    _("The operator “%(slug)s” stands in the folder “%(folder)s” too."),
                    _("Give each operator a slug of its own."),
                    slug=one.operator.slug,
                    folder=first,
                ),
            )
        for mine in one.operator.sites:
            for theirs in other.operator.sites:
                if _overlap(mine, theirs):
                    yield (
                        second,
                        _finding(
                            "same-host",
                            "sites",
                            _("The site %(site)s belongs to the operator in “%(folder)s” too."),
                            _(
                                "One address can follow one policy only; give each its own host "
                                "or path."
                            ),
                            site=theirs.host + theirs.path,
                            folder=first,
                        ),
                    )


def _finding(
    code: str, key: str, sentence: Any, advice: Any, *, severity: str = ERROR, **values: Any
) -> Finding:
    return Finding(severity, code, DECLARATIONS, 0, key, sentence, advice, values)


def _overlap(one: Site, other: Site) -> bool:
    """Whether some address belongs to both sites."""
    same = one.host == other.host
    below = (one.subdomains and other.host.endswith(f".{one.host}")) or (
        other.subdomains and one.host.endswith(f".{other.host}")
    )
    if not same and not below:
        return False
    first, second = (f"{each.path.strip('/')}/".lstrip("/") for each in (one, other))
    return first.startswith(second) or second.startswith(first)


def load_all(path: Path) -> tuple[Policy, ...]:
    """The policies of a folder of operators; ``PolicyErrors`` if any of them has an error."""
    reports = check(Path(path))
    if errors := [found for report in reports for found in report.errors]:
        raise PolicyErrors(errors)
    return tuple(report.policy for report in reports if report.policy)
