"""The blind index: finding a person by an e-mail address or a number nobody can read from it.

    index key   32 bytes in ``index.key`` of the operator's folder, see ``keyfiles``
    field key   HKDF-SHA256 (RFC 5869) over the index key, bound to operator and field
    digest      HMAC-SHA256 (RFC 2104) of the normalised value with the field key

Without the index key a digest cannot be tried against a list of addresses; with a key for each
operator and field, equal values of two operators or two fields cannot be seen to be equal.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tutela.core.canonical import canonical_bytes
from tutela.vault.errors import Unindexable
from tutela.vault.sealing import KEY_SIZE


def digest(index_key: bytes, operator: UUID, field: str, normal: str) -> bytes:
    """32 bytes that stand for the normalised value of this field at this operator."""
    info = canonical_bytes({"operator": operator, "field": field})
    field_key = HKDF(SHA256(), KEY_SIZE, salt=None, info=b"tutela blind index" + info)
    return hmac.digest(field_key.derive(index_key), normal.encode(), "sha256")


def normalise(kind: str, value: str, territory: str) -> str:
    """One spelling for all spellings of a value of the field type ``kind``.

    ``territory`` (``US-FL``) gives a telephone number without a country code its country.
    Raises ``Unindexable``, without the value, if it is not of its kind.
    """
    return _NORMAL.get(kind, _text)(value, territory)


def _email(value: str, _territory: str) -> str:
    """Case does not make another person, though RFC 5321 leaves that to the mail server."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        found = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Unindexable("This is not an e-mail address; ask for it again.") from None
    return found.normalized.casefold()


def _phone(value: str, territory: str) -> str:
    """E.164, such as ``+13055550142``."""
    import phonenumbers  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        number = phonenumbers.parse(value, territory.partition("-")[0] or None)
    except phonenumbers.NumberParseException:
        raise Unindexable("This is not a telephone number; ask for it again.") from None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _text(value: str, _territory: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


_NORMAL: dict[str, Callable[[str, str], str]] = {"email": _email, "phone": _phone}
