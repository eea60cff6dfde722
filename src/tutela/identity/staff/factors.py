"""Second factors: an app that counts time (TOTP), passkeys, recovery codes, a code by mail.

allauth keeps and checks them (``allauth.mfa``); what it leaves to a cache of one process, that a
code works once, is a row here. allauth is loaded when somebody needs a factor, not before.
"""

from __future__ import annotations

import hmac
import itertools
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpRequest

from tutela.core import clock
from tutela.identity.staff import sealing
from tutela.identity.staff.limits import PENDING_LASTS, keyed
from tutela.identity.staff.models import StaffCounter

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator

TOTP, PASSKEY, RECOVERY, MAIL = "totp", "webauthn", "recovery_codes", "mail"
SLUGS = {TOTP: "app", PASSKEY: "passkey", RECOVERY: "recovery", MAIL: "mail"}
"""Kind of factor → its slug in the journal."""

_SECRET = "staff-totp"  # noqa: S105 - a name in the session
_MAILED = "staff-mailed-code"
_TAKE_STEP = """
INSERT INTO identity_staff_counter (user_id, step) VALUES (%s, %s)
ON CONFLICT (user_id) DO UPDATE SET step = excluded.step
WHERE identity_staff_counter.step < excluded.step
"""


@dataclass(frozen=True, slots=True)
class Factor:
    """One second factor as its owner sees it."""

    id: int
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None


def _rows(user_id: int, kind: str = "") -> Any:
    from allauth.mfa.models import Authenticator  # noqa: PLC0415 - loaded when it is needed

    rows = Authenticator.objects.filter(user_id=user_id).order_by("created_at", "id")
    return rows.filter(type=kind) if kind else rows


def listing(user_id: int) -> list[Factor]:
    """The factors of a member of staff, recovery codes among them."""
    return [
        Factor(row.pk, str(row.type), row.data.get("name", ""), row.created_at, row.last_used_at)
        for row in _rows(user_id)
    ]


def kinds(user_id: int) -> frozenset[str]:
    """The kinds that can be asked for at sign-in; recovery codes count beside another only."""
    found = frozenset(str(each) for each in _rows(user_id).values_list("type", flat=True))
    return found if found - {RECOVERY} else frozenset()


def begin_app(request: HttpRequest, *, anew: bool) -> str:
    """The secret that an app is to be given, kept in the session until a code proves it."""
    from allauth.mfa.totp.internal.auth import generate_totp_secret  # noqa: PLC0415

    if anew or _SECRET not in request.session:
        request.session[_SECRET] = sealing.seal(generate_totp_secret())
    return sealing.unseal(request.session[_SECRET])


def app_address(user: User, secret: str) -> str:
    """What an app reads: ``otpauth://totp/…``."""
    from tutela.identity.staff.adapter import Factors  # noqa: PLC0415

    return str(Factors().build_totp_url(user, secret))


def finish_app(request: HttpRequest, user: User, code: str) -> bool:
    """Keep the app as a factor if ``code`` is of the secret it was given."""
    from allauth.mfa.totp.internal.auth import TOTP as Totp  # noqa: N811, PLC0415

    secret = begin_app(request, anew=False)
    step = _step_of(secret, code)
    if step is None:
        return False
    with transaction.atomic():
        _rows(user.pk, TOTP).delete()
        StaffCounter.objects.filter(user_id=user.pk).delete()
        Totp.activate(user, secret)
        _take(user.pk, step)
    del request.session[_SECRET]
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The time step whose code this is, now or half a minute off (RFC 6238 5.2)."""
    from allauth.mfa.totp.internal import auth  # noqa: PLC0415

    given = _digits(code)
    for step in auth.yield_hotp_counters_from_time():
        expected = auth.format_hotp_value(auth.hotp_value(secret, step))
        if hmac.compare_digest(given.encode(), expected.encode()):
            return int(step)
    return None


def _digits(code: str) -> str:
    return "".join(code.split()).replace("-", "")


def _take(user_id: int, step: int) -> bool:
    """Use up a step; False if it or a later one was used. One statement decides between two."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_STEP, [user_id, step])
        return bool(cursor.rowcount)


def check(user_id: int, code: str) -> str:
    """The kind of factor that ``code`` proves, used up by it; an empty string if it proves none."""
    for row in _rows(user_id, TOTP):
        step = _step_of(sealing.unseal(row.data["secret"]), code)
        if step is not None and _take(user_id, step):
            row.record_usage()
            return TOTP
    for row in _rows(user_id, RECOVERY):
        if row.wrap().validate_code(_digits(code)):
            _rows(user_id, RECOVERY).update(last_used_at=clock.machine())
            return RECOVERY
    return ""


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes that work once each; the former ones end. They are shown now and never again."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes  # noqa: PLC0415

    with transaction.atomic():
        _rows(user.pk, RECOVERY).delete()
        made = RecoveryCodes.activate(user)
        codes: list[str] = made.get_unused_codes()
    return [f"{code[:4]} {code[4:8]} {code[8:]}" for code in codes]


def unused_recovery_codes(user_id: int) -> int:
    return sum(len(row.wrap().get_unused_codes()) for row in _rows(user_id, RECOVERY))


def remove(user_id: int, factor_id: int) -> str:
    """Take a factor away; its kind, or an empty string if this person has no such factor.

    With the last factor the recovery codes go too: they stand beside another one only.
    """
    with transaction.atomic():
        row: Authenticator | None = _rows(user_id).select_for_update().filter(pk=factor_id).first()
        if row is None:
            return ""
        kind = str(row.type)
        row.delete()
        if not kinds(user_id):
            _rows(user_id).delete()
    return kind


def remove_all(user_id: int) -> int:
    """Take every factor away; how many there were."""
    with transaction.atomic():
        StaffCounter.objects.filter(user_id=user_id).delete()
        gone, _ = _rows(user_id).delete()
    return int(gone)


def mail_code(request: HttpRequest, user_id: int) -> str:
    """Six digits to be sent by mail; only a keyed digest of them stays, in the session."""
    code = f"{secrets.randbelow(10**6):06}"
    until = (clock.machine() + PENDING_LASTS).timestamp()
    request.session[_MAILED] = {"digest": _mailed(user_id, code), "until": until}
    return code


def check_mailed(request: HttpRequest, user_id: int, code: str) -> bool:
    """Whether this is the code that was sent in this session; it works once."""
    sent = request.session.get(_MAILED)
    if not sent or clock.machine().timestamp() >= sent["until"]:
        return False
    if not hmac.compare_digest(sent["digest"], _mailed(user_id, _digits(code))):
        return False
    del request.session[_MAILED]
    return True


def _mailed(user_id: int, code: str) -> str:
    return keyed(sealing.key("mailed-code"), str(user_id), code)


def drawn(address: str) -> tuple[int, list[tuple[int, int, int]]]:
    """A QR code of ``address``: its width in squares, and dark stretches (x, y, length) to draw."""
    import qrcode  # noqa: PLC0415 - loaded when it is needed

    code = qrcode.QRCode(border=4)
    code.add_data(address)
    grid = code.get_matrix()
    found = []
    for y, line in enumerate(grid):
        x = 0
        for dark, run in itertools.groupby(line):
            length = len(list(run))
            if dark:
                found.append((x, y, length))
            x += length
    return len(grid), found
