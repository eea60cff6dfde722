"""Were people told before they gave data, warned where it matters, and asked about new versions?"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, ClauseState, Figure, Question, control, settled
from tutela.core.vocabulary import LANGUAGES
from tutela.journal import actions as journal
from tutela.notices import actions, rules
from tutela.notices.models import Acceptance, Shown
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.policy.parameters import NAMES, NOTE, one_of
from tutela.web.plurals import plural

SHOWN, ACCEPTED = ("notice.shown",), ("policy.accepted",)
LATEST = 200


@control(
    "notice.collect",
    how=_(
        "Every collection point must say in every language who asks, why, for what and what a "
        "refusal means; and of each form sent after its notice, that notice is kept under the "
        "fingerprint in the journal, which is computed anew."
    ),
)
def notice_collect(question: Question) -> Answer:
    """004 2.10/b8; GDPR article 13, 152-FZ article 18(2)."""
    silent, shown, lost = question.once("notices.collect", lambda: _collect(question))
    points = len(question.policy.points)
    words = plural("%(count)d place where data is taken", "%(count)d places where data is taken")
    figures = [Figure(words, points)]
    words = plural(
        "%(count)d form sent after its notice", "%(count)d forms sent after their notice"
    )
    figures.append(Figure(words, shown, SHOWN))
    if silent:
        words = plural("%(count)d without a notice", "%(count)d without a notice")
        figures.append(Figure(words, silent))
    if lost:
        words = plural("%(count)d notice not kept", "%(count)d notices not kept")
        figures.append(Figure(words, lost, SHOWN))
    return Answer(settled(points, silent + lost), tuple(figures))


def _collect(question: Question) -> tuple[int, int, int]:
    policy: Policy = question.policy
    silent = sum(
        not rules.content_of_notice(policy, each, language)["notice"]
        for each in policy.points.values()
        for language in LANGUAGES
    )
    operator = question.operator_id
    entries = journal.entries(operator, kinds=SHOWN, limit=LATEST, newest_first=True)
    wanted = {each.data["notice"] for each in entries}
    kept = Shown.objects.filter(operator_id=operator, sha256__in=wanted)
    good = {
        each.sha256
        for each in kept
        if rules.fingerprint(each.kind, each.place, each.language, each.content) == each.sha256
    }
    return silent, journal.count(operator, SHOWN), len(wanted - good)


@control(
    "notice.warn",
    how=_(
        "The words of the clause must be there to be shown at their step in every language; where "
        "the step is a form, the form shows them before input. What was shown is kept."
    ),
    parameters={"step": one_of(rules.STEPS), "points": NAMES},
)
def notice_warn(question: Question) -> Answer:
    """000 6, 001 10.9-10.13, 002 Третьи лица, 003 2.4, 11.6, 004 2.17.9."""
    policy: Policy = question.policy
    clause = policy.where.get(question.clause, question.clause)
    missing = sum(not policy.passage(clause, language) for language in LANGUAGES)
    named = question.parameters.get("points", ())
    unknown = sum(each not in policy.points for each in named)
    kept = question.once("notices.warnings", lambda: _kept(question.operator_id))
    words = plural("%(count)d display kept", "%(count)d displays kept")
    figures = [Figure(words, kept)]
    if missing + unknown:
        words = plural("%(count)d place without it", "%(count)d places without it")
        figures.append(Figure(words, missing + unknown))
    state = ClauseState.BROKEN if missing + unknown else settled(kept)
    return Answer(state, tuple(figures))


def _kept(operator_id: UUID) -> int:
    rows = Shown.objects.filter(operator_id=operator_id)
    warned = rows.filter(kind=actions.WARNING).count()
    return warned + sum(bool(each.content["warnings"]) for each in rows.filter(kind=actions.NOTICE))


@control(
    "policy.reaccept",
    how=_(
        "Every answer of a person to a new version must be later than the moment that version took "
        "force, go from an earlier version to a later one, and stand in the journal."
    ),
    parameters={
        "mode": one_of(rules.Mode),
        "purposes": NAMES,
        "old-consents": one_of(("allowed", "refused")),
        "where": NOTE,
    },
)
def policy_reaccept(question: Question) -> Answer:
    """000 10, 002 Изменения, 004 10.2."""
    total, wrong = question.once("notices.reaccept", lambda: _answers(question.operator_id))
    words = plural("%(count)d answer to a new version", "%(count)d answers to new versions")
    figures = [Figure(words, total, ACCEPTED)]
    if wrong:
        words = plural("%(count)d does not agree", "%(count)d do not agree")
        figures.append(Figure(words, wrong, ACCEPTED))
    return Answer(settled(total, wrong), tuple(figures))


def _answers(operator_id: UUID) -> tuple[int, int]:
    since = {each.number: each.effective_from for each in policies.versions(operator_id)}
    rows = list(Acceptance.objects.filter(operator_id=operator_id))
    wrong = sum(
        each.new_version not in since
        or each.at < since[each.new_version]
        or each.old_version >= each.new_version
        for each in rows
    )
    return len(rows), wrong + abs(len(rows) - journal.count(operator_id, ACCEPTED))
