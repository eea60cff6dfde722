"""What every part of a policy is made of: mappings that cannot change, words, clauses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")


class FrozenDict(dict[str, T]):
    """A mapping that cannot be changed, and can still be written as JSON or shown by a page."""

    def _refuse(self, *_arguments: Any, **_keywords: Any) -> NoReturn:
        raise TypeError("A policy is immutable; publish a new version instead.")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


Words = Mapping[str, str]
"""A wording in every language of the interface, by language code."""
Clauses = tuple[str, ...]
"""References into the published text, such as ``9.4``, ``2.10/b7(d)`` or ``Preamble/p2``."""
