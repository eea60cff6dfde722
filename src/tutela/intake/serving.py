"""Letters that another mail server delivers: LMTP (RFC 2033) or SMTP (RFC 5321).

A message is answered with success only after it has been taken in and committed, and with a
failure that is tried again where anything goes wrong. One recipient at a time, because each
answers for itself. Who is written to is the address of a channel in the policy in force.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import DatabaseError, connections

from tutela.core import closed
from tutela.core.errors import TutelaError
from tutela.db.scope import operator_scope
from tutela.intake import taking
from tutela.intake.mailboxes import Listening
from tutela.intake.wording import State
from tutela.policy import actions as policies

log = logging.getLogger(__name__)

LARGEST = 50_000_000
"""Bytes; a policy may allow less, never more."""
_LATER = "451 4.3.0 The letter cannot be taken now; send it again later"
_ANSWERS = {
    "spam": "550 5.7.1 Your mail server calls this spam; write again without what looks like it",
    "too-large": "552 5.3.4 The letter is larger than is taken here; send less at once",
    "no-sender": "550 5.7.1 The letter names no sender who could be answered",
    "closed": "550 5.2.1 The operator is wound up and takes no letters any more; nothing was kept",
    "several-senders": "550 5.7.1 The letter names several senders; write again from one address",
    "loop": "450 4.2.1 Too many letters from this address today; send it again tomorrow",
}
_HELD = "550 5.6.0 The letter cannot be kept here; use a form or another channel of the policy"


def operator_of(address: str) -> UUID | None:
    """Whose mail channel ``address`` is; what stands after a plus sign belongs to its writer."""
    local, _at, domain = address.casefold().rpartition("@")
    wanted = f"{local.partition('+')[0]}@{domain}"
    for each in policies.operators():
        with operator_scope(each.id):
            channels = policies.in_force(each.id).channels.values()
            if any(c.kind == "mail" and c.address.casefold() == wanted for c in channels):
                return each.id
    return None


def deliver(operator_id: UUID, content: bytes) -> str:
    """Take one message in, and the answer for the server that brought it."""
    with operator_scope(operator_id):
        arrived = taking.arrive(operator_id, content)
    if arrived.state == State.HELD or arrived.reason == "spam":
        return _ANSWERS.get(arrived.reason, _HELD)
    return f"250 2.0.0 Taken in as {arrived.id}"


class Handler:
    """What the protocol's steps come to; the database is asked in threads of its own."""

    async def handle_RCPT(  # noqa: N802 - the library names it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time; send the letter again to the next"
        try:
            found = await asyncio.to_thread(_asked, operator_of, address)
        except (DatabaseError, TutelaError):
            return _LATER
        if found is None:
            return "550 5.1.1 Nobody reads letters at this address"
        envelope.rcpt_tos.append(address)
        setattr(envelope, _OPERATOR, found)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        operator: UUID = getattr(envelope, _OPERATOR)
        content = envelope.original_content or b""
        try:
            return await asyncio.to_thread(_asked, deliver, operator, content)
        except Exception as error:
            log.warning("A letter could not be taken in; it will come again.", exc_info=error)
            return _LATER


_OPERATOR = "tutela_operator"


def _asked(function: Any, *arguments: Any) -> Any:
    if closed.reason() is not None:
        raise TutelaError("Nothing can be done while the keys are sealed.")
    try:
        return function(*arguments)
    finally:
        connections.close_all()  # the thread may never be used again


class _Controller(Controller):
    """The library's server in a thread of its own."""

    def __init__(self, wanted: Listening) -> None:
        self._protocol = wanted.protocol
        super().__init__(Handler(), hostname=wanted.host, port=wanted.port)

    def factory(self) -> SMTP:
        kind = LMTP if self._protocol == "lmtp" else SMTP
        return kind(
            self.handler, data_size_limit=LARGEST, ident="Tutela", enable_SMTPUTF8=True, timeout=120
        )


class Server:
    """Listens from ``start`` to ``stop``; ``port`` is the one that was really taken."""

    def __init__(self, wanted: Listening) -> None:
        self._controller = _Controller(wanted)
        self._lock = threading.Lock()
        self._running = False

    def start(self) -> None:
        self._controller.start()
        self._running = True

    @property
    def port(self) -> int:
        server = self._controller.server
        assert isinstance(server, asyncio.Server)  # noqa: S101 - it has been started
        return int(server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        with self._lock:
            if self._running:
                self._running = False
                self._controller.stop(no_assert=True)
