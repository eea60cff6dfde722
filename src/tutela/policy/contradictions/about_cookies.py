"""What a text says of cookies against the cookies it declares and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tutela.policy.clauses import Clause
from tutela.policy.contradictions import signs
from tutela.policy.contradictions.registry import Clash, contradiction, numbered, saying
from tutela.policy.findings import WARNING
from tutela.policy.laws import KnownCookie, known_cookies
from tutela.policy.model import Cookie, Policy

Known = tuple[Cookie, KnownCookie]


def _known(policy: Policy) -> list[Known]:
    return [
        (cookie, known)
        for cookie in policy.cookies.values()
        for known in known_cookies()
        if known.fits(cookie.name) and len(cookie.name) > 1
    ]


@contradiction(
    "marketing-cookie",
    WARNING,
    _("The text denies cookies for marketing, and %(cookies)s serve it."),
    _("Name their class as it is, or do not set them."),
)
def marketing_cookie(policy: Policy) -> Iterator[Clash]:
    """001 7.8 beside 7.5.3."""
    serving = [pair for pair in _known(policy) if pair[1].cookie_class == "marketing"]
    for clause in saying(policy, signs.COOKIES, signs.MARKETING, signs.NOT_USED):
        if serving:
            yield _with(clause, serving)


@contradiction(
    "cookie-with-data",
    WARNING,
    _("The text says that cookies hold no personal data, and %(cookies)s tell people apart."),
    _("Say what they hold; an identifier of a person is personal data."),
)
def cookie_with_data(policy: Policy) -> Iterator[Clash]:
    """001 7.7, 004 3.8; GDPR recital 30."""
    known = [pair for pair in _known(policy) if pair[1].identifies]
    for clause in _denying(policy):
        if known:
            yield _with(clause, known)


@contradiction(
    "cookie-signs-in",
    WARNING,
    _("Cookies are said to hold no personal data, and to recognise people or fill in their form."),
    _("Say which of the two holds, or settle it by an assumption."),
)
def cookie_signs_in(policy: Policy) -> Iterator[Clash]:
    """004 3.7 beside 3.8."""
    signing = list(saying(policy, signs.COOKIES, signs.IDENTIFIES_BY_COOKIE))
    for clause in _denying(policy):
        others = [each.ref for each in signing if each.ref != clause.ref]
        if others:
            yield Clash((clause.ref, *others))


def _denying(policy: Policy) -> Iterator[Clause]:
    """Clauses by which no cookie at all holds personal data; one cookie may be free of it."""
    for clause in saying(policy, signs.COOKIES, signs.NO_PERSONAL_DATA):
        exact = [each for each in policy.cookies.values() if clause.ref in _refs(policy, each)]
        if not any(each.name in clause.text for each in exact):
            yield clause


@contradiction(
    "cookie-to-others",
    WARNING,
    _("The text says that cookies go to no third party, and %(cookies)s are set by others."),
    _("Name the others as recipients, or do not let them set cookies."),
)
def cookie_to_others(policy: Policy) -> Iterator[Clash]:
    """001 7.7 beside 7.5."""
    third = [each for each in policy.cookies.values() if each.party == "third"]
    for clause in saying(policy, signs.NOT_TO_OTHERS):
        family = numbered(policy, clause)
        if third and signs.COOKIES.search(family.text):
            refs = {ref for each in third for ref in each.clauses}
            yield Clash((clause.ref, *sorted(refs)), {"cookies": _names(third)})


@contradiction(
    "cookie-pattern",
    WARNING,
    _("The pattern “%(pattern)s” does not match “%(name)s”, which %(provider)s really sets."),
    _("Declare the name as the browser shows it, with the sign before it."),
)
def cookie_pattern(policy: Policy) -> Iterator[Clash]:
    """001 7.5.2: ``ym*`` leaves out ``_ym_uid``."""
    for cookie in policy.cookies.values():
        stem = cookie.name.removesuffix("*")
        if stem == cookie.name or not stem:
            continue
        for known in known_cookies():
            bare = known.name.lstrip("_")
            if bare != known.name and bare.startswith(stem) and not known.name.startswith(stem):
                values = {
                    "pattern": cookie.name,
                    "name": known.name,
                    "provider": known.provider,
                }
                yield Clash(cookie.clauses, values)
                break


@contradiction(
    "cookie-caught-twice",
    WARNING,
    _("“%(name)s” is declared by its name and caught by the pattern “%(pattern)s” of another."),
    _("An exact name goes first; settle by an assumption that this is meant."),
)
def cookie_caught_twice(policy: Policy) -> Iterator[Clash]:
    """001 7.4.3 beside 7.5.2."""
    patterns = [each for each in policy.cookies.values() if each.name.endswith("*")]
    for pattern in patterns:
        for cookie in policy.cookies.values():
            caught = cookie.name.startswith(pattern.name[:-1]) and cookie is not pattern
            if caught and cookie.party != pattern.party:
                values = {"name": cookie.name, "pattern": pattern.name}
                yield Clash((*cookie.clauses, *pattern.clauses), values)


@contradiction(
    "cookie-refusal",
    WARNING,
    _("One clause says that cookies cannot be refused, another that they can be rejected."),
    _("Say which cookies each of the two is about, or settle it by an assumption."),
)
def cookie_refusal(policy: Policy) -> Iterator[Clash]:
    """001 7.2.1 beside 10.6."""
    cannot = [each.ref for each in saying(policy, signs.CANNOT_REFUSE)]
    may = [each.ref for each in saying(policy, signs.COOKIES, signs.MAY_REFUSE)]
    if cannot and may:
        yield Clash((*cannot, *may))


def _refs(policy: Policy, cookie: Cookie) -> set[str]:
    return {policy.where.get(ref, ref) for ref in cookie.clauses}


def _names(cookies: list[Cookie]) -> str:
    return ", ".join(dict.fromkeys(each.name for each in cookies))


def _with(clause: Clause, known: list[Known]) -> Clash:
    cookies = [cookie for cookie, _fact in known]
    refs = dict.fromkeys(ref for each in cookies for ref in each.clauses)
    return Clash((clause.ref, *refs), {"cookies": _names(cookies)})
