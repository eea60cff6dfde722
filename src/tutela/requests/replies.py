"""Answering a request: the text is checked for what it must say, sealed, sent and recorded.

An answer lacks nothing that its kind must have, or it is not sent: a refusal without its ground or
the route of complaint cannot leave (004 2.9/b7, 2.10/b7(c)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from tutela.core import clock
from tutela.core.ids import new_id
from tutela.core.vocabulary import SYSTEM, Actor
from tutela.db import swift
from tutela.gate import actions as gate
from tutela.obligations import actions as obligations
from tutela.policy import actions as policies
from tutela.requests import cases, letters, moving, sections, writings
from tutela.requests.cases import NotPossible
from tutela.requests.errors import Incomplete
from tutela.requests.kinds import KINDS, Outcome, State
from tutela.requests.models import Case, Letter, Reply
from tutela.requests.rules import Problem

ANSWER, NOTE, OUTSIDE = "answer", "note", "outside"
"""Steps of a reply: the answer itself, a note for colleagues, an answer that left on paper."""


def checked(row: Case, texts: Mapping[str, str], language: str) -> list[sections.Section]:
    """The sections to send, in the language of the answer. Raises ``Incomplete`` for each that
    says nothing."""
    needed = sections.must_have(row)
    problems = tuple(
        Problem(
            slug,
            _("Write something under “%(title)s”: an answer must say it.")
            % {"title": sections.TITLES[slug]},
        )
        for slug in needed
        if not texts.get(slug, "").strip()
    )
    if row.outcome in {Outcome.REFUSED, Outcome.PARTLY} and not row.refusal:
        problems = (Problem("reasons", _("Choose the ground of the refusal first.")), *problems)
    if problems:
        raise Incomplete(problems)
    with override(language):
        return [
            sections.Section(slug, str(sections.TITLES[slug]), texts[slug].strip())
            for slug in needed
        ]


def body(row: Case, said: Sequence[sections.Section], language: str) -> str:
    """The answer as one text; a refusal ends with its ground, whatever was changed above."""
    parts = [f"{each.title}\n{each.text}" for each in said]
    if row.refusal:
        with override(language):
            ground = sections.ground_of(row)
        if not any(ground in each.text for each in said):
            parts.append(ground)
    return "\n\n".join(parts)


def send(operator_id: UUID, case: UUID, texts: Mapping[str, str], *, by: Actor) -> UUID:
    """Seal the answer, queue its letter, end the request; the reply.

    Raises ``Incomplete`` (nothing sent), ``NotPossible``, ``Refused``.
    """
    row = cases.locked(operator_id, case)
    subject = cases.subject_of(row)
    if row.state != State.DECIDED:
        raise NotPossible(_("Decide the request first; then the answer can be sent."))
    if subject is None:
        raise NotPossible(
            _("Nothing is held about whoever asked: answer on paper, and record that you did.")
        )
    _demand_second_person(row, by)
    if any(
        each.whole and each.live(clock.now()) for each in gate.standing(operator_id, subject).blocks
    ):
        raise NotPossible(
            _("The data is blocked. Record what the check found, which ends the block; then send.")
        )
    language = sections.language_of(row)
    said = checked(row, texts, language)
    record = writings.write(operator_id, subject, writings.REPLY, body(row, said, language), by)
    reply = _about(row, ANSWER, language, [each.slug for each in said], record=record, by=by)
    letter = letters.queue(operator_id, subject, "request-reply", language, about=reply.id)
    reply.letter = letter
    swift.add(reply)
    complete = row.outcome == Outcome.GRANTED
    moving.answered(operator_id, row, complete=complete, letter=letter, by=by)
    return reply.id


def answered_outside(operator_id: UUID, case: UUID, said: Sequence[str], *, by: Actor) -> UUID:
    """An answer that left on paper, to an authority or to somebody unknown: no text is kept, but
    what it said is. Raises ``Incomplete`` where a section was not ticked."""
    row = cases.locked(operator_id, case)
    if row.state != State.DECIDED:
        raise NotPossible(_("Decide the request first; then the answer can be recorded."))
    missing = [each for each in sections.must_have(row) if each not in said]
    if missing:
        told = _("The answer must also say: %(titles)s.")
        titles = ", ".join(str(sections.TITLES[each]) for each in missing)
        raise Incomplete((Problem("said", told % {"titles": titles}),))
    _demand_second_person(row, by)
    reply = _kept(row, OUTSIDE, said=list(sections.must_have(row)), record=None, by=by)
    complete = row.outcome == Outcome.GRANTED
    moving.answered(operator_id, row, complete=complete, letter=reply.id, by=by)
    return reply.id


def recorded(operator_id: UUID, cause: UUID, outcome: str, *, by: Actor) -> None:
    """Staff have recorded on a promise of a request that it was answered, by whatever way: once
    nothing is left to be told, the request has ended. What the answer said is not on record."""
    row = Case.objects.select_for_update().filter(operator_id=operator_id, id=cause).first()
    if row is None or row.ended_at is not None:
        return
    standing = obligations.listing(operator_id, obligations.STANDING, cause=cause)
    if any(each.outcome in KINDS[row.kind].discharges for each in standing):
        return
    refused = outcome == "refused-with-reasons"
    row.outcome = Outcome.REFUSED if refused else Outcome.GRANTED
    row.state, row.decided_by, row.decided_at = State.DECIDED, by.id, clock.now()
    cases.save(row, "outcome", "state", "decided_by", "decided_at")
    reply = _kept(row, OUTSIDE, said=[], record=None, by=by)
    moving.answered(operator_id, row, complete=False, letter=reply.id, by=by)


def _demand_second_person(row: Case, by: Actor) -> None:
    """Four eyes, where the policy binds them: who decided does not send."""
    if four_eyes(row.operator_id) and row.decided_by == by.id:
        raise NotPossible(
            _("The policy wants four eyes: somebody else than who decided has to send the answer.")
        )


def four_eyes(operator_id: UUID) -> bool:
    policy = policies.in_force(operator_id)
    return any(
        each.parameters.get("four_eyes") is True
        for each in policy.bindings
        if each.control == "reply.send"
    )


def note(operator_id: UUID, case: UUID, text: str, *, by: Actor) -> UUID:
    """An internal note, sealed with the person; the person can see it, like all that is held."""
    row = cases.locked(operator_id, case)
    subject = cases.subject_of(row)
    if subject is None:
        raise NotPossible(_("It is not known yet whom this is about; find the person first."))
    record = writings.write(operator_id, subject, writings.NOTE, text, by)
    return _kept(row, NOTE, said=[], record=record, by=by).id


def _kept(row: Case, step: str, *, said: list[str], record: UUID | None, by: Actor) -> Reply:
    reply = _about(row, step, sections.language_of(row), said, record=record, by=by)
    swift.add(reply)
    return reply


def _about(
    row: Case, step: str, language: str, said: list[str], *, record: UUID | None, by: Actor
) -> Reply:
    return Reply(
        operator_id=row.operator_id,
        subject_id=row.subject_id,
        id=new_id(),
        case=row.id,
        step=step,
        language=language,
        said=said,
        refusal=row.refusal if step != NOTE else "",
        clause=policies.in_force(row.operator_id).clause_of("reply.send"),
        record=record,
        by=by.id,
        at=clock.now(),
    )


def of_case(operator_id: UUID, case: UUID) -> list[tuple[Reply, str]]:
    """Answers and notes of a request, oldest first, each with the state of its letter."""
    rows = list(Reply.objects.filter(operator_id=operator_id, case=case).order_by("at", "id"))
    known = Letter.objects.filter(id__in=[each.letter for each in rows if each.letter])
    states = dict(known.values_list("id", "state"))
    return [(each, states.get(each.letter, "") if each.letter else "") for each in rows]


def letter_text(operator_id: UUID, reply: UUID) -> tuple[Case, str]:
    """What a letter says, opened by the system to be sent; its request."""
    row = Reply.objects.get(operator_id=operator_id, id=reply)
    case = cases.get(operator_id, row.case)
    opened = writings.texts(operator_id, row.subject_id, SYSTEM)
    return case, opened.get(row.record, "") if row.record else ""


def _contents(operator_id: UUID, letter: Letter) -> dict[str, object]:
    """What the letter that carries an answer says."""
    if letter.about is None:
        return {}
    case, text = letter_text(operator_id, letter.about)
    policy = policies.in_force(operator_id)
    link = letters.link("receipt", policy, letter, token=letters.receipt_token(case.id))
    return {"number": case.number, "text": text, "link": link}


letters.MORE.register("request-reply", _contents)
