"""What this room does when other rooms take a form in, or destroy."""

from __future__ import annotations

from tutela.requests.intake import TAKEN
from tutela.requests.letters import KINDS
from tutela.requests.parts import PARTS
from tutela.retention.actions import ERASERS
from tutela.verification.actions import KIND, asked, erase
from tutela.verification.telling import VERIFICATIONS

TAKEN.register(KIND, asked)
ERASERS.register("verification", erase)
PARTS.register("verifications", VERIFICATIONS)
KINDS.register("verification-decided", "verification/letters/verification-decided.txt")
