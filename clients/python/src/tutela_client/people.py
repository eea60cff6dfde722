"""Accounts, what people publish, where they are, and how a site is used: a part of the client."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

from tutela_client import answers
from tutela_client.answers import Account, Deletion, Listing, Public, PublicRecord
from tutela_client.errors import NotFound
from tutela_client.line import Line

T = TypeVar("T")


class People(Line):
    """Methods of ``Tutela``."""

    # --- accounts -------------------------------------------------------------------------

    def account(self, subject: UUID) -> Account:
        """The account of a person; ``state`` is none, open, limited or closed."""
        return self._get(Account, f"/subjects/{subject}/account")

    def accept_documents(
        self, subject: UUID, documents: Collection[str], *, idempotency_key: str | None = None
    ) -> Account:
        """Record that the person accepts these documents of the policy."""
        body = {"documents": list(documents)}
        return self._do(Account, f"/subjects/{subject}/account/acceptances", body, idempotency_key)

    def issue_token(
        self, subject: UUID, product: str, *, idempotency_key: str | None = None
    ) -> str:
        """A token by which a product of yours acts for the person until the account ends."""
        body = {"product": product}
        told = self._send(f"/subjects/{subject}/account/tokens", body, idempotency_key)
        return str(told["token"])

    def whose_token(self, token: str) -> UUID | None:
        """The person a token is for; None once their account has ended."""
        try:
            told = self._ask("POST", "/account-tokens/check", body={"token": token})
        except NotFound:
            return None
        return UUID(told["subject"])

    def delete_account(self, subject: UUID, *, idempotency_key: str | None = None) -> Deletion:
        """Delete the account of a person who asked you to; what the policy promises follows."""
        return self._do(Deletion, f"/subjects/{subject}/account/deletion", {}, idempotency_key)

    def add_child(
        self,
        guardian: UUID,
        values: Mapping[str, str],
        *,
        consents: Collection[str],
        language: str,
        idempotency_key: str | None = None,
    ) -> UUID:
        """Make the profile of a child for which ``guardian`` answers; the child's identifier."""
        body = {"values": dict(values), "consents": list(consents), "language": language}
        told = self._send(f"/subjects/{guardian}/children", body, idempotency_key)
        return UUID(told["subject"])

    def children(self, guardian: UUID) -> tuple[Account, ...]:
        """The open profiles of the children for whom a person answers."""
        told = self._ask("GET", f"/subjects/{guardian}/children")
        return tuple(answers.read(Account, each) for each in told["children"])

    # --- what is public -------------------------------------------------------------------

    def listings(self, limit: int = 50) -> tuple[Listing, ...]:
        """What people made public, the newest first, without its texts."""
        told = self._ask("GET", "/public", query={"limit": str(limit)})
        return tuple(answers.read(Listing, each) for each in told["listings"])

    def public(self, listing: UUID) -> Public | None:
        """What everybody can see of one public record now; None once nothing is. Do not keep it."""
        try:
            return self._get(Public, f"/public/{listing}")
        except NotFound:
            return None

    def public_records(self, subject: UUID) -> tuple[PublicRecord, ...]:
        """The records of a person of which something can be public, or is."""
        told = self._ask("GET", f"/subjects/{subject}/public")
        return tuple(answers.read(PublicRecord, each) for each in told["records"])

    def publish(
        self,
        subject: UUID,
        record: UUID,
        fields: Collection[str],
        *,
        language: str,
        changes: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> UUID:
        """Make fields public by the person's own act; the identifier of what is public.

        Raises ``Invalid`` where a text holds what is never published."""
        body = {
            "record": str(record),
            "fields": list(fields),
            "language": language,
            "changes": dict(changes or {}),
        }
        told = self._send(f"/subjects/{subject}/public", body, idempotency_key)
        return UUID(told["listing"])

    def take_back(
        self,
        subject: UUID,
        record: UUID,
        fields: Collection[str] | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> None:
        """Make fields of a record (None: all) private again."""
        body: dict[str, Any] = {"record": str(record)}
        if fields is not None:
            body["fields"] = list(fields)
        self._send(f"/subjects/{subject}/public/withdrawal", body, idempotency_key)

    # --- places and visits ----------------------------------------------------------------

    def keep_location(
        self,
        subject: UUID,
        *,
        latitude: float | None = None,
        longitude: float | None = None,
        address: str | None = None,
        idempotency_key: str | None = None,
    ) -> UUID:
        """Keep where a person is: both coordinates of the device, or a typed ``address``."""
        told = {"latitude": latitude, "longitude": longitude, "address": address}
        body = {name: value for name, value in told.items() if value is not None}
        made = self._send(f"/subjects/{subject}/location", body, idempotency_key)
        return UUID(made["record"])

    def remove_location(self, subject: UUID, *, idempotency_key: str | None = None) -> bool:
        """The person permits it no longer; True if nothing is left."""
        told = self._send(f"/subjects/{subject}/location/removal", {}, idempotency_key)
        return bool(told["removed"])

    def keep_technical(
        self,
        items: Mapping[str, str],
        *,
        subject: UUID | None = None,
        language: str = "en",
        idempotency_key: str | None = None,
    ) -> UUID:
        """Keep what a device sent about a visit, by field; whose visit it is."""
        body: dict[str, Any] = {"items": dict(items), "language": language}
        if subject is not None:
            body["subject"] = str(subject)
        return UUID(self._send("/technical", body, idempotency_key)["subject"])

    def count_visits(
        self, counts: Collection[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> int:
        """Count visits without identifiers: ``page``, ``device``, ``language``, ``visits``."""
        body = {"counts": [dict(each) for each in counts]}
        return int(self._send("/visits", body, idempotency_key)["cells"])
