"""The reference page of the kinds of requests, with a diagram of each, made from the code."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import translation
from docs.tools.markdown import code, codes, page, table


def kinds() -> str:
    from tutela.requests.case_wording import ASKED_ON, ASKERS, REFUSALS
    from tutela.requests.kinds import in_order
    from tutela.requests.sections import TITLES

    opening = (
        "Everything that somebody asks of the operator is one of these kinds. The fact that a "
        "request states starts the clocks that the policy promises for it; where the policy is "
        "silent the law’s term is taken, and where both are, a target of 30 days. The page of a "
        "request says which of the three its date is. A policy can promise one extension, and can "
        "let a clock stand still for proof of identity, a signed form or a clarification, each "
        "once and at most so long; nothing else moves a date. A refusal needs one of the grounds "
        "listed, and an answer every section listed: without them it is not sent."
    )
    with translation.override("en"):
        parts = [
            opening,
            "\n".join(f"- [{each.title}](#{_anchor(each)}): {each.asks}" for each in in_order()),
        ]
        for each in in_order():
            grounds = ", ".join(f"{ASKED_ON[one]} ({code(one)})" for one in each.grounds)
            rows = [
                ("asked for", str(each.asks)),
                ("who may ask", ", ".join(str(ASKERS[one]) for one in each.who)),
                ("proof of who asks", code(each.proof)),
                ("facts", codes(each.events)),
                ("by itself", str(each.happens)),
                ("an answer says", "; ".join(str(TITLES[one]) for one in each.must)),
                (
                    "may be refused",
                    "; ".join(str(REFUSALS[one]) for one in each.refusals) or "never",
                ),
                ("the answer discharges", codes(sorted(each.discharges))),
            ]
            if grounds:
                rows.insert(3, ("grounds", grounds))
            steps = [
                f"{number}. {step.title} — by {'the system' if step.by == 'system' else 'staff'}"
                for number, step in enumerate(each.steps, start=1)
            ]
            parts += [
                f"## {each.title} (`{each.slug}`)",
                table(("", ""), rows),
                "\n".join(steps),
                "\n".join(_diagram(each)),
            ]
    return page("Kinds of requests", *parts)


def _anchor(kind: object) -> str:
    """The fragment that the heading of a kind gets where Markdown is shown."""
    from tutela.requests.kinds import Kind

    assert isinstance(kind, Kind)  # noqa: S101 - for the type checker
    kept = "".join(
        each for each in f"{kind.title} {kind.slug}".lower() if each.isalnum() or each in " -"
    )
    return kept.replace(" ", "-")


def _diagram(kind: object) -> Iterator[str]:
    """States and moves as a diagram that a page of the repository draws."""
    from tutela.requests.case_wording import MOVES, STATES
    from tutela.requests.kinds import ENDED, Kind, State

    assert isinstance(kind, Kind)  # noqa: S101 - for the type checker
    names = {state: str(state).replace("-", "_") for state in State}
    moves = list(kind.moves())
    seen = {state for now, then, _why in moves for state in (now, then)}
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        if state in seen:
            yield f"    {names[state]} : {STATES[state]}"
    yield f"    [*] --> {names[State.RECEIVED]}"
    for now, then, why in moves:
        yield f"    {names[now]} --> {names[then]} : {str(MOVES[why]).replace(';', ',')}"
    for state in State:
        if state in seen & ENDED:
            yield f"    {names[state]} --> [*]"
    yield "```"
