"""The address of a database (``DATABASE_URL``): written for people, read for Django and psycopg."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from tutela.core.errors import TutelaError


class AddressError(TutelaError):
    """The address of the database cannot be read."""


def settings_of(url: str) -> dict[str, object]:
    """Django's database settings for ``postgresql://user:password@host:port/name?option=value``.

    A folder with a Unix socket is given as the option ``host``. Raises ``AddressError`` when the
    address names no PostgreSQL database.
    """
    parts = urlsplit(url)
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise AddressError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/database; "
            "Tutela keeps its data in PostgreSQL only."
        )
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": {key: unquote(value) for key, value in options.items()},
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def socket_url(*, user: str, password: str, folder: str, port: int, database: str) -> str:
    """The address of ``database`` behind the Unix socket in ``folder``."""
    return (
        f"postgresql://{quote(user, safe='')}:{quote(password, safe='')}@/"
        f"{quote(database, safe='')}?host={quote(folder, safe='')}&port={port}"
    )
