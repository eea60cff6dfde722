"""What is refused about applications and their keys."""

from __future__ import annotations

from tutela.core.errors import Conflict, NotFound, TutelaError


class UnknownApplication(NotFound):
    """The operator has no such application; look at the list."""


class UnknownKey(NotFound):
    """The application has no such key that still works."""


class ApplicationExists(Conflict):
    """The name is taken; choose another, or issue a new key to the one there is."""


class WrongScope(TutelaError):
    """The scope names something that the policy or the API does not have."""

    status = 422


class KeyRefused(TutelaError):
    """The key is unknown, over or revoked."""

    status = 401
    slug = "key-refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.headers = {"WWW-Authenticate": 'Bearer realm="tutela", error="invalid_token"'}
