"""Is a clause about the end or the sale of the business kept? From rows, acts and the journal."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, settled
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.policy import closing
from tutela.retention import elsewhere
from tutela.retention.controls import EVENTS
from tutela.runs import filing, handing
from tutela.runs.models import HandedOver, Run
from tutela.runs.wording import RunKind
from tutela.web.plurals import plural

OPENED, ENDED, HANDED = ("run.opened",), ("run.ended",), ("run.handed-over",)
WAITS, CLOSED, FILE = ("run.waits",), ("run.closed",), ("run.file-destroyed",)


_WOUND_UP = _(
    "When the operator is wound up, two people must have decided it, everybody must have been "
    "written to, all data must have ended but what law or a hold keeps, nothing may be taken in "
    "any more, and a signed act must prove it."
)
_SOLD = _(
    "In a sale the buyer must have taken the policy over in writing, nobody’s data may go beyond "
    "what the policy lets the buyer have, the sealed file must end in its term, and a signed act "
    "must prove it."
)


def judge_liquidation(question: Question) -> Answer:
    """000 8/b4. Broken where one person decided alone, an act does not verify, or anybody became
    known after the intake was closed; at risk while somebody waits or a processor is silent."""
    runs = _runs(question.operator_id, RunKind.LIQUIDATION)
    ended = [each for each in runs if each.ended_at]
    bad = sum(_alone(each) for each in runs) + sum(not _proven(each) for each in ended)
    since = closing.closed_at(question.operator_id)
    late = identity.known_since(question.operator_id, since) if since and runs else 0
    open_too = bool(ended) and since is None
    waiting = sum(each.waiting for each in runs if not each.ended_at)
    abroad = elsewhere.figures(question.operator_id, question.now) if runs else None
    overdue = abroad.overdue if abroad else 0
    words = (
        (plural("%(count)d winding-up", "%(count)d windings-up"), len(runs), OPENED),
        (
            plural("%(count)d person’s data ended", "%(count)d people’s data ended"),
            sum(each.destroyed + each.partly for each in runs),
            ENDED,
        ),
        (plural("%(count)d kept on a ground", "%(count)d kept on a ground"), _kept(runs), ENDED),
        (plural("%(count)d person waits", "%(count)d people wait"), waiting, WAITS),
        (plural("%(count)d taken in afterwards", "%(count)d taken in afterwards"), late, CLOSED),
        (plural("%(count)d not proven", "%(count)d not proven"), bad, ENDED),
    )
    course = (
        ("done", sum(each.destroyed + each.partly for each in runs)),
        ("due", waiting),
        ("held", _kept(runs)),
    )
    state = settled(len(ended), bad + late + open_too, waiting + overdue)
    return Answer(state, _figures(words), course=course if runs else (), how=_WOUND_UP)


def judge_sale(question: Question) -> Answer:
    """003 6.2.4, 004 3.12/b4. Broken where the buyer assumed nothing, one person decided alone,
    an act does not verify, more left than the policy lets the buyer have, or the file outlives
    its term."""
    policy = question.policy
    runs = [
        each
        for each in _runs(question.operator_id, RunKind.SALE)
        if each.buyer in policy.recipients
        and (
            question.clause in policy.recipients[each.buyer].clauses
            or each.clause == question.clause
        )
    ]
    ended = [each for each in runs if each.ended_at]
    bad = sum(_alone(each) or not each.assumed for each in runs)
    bad += sum(not _proven(each) or not _entered(each) for each in ended)
    too_much = sum(_too_much(each, policy.recipients[each.buyer].fields) for each in runs)
    over = sum(_outlives(each, question) for each in runs)
    words = (
        (plural("%(count)d sale", "%(count)d sales"), len(runs), OPENED),
        (
            plural("%(count)d person handed over", "%(count)d people handed over"),
            sum(each.handed for each in runs),
            HANDED,
        ),
        (
            plural("%(count)d sealed file destroyed", "%(count)d sealed files destroyed"),
            sum(each.file_gone_at is not None for each in runs),
            FILE,
        ),
        (plural("%(count)d not proven", "%(count)d not proven"), bad, ENDED),
        (plural("%(count)d with too much", "%(count)d with too much"), too_much, HANDED),
        (
            plural("%(count)d file past its term", "%(count)d files past their term"),
            over,
            FILE,
        ),
    )
    waiting = sum(each.waiting for each in runs if not each.ended_at)
    state = settled(len(ended), bad + too_much + over, waiting)
    return Answer(state, _figures(words), how=_SOLD)


def _figures(words: tuple[tuple[object, int, tuple[str, ...]], ...]) -> tuple[Figure, ...]:
    return tuple(Figure(said, count, kinds) for said, count, kinds in words if count)


def _runs(operator_id: UUID, kind: RunKind) -> list[Run]:
    """Those that were agreed to and not called off."""
    rows = Run.objects.filter(operator_id=operator_id, kind=kind, cancelled_at=None)
    return list(rows.filter(decided_at__isnull=False).order_by("id"))


def _kept(runs: list[Run]) -> int:
    return sum(each.kept for each in runs)


def _alone(run: Run) -> bool:
    return run.opened_by == run.decided_by


def _proven(run: Run) -> bool:
    """The act is what the operator signed, about this run, after people were written to."""
    said = (run.envelope or {}).get("document", {})
    if said.get("id") != str(run.id) or run.noticed_at is None:
        return False
    return journal.document_holds(run.operator_id, run.envelope or {})


def _entered(run: Run) -> bool:
    """Everybody who is in the file stands in the register."""
    rows = HandedOver.objects.filter(operator_id=run.operator_id, run=run.id)
    return rows.count() == run.handed


def _too_much(run: Run, allowed: frozenset[str]) -> int:
    rows = HandedOver.objects.filter(operator_id=run.operator_id, run=run.id)
    return sum(not set(each) <= allowed for each in rows.values_list("fields", flat=True))


def _outlives(run: Run, question: Question) -> bool:
    """The file is there although its term is over or its end is stated."""
    if run.file_gone_at is not None:
        return handing.path_of(run.id).exists()
    until = filing.until(run)
    return until is not None and question.now > until + filing.GRACE


EVENTS.register(RunKind.LIQUIDATION, judge_liquidation)
EVENTS.register(RunKind.SALE, judge_sale)
