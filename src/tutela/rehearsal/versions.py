"""What a scenario can say about versions of the policy, and about the pages that people read."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation

from tutela.core.errors import TutelaError
from tutela.notices import actions as notices
from tutela.policy import actions as policies
from tutela.policy import postings, scheduling
from tutela.policy.compiling import compile_sources
from tutela.policy.source import DECLARATIONS, Sources
from tutela.rehearsal.registry import Answer, expectation, verb
from tutela.rehearsal.world import CannotRehearse, Result, World

_NUMBER = re.compile(r"(\bversion:\s*(?:\{\s*)?number:\s*)\d+")
_EFFECTIVE = re.compile(r"(\beffective:\s*)[\w-]+")


@verb("new-version", takes=("effective", "without"))
def new_version(world: World, said: dict[str, Any]) -> str:
    """The operator publishes the next version of its policy: the same declarations and texts under
    the next number; ``effective`` changes when it takes force (at-posting, in-product, a date).
    ``without`` leaves a line out of the declarations, the first with these words; the answer is
    refused, and nothing is published, where the declarations no longer hold together."""
    number = policies.versions(world.operator_id)[0].number + 1
    written = world.policy.sources[DECLARATIONS]
    written = _NUMBER.sub(rf"\g<1>{number}", written, count=1)
    if said.get("effective"):
        written = _EFFECTIVE.sub(rf"\g<1>{said['effective']}", written, count=1)
    if said.get("without"):
        written = _without(written, str(said["without"]))
    sources = Sources({**world.policy.sources, DECLARATIONS: written})
    try:
        policies.publish(compile_sources(sources).or_raise())
    except TutelaError as error:
        world.result = Result("refused", type(error).__name__, message=str(error))
        return f"version {number} of the policy was refused"
    world.result = Result("accepted")
    return f"version {number} of the policy is published"


def _without(written: str, words: str) -> str:
    lines = written.splitlines(keepends=True)
    for place, line in enumerate(lines):
        if words in line:
            return "".join((*lines[:place], *lines[place + 1 :]))
    raise CannotRehearse(f"No line of the declarations holds “{words}”.")


@verb("post-version", needs=("in",), takes=("number",), short="in")
def post_version(world: World, said: dict[str, Any]) -> str:
    """Somebody puts the version in force, or ``number``, into a product (``in``), and says so."""
    with world.scope():
        number = int(said.get("number") or policies.in_force(world.operator_id).number)
        row = postings.post(world.operator_id, str(said["in"]), number)
    world.result = Result("accepted")
    return f"version {row.number} is posted in {row.place}"


@verb("cancel-version", needs=("number",), takes=("reason",), short="number")
def cancel_version(world: World, said: dict[str, Any]) -> str:
    """Version ``number``, which has not taken force yet, is cancelled for a ``reason`` (mistake,
    changed-mind, other-moment, newer-text)."""
    number = int(said["number"])
    with world.scope():
        scheduling.cancel(world.operator_id, number, str(said.get("reason") or "mistake"))
    world.result = Result("accepted")
    return f"version {number} is cancelled"


@verb("answer-version", needs=("by",), takes=("accepted", "purposes"), short="by")
def answer_version(world: World, said: dict[str, Any]) -> str:
    """A person (``by``) comes back and answers to the version in force: ``accepted`` (default
    true), with the new consents to ``purposes``."""
    person = world.person(said["by"])
    accepted = bool(said.get("accepted", True))
    try:
        with world.scope():
            row = notices.answer(
                world.operator_id,
                world.subject(person.name),
                accepted=accepted,
                purposes=tuple(said.get("purposes") or ()),
                language=person.language,
                act="portal",
            )
    except TutelaError as error:
        world.result = Result("refused", type(error).__name__, message=str(error))
        return f"{person.name} had nothing to answer: {error}"
    world.result = Result("accepted")
    return f"{person.name} went from version {row.old_version} to version {row.new_version}"


@expectation("acceptance", needs=("of",), takes=("old", "new", "accepted", "count"), short="of")
def acceptance(world: World, said: dict[str, Any]) -> Answer:
    """A person (``of``) has answered to a version: from ``old`` to ``new``, ``accepted`` or not;
    ``count`` says how many answers there are (0 for none)."""
    rows = notices.acceptances(world.operator_id, world.subject(said["of"]))
    found = [
        each
        for each in rows
        if said.get("old") in {None, each.old_version}
        and said.get("new") in {None, each.new_version}
        and said.get("accepted") in {None, each.accepted}
    ]
    holds = len(found) == said["count"] if "count" in said else bool(found)
    shown = ", ".join(f"{each.old_version} → {each.new_version}" for each in rows)
    return Answer(holds, f"answer to a version {_told(said)}", shown or "none")


@expectation(
    "page",
    needs=("name",),
    takes=("language", "point", "place", "status", "says", "cookies"),
    short="name",
)
def page(world: World, said: dict[str, Any]) -> Answer:
    """A stranger opens a public page by its ``name`` (policy, policy-text, form, ...), without
    sign-in, cookies or script: ``status`` (200), ``says`` words it holds, ``cookies`` it sets (0).
    ``point`` names the form, ``place`` the product, ``language`` the language."""
    language = str(said.get("language") or world.policy.original)
    place = {"language": language, "operator": world.policy.operator.slug}
    place |= {key: str(said[key]) for key in ("point", "place") if said.get(key)}
    try:
        path = reverse(str(said["name"]), kwargs=place)
    except NoReverseMatch:
        raise CannotRehearse(f"There is no public page “{said['name']}” here.") from None
    stranger = Client(
        raise_request_exception=False, headers={"host": urlsplit(settings.TUTELA_PUBLIC_URL).netloc}
    )
    spoken, zone = translation.get_language(), timezone.get_current_timezone()
    try:
        secure = urlsplit(settings.TUTELA_PUBLIC_URL).scheme == "https"
        answer = stranger.get(path, secure=secure)
    finally:
        translation.activate(spoken or language)
        timezone.activate(zone)
    told = answer.content.decode(errors="replace")
    holds = (
        answer.status_code == said.get("status", 200)
        and str(said.get("says", "")) in told
        and len(stranger.cookies) == said.get("cookies", 0)
        and "<script" not in told
    )
    found = f"{answer.status_code}, {len(stranger.cookies)} cookies, {len(told)} characters"
    return Answer(holds, f"page {_told(said)}", found)


def _told(said: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in said.items())
