"""Which service keeps an operator's key: the settings say, never the code."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from uuid import UUID

from django.conf import settings

from tutela.policy import actions as policies
from tutela.vault.errors import KeyLost, KeyServiceUnset
from tutela.vault.wrappers.aws import AwsWrapper
from tutela.vault.wrappers.contract import KeyWrapper
from tutela.vault.wrappers.file import FileWrapper
from tutela.vault.wrappers.pkcs11 import Pkcs11Wrapper
from tutela.vault.wrappers.transit import TransitWrapper

WRAPPERS: dict[str, Callable[[], KeyWrapper]] = {
    made.kind: made for made in (FileWrapper, TransitWrapper, AwsWrapper, Pkcs11Wrapper)
}


@cache
def wrapper(kind: str) -> KeyWrapper:
    return WRAPPERS[kind]()


def behind(name: str) -> KeyWrapper:
    """The service that keeps the key of this name, whatever the settings say now."""
    kind, colon, _ = name.partition(":")
    if not colon or kind not in WRAPPERS:
        raise KeyLost(f"No key service here knows a key “{name}”; restore the row of that key.")
    return wrapper(kind)


def chosen_for(operator: UUID) -> KeyWrapper:
    """The service in which the next key of this operator is made. Raises ``KeyServiceUnset``."""
    chosen = _chosen(str(settings.TUTELA_KEY_SERVICE))
    if len(chosen) > 1:
        slugs = {each.id: each.slug for each in policies.operators()}
        return wrapper(chosen.get(slugs.get(operator, ""), chosen[""]))
    return wrapper(chosen[""])


def _chosen(text: str) -> dict[str, str]:
    """``file, lark-bakery=transit`` as kinds by slug; the one without a slug is for all others."""
    chosen = {"": "file"}
    for part in filter(None, (each.strip() for each in text.split(","))):
        slug, _, kind = part.rpartition("=")
        if kind.strip() not in WRAPPERS:
            raise KeyServiceUnset(
                f"TUTELA_KEY_SERVICE names “{kind.strip()}”, which is no key service; choose "
                f"{', '.join(WRAPPERS)}, or SLUG=SERVICE for one operator."
            )
        chosen[slug.strip()] = kind.strip()
    return chosen
