"""How the published text is taken: what carries a clause out, what had to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tutela.policy.model.plain import Clauses, Words


@dataclass(frozen=True, slots=True)
class Binding:
    """One clause carried out by one control, by its capability slug, with parameters.

    ``clause`` is as written, so it may name a part (``9.4(b)``); ``Policy.where`` gives the
    clause it stands in. ``declaration`` is the key of what binds it, such as
    ``promises.answer``, or ``controls[3]``.
    """

    clause: str
    control: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    declaration: str = ""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A decision taken where the text is silent or contradicts itself, shown to an auditor.

    ``settles`` names the contradictions (by code) of its clauses that it decides."""

    slug: str
    text: Words
    clauses: Clauses = ()
    settles: tuple[str, ...] = ()
