"""Signed messages of the Data Rights Protocol (3.07): pure.

A message is an Ed25519 signature (RFC 8032), then a JSON document, and all of it base64. It is
checked in the order that the protocol gives, and nothing of it is believed before.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE = 64
"""Bytes of a signature before the document."""
LARGEST = 64_000
LONGEST = 300
_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,62}")


class Unacceptable(Exception):
    """Why a message is not taken, in a sentence for whoever runs the agent. ``fatal``: the same
    message will never be taken, so that sending it again is of no use (3.06)."""

    def __init__(self, message: str, status: int = 403, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.fatal = fatal


@dataclass(frozen=True, slots=True)
class Agent:
    """An authorised agent as the directory lists it (3.05.1)."""

    id: str
    name: str
    verify_key: str
    web_url: str = ""

    def key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(self.verify_key))


def agents(written: str) -> dict[str, Agent]:
    """The directory: a JSON list of documents with ``id``, ``name`` and ``verify_key``.

    Raises ``ValueError`` and ``KeyError`` for anything else.
    """
    found = {}
    for each in json.loads(written):
        agent = Agent(
            str(each["id"]),
            str(each.get("name", "")),
            str(each["verify_key"]),
            str(each.get("web_url", "")),
        )
        agent.key()
        if not _NAME.fullmatch(agent.id):
            raise ValueError("The id of an agent is made of capital letters and underscores.")
        found[agent.id] = agent
    return found


def opened(sent: bytes, agent: Agent) -> dict[str, Any]:
    """The document, once its signature is that of the agent. Raises ``Unacceptable``."""
    if len(sent) > LARGEST:
        raise Unacceptable("The message is too large.", 413)
    try:
        whole = base64.b64decode(sent.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise Unacceptable("The message is not base64.", 400) from None
    try:
        agent.key().verify(whole[:SIGNATURE], whole[SIGNATURE:])
    except InvalidSignature:
        raise Unacceptable("The signature does not fit the key of the agent.") from None
    try:
        document = json.loads(whole[SIGNATURE:])
    except (ValueError, RecursionError):
        raise Unacceptable("What was signed is not JSON.", 400) from None
    if not isinstance(document, dict):
        raise Unacceptable("What was signed is not a JSON object.", 400)
    return document


def check(document: Mapping[str, Any], agent: Agent, business: str, now: datetime) -> None:
    """Who sends it, to whom, and when. Raises ``Unacceptable``."""
    if document.get("agent-id") != agent.id:
        raise Unacceptable("agent-id names another agent than the token.")
    if document.get("business-id") != business:
        raise Unacceptable("business-id names another business.")
    if _moment(document, "issued-at") > now:
        raise Unacceptable("issued-at is ahead; look at the clock of the agent.")
    if _moment(document, "expires-at") <= now:
        raise Unacceptable("expires-at has passed; sign the request anew.", fatal=True)


def _moment(document: Mapping[str, Any], name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(str(document.get(name)))
    except ValueError:
        raise Unacceptable(f"{name} must be a timestamp of ISO 8601 with its zone.", 400) from None
    if moment.tzinfo is None:
        raise Unacceptable(f"{name} must be a timestamp of ISO 8601 with its zone.", 400)
    return moment


def text(document: Mapping[str, Any], name: str) -> str:
    """A claim that is a text of a sane length, else empty."""
    found = document.get(name)
    return found.strip() if isinstance(found, str) and len(found) <= LONGEST else ""


def callback(document: Mapping[str, Any], agent: Agent) -> str:
    """Where the agent wants to be told: only its own place, as the directory has it, and without
    a query, so that nothing of the person stands in it. Empty for any other."""
    wanted, own = text(document, "status_callback"), urlsplit(agent.web_url)
    try:
        parts = urlsplit(wanted)
        port = parts.port
    except ValueError:
        return ""
    host, home = parts.hostname or "", own.hostname or ""
    there = bool(home) and (host == home or host.endswith(f".{home}"))
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    if parts.scheme == "https":
        fits = port in {None, 443, own.port}
    else:  # a directory of the operator's own, for a test network
        fits = (parts.scheme, port) == (own.scheme, own.port)
    return wanted if there and plain and fits else ""
