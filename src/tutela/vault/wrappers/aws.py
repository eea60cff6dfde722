"""The operator's key in AWS KMS (``tutela[aws]``).

    key      a symmetric key (SYMMETRIC_DEFAULT) behind the alias "alias/tutela/<operator>"; a
             rotation is a new key to which the alias is moved
    name     "aws:<identifier of the key>"
    wrapped  the CiphertextBlob of KMS
    bound    the encryption context {"operator": …, "subject": …}, which CloudTrail shows: both are
             opaque identifiers

Address, region and credentials come from where the AWS client always looks: AWS_REGION,
AWS_ENDPOINT_URL_KMS, a profile, the role of the machine.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection, Iterator
from typing import Any
from uuid import UUID

from tutela.vault.errors import KeyLost, KeyServiceDown, KeyServiceUnset

log = logging.getLogger(__name__)

_PATIENCE = 5  # seconds for one answer
_GRACE = 7  # days that KMS keeps a key that shall be destroyed; it allows no fewer
_UNKNOWN = frozenset({"NotFoundException"})
_UNFIT = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_UNUSABLE = frozenset({"KMSInvalidStateException", "DisabledException", *_UNKNOWN})


class AwsWrapper:
    kind = "aws"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: Any = None

    def fresh(self, operator: UUID, known: Collection[str]) -> str:
        """Killed between the steps it finds the new key behind the second alias; only between
        making and naming a key may one be left over, which is tagged and opens nothing."""
        alias = f"alias/tutela/{operator}"
        with _answering():
            newest = self._behind(alias)
            if newest is None or f"aws:{newest}" in known:
                upcoming = self._behind(f"{alias}/next") or self._make(operator, f"{alias}/next")
                point = self._kms.create_alias if newest is None else self._kms.update_alias
                point(AliasName=alias, TargetKeyId=upcoming)
                newest = upcoming
            if self._behind(f"{alias}/next") is not None:
                self._kms.delete_alias(AliasName=f"{alias}/next")
        return f"aws:{newest}"

    def wrap(self, operator: UUID, subject: UUID, name: str, key: bytes) -> bytes:
        with _answering(name):
            answer = self._kms.encrypt(
                KeyId=_identifier(name),
                Plaintext=key,
                EncryptionContext=_context(operator, subject),
            )
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, operator: UUID, subject: UUID, name: str, wrapped: bytes) -> bytes:
        """What opens with another key than the one named does not count."""
        with _answering(name):
            answer = self._kms.decrypt(
                CiphertextBlob=wrapped, EncryptionContext=_context(operator, subject)
            )
        if str(answer["KeyId"]).rpartition("/")[2] != _identifier(name):
            raise KeyLost("A data key does not open; restore its row from a backup.")
        return bytes(answer["Plaintext"])

    def destroy(self, operator: UUID, name: str) -> None:  # noqa: ARG002 - one key, one operator
        """KMS refuses to use the key at once and destroys it after a week."""
        with _answering(name):
            state = self._kms.describe_key(KeyId=_identifier(name))["KeyMetadata"]["KeyState"]
            if state not in {"PendingDeletion", "PendingReplicaDeletion"}:
                self._kms.schedule_key_deletion(KeyId=_identifier(name), PendingWindowInDays=_GRACE)

    def _behind(self, alias: str) -> str | None:
        try:
            return str(self._kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"])
        except Exception as error:
            if _code(error) in _UNKNOWN:
                return None
            raise

    def _make(self, operator: UUID, alias: str) -> str:
        made = self._kms.create_key(
            Description="Wraps the data keys of one operator of Tutela",
            Tags=[{"TagKey": "tutela-operator", "TagValue": str(operator)}],
        )
        identifier = str(made["KeyMetadata"]["KeyId"])
        self._kms.create_alias(AliasName=alias, TargetKeyId=identifier)
        return identifier

    @property
    def _kms(self) -> Any:
        """The client, which threads may share; making it takes a moment, so it is made once."""
        with self._lock:
            if self._made is None:
                import boto3  # noqa: PLC0415 - an extra
                from botocore.config import Config  # noqa: PLC0415

                config = Config(
                    connect_timeout=_PATIENCE,
                    read_timeout=_PATIENCE,
                    retries={"total_max_attempts": 2},
                )
                self._made = boto3.session.Session().client("kms", config=config)
            return self._made


def _identifier(name: str) -> str:
    return name.removeprefix("aws:")


def _context(operator: UUID, subject: UUID) -> dict[str, str]:
    return {"operator": str(operator), "subject": str(subject)}


def _code(error: Exception) -> str:
    answer = getattr(error, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def _answering(name: str = "") -> Iterator[None]:
    """Tells apart a key that is not there, bytes that do not open, and a service that is away."""
    try:
        from botocore.exceptions import (  # noqa: PLC0415 - an extra
            BotoCoreError,
            ClientError,
            NoRegionError,
        )
    except ImportError:
        raise KeyServiceUnset("Install the client first: pip install “tutela[aws]”.") from None
    try:
        yield
    except NoRegionError:
        raise KeyServiceUnset("Name the region of the key service: set AWS_REGION.") from None
    except ClientError as error:
        if name and _code(error) in _UNFIT:
            raise KeyLost("A data key does not open; restore its row from a backup.") from None
        if name and _code(error) in _UNUSABLE:
            raise KeyLost(
                f"AWS KMS does not have the operator's key {name} or may not use it; cancel its "
                "deletion or enable it there."
            ) from None
        log.warning("AWS KMS did not do it: %s.", _code(error))
        raise KeyServiceDown from None
    except BotoCoreError as error:
        log.warning("AWS KMS did not do it: %s.", type(error).__name__)
        raise KeyServiceDown from None
