"""How a request travels: signed with the key, tried again where that helps, read as JSON."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from tutela_client import answers, errors

T = TypeVar("T")
_ROOT = "/api/v1"
_AGAIN = frozenset({429, 503})
_LONGEST_WAIT = 30.0  # seconds


class Line:
    """The line to one Tutela, which the methods of ``Tutela`` send along."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        language: str = "en",
        timeout: float = 10.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._retries = retries
        self._http = httpx.Client(
            base_url=url.rstrip("/") + _ROOT,
            headers={"Authorization": f"Bearer {key}", "Accept-Language": language},
            timeout=timeout,
            transport=transport,
        )

    def close(self) -> None:
        """Let the connections go."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _get(self, kind: type[T], address: str) -> T:
        return answers.read(kind, self._ask("GET", address))

    def _do(self, kind: type[T], address: str, body: Mapping[str, Any], key: str | None) -> T:
        return answers.read(kind, self._send(address, body, key))

    def _send(
        self, address: str, body: Mapping[str, Any], key: str | None, method: str = "POST"
    ) -> Any:
        return self._ask(method, address, body, key=key or uuid.uuid4().hex)

    def _pages(self, kind: type[T], address: str, query: Mapping[str, str]) -> Iterator[T]:
        cursor: str | None = None
        while True:
            asked = {**query, "limit": "200"} | ({"after": cursor} if cursor else {})
            told = self._ask("GET", address, query=asked)
            yield from (answers.read(kind, each) for each in told["items"])
            cursor = told["next"]
            if cursor is None:
                return

    def _ask(
        self,
        method: str,
        address: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        key: str = "",
    ) -> Any:
        """The answer as JSON. Every try is the same request under the same name."""
        request = self._http.build_request(
            method,
            address,
            json=None if body is None else dict(body),
            params=query,
            headers={"Idempotency-Key": key} if key else None,
        )
        for left in range(self._retries, -1, -1):
            try:
                answer = self._http.send(request)
            except httpx.TransportError:
                if not left:
                    raise errors.nobody_answered() from None
                _wait(None, self._retries - left)
                continue
            if answer.is_success:
                return answer.json()
            if answer.status_code not in _AGAIN or not left:
                raise errors.of_answer(answer)
            _wait(answer.headers.get("Retry-After"), self._retries - left)
        raise AssertionError("The last try answers or raises.")


def _wait(told: str | None, tried: int) -> None:
    """As long as the server says, else longer each time and never in step with others."""
    if told is not None and told.isdecimal():
        time.sleep(min(float(told), _LONGEST_WAIT))
    else:
        spread = 1 + random.random()  # noqa: S311 - nothing secret
        time.sleep(min(0.1 * 2**tried * spread, _LONGEST_WAIT))


def part(slug: str) -> str:
    """One part of an address, whatever is in it."""
    return quote(slug, safe="") or "-"
