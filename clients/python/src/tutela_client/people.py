"""Accounts, what people publish, where they are, and how a site is used: a part of the client."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, TypeVar
from uuid import UUID

from tutela_client import answers
from tutela_client.answers import Account, Deletion
from tutela_client.errors import NotFound

T = TypeVar("T")


class People:
    """Methods of ``Tutela``; it sends what they ask."""

    @abstractmethod
    def _get(self, kind: type[T], address: str) -> T: ...

    @abstractmethod
    def _do(self, kind: type[T], address: str, body: Mapping[str, Any], key: str | None) -> T: ...

    @abstractmethod
    def _send(
        self, address: str, body: Mapping[str, Any], key: str | None, method: str = "POST"
    ) -> Any: ...

    @abstractmethod
    def _ask(
        self,
        method: str,
        address: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Any: ...

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
