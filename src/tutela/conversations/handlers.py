"""What this room does when other rooms take a form in, or destroy."""

from __future__ import annotations

from tutela.conversations.actions import erase, open_by_form
from tutela.conversations.reading import told
from tutela.conversations.rules import KIND
from tutela.requests.contents import PARTS
from tutela.requests.intake import TAKEN
from tutela.retention.actions import ERASERS

TAKEN.register(KIND, open_by_form)
ERASERS.register("conversations", erase)
PARTS.register("conversations", told)
