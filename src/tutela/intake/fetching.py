"""Reading a mailbox by IMAP (RFC 3501), one message a transaction.

The mailbox keeps a message until its original is sealed and committed; only then is it removed,
so that no copy outlives the destruction that was promised. How far the mailbox was read is a row
that changes in the same transaction. Killed at any moment, the next run finds either the message
in the mailbox, or it in the vault and still to be removed, and the digest of a message brings it
in once whatever happens.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from tutela.core import clock
from tutela.db.scope import operator_scope
from tutela.intake import taking
from tutela.intake.mailboxes import Account
from tutela.intake.models import Mailbox, Message
from tutela.intake.taking import Place
from tutela.intake.wording import State

log = logging.getLogger(__name__)

TIMEOUT = 30.0
"""Seconds until a server that says nothing counts as gone."""
AT_ONCE = 50
"""So many messages are fetched before those that are sealed are removed from the mailbox."""

Stopped = Callable[[], bool]


class Unreadable(Exception):
    """The server refuses what reading a mailbox needs; the text is the command."""


def opened(account: Account) -> BaseMailBox:
    """Sign in at the server. Certificates are checked."""
    if account.scheme == "imaps":
        box: BaseMailBox = MailBox(
            account.host, account.port, TIMEOUT, ssl_context=ssl.create_default_context()
        )
    elif account.scheme == "imap+tls":
        box = MailBoxStartTls(
            account.host, account.port, TIMEOUT, ssl_context=ssl.create_default_context()
        )
    else:
        box = MailBoxUnencrypted(account.host, account.port, TIMEOUT)
    box.login(account.user, account.password, initial_folder=None)
    return box


def fetch(
    operator_id: UUID, account: Account, box: BaseMailBox, stopped: Stopped = lambda: False
) -> int:
    """Take in everything new of an opened mailbox; how many messages. Safe beside others."""
    client = box.client
    _demand(client.select(_quoted(account.folder)), "SELECT")
    validity = int((client.response("UIDVALIDITY")[1] or [b"0"])[0] or 0)
    start = _begin(operator_id, account, validity)
    _remove(operator_id, account, client, validity)
    taken = 0
    for uid in _wanted(operator_id, account, validity):
        taken += _take(operator_id, account, client, Place(account.id, validity, uid), wanted=True)
    for number, uid in enumerate(_new(client, start), start=1):
        if stopped():
            break
        taken += _take(operator_id, account, client, Place(account.id, validity, uid))
        if number % AT_ONCE == 0:
            _remove(operator_id, account, client, validity)
    _remove(operator_id, account, client, validity)
    with operator_scope(operator_id):
        _row(operator_id, account).update(read_at=clock.now(), failed_at=None, failure="")
    return taken


def note_failure(operator_id: UUID, account: Account, failure: str) -> None:
    """Keep what kind of error stands in the way, for the desk and for monitors."""
    with operator_scope(operator_id):
        Mailbox.objects.get_or_create(operator_id=operator_id, mailbox=account.id)
        _row(operator_id, account).update(failed_at=clock.now(), failure=failure[:64])


def _row(operator_id: UUID, account: Account) -> Any:
    return Mailbox.objects.filter(operator_id=operator_id, mailbox=account.id)


def _begin(operator_id: UUID, account: Account, validity: int) -> int:
    """The highest number that was read. Where the server numbers anew, all is read again; what
    was taken before is known by its digest."""
    with operator_scope(operator_id):
        row, _made = Mailbox.objects.get_or_create(operator_id=operator_id, mailbox=account.id)
        row = _row(operator_id, account).select_for_update().get()
        if row.uidvalidity != validity:
            row.uidvalidity, row.last_uid = validity, 0
            _row(operator_id, account).update(uidvalidity=validity, last_uid=0)
        return int(row.last_uid)


def _new(client: Any, after: int) -> Iterator[int]:
    """The numbers above ``after``, in order; a server answers ``n:*`` with the last one too."""
    _kind, found = _demand(client.uid("SEARCH", f"UID {after + 1}:*"), "SEARCH")
    yield from sorted(uid for uid in map(int, (found[0] or b"").split()) if uid > after)


def _take(
    operator_id: UUID, account: Account, client: Any, place: Place, *, wanted: bool = False
) -> bool:
    """One message in one transaction, with the mark of how far the mailbox was read."""
    raw = _content(client, place.uid)
    with operator_scope(operator_id):
        row = _row(operator_id, account).select_for_update().get()
        current = row.uidvalidity == place.uidvalidity
        if not wanted and not (current and (place.uid or 0) > row.last_uid):
            return False  # another process has been faster
        arrived = None
        if raw is not None:
            arrived = taking.arrive(operator_id, raw, place, wanted=wanted)
        if arrived is not None and arrived.repeated and arrived.sealed and not account.keep:
            _expunge(client, str(place.uid))  # a second copy; the first is sealed and committed
        if not wanted:
            _row(operator_id, account).update(last_uid=place.uid)
        elif raw is None:
            _lost(operator_id, place)
    return arrived is not None and not arrived.repeated


def _lost(operator_id: UUID, place: Place) -> None:
    """Somebody has removed the message from the mailbox before it was fetched again."""
    Message.objects.filter(
        operator_id=operator_id,
        mailbox=place.mailbox,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
    ).update(state=State.ASIDE, left_at=clock.now())


def _content(client: Any, uid: int | None) -> bytes | None:
    """The whole message, without marking it as seen; None if it has gone meanwhile."""
    _kind, found = _demand(client.uid("FETCH", str(uid), "(BODY.PEEK[])"), "FETCH")
    return next((bytes(each[1]) for each in found if isinstance(each, tuple)), None)


def _wanted(operator_id: UUID, account: Account, validity: int) -> list[int]:
    with operator_scope(operator_id):
        rows = Message.objects.filter(
            operator_id=operator_id,
            mailbox=account.id,
            uidvalidity=validity,
            state=State.WANTED,
            uid__isnull=False,
        )
        return [int(uid) for uid in rows.values_list("uid", flat=True) if uid is not None]


def _remove(operator_id: UUID, account: Account, client: Any, validity: int) -> None:
    """Remove from the mailbox what is sealed."""
    if account.keep:
        return
    with operator_scope(operator_id):
        rows = Message.objects.filter(
            operator_id=operator_id,
            mailbox=account.id,
            uidvalidity=validity,
            record__isnull=False,
            left_at__isnull=True,
            uid__isnull=False,
        )
        places = list(rows.values_list("uid", flat=True)[:1000])
    if not places:
        return
    _expunge(client, ",".join(map(str, places)))
    with operator_scope(operator_id):
        Message.objects.filter(
            operator_id=operator_id, mailbox=account.id, uidvalidity=validity, uid__in=places
        ).update(left_at=clock.now())


def _expunge(client: Any, numbers: str) -> None:
    _demand(client.uid("STORE", numbers, "+FLAGS.SILENT", r"(\Deleted)"), "STORE")
    if "UIDPLUS" in client.capabilities:
        _demand(client.uid("EXPUNGE", numbers), "EXPUNGE")
    else:
        _demand(client.expunge(), "EXPUNGE")


def _demand(answer: tuple[str, Any], command: str) -> tuple[str, Any]:
    if answer[0] != "OK":
        raise Unreadable(command)
    return answer


def _quoted(folder: str) -> str:
    from imap_tools.imap_utf7 import utf7_encode  # noqa: PLC0415 - no public name

    return '"' + utf7_encode(folder).decode().replace("\\", "\\\\").replace('"', '\\"') + '"'
