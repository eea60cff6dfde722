"""Why the program may be running and still not able to serve: asked by the readiness probe.

A room or kit that can be unable to serve registers a check under a slug. It returns True when
all is well; a probe shows the slugs of those that are not, never more.
"""

from __future__ import annotations

from collections.abc import Callable

from tutela.core.registry import Registry

Check = Callable[[], bool]

CHECKS: Registry[Check] = Registry("readiness check")


def readiness(slug: str) -> Callable[[Check], Check]:
    """Register the decorated function as the readiness check ``slug``."""

    def register(check: Check) -> Check:
        return CHECKS.register(slug, check)

    return register


def lacking() -> list[str]:
    """The slugs of the checks that fail now; one that raises has failed."""
    return [slug for slug in sorted(CHECKS) if not _holds(CHECKS[slug])]


def _holds(check: Check) -> bool:
    try:
        return check()
    except Exception:  # noqa: BLE001 - whatever went wrong, the answer is “not ready”
        return False
