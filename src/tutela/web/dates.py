"""Moments and numbers as people write them, in English and Russian."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

_MONTHS = {
    "en": "January.February.March.April.May.June.July.August.September.October.November.December",
    "ru": "января.февраля.марта.апреля.мая.июня.июля.августа.сентября.октября.ноября.декабря",
}
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
_SPACE = "\N{NO-BREAK SPACE}"


def _language(language: str | None) -> str:
    wanted = (language or get_language() or "en")[:2]
    return wanted if wanted in _MONTHS else "en"


def local(moment: datetime | date) -> datetime | date:
    """A moment as a wall clock shows it in the active (the operator's) time zone."""
    return timezone.localtime(moment) if isinstance(moment, datetime) else moment


def short_day(moment: datetime | date, language: str | None = None) -> str:
    """“3 June”, «3 июня»."""
    here = local(moment)
    return f"{here.day}{_SPACE}{_MONTHS[_language(language)].split('.')[here.month - 1]}"


def day(moment: datetime | date, language: str | None = None) -> str:
    """“3 June 2024”, «3 июня 2024»."""
    return f"{short_day(moment, language)} {local(moment).year}"


def near_day(moment: datetime | date, today: date, language: str | None = None) -> str:
    """“3 June” in the year of ``today``, “3 June 2025” in any other."""
    said = short_day if local(moment).year == today.year else day
    return said(moment, language)


def minute(moment: datetime, language: str | None = None) -> str:
    """“3 June 2024, 14:05” in the active time zone."""
    return f"{day(moment, language)}, {timezone.localtime(moment):%H:%M}"


def number(value: int) -> str:
    """Thousands apart by a narrow space, which both languages read."""
    return f"{value:,}".replace(",", _NARROW_SPACE) if abs(value) > 9999 else str(value)  # noqa: PLR2004


def decimal(value: float, language: str | None = None) -> str:
    """One place behind the point, which is a comma in Russian: “5.7”, «5,7»."""
    said = f"{value:.1f}"
    return said.replace(".", ",") if _language(language) == "ru" else said
