"""Where letters are fetched from and delivered to, as the settings say. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

PORTS = {"imaps": 993, "imap+tls": 143, "imap": 143}


@dataclass(frozen=True, slots=True)
class Account:
    """A mailbox of one operator. ``keep`` leaves what was sealed in the mailbox as well."""

    operator: str
    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    keep: bool

    @property
    def id(self) -> str:
        """An opaque name of the mailbox; the password may change, the mailbox stays."""
        place = f"{self.host}:{self.port}/{self.user}/{self.folder}"
        return hashlib.sha256(place.encode()).hexdigest()[:32]


def accounts(written: str) -> list[Account]:
    """``SLUG=imaps://user:password@host/FOLDER?after=keep``, several apart by spaces."""
    return [_account(each) for each in written.split()]


def _account(written: str) -> Account:
    operator, _equals, address = written.partition("=")
    parts = urlsplit(address)
    return Account(
        operator=operator,
        scheme=parts.scheme,
        host=parts.hostname or "",
        port=parts.port or PORTS.get(parts.scheme, 0),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        keep=parse_qs(parts.query).get("after") == ["keep"],
    )


@dataclass(frozen=True, slots=True)
class Listening:
    """Where another mail server delivers to: ``lmtp`` (RFC 2033) or ``smtp``."""

    protocol: str
    host: str
    port: int


def listening(written: str) -> Listening | None:
    """``lmtp://127.0.0.1:2424`` or ``smtp://…``; None where nothing is set."""
    if not written:
        return None
    parts = urlsplit(written)
    return Listening(parts.scheme, parts.hostname or "127.0.0.1", parts.port or 0)
