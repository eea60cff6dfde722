"""What a rehearsal came to, for a person at a terminal or as JSON for a program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tutela.policy.model import Policy
from tutela.rehearsal.runner import Event, Outcome


def lines(outcome: Outcome, policy: Policy) -> Iterator[str]:
    """The timeline: when, what was done, what was expected and whether it happened."""
    yield f"{outcome.scenario.title}"
    for ref in outcome.scenario.clauses:
        yield f"  clause {ref}: {_clause_text(policy, ref)}"
    day = None
    for each in outcome.events:
        local = each.at.astimezone(outcome.zone)
        if local.date() != day:
            day = local.date()
            yield f"  {day.isoformat()}"
        yield f"    {local:%H:%M}  {_line(each)}"
        if each.holds is False:
            yield f"           found: {each.found}   ({outcome.scenario.path}:{each.line})"
    judged = [each for each in outcome.events if each.holds is not None]
    kept = sum(bool(each.holds) for each in judged)
    verdict = "as promised" if outcome.passed else "NOT as promised"
    yield f"  {verdict}: {kept} of {len(judged)} expectations hold"


def _line(event: Event) -> str:
    if event.holds is None:
        return f"      {event.said}"
    return f"{'ok  ' if event.holds else 'NOT '}  {event.said}"


def _clause_text(policy: Policy, ref: str) -> str:
    found = policy.clause(ref, policy.original)
    if found is None:
        return "not in the text of this policy"
    text = " ".join(found.text.split())
    return text if len(text) <= 90 else text[:87] + "…"  # noqa: PLR2004 - one line of a terminal


def as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "scenario": outcome.scenario.title,
        "file": str(outcome.scenario.path),
        "clauses": list(outcome.scenario.clauses),
        "passed": outcome.passed,
        "events": [
            {
                "at": each.at.isoformat(),
                "line": each.line,
                "said": each.said,
                "holds": each.holds,
                "found": each.found,
            }
            for each in outcome.events
        ],
    }
