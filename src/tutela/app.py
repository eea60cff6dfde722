"""Lists the rooms and wires them together; the only module that knows them all.

``urlpatterns`` and ``application`` are made when they are first asked for, so that importing
this module for ``main`` needs no settings and no database.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from argparse import Namespace
    from pathlib import Path

    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest
    from django.urls import URLPattern

    from tutela.web.access import Operator, Staff

ROOMS = (
    "journal",
    "policy",
    "identity",
    "applications",
    "obligations",
    "vault",
    "gate",
    "anonymisation",
    "detection",
    "inventory",
    "media",
    "consent",
    "retention",
    "processors",
    "notices",
    "requests",
    "accounts",
    "intake",
    "publicity",
    "geo",
    "stats",
    "technical",
    "conversations",
    "verification",
    "payments",
    "runs",
    "proof",
    "rehearsal",
    "service",
    "demo",
)
"""From the bottom up."""

DISCOVERED = (
    "entries",
    "handlers",
    "sweeps",
    "tasks",
    "replaying",
    "controls",
    "judges",
    "gauges",
    "office_controls",
    "restore_controls",
    "views",
    "feeds",
    "portal",
    "choices",
    "acting",
    "arrivals",
    "embedding",
    "proving",
    "desk",
    "sets",
    "by_hand",
    "pseudonymous",
    "mending",
    "commands",
    "commanding",
)
"""Modules of a room that register things when they are imported."""

API = "api"
"""The module with a room's endpoints; it is imported when the API is first asked, not before."""

ROLE_VERBS = {
    "auditor": frozenset({"read"}),
    "clerk": frozenset({"read", "work", "reveal"}),
    "officer": frozenset({"read", "work", "reveal", "manage"}),
}
"""What a role may do: a permission is ``noun.verb`` (``journal.read``, ``person.reveal``)."""

ANY_STAFF = "desk.choose"
"""The permission of pages that belong to no operator; every member of staff holds it."""

handler400 = "tutela.web.errors.bad_request"
handler403 = "tutela.web.errors.forbidden"
handler404 = "tutela.web.errors.not_found"
handler500 = "tutela.web.errors.server_error"


@functools.cache
def wire() -> None:
    """Import what the rooms register and tell the kits how to find people. Needs ``setup()``."""
    for room in ROOMS:
        for module in DISCOVERED:
            name = f"tutela.{room}.{module}"
            if find_spec(name) is not None:
                import_module(name)
    from tutela.web import access

    access.install(operator=_operator, subject=_subject, staff=_staff, zone=_zone)

    from tutela.api import callers
    from tutela.applications import calls
    from tutela.web.source import source_of

    callers.install(keys=calls, load=_load_endpoints, source=source_of)

    from tutela.jobs import engine
    from tutela.journal.sequencer import UNSEQUENCED, sequence

    engine.install(
        operators=_operators,
        sequence=sequence,
        before=_take_up_the_clock,
        unsequenced=UNSEQUENCED,
    )

    for module in ("tutela.db.readiness", "tutela.web.watching"):
        import_module(module)
    from tutela.service import metrics

    metrics.install(_slugs)


def _load_endpoints() -> None:
    for room in ROOMS:
        name = f"tutela.{room}.{API}"
        if find_spec(name) is not None:
            import_module(name)


def _take_up_the_clock() -> None:
    from django.conf import settings

    from tutela.demo import clock

    if settings.TUTELA_DEMO:
        clock.refresh()


def _operators() -> list[UUID]:
    from django.conf import settings

    from tutela.demo import opening
    from tutela.policy import actions as policy

    away = opening.moving_in() if settings.TUTELA_DEMO else ""
    return [operator.id for operator in policy.operators() if operator.slug != away]


def _slugs() -> dict[UUID, str]:
    from tutela.policy import actions as policy

    return {operator.id: operator.slug for operator in policy.operators()}


def _operator(slug: str) -> Operator | None:
    from tutela.policy import actions as policy

    return policy.operator_by_slug(slug)


def _zone(operator_id: UUID) -> str:
    from tutela.policy import actions as policy

    return policy.in_force(operator_id).operator.time_zone


def _subject(request: HttpRequest, operator: Operator) -> UUID | None:
    from tutela.identity import actions as identity
    from tutela.web.access import subject_token

    token = subject_token(request, operator)
    return identity.session_subject(operator.id, token) if token else None


def _staff(request: HttpRequest, operator: Operator | None) -> Staff | None:
    from tutela.core.vocabulary import Actor, ActorKind
    from tutela.gate import access as gate
    from tutela.identity import actions as identity
    from tutela.identity.staff import actions as staff
    from tutela.web.access import Staff
    from tutela.web.pages import ROUTES

    user = request.user
    if not user.is_authenticated or not user.is_active:
        return None
    session = staff.session_of(request)
    if session is None:
        return None
    recent = staff.is_recent(session)
    if operator is None:
        return Staff(str(user.pk), permissions=frozenset({ANY_STAFF}), recent=recent)
    roles = identity.staff_roles(user, operator.id)
    if not roles:
        return Staff(str(user.pk))
    wanted = {each.permission for each in ROUTES.values() if each.permission}
    verbs = {role: _verbs(operator.id, role) for role in roles}
    widest = max(sorted(roles), key=lambda role: len(verbs[role]))
    held = frozenset(_held(wanted, frozenset[str]().union(*verbs.values())))
    actor = Actor(ActorKind.STAFF, str(user.pk), widest)
    first = staff.lacking(session, operator.id)
    if not first and gate.asked_to_acknowledge(operator.id, actor):
        first = "acknowledge"
    return Staff(actor.id, widest, roles, held, first, recent=recent)


def _verbs(operator_id: UUID, role: str) -> frozenset[str]:
    """What a role may do; a role of the operator's own does what the role does that it is like."""
    from tutela.policy import actions as policy

    if role in ROLE_VERBS:
        return ROLE_VERBS[role]
    own = policy.in_force(operator_id).roles.get(role)
    return ROLE_VERBS.get(own.like, frozenset()) if own else frozenset()


def _held(permissions: Iterable[str], verbs: Collection[str]) -> Iterable[str]:
    return (each for each in permissions if each.rpartition(".")[2] in verbs)


@functools.cache
def _urlpatterns() -> list[URLPattern]:
    from tutela.web.feeds import feed_patterns
    from tutela.web.pages import url_patterns
    from tutela.web.start import start_patterns

    wire()
    return [*start_patterns(), *feed_patterns(), *url_patterns()]


@functools.cache
def _application() -> WSGIHandler:
    from django.core.wsgi import get_wsgi_application

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    handler = get_wsgi_application()
    wire()
    return handler


def main(arguments: Sequence[str] | None = None) -> int:
    """The program ``tutela``; returns the exit code."""
    from tutela.core import logs

    logs.configure()
    gc.disable()  # what is loaded now stays; looking through it for garbage takes a third longer
    from tutela.cli.main import look_ahead, run

    given = list(sys.argv[1:] if arguments is None else arguments)
    return run(given, lambda: _get_ready(look_ahead(given)))


@contextlib.contextmanager
def _get_ready(known: Namespace) -> Iterator[None]:
    """Load the rooms, and meanwhile let the embedded database start where it will be needed."""
    from tutela.db import server

    _set_the_scene(known)
    try:
        if early := _home_to_start(known):
            from tutela.cli.say import progress

            server.start_early(early, progress)
        import django

        django.setup()
        wire()
        gc.freeze()
        gc.enable()
        yield
    finally:
        server.stop_early()


def _home_to_start(known: Namespace) -> Path | None:
    """The home whose embedded database the command will serve from; None if there is none, or if
    it is not certain that it will."""
    from tutela.service import homes
    from tutela.settings import TUTELA_HOME

    if known.command == "demo" and known.rest[1:] in ([], ["--no-browser"]):
        homes.claim_for_demo(TUTELA_HOME)
        return None if homes.was_cut_off(TUTELA_HOME) else TUTELA_HOME
    serves = known.command == "up" and not {"-h", "--help"} & {*known.rest}
    own = serves and not os.environ.get("DATABASE_URL")
    return TUTELA_HOME if own and homes.holds_real_data(TUTELA_HOME) else None


def _set_the_scene(known: Namespace) -> None:
    """Put into the environment what the settings need and only the arguments say."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tutela.settings")
    if known.home:
        os.environ["TUTELA_HOME"] = known.home
    if known.command == "demo":
        os.environ["TUTELA_DEMO"] = "1"
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):  # a demo is always embedded
            os.environ.pop(name, None)
    named = known.port is not None or "TUTELA_PUBLIC_URL" not in os.environ
    if known.command in {"demo", "up"} and named and not {"-h", "--help"} & {*known.rest}:
        from tutela.service.serve import PORT, free_port

        port = free_port(PORT if known.port is None else known.port)
        os.environ.setdefault("TUTELA_PUBLIC_URL", f"http://127.0.0.1:{port}")


def __getattr__(name: str) -> Any:
    if name == "urlpatterns":
        return _urlpatterns()
    if name == "application":
        return _application()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
