"""What pydantic found wrong, as pointers and sentences that repeat nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.api.problems import Mistake

_SENTENCES: Mapping[str, Any] = {
    "missing": gettext_lazy("This is missing; add it."),
    "extra_forbidden": gettext_lazy(
        "There is a member here that nobody knows; leave it out, or check its name."
    ),
    "string_type": gettext_lazy("Write this as text."),
    "string_too_short": gettext_lazy("This is too short."),
    "string_too_long": gettext_lazy("This is too long; shorten it."),
    "string_unicode": gettext_lazy("This cannot be read as text; write it anew."),
    "uuid_parsing": gettext_lazy(
        "This is no identifier; write 36 characters, as the API gave them to you."
    ),
    "list_type": gettext_lazy("Write this as a list."),
    "dict_type": gettext_lazy("Write this as an object."),
    "model_type": gettext_lazy("Write this as an object."),
    "model_attributes_type": gettext_lazy("Write this as an object."),
    "too_short": gettext_lazy("Something has to stand in here."),
    "too_long": gettext_lazy("These are too many; send them in parts."),
    "bool_type": gettext_lazy("Write true or false."),
    "int_parsing": gettext_lazy("Write a whole number."),
    "int_type": gettext_lazy("Write a whole number."),
    "greater_than_equal": gettext_lazy("This number is too small."),
    "less_than_equal": gettext_lazy("This number is too large."),
    "literal_error": gettext_lazy("Choose one of the words that the description lists."),
    "enum": gettext_lazy("Choose one of the words that the description lists."),
}


def mistakes(errors: Iterable[Mapping[str, Any]], members: Collection[str]) -> list[Mistake]:
    """One for each error of ninja's ``ValidationError.errors``; ``members`` are known names."""
    return [_mistake(each, members) for each in errors]


def _mistake(error: Mapping[str, Any], members: Collection[str]) -> Mistake:
    kind = error.get("type", "")
    detail = _SENTENCES.get(kind)
    words = str(detail) if detail else _("This is not of the form that the description asks for.")
    source, *place = error.get("loc", ())
    if source == "body":
        return Mistake(_pointer(place[1:], members), words)
    return Mistake(str(place[0]) if place and place[0] in members else "", words)


def _pointer(place: Iterable[Any], members: Collection[str]) -> str:
    """Down to where names are no longer ours: a made-up one could say something about somebody."""
    parts = ""
    for each in place:
        if not isinstance(each, int) and each not in members:
            break
        parts += f"/{each}"
    return parts
