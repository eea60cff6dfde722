"""Shared fixtures. Tests run on a real PostgreSQL: ``DATABASE_URL`` if it is set."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("TUTELA_HOME", tempfile.mkdtemp(prefix="tutela-tests-"))
