"""What goes in and out, as types: strict, closed, and described for OpenAPI.

A body with a member that is not declared is refused, so that a mistyped name is never silently
ignored. Identifiers are written in one way only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from tutela.core.vocabulary import LANGUAGES

SLUG = "^[a-z0-9]+([._/-][a-z0-9]+)*$"
UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_ID = re.compile(UUID_PATTERN.removesuffix("$") + r"\Z")
MOST = 200
"""The most of anything that one page holds."""


class Body(BaseModel):
    """What is sent: nothing but the members that are declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    """What comes back."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


def _one_spelling(value: Any) -> Any:
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and _ID.match(value):
        return UUID(value)
    raise PydanticCustomError("uuid_parsing", "not an identifier")


Id = Annotated[
    UUID,
    BeforeValidator(_one_spelling),
    WithJsonSchema({"type": "string", "format": "uuid", "pattern": UUID_PATTERN}),
]


Slug = Annotated[str, Field(strict=True, pattern=SLUG, max_length=64)]
Slugs = Annotated[list[Slug], Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(strict=True, max_length=20_000, pattern="^[^\\x00]*$")]
"""No name and no message contains NUL, which PostgreSQL would refuse."""
Language = Annotated[str, Field(strict=True, pattern=f"^({'|'.join(LANGUAGES)})$", examples=["en"])]
Hash = Annotated[str, Field(strict=True, pattern="^[0-9a-f]{64}$")]
Clause = Annotated[str, Field(examples=["9.4(b)"])]
Limit = Annotated[int, Field(ge=1, le=MOST, description="How many of them at most.")]


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Moment = Annotated[datetime, AfterValidator(_in_utc)]
"""Always in UTC, written with a Z."""

T = TypeVar("T")


def page_of(rows: list[T], limit: int, name: Callable[[T], UUID]) -> tuple[list[T], UUID | None]:
    """Of ``limit + 1`` rows, those of this page and the cursor of the next one, if there is one."""
    shown = rows[:limit]
    return shown, name(shown[-1]) if len(rows) > limit else None
