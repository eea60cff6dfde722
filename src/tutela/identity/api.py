"""People by their opaque identifiers, and what happened with their data."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from tutela.api.endpoints import ApiRequest, endpoint
from tutela.api.problems import mistaken
from tutela.api.schemas import Answer, Body, Clause, Id, Language, Limit, Moment, Slug, page_of
from tutela.core.errors import TutelaError
from tutela.identity import actions
from tutela.journal import actions as journal
from tutela.policy import actions as policies


class SubjectShown(Answer):
    """``destroyed_at`` says since when nothing of the person is left."""

    subject: Id
    category: str
    language: str
    created_at: Moment
    destroyed_at: Moment | None


class NewSubject(Body):
    """``category`` is one of the policy's categories of people."""

    category: Slug
    language: Language


class Gone(TutelaError):
    """The data of this person was destroyed."""

    status = 410


def shown(row: actions.SubjectRow) -> SubjectShown:
    return SubjectShown(
        subject=row.id,
        category=row.category,
        language=row.language,
        created_at=row.created_at,
        destroyed_at=row.destroyed_at,
    )


def living(operator_id: UUID, subject: UUID) -> actions.SubjectRow:
    """A person who is known here and not destroyed; ``UnknownSubject`` or ``Gone`` otherwise."""
    row = actions.subject(operator_id, subject)
    if row.destroyed_at is not None:
        raise Gone(
            _("The data of this person was destroyed; give new data a new person to belong to.")
        )
    return row


@endpoint(
    "POST", "/subjects", function="subjects.write", answer=SubjectShown, status=201, writes=True
)
def subject_create(request: ApiRequest, body: NewSubject) -> SubjectShown:
    """Make a person known to the operator

    The answer is an opaque identifier; nothing about the person is sent or kept here.
    """
    operator = request.call.operator_id
    if body.category not in policies.in_force(operator).subjects:
        raise mistaken("/category", _("The policy in force declares no such category of people."))
    made = actions.new_subject(operator, body.language, body.category)
    return shown(actions.subject(operator, made))


@endpoint("GET", "/subjects/{subject}", function="subjects.read", answer=SubjectShown)
def subject(request: ApiRequest, subject: Id) -> SubjectShown:
    """A person, as far as the operator knows them without their data"""
    return shown(actions.subject(request.call.operator_id, subject))


class EntryShown(Answer):
    """``words`` is the entry as a sentence; ``index`` its place in the signed log, once it has
    one."""

    entry: Id
    at: Moment
    kind: str
    words: str
    by: str
    purpose: str
    clause: Clause
    index: int | None


class Entries(Answer):
    """``next`` is the cursor of the page after this one, if there is one."""

    items: list[EntryShown]
    next: Id | None


@endpoint("GET", "/subjects/{subject}/journal", function="journal.read", answer=Entries)
def subject_journal(
    request: ApiRequest, subject: Id, limit: Limit = 50, after: Id | None = None
) -> Entries:
    """What happened with the data of a person, the newest first"""
    call = request.call
    actions.subject(call.operator_id, subject)
    rows = journal.entries(
        call.operator_id, subject=subject, after=after, limit=limit + 1, newest_first=True
    )
    page, cursor = page_of(rows, limit, lambda each: each.id)
    zone = policies.in_force(call.operator_id).operator.time_zone
    with timezone.override(ZoneInfo(zone)):
        items = [_entry(each, call.language) for each in page]
    return Entries(items=items, next=cursor)


def _entry(row: journal.Row, language: str) -> EntryShown:
    return EntryShown(
        entry=row.id,
        at=row.at,
        kind=row.kind,
        words=journal.wording(row, language),
        by=journal.by_whom(row, language),
        purpose=row.purpose,
        clause=row.clause,
        index=row.index,
    )
