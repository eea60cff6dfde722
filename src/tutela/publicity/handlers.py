"""What this room does when a package is made."""

from __future__ import annotations

from tutela.publicity.telling import PUBLIC
from tutela.requests.parts import PARTS

PARTS.register("public", PUBLIC)
