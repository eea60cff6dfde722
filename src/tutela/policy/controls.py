"""Is the policy published, versioned, and about this operator?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.core.vocabulary import LANGUAGES
from tutela.journal import actions as journal
from tutela.policy import actions
from tutela.policy.contradictions import contradictions
from tutela.policy.model import Policy
from tutela.policy.models import Version
from tutela.policy.parameters import NOTE, one_of
from tutela.policy.postings import wrong_postings
from tutela.policy.source import Sources
from tutela.web.plurals import plural

PUBLISHED = ("policy.published",)
POSTED = ("policy.posted",)
ANNOUNCED = ("version.announced",)
ANNOUNCED_TO = ("users", "everybody")
"""Whom a policy may promise to tell of a new version: those with a live consent or agreement, or
everybody whose data is held."""
FRESH = timedelta(minutes=1)
"""For how long a visit to the published page stands for the next ones."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One anonymous visit to the published policy: ``whole`` if the page and the plain text were
    open to it and hold every clause; ``cookies`` that it tried to set."""

    language: str
    whole: bool
    cookies: int


@control(
    "policy.publish",
    how=_(
        "The published page and its plain text are fetched in every language without sign-in, "
        "cookies or script, and must hold every clause of the version in force. Websites of the "
        "operator that stand elsewhere are not visited yet."
    ),
    parameters={"places": NOTE},
)
def policy_publish(question: Question) -> Answer:
    """152-FZ article 18.1(2): the policy is open to everybody, without limits."""
    visits = question.once("policy.publish", lambda: fetch_sometimes(question))
    served = sum(each.whole for each in visits)
    cookies = sum(each.cookies for each in visits)
    figures = [
        Figure(
            plural("served in %(count)d language", "served in %(count)d languages"),
            served,
            PUBLISHED,
        )
    ]
    if cookies:
        words = plural("%(count)d cookie set", "%(count)d cookies set")
        figures.append(Figure(words, cookies))
    if missing := len(visits) - served:
        words = plural("not whole in %(count)d language", "not whole in %(count)d languages")
        figures.append(Figure(words, missing))
    sites = len(question.policy.operator.sites)
    words = plural("%(count)d website not visited", "%(count)d websites not visited")
    figures.append(Figure(words, sites))
    return Answer(settled(len(visits), missing + cookies), tuple(figures))


@dataclass(frozen=True, slots=True)
class _Fetching:
    at: datetime
    digest: str
    visits: list[Fetched]


remembered: dict[UUID, _Fetching] = {}
"""The last visits of this process, by operator."""


def fetch_sometimes(question: Question) -> list[Fetched]:
    """Visits of the last minute, if they were of this very version, else new ones."""
    last = remembered.get(question.operator_id)
    fresh = (
        last is not None
        and last.digest == question.policy.digest
        and last.at <= question.now < last.at + FRESH
    )
    if last is None or not fresh:
        last = _Fetching(question.now, question.policy.digest, fetch(question.policy))
        remembered[question.operator_id] = last
    return last.visits


def fetch(policy: Policy) -> list[Fetched]:
    """Visit the page as a stranger does. The visit is answered in this process and on this
    connection, so it sees what the verdict sees; language and zone are put back afterwards."""
    language, zone = translation.get_language(), timezone.get_current_timezone()
    try:
        return [_visit(policy, each) for each in LANGUAGES]
    finally:
        translation.activate(language or LANGUAGES[0])
        timezone.activate(zone)


def _visit(policy: Policy, language: str) -> Fetched:
    public = urlsplit(settings.TUTELA_PUBLIC_URL)
    from django.test import Client  # noqa: PLC0415 - for a quick start

    stranger = Client(
        raise_request_exception=False,
        headers={"host": public.netloc},
    )
    place = {"language": language, "operator": policy.operator.slug}
    spoken = language if language in policy.texts else policy.original
    try:
        pages = [
            stranger.get(reverse(name, kwargs=place), secure=public.scheme == "https")
            for name in ("policy", "policy-text")
        ]
    except NoReverseMatch:
        return Fetched(language, whole=False, cookies=0)
    shown, text = pages
    page = shown.content.decode(errors="replace")
    whole = (
        all(each.status_code == HTTPStatus.OK for each in pages)
        and text.content.decode(errors="replace") == policy.texts[spoken]
        and all(escape(each.text) in page for each in policy.clauses[spoken])
    )
    return Fetched(language, whole, len(stranger.cookies))


@control(
    "policy.version",
    how=_(
        "The versions must follow each other without a gap or an overlap, their fingerprints are "
        "computed anew, and the journal must hold the publication of each with the same "
        "fingerprint, and each posting in a product to which versions come apart."
    ),
    parameters={"announce": one_of(ANNOUNCED_TO)},
)
def policy_version(question: Question) -> Answer:
    operator = question.operator_id
    versions, wrong = question.once("policy.version", lambda: wrong_versions(operator))
    posted, misposted = question.once("policy.posted", lambda: wrong_postings(operator))
    words = plural("%(count)d version", "%(count)d versions")
    figures = [Figure(words, versions, PUBLISHED)]
    if wrong:
        words = plural("%(count)d does not agree", "%(count)d do not agree")
        figures.append(Figure(words, wrong, PUBLISHED))
    if posted:
        words = plural("posted %(count)d time in a product", "posted %(count)d times in products")
        figures.append(Figure(words, posted, POSTED))
    if question.parameters.get("announce"):
        announced = question.once("policy.announced", lambda: _announced(operator))
        words = plural("announced by mail %(count)d time", "announced by mail %(count)d times")
        figures.append(Figure(words, announced, ANNOUNCED))
    if misposted:
        words = plural("%(count)d posting does not agree", "%(count)d postings do not agree")
        figures.append(Figure(words, misposted, POSTED))
    return Answer(settled(versions, wrong + misposted), tuple(figures))


def _announced(operator_id: UUID) -> int:
    return journal.count(operator_id, ANNOUNCED)


def wrong_versions(operator_id: UUID) -> tuple[int, int]:
    """How many versions there are, and how many of them are not what they claim to be."""
    rows = list(Version.objects.filter(operator_id=operator_id).order_by("number"))
    published = {
        row.data["number"]: row.data["digest"]
        for row in journal.entries(operator_id, kinds=PUBLISHED, limit=len(rows) + 100)
    }
    gone = {each.number for each in actions.versions(operator_id) if each.cancelled_at}
    wrong = 0
    for index, row in enumerate(rows):
        before = next((each for each in reversed(rows[:index]) if each.number not in gone), None)
        in_order = (
            row.number in gone
            or before is None
            or (row.number > before.number and row.effective_from > before.effective_from)
        )
        same = row.digest == Sources(row.sources).digest == published.get(row.number)
        wrong += not (in_order and same and _effective_as_declared(operator_id, row))
    return len(rows), wrong


def _effective_as_declared(operator_id: UUID, row: Version) -> bool:
    """004 10.2, 003 12.3: in force at posting; 001 9.1: on the day it names."""
    policy = actions.version(operator_id, row.number)
    return row.effective_from == actions.effective_from(policy, row.posted_at)


@control(
    "policy.language",
    how=_(
        "Every text of the version in force must be published under its own address in its "
        "language, with the same clauses and number; what people are asked and told must be "
        "worded in it, and a clause in another language is counted."
    ),
    parameters={"languages": NOTE, "original": NOTE},
)
def policy_language(question: Question) -> Answer:
    """001 9.2, 002: the text, the consents and the letters speak the language that is promised."""
    policy: Policy = question.policy
    wanted = question.parameters.get("languages") or [
        question.parameters.get("original") or policy.original
    ]
    visits = question.once("policy.publish", lambda: fetch_sometimes(question))
    served = {each.language for each in visits if each.whole}
    lacking = [each for each in wanted if each not in policy.texts or each not in served]
    silent = question.once("policy.language", lambda: _unworded(policy))
    mixed = question.once("policy.mixed", lambda: _mixed(policy))
    figures = [Figure(plural("%(count)d language", "%(count)d languages"), len(policy.texts))]
    if lacking:
        words = plural("%(count)d promised and not there", "%(count)d promised and not there")
        figures.append(Figure(words, len(lacking)))
    if silent:
        words = plural("%(count)d wording missing", "%(count)d wordings missing")
        figures.append(Figure(words, silent))
    if mixed:
        words = plural("%(count)d clause of mixed language", "%(count)d clauses of mixed language")
        figures.append(Figure(words, mixed))
    return Answer(settled(len(wanted), len(lacking) + silent), tuple(figures))


def _unworded(policy: Policy) -> int:
    """Sentences of consent, and notices, that lack one of the languages of the policy."""
    worded = [each.consent_text for each in policy.purposes.values() if each.consent_text]
    worded += [each.notice for each in policy.points.values()]
    return sum(not words.get(code) for words in worded for code in policy.languages)


def _mixed(policy: Policy) -> int:
    return sum(each.code == "mixed-language" for each in contradictions(policy))


@control(
    "policy.scope",
    how=_(
        "The operator’s name, its address for requests and every declared website must stand in "
        "the published text itself, save what is declared as an assumption."
    ),
)
def policy_scope(question: Question) -> Answer:
    operator = question.policy.operator
    unsaid = question.once("policy.scope", lambda: _unsaid(question.policy))
    figures = [
        Figure(plural("%(count)d website", "%(count)d websites"), len(operator.sites)),
    ]
    if assumed := len(operator.unstated):
        words = plural(
            "%(count)d thing that the text leaves out is assumed",
            "%(count)d things that the text leaves out are assumed",
        )
        figures.append(Figure(words, assumed))
    if unsaid:
        words = plural(
            "%(count)d declared thing is not in the text",
            "%(count)d declared things are not in the text",
        )
        figures.append(Figure(words, len(unsaid)))
    return Answer(ClauseState.BROKEN if unsaid else ClauseState.KEPT, tuple(figures))


def _unsaid(policy: Policy) -> list[str]:
    operator = policy.operator
    text = policy.texts[policy.original].casefold()
    told = {
        "legal_name": [operator.legal_name],
        "email": [operator.email],
        "sites": [each.host for each in operator.sites],
    }
    return [
        each
        for name, words in told.items()
        for each in words
        if name not in operator.unstated and each.casefold() not in text
    ]
