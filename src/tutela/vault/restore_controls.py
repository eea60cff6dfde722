"""Is what was changed or lost without authority found and brought back?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core import clock
from tutela.core.controls import Answer, ClauseState, Figure, Question, control
from tutela.journal import actions as journal
from tutela.vault.backups import register
from tutela.vault.entries import NotRepeated
from tutela.vault.models import Damage, Round
from tutela.web.plurals import plural

_STALE = 7
"""Days after which the last look over everybody, and the last backup, say little."""


@control(
    "vault.restore",
    how=_(
        "Everybody’s data is looked at, round after round: every value must open in its place, "
        "every form’s data must carry its mark, and nothing that the journal names may be gone "
        "without having been destroyed. What is found must be brought back; a backup must be at "
        "hand, and a drill must have shown that it opens and that nobody destroyed comes back."
    ),
)
def vault_restore(question: Question) -> Answer:
    """001 5.5.7, 004 7.5.7; 152-FZ article 19(2)(7), GDPR article 32(1)(c)-(d)."""
    now = clock.now()
    found = Damage.objects.filter(operator_id=question.operator_id)
    waiting, settled_ = found.filter(ended_at=None).count(), found.exclude(ended_at=None).count()
    row = Round.objects.filter(operator_id=question.operator_id).first()
    looked = row.ended_people if row else 0
    kept = [each for each in register.backups() if each.gone_at is None]
    data = [each for each in kept if each.kind == "data"]
    overdue = sum(each.overdue(now.date()) for each in kept)
    drill = register.last_restore()
    failed = drill is not None and (drill.back > 0 or drill.opened < drill.held)
    fresh = bool(data) and (now - data[0].made_at).days <= _STALE
    told = [
        (plural("%(count)d person looked at", "%(count)d people looked at"), looked),
        (plural("%(count)d damage settled", "%(count)d damages settled"), settled_),
        (plural("%(count)d damage open", "%(count)d damages open"), waiting),
        (plural("%(count)d backup kept", "%(count)d backups kept"), len(kept)),
        (plural("%(count)d backup kept too long", "%(count)d backups kept too long"), overdue),
        (
            plural("%(count)d value in the last drill", "%(count)d values in the last drill"),
            drill.held if drill else 0,
        ),
        (
            plural(
                "%(count)d destroyed person came back in it",
                "%(count)d destroyed people came back in it",
            ),
            drill.back if drill else 0,
        ),
    ]
    figures = tuple(Figure(words, count) for words, count in told if count)
    if lost := journal.count(question.operator_id, [NotRepeated.kind]):
        words = plural(
            "%(count)d thing not repeated after a restore",
            "%(count)d things not repeated after a restore",
        )
        figures += (Figure(words, lost, (NotRepeated.kind,)),)
    if waiting or failed:
        return Answer(ClauseState.BROKEN, figures)
    if row is None and not kept and drill is None:
        return Answer(ClauseState.NOTHING_YET, figures)
    if overdue or drill is None or not fresh:
        return Answer(ClauseState.AT_RISK, figures)
    return Answer(ClauseState.KEPT, figures)
