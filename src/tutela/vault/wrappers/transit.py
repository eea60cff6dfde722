"""The operator's key in the transit engine of HashiCorp Vault or OpenBao (``tutela[hashicorp]``).

    key      "tutela-<operator>" of type aes256-gcm96, not exportable; a rotation is a version
    name     "transit:<mount>/v<version>"
    wrapped  what transit answers, "vault:v<version>:…", in ASCII
    bound    ``associated_data``: canonical JSON of operator and subject

The token needs ``read``, ``update`` on keys/<key>, keys/<key>/rotate, /config and /trim, and
``update`` on encrypt/<key> and decrypt/<key>; without the first five everything but rotation works
with a key that somebody made before.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import threading
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from tutela.vault.errors import KeyLost, KeyServiceDown, KeyServiceUnset
from tutela.vault.wrappers.contract import bound_to

log = logging.getLogger(__name__)

_PATIENCE = 5.0  # seconds for one answer


class TransitWrapper:
    kind = "transit"

    def __init__(self) -> None:
        self._local = threading.local()

    def fresh(self, operator: UUID, known: Collection[str]) -> str:
        key = _key(operator)
        with _answering() as errors:
            try:
                newest = self._version(key)
            except errors.InvalidPath:
                self._call("create_key", key, key_type="aes256-gcm96")
                newest = self._version(key)
            if _name(newest) in known:
                self._call("rotate_key", key)
                newest = self._version(key)
        return _name(newest)

    def wrap(self, operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
        with _answering() as errors:
            try:
                answer = self._call(
                    "encrypt_data",
                    _key(operator),
                    base64.b64encode(key).decode(),
                    associated_data=_bound(operator, subject),
                    key_version=_number(name),
                )
            except errors.InvalidRequest:
                raise _missing(name) from None
        return str(answer["data"]["ciphertext"]).encode("ascii")

    def unwrap(self, operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
        if not wrapped.startswith(f"vault:v{_number(name)}:".encode()):
            raise KeyLost("A data key does not open; restore its row from a backup.")
        with _answering() as errors:
            try:
                answer = self._call(
                    "decrypt_data",
                    _key(operator),
                    wrapped.decode("ascii"),
                    associated_data=_bound(operator, subject),
                )
            except (errors.InvalidRequest, UnicodeDecodeError):
                raise KeyLost(
                    f"A data key does not open with {name}; bring its row, or that version of the "
                    "key in the transit engine, back from a backup."
                ) from None
        return base64.b64decode(answer["data"]["plaintext"])

    def destroy(self, operator: UUID, name: str) -> None:
        """Trims this version and all before it: transit keeps an unbroken run of versions."""
        key, least = _key(operator), _number(name) + 1
        with _answering():
            # one at a time: the client refuses to be told that both are the same
            self._call("update_key_configuration", key, min_encryption_version=least)
            self._call("update_key_configuration", key, min_decryption_version=least)
            self._call("trim_key", key, least)

    def _version(self, key: str) -> int:
        return int(self._call("read_key", key)["data"]["latest_version"])

    def _call(self, name: str, *arguments: Any, **keywords: Any) -> Any:
        do = getattr(self._client().secrets.transit, name)
        return do(*arguments, mount_point=_mount(), **keywords)

    def _client(self) -> Any:
        """One client a thread. The token is read anew each time: an agent renews the file."""
        import hvac  # noqa: PLC0415 - an extra

        url = settings.TUTELA_TRANSIT_URL
        if not url:
            raise KeyServiceUnset("Name the key service: set VAULT_ADDR to its address.")
        client = getattr(self._local, "client", None)
        if client is None or client.url != url:
            namespace = settings.TUTELA_TRANSIT_NAMESPACE or None
            client = hvac.Client(url, timeout=_PATIENCE, namespace=namespace)
            self._local.client = client
        client.token = _token()
        return client


def _mount() -> str:
    return str(settings.TUTELA_TRANSIT_MOUNT)


def _token() -> str:
    if place := settings.TUTELA_TRANSIT_TOKEN_FILE:
        try:
            return Path(place).read_text(encoding="ascii").strip()
        except OSError:
            raise KeyServiceUnset(
                "The file in TUTELA_TRANSIT_TOKEN_FILE cannot be read; let an agent write it."
            ) from None
    if token := settings.TUTELA_TRANSIT_TOKEN:
        return str(token)
    raise KeyServiceUnset("The key service asks for a token: set TUTELA_TRANSIT_TOKEN_FILE.")


def _key(operator: UUID) -> str:
    return f"tutela-{operator}"


def _name(version: int) -> str:
    return f"transit:{_mount()}/v{version}"


def _number(name: str) -> int:
    mount, _, version = name.removeprefix("transit:").rpartition("/v")
    if mount != _mount() or not version.isdecimal():
        raise _missing(name)
    return int(version)


def _missing(name: str) -> KeyLost:
    return KeyLost(
        f"The transit engine at “{_mount()}” does not have the operator's key {name} or no longer "
        "uses it; restore it there, or set TUTELA_TRANSIT_MOUNT to where it is."
    )


def _bound(operator: UUID, subject: UUID) -> str:
    return base64.b64encode(bound_to(operator, subject)).decode("ascii")


@contextlib.contextmanager
def _answering() -> Iterator[Any]:
    """Yields the client's exceptions; what means that the service is not there is told so."""
    try:
        import hvac.exceptions  # noqa: PLC0415 - an extra

        import requests  # noqa: PLC0415
    except ImportError:
        raise KeyServiceUnset(
            "Install the client first: pip install “tutela[hashicorp]”."
        ) from None
    errors = hvac.exceptions
    try:
        yield errors
    except (errors.VaultError, requests.RequestException) as error:
        log.warning("The transit engine did not do it: %s.", type(error).__name__)
        raise KeyServiceDown from None
