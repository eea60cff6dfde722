"""Everything about one person, as a page for people and a file for programs, to be taken once.

Nothing of it is stored: it is made while it is taken, some records at a time, so that much data
needs no more memory than little. The address is unguessable, works once and for seven days; only
its digest is kept. What tells of other people is left out (004 2.10/b6), as it is proposed by
``others`` or as an officer decided.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core import clock
from tutela.core.errors import NotFound
from tutela.core.ids import new_id
from tutela.core.spool import Spool
from tutela.core.vocabulary import Action, Actor, LawPurpose, Right
from tutela.gate.rules import Operation
from tutela.journal import actions as journal
from tutela.policy import actions as policies
from tutela.requests.contents import Writer
from tutela.requests.entries import PackageMade, PackageTaken
from tutela.requests.intake import oneself, permit
from tutela.requests.models import Package
from tutela.requests.proving import proven
from tutela.vault import actions as vault
from tutela.web.pages import Audience, PageRequest, page, page_url, show

LASTS = timedelta(days=7)


class Spent(NotFound):
    """The address was used, has run out, or never was one."""

    status = 410


def make(operator_id: UUID, subject: UUID, *, case: UUID | None = None, by: Actor) -> str:
    """An address from which everything about the person can be taken once; its secret."""
    secret, now = secrets.token_urlsafe(32), clock.now()
    row = Package.objects.create(
        operator_id=operator_id,
        subject_id=subject,
        id=new_id(),
        case=case,
        digest=_digest(secret),
        made_at=now,
        expires_at=now + LASTS,
    )
    journal.append(
        operator_id, PackageMade(subject=subject, actor=by, automated=False, package=row.id)
    )
    return secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find(operator_id: UUID, secret: str, subject: UUID) -> Package:
    """The package of the person behind an address that still works. Raises ``Spent``."""
    rows = Package.objects.select_for_update()
    row = rows.filter(operator_id=operator_id, subject_id=subject, digest=_digest(secret)).first()
    if row is None or row.taken_at is not None or row.expires_at <= clock.now():
        raise Spent(
            _("This address was used already or has run out. Make another one in your pages.")
        )
    return row


def take(row: Package, language: str) -> Spool:
    """The package as a file to be sent, which lies sealed while it waits; its address is spent in
    the caller's transaction."""
    operator_id = row.operator_id
    policy = policies.in_force(operator_id)
    leave = permit(
        Operation(
            operator=operator_id,
            subject=row.subject_id,
            action=Action.EXTRACTION,
            purpose=LawPurpose.SUBJECT_RIGHTS,
            fields=frozenset(policy.fields),
            actor=oneself(row.subject_id),
        )
    )
    content = Spool()
    writer = Writer(operator_id, row.subject_id, policy, language, leave)
    writer.into(content)
    held = vault.count_of(operator_id, row.subject_id)
    Package.objects.filter(operator_id=operator_id, id=row.id).update(
        taken_at=clock.now(), fields=writer.values, held=held, redacted=writer.redacted
    )
    journal.append(
        operator_id,
        PackageTaken(
            subject=row.subject_id,
            actor=oneself(row.subject_id),
            automated=False,
            package=row.id,
            values=writer.values,
            left_out=writer.redacted,
        ),
    )
    content.seek(0)
    return content


@page(
    "<operator>/my/everything/",
    name="my-everything",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-requests",
)
@proven(Right.ACCESS)
def my_everything(request: PageRequest) -> HttpResponseBase:
    """Make an address from which everything can be taken once."""
    visit = request.visit
    if request.method == "POST":
        secret = make(visit.operator_id, visit.subject_id, by=visit.actor)
        return HttpResponseRedirect(page_url(request, "package", secret=secret))
    made = Package.objects.filter(operator_id=visit.operator_id, subject_id=visit.subject_id)
    context = {"made": made.order_by("-made_at")[:10], "now": clock.now()}
    return show(request, "requests/my_everything.html", context)


@page(
    "<operator>/my/everything/<str:secret>/",
    name="package",
    audience=Audience.SUBJECT,
    methods=("GET", "POST"),
    under="my-requests",
)
@proven(Right.ACCESS)
def package(request: PageRequest, secret: str) -> HttpResponseBase:
    """Opening the address shows a button; only pressing it spends the address. Whoever has it and
    is not the person has nothing."""
    visit = request.visit
    row = find(visit.operator_id, secret, visit.subject_id)
    if request.method != "POST":
        return show(request, "requests/package.html", {"until": row.expires_at})
    content = take(row, visit.language)
    response = FileResponse(content, as_attachment=True, filename="my-data.zip")
    response.headers["Content-Type"] = "application/zip"
    return response
