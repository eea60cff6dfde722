"""Where a request comes from, as far as limits on rates need to know; never kept as it is."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def source_of(request: HttpRequest) -> str:
    """The network address of the visitor, or an empty string where only a proxy's is known.

    ``TUTELA_PROXIES`` says how many servers of one's own stand before this one: each appends to
    ``X-Forwarded-For`` whom it was asked by, so that many entries from the right are believed
    and nothing further left, which anybody may have written. Without the setting a request from
    the loopback comes through a proxy nobody told us of, and its source is unknown.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TUTELA_PROXIES
    if not proxies:
        return "" if address in {"", "127.0.0.1", "::1"} else address
    chain = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    return chain[-proxies] if len(chain) >= proxies else ""
