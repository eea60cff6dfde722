"""The operator's key in a hardware security module behind PKCS #11 (``tutela[pkcs11]``).

    key      AES-256, sensitive, not extractable, label "tutela-<operator>", CKA_ID 8 random bytes
             after the 8 bytes of a counter, so that the newest has the greatest
    name     "pkcs11:<CKA_ID in hex>"
    wrapped  nonce (12) || CKM_AES_GCM of the data key || tag (16)
    AAD      canonical JSON of operator and subject

One session a process, used by one thread at a time: logging in holds for the whole process, and
many modules serve one call at a time anyway.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from tutela.vault.errors import KeyLost, KeyServiceDown, KeyServiceUnset
from tutela.vault.sealing import KEY_SIZE, NONCE_SIZE
from tutela.vault.wrappers.contract import bound_to

log = logging.getLogger(__name__)

_TAG_BITS = 128
_COUNTER, _RANDOM = 8, 8  # bytes of CKA_ID


class Pkcs11Wrapper:
    kind = "pkcs11"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Any = None
        self._refused = ""

    def fresh(self, operator: UUID, known: Collection[str]) -> str:
        with self._answering() as session:
            names = sorted(each.id.hex() for each in self._keys(session, operator))
            if not names or f"pkcs11:{names[-1]}" in known:
                names.append(self._make(session, operator, names[-1] if names else "").hex())
        return f"pkcs11:{names[-1]}"

    def wrap(self, operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_SIZE)
        with self._answering() as session:
            wrapping = self._named(session, operator, name)
            return nonce + bytes(wrapping.encrypt(key, **_gcm(nonce, operator, subject)))

    def unwrap(self, operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
        nonce, sealed = wrapped[:NONCE_SIZE], wrapped[NONCE_SIZE:]
        if len(sealed) != KEY_SIZE + _TAG_BITS // 8:
            raise _broken()
        with self._answering() as session:
            wrapping = self._named(session, operator, name)
            try:
                return bytes(wrapping.decrypt(sealed, **_gcm(nonce, operator, subject)))
            except _refusals():
                # modules differ in what they answer to a wrong tag; one that works still knows keys
                self._named(session, operator, name)
                raise _broken() from None

    def destroy(self, operator: UUID, name: str) -> None:
        with self._answering() as session:
            for key in self._keys(session, operator, name):
                key.destroy()

    def _make(self, session: Any, operator: UUID, newest: str) -> bytes:
        from pkcs11 import Attribute, KeyType  # noqa: PLC0415 - an extra

        count = int(newest[: 2 * _COUNTER] or "0", 16) + 1
        identifier = count.to_bytes(_COUNTER) + os.urandom(_RANDOM)
        session.generate_key(
            KeyType.AES,
            8 * KEY_SIZE,
            id=identifier,
            label=f"tutela-{operator}",
            store=True,
            template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False},
        )
        return identifier

    def _named(self, session: Any, operator: UUID, name: str) -> Any:
        for key in self._keys(session, operator, name):
            return key
        raise KeyLost(
            f"The security module does not have the operator's key {name}; connect the token it "
            "was made on, or restore it from that token's backup."
        )

    def _keys(self, session: Any, operator: UUID, name: str = "") -> list[Any]:
        from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - an extra

        wanted = {Attribute.CLASS: ObjectClass.SECRET_KEY, Attribute.LABEL: f"tutela-{operator}"}
        if name:
            try:
                wanted[Attribute.ID] = bytes.fromhex(name.removeprefix("pkcs11:"))
            except ValueError:
                return []
        return list(session.get_objects(wanted))

    @contextlib.contextmanager
    def _answering(self) -> Iterator[Any]:
        """The session, logged in; one that failed is opened anew for the next call."""
        try:
            from pkcs11.exceptions import PKCS11Error  # noqa: PLC0415 - an extra
        except ImportError:
            raise KeyServiceUnset(
                "Install the client first: pip install “tutela[pkcs11]”."
            ) from None
        with self._lock:
            try:
                if self._session is None:
                    self._session = self._open()
                yield self._session
            except (PKCS11Error, RuntimeError) as error:
                self._close()
                log.warning("The security module did not do it: %s.", type(error).__name__)
                raise KeyServiceDown from None

    def _close(self) -> None:
        if self._session is not None:
            with contextlib.suppress(Exception):  # it has failed already
                self._session.close()
            self._session = None

    def _open(self) -> Any:
        """A PIN that was refused is not tried again: a few wrong ones lock the token."""
        import pkcs11  # noqa: PLC0415 - an extra
        from pkcs11.exceptions import (  # noqa: PLC0415
            PinIncorrect,
            PinLocked,
            UserAlreadyLoggedIn,
        )

        module, label, pin = _set_up()
        if pin != self._refused:
            token = pkcs11.lib(module).get_token(token_label=label)
            try:
                return token.open(rw=True, user_pin=pin)
            except UserAlreadyLoggedIn:  # a login holds for all sessions of the process
                return token.open(rw=True)
            except (PinIncorrect, PinLocked):
                self._refused = pin
        raise KeyServiceUnset(
            "The security module refuses the PIN in TUTELA_PKCS11_PIN_FILE; correct it there."
        )


def _set_up() -> tuple[str, str, str]:
    """Module, label and PIN. Raises ``KeyServiceUnset``."""
    module, label = settings.TUTELA_PKCS11_MODULE, settings.TUTELA_PKCS11_TOKEN
    if not module or not label or not settings.TUTELA_PKCS11_PIN_FILE:
        raise KeyServiceUnset(
            "Name the security module: set TUTELA_PKCS11_MODULE, TUTELA_PKCS11_TOKEN and "
            "TUTELA_PKCS11_PIN_FILE."
        )
    try:
        pin = Path(settings.TUTELA_PKCS11_PIN_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        raise KeyServiceUnset("The file in TUTELA_PKCS11_PIN_FILE cannot be read.") from None
    return module, label, pin


def _gcm(nonce: bytes, operator: UUID, subject: UUID) -> dict[str, Any]:
    from pkcs11 import GCMParams, Mechanism  # noqa: PLC0415 - an extra

    parameters = GCMParams(nonce, bound_to(operator, subject), _TAG_BITS)
    return {"mechanism": Mechanism.AES_GCM, "mechanism_param": parameters}


def _refusals() -> tuple[type[Exception], ...]:
    from pkcs11 import exceptions  # noqa: PLC0415 - an extra

    return (
        exceptions.EncryptedDataInvalid,
        exceptions.EncryptedDataLenRange,
        exceptions.DataInvalid,
        exceptions.GeneralError,
    )


def _broken() -> KeyLost:
    return KeyLost("A data key does not open; restore its row from a backup.")
