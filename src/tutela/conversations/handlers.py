"""What this room does when other rooms take a form in, or destroy."""

from __future__ import annotations

from tutela.conversations.actions import erase, open_by_form
from tutela.conversations.rules import KIND
from tutela.conversations.telling import CONVERSATIONS
from tutela.requests.intake import TAKEN
from tutela.requests.parts import PARTS
from tutela.retention.actions import ERASERS

TAKEN.register(KIND, open_by_form)
ERASERS.register("conversations", erase)
PARTS.register("conversations", CONVERSATIONS)
