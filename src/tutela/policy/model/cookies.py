"""What is kept on the visitor's device."""

from __future__ import annotations

from dataclasses import dataclass

from tutela.policy.model.plain import Clauses, Words


@dataclass(frozen=True, slots=True)
class Cookie:
    """Something kept on the visitor's device, or asked for by the page to be counted.

    ``name`` may end with ``*`` and then stands for every name that begins so; an exact name goes
    before a pattern (001 7.4.6, 7.5.2). ``kind`` is cookie, local-storage, beacon or sdk; ``party``
    says who sets it: own, third or seller, and ``provider`` names that other party.
    """

    name: str
    cookie_class: str
    purpose: Words
    clauses: Clauses = ()
    kind: str = "cookie"
    party: str = "own"
    provider: str = ""
