"""Points Django at a database that is known only after the settings were read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from tutela.db.address import settings_of

OWNER_ALIAS = "owner"
"""The connection that may change tables; used by migrations only."""


def point(app_url: str, owner_url: str) -> None:
    """Use these databases from now on, in every thread; connections of this thread are closed."""
    for alias, url in ((DEFAULT_DB_ALIAS, app_url), (OWNER_ALIAS, owner_url)):
        connections[alias].close()
        with contextlib.suppress(AttributeError):
            del connections[alias]
        # ``settings.DATABASES`` and ``connections.settings`` share these dictionaries.
        for known in (settings.DATABASES, connections.settings):
            known[alias].update(settings_of(url))


def wrapper(alias: str, **changes: object) -> BaseDatabaseWrapper:
    """A connection like ``alias`` with other settings, such as ``NAME``; not opened yet."""
    described = {**connections.settings[alias], **changes}
    backend = load_backend(described["ENGINE"])
    made: BaseDatabaseWrapper = backend.DatabaseWrapper(described, alias)
    return made


@contextlib.contextmanager
def inside(database: str, *, role_of: str | None = None) -> Iterator[None]:
    """Work in another database of the same server, in this thread only.

    The connections that were in use stay open and untouched, transactions and all. With
    ``role_of`` both aliases connect as the role of that alias.
    """
    previous = {alias: connections[alias] for alias in (DEFAULT_DB_ALIAS, OWNER_ALIAS)}
    for alias in previous:
        connections[alias] = wrapper(role_of or alias, NAME=database)
        connections[alias].alias = alias
    try:
        yield
    finally:
        for alias, kept in previous.items():
            connections[alias].close()
            connections[alias] = kept
