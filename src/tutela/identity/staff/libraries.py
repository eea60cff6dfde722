"""How allauth's second factors live in Tutela without allauth's pages (ADR 0015).

``AccountTables`` is allauth's account app without its demand for a middleware: none of its views
are served here. ``Factors`` tells allauth what it would otherwise ask of its account pages.
"""

from __future__ import annotations

from allauth.account.apps import AccountConfig


class AccountTables(AccountConfig):  # type: ignore[misc] # allauth is not typed
    """The tables that allauth's second factors refer to; they stay empty."""

    def ready(self) -> None:
        """Demand no middleware."""
