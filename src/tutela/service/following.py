"""Lets ``tutela worker`` go on when the process beside which it works is started anew.

Whoever holds a home tells in ``running.json`` where its database and its pages are. After a
restart the database has another socket, and the pages may have another port, which the links in
letters must name.
"""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings

from tutela.db.connect import point
from tutela.db.locks import Running, read_running
from tutela.db.server import Joined


class Follower:
    """Points this process at the home's holder, at first and whenever it has changed."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._known: Running | None = None

    def look(self) -> None:
        """Take up what the holder has told; nothing with DATABASE_URL, or if we are the holder."""
        if os.environ.get("DATABASE_URL"):
            return
        found = read_running(self._home)
        if found is None or found == self._known or found.process == os.getpid():
            return
        self._known = found
        joined = Joined(self._home, found)
        point(joined.app_url, joined.owner_url)
        if found.address and not os.environ.get("TUTELA_PUBLIC_URL"):
            settings.TUTELA_PUBLIC_URL = found.address
