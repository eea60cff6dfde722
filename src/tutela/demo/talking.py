"""What the people of a demonstration say to each other and to the company, the papers that some
send to be verified, and the payments that a platform tells of."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tutela.conversations import actions as conversations
from tutela.conversations import reading, rules
from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.spool import Spool
from tutela.core.vocabulary import Actor, ActorKind
from tutela.payments import actions as payments
from tutela.payments.errors import NotTaken
from tutela.policy.model import Acquirer, CollectionPoint, Field
from tutela.requests import actions as requests
from tutela.requests.errors import Incomplete, Refused
from tutela.requests.rules import consents_needed
from tutela.vault import actions as vault
from tutela.verification import actions as verification

if TYPE_CHECKING:
    from tutela.demo.people import Person, Season

OFFICER = Actor(ActorKind.STAFF, "demo", "officer")
SECOND = Actor(ActorKind.STAFF, "13", "officer")
ACQUIRER_KEY = "demonstration"
"""Whoever runs a demonstration may pretend to be its payment platform."""

_HELLO = {
    "en": "Good morning! Is this still possible next week?",
    "ru": "Добрый день! Это ещё можно сделать на следующей неделе?",
}
_ANSWER = {
    "en": "Yes. Tell us which day suits you; nothing more is needed for now.",
    "ru": "Да. Напишите, какой день вам удобен; больше пока ничего не нужно.",
}


def add(season: Season, people: list[Person]) -> None:
    """Put the talk of the season among its other deeds."""
    anna, boris, clara, dmitri = people[7], people[9], people[3], people[5]
    on = season.on
    on(58, partial(_begin, season, anna, None))
    on(59, partial(_answer, season))
    on(60, partial(_begin, season, boris, None))
    on(61, partial(_begin, season, anna, boris))
    on(62, partial(_begin, season, clara, anna))
    on(63, partial(_verify, season, people[10]))
    on(65, partial(_decide, season))
    on(68, partial(_verify, season, people[11]))
    on(64, partial(_pay, season, anna))
    on(67, partial(_pay, season, dmitri, card=True))


def _begin(season: Season, person: Person, other: Person | None) -> None:
    party = rules.COMPANY if other is None else rules.PEOPLE
    declared = rules.point_for(season.policy, party)
    if declared is None or person.subject is None or (other and other.subject is None):
        return
    point = rules.to_begin(season.policy, declared)
    values = {
        each.field: _HELLO[person.language]
        if season.policy.fields[each.field].type == "long-text"
        else person.value(season.policy.fields[each.field].type, "")
        for each in point.fields
        if not season.policy.fields[each.field].attached
    }
    with suppress(Refused, Incomplete):  # whoever told the company to stop says nothing here
        conversations.begin(
            season.operator.id,
            person.subject,
            other.subject if other else None,
            message=new_id(),
            language=person.language,
            values=values,
            accepted=consents_needed(season.policy, point),
            files=_files(season, point, kinds={"photo"}),
        )


def _answer(season: Season) -> None:
    for each in reading.with_company(season.operator.id, OFFICER)[:1]:
        point = conversations.point_for(season.policy, rules.COMPANY)
        said = next(
            asked.field
            for asked in rules.to_go_on(season.policy, point).fields
            if season.policy.fields[asked.field].type == "long-text"
        )
        with suppress(Refused):
            conversations.answer(
                season.operator.id,
                each.id,
                message=new_id(),
                values={said: _ANSWER[season.policy.original]},
                actor=OFFICER,
            )


def _verify(season: Season, person: Person) -> None:
    for point in season.policy.points.values():
        if point.kind != verification.KIND:
            continue
        fields = season.policy.fields
        values = {
            each.field: person.value(
                fields[each.field].type, each.example.get(person.language, "—")
            )
            for each in point.fields
            if not fields[each.field].attached
        }
        receipt = requests.submit(
            season.operator.id,
            point.slug,
            language=person.language,
            values=values,
            accepted=consents_needed(season.policy, point),
            idempotency=new_id().hex,
            files=_files(season, point, kinds={"document", "photo"}),
        )
        person.subject = receipt.subject


def _decide(season: Season) -> None:
    for each in verification.cases(season.operator.id):
        if not each.open:
            continue
        for officer in (OFFICER, SECOND):
            if verification.case(season.operator.id, each.id).open:
                verification.decide(season.operator.id, each.id, "verified", by=officer)


def _files(season: Season, point: CollectionPoint, *, kinds: set[str]) -> dict[str, vault.Clean]:
    fields = season.policy.fields
    wanted = [each.field for each in point.fields if fields[each.field].type in kinds]
    return {slug: _picture(fields[slug]) for slug in wanted}


def _picture(field: Field) -> vault.Clean:
    """A grey card; nothing is on it."""
    from PIL import Image  # noqa: PLC0415 - loaded where one is met, for a quick start

    drawn = io.BytesIO()
    Image.new("RGB", (320, 200), (214, 218, 222)).save(drawn, "PNG")
    spool = Spool()
    spool.write(drawn.getvalue())
    return vault.examine(field, spool, size=spool.size, declared="image/png", name="card.png")


def keep_key(operator: str, acquirers: list[str]) -> None:
    """The demonstration knows the key of its own payment platform."""
    path = Path(settings.TUTELA_HOME) / "acquirer-keys"
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = [f"{operator}/{slug} {ACQUIRER_KEY}\n" for slug in acquirers]
    fresh = [line for line in lines if line not in known]
    if fresh:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.writelines(fresh)


def _pay(season: Season, person: Person, *, card: bool = False) -> None:
    slug = season.operator.slug
    keep_key(slug, list(season.policy.acquirers))
    for known in season.policy.acquirers.values():
        body = json.dumps(_told(season, known, person, card=card)).encode()
        moment = str(int(clock.now().timestamp()))
        key = payments.key_of(slug, known.slug)
        message = payments.Message(body, moment, payments.sign(key, moment, body))
        with suppress(NotTaken):
            payments.receive(season.operator.id, known.slug, message)


def _told(season: Season, known: Acquirer, person: Person, *, card: bool) -> dict[str, Any]:
    """What the platform says, laid out as the policy expects it."""
    told: dict[str, Any] = {}
    first, _space, last = person.name.partition(" ")
    names = iter((first, last))
    put: Callable[[str, object], None] = partial(_put, told)
    put(known.event, f"demo-{new_id().hex}")
    put(known.state, known.paid[0])
    for field, path in known.fields.items():
        kind = season.policy.fields[field].type
        put(path, next(names) if kind == "name" else person.value(kind, "card"))
    if card:
        put("note", "4111 1111 1111 1111")
    return told


def _put(told: dict[str, Any], path: str, value: object) -> None:
    *steps, name = path.split(".")
    for step in steps:
        told = told.setdefault(step, {})
    told[name] = value
