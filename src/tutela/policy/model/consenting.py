"""How people consent to a purpose, as the policy declares it under ``consent``. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutela.policy.terms import Term

MODES = (
    "tick",
    "statement",
    "form-sent",
    "signed-form",
    "confirmed-by-mail",
    "per-upload",
    "use",
    "device",
    "implied",
    "by-representative",
    "by-guardian",
)
"""Every act by which a consent may be given."""
CONDUCT = ("use", "device", "implied")
"""Conduct that a policy may take for consent (000 preamble; 001 10.2; 004 2.5)."""
TOPICS = ("own", "partner", "political")
"""Whose wares a letter of marketing is about, or that it is no ware (001 1.3.3, 000 3/b6)."""
CHANNELS = ("email", "sms", "phone", "push", "messenger", "post")
"""How a letter of marketing comes."""


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """``modes`` are the acts that count (none: any explicit one). The consent ends ``lasts`` after
    the event ``after``, or after it was given where ``after`` is empty; without ``lasts`` it is
    open-ended (000 8/b1). ``published`` are the fields that a person may let be made public, each
    by a consent of its own to ``publish_text``, in which ``{field}`` is the title of
    the field (004 1.9, 2.9/b8). ``channel`` and ``topic`` say how and about what a
    purpose of marketing writes. ``until`` is the field in which whoever consents may name the
    last day of it (004 8.5(a))."""

    modes: tuple[str, ...] = ()
    lasts: Term | None = None
    after: str = ""
    published: tuple[str, ...] = ()
    publish_text: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    topic: str = ""
    until: str = ""
    clauses: tuple[str, ...] = ()

    def takes(self, mode: str) -> bool:
        """Whether a consent to the purpose may be given by this act."""
        return mode in self.modes if self.modes else mode not in CONDUCT

    @property
    def by_guardian(self) -> bool:
        """Whether a parent or guardian alone can consent (001 10.10(c); GDPR article 8)."""
        return self.modes == ("by-guardian",)
