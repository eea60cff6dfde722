"""Reading what a person typed: pure, and in the person's language.

A value is checked for what its field's type promises and for nothing else: the policy takes what
people say about themselves as said (self-declared), so a name is any text that is not blank.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.utils.translation import gettext as _

from tutela.core import numbers, places
from tutela.inventory import screening
from tutela.inventory.wording import not_taken
from tutela.policy.model import CollectionPoint, PointField, Policy

LONGEST = {"long-text": 10_000}
LONGEST_LINE = 300
OLDEST = 130
ROUGH = 1_000
"""Metres: how rough coordinates are kept where the policy does not say."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with ``field`` (or with the consent to a purpose) and how to mend it.
    ``kept_out`` says that something stands in the text that the policy takes not at all."""

    field: str
    message: str
    kept_out: bool = False


class Wrong(Exception):
    """What was typed cannot be taken; the text is the sentence for the person."""

    kept_out = False

    def about(self, field: str) -> Problem:
        return Problem(field, str(self), self.kept_out)


class KeptOut(Wrong):
    """Something stands in it that the policy takes not at all."""

    kept_out = True


def _email(text: str, _today: date) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise Wrong(_("Write the address in full, for example anna@example.com.")) from None


def _phone(text: str, _today: date) -> str:
    import phonenumbers  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        raise Wrong(
            _("Write the number with its country code, for example +1 305 555 0142.")
        ) from None
    if not phonenumbers.is_possible_number(number):
        raise Wrong(_("This number is too long or too short; check its digits."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _date(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Wrong(_("Write the date as year-month-day, for example 1990-05-17.")) from None
    if abs(day.year - today.year) > OLDEST:
        raise Wrong(_("This date cannot be right; check the year."))
    return day.isoformat()


def _birth_date(text: str, today: date) -> str:
    day = _date(text, today)
    if date.fromisoformat(day) > today:
        raise Wrong(_("This date cannot be right; check the year."))
    return day


def _text(text: str, _today: date) -> str:
    return text


_GAPS = re.compile(r"[\s-]")


def _coordinates(text: str, _today: date) -> str:
    if places.read(text) is None:
        raise Wrong(_("Write latitude and longitude in degrees, for example 43.24, 76.89."))
    return text


def _numbered(is_right: Callable[[str], bool], text: str, _today: date) -> str:
    """The digits of a number that carries its own check (002 “Сбор” A4)."""
    digits = _GAPS.sub("", text)
    if not is_right(digits):
        raise Wrong(_("This number does not check: look at each digit, one of them is wrong."))
    return digits


def _iin_or_bin(digits: str) -> bool:
    return numbers.is_iin(digits) or numbers.is_bin(digits)


_READERS: dict[str, Callable[[str, date], str]] = {
    "email": _email,
    "phone": _phone,
    "date": _date,
    "birth-date": _birth_date,
    "coordinates": _coordinates,
    "inn": partial(_numbered, numbers.is_inn),
    "iin": partial(_numbered, numbers.is_iin),
    "bin": partial(_numbered, numbers.is_bin),
    "iin-or-bin": partial(_numbered, _iin_or_bin),
}


def read_value(kind: str, raw: str, today: date) -> str:
    """The value in its one normal form. Raises ``Wrong``."""
    text = _CONTROL.sub("", raw).strip()
    longest = LONGEST.get(kind, LONGEST_LINE)
    if len(text) > longest:
        raise Wrong(_("This is too long; shorten it to %(count)d characters.") % {"count": longest})
    return _READERS.get(kind, _text)(text, today) if text else ""


def read_field(policy: Policy, slug: str, raw: str, today: date, *, told: bool = True) -> str:
    """The value of a declared field in its normal form. Raises ``Wrong``, also for a text in which
    something stands that the policy takes not at all (004 3.11), unless nobody is there to be
    ``told``: a letter that has arrived is taken, and flagged."""
    kind = policy.fields[slug].type
    value = read_value(kind, raw, today)
    if kind == "coordinates" and (told_place := places.read(value)):
        value = places.rounded(*told_place, precision(policy))
    if told:
        keep_out(policy, slug, value)
    return value


def precision(policy: Policy) -> int:
    """How rough coordinates are kept, in metres, wherever they were typed (002 “Сбор” B4(d))."""
    said = (each.parameters.get("precision") for each in policy.bindings if each.control == "geo")
    return next((each for each in said if isinstance(each, int) and each > 0), ROUGH)


def keep_out(policy: Policy, slug: str, text: str) -> None:
    """Raise ``Wrong`` if something stands in the text that the policy takes not at all."""
    for kind in screening.refused(policy, slug, text):
        raise KeptOut(not_taken(kind))


def age_on(today: date, born: date) -> int:
    """Full years (004 1.11 asks for a legally capable person; the threshold is a parameter)."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def check_submission(
    policy: Policy,
    point: CollectionPoint,
    values: Mapping[str, str],
    accepted: Collection[str],
    today: date,
    *,
    attached: Collection[str] = (),
    told: bool = True,
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Normal values of the fields this point asks for, and everything that is wrong.

    ``attached`` are the fields for which a file came that can be taken (``attaching``); ``told``
    is of ``read_field``.

    Fields the point does not declare are dropped: no purpose needs them (004 2.17.5).
    """
    clean: dict[str, str] = {}
    problems: list[Problem] = []
    for asked in point.fields:
        field = policy.fields[asked.field]
        if field.attached:
            if asked.required and field.slug not in attached:
                problems.append(Problem(field.slug, _("Choose a file; the reason is beside it.")))
            continue
        try:
            value = read_field(policy, field.slug, values.get(asked.field, ""), today, told=told)
        except Wrong as wrong:
            problems.append(wrong.about(asked.field))
            continue
        if value:
            clean[asked.field] = value
        elif asked.required:
            problems.append(Problem(asked.field, _("Fill this in; the reason is given beside it.")))
    problems += _too_young(policy, point, clean, today)
    problems += _without_guardian(policy, point, clean, accepted, today)
    problems += _over_already(policy, clean, accepted, today)
    problems += _without_consent(policy, point, attached, accepted)
    problems += [
        Problem(
            f"consent-{slug}",
            _("Without this consent the form cannot be taken. Tick it, or decline below."),
        )
        for slug in consents_needed(policy, point)
        if slug not in accepted
    ]
    return clean, tuple(problems)


def _without_consent(
    policy: Policy, point: CollectionPoint, attached: Collection[str], accepted: Collection[str]
) -> list[Problem]:
    """A file is taken only for a purpose that was agreed to (002 “Сбор” B2): one that no purpose
    needs is not dropped in silence, because it costs its sender more than a word."""
    agreed = [*point.purposes, *(slug for slug in point.optional_purposes if slug in accepted)]
    needed = {field for slug in agreed for field in policy.purposes[slug].fields}
    return [
        Problem(slug, _("You have not agreed to the use of this file. Agree below, or remove it."))
        for slug in attached
        if slug not in needed
    ]


def _too_young(
    policy: Policy, point: CollectionPoint, clean: Mapping[str, str], today: date
) -> list[Problem]:
    minimum = policy.subjects[point.subject_category].minimum_age
    if minimum is None:
        return []
    return [
        Problem(
            slug,
            _("The policy admits people from %(age)d years of age. Nothing was stored.")
            % {"age": minimum},
        )
        for slug, value in clean.items()
        if policy.fields[slug].type == "birth-date"
        and age_on(today, date.fromisoformat(value)) < minimum
    ]


def _over_already(
    policy: Policy, clean: Mapping[str, str], accepted: Collection[str], today: date
) -> list[Problem]:
    """A consent that is to end on a day of the past would be none (004 8.5(a))."""
    days = {policy.purposes[slug].consent.until for slug in accepted if slug in policy.purposes}
    return [
        Problem(slug, _("This day is over. Choose one to come, or leave it empty."))
        for slug in sorted(days & clean.keys())
        if date.fromisoformat(clean[slug]) < today
    ]


def _without_guardian(
    policy: Policy,
    point: CollectionPoint,
    clean: Mapping[str, str],
    accepted: Collection[str],
    today: date,
) -> list[Problem]:
    """Where the policy has data of a child without a guardian go at once, it is not taken in at
    all: a parent or guardian fills in the form that asks for their consent (001 10.10(c-d))."""
    until = policy.subjects[point.subject_category].guardian_until
    if until is None or not any(policy.promises_on("minor.found")):
        return []
    given = (policy.purposes[slug] for slug in accepted if slug in policy.purposes)
    if any(each.consent.by_guardian for each in given):
        return []
    told = _("For somebody under %(age)d a parent or guardian must consent. Nothing was stored.")
    return [
        Problem(slug, told % {"age": until})
        for slug, value in clean.items()
        if policy.fields[slug].type == "birth-date"
        and age_on(today, date.fromisoformat(value)) < until
    ]


def asked_on_a_page(policy: Policy, point: CollectionPoint) -> tuple[PointField, ...]:
    """What a form asks for; a message as it arrived comes by mail and is asked of nobody."""
    return tuple(each for each in point.fields if policy.fields[each.field].type != "mail")


def rests_on_consent(policy: Policy, purpose: str) -> bool:
    return any(policy.bases[each].kind == "consent" for each in policy.purposes[purpose].bases)


def consents_needed(policy: Policy, point: CollectionPoint) -> tuple[str, ...]:
    """The purposes of this point that rest on consent alone; without it nothing can be taken."""
    return tuple(
        slug
        for slug in point.purposes
        if all(policy.bases[each].kind == "consent" for each in policy.purposes[slug].bases)
    )


def consents_asked(policy: Policy, point: CollectionPoint) -> tuple[str, ...]:
    """Every consent the form shows, each as its own unticked sentence; needed ones first."""
    asked = [slug for slug in point.purposes if rests_on_consent(policy, slug)]
    asked += [slug for slug in point.optional_purposes if rests_on_consent(policy, slug)]
    return tuple(asked)
