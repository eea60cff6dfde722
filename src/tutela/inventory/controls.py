"""Does only what is declared arrive, and is what has no place here found and decided about?"""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.inventory import actions, reports, screening
from tutela.policy.parameters import NOTE, one_of
from tutela.vault.counting import held_by_field
from tutela.web.plurals import plural

LEFT = timedelta(days=7)
"""After so long an undecided finding puts the clause at risk."""
FOUND = ("inventory.special-found",)


def _special(operator_id: UUID) -> list[actions.FindingRow]:
    """What was found of special categories; numbers of cards are found by other clauses."""
    kinds = set(screening.special_kinds())
    return [each for each in actions.findings(operator_id) if kinds & set(each.kinds)]


@control(
    "special.forbid",
    how=_(
        "No declared field may belong to a special category; free text is looked through as it "
        "comes, and what is found stays blocked until somebody decides, within seven days."
    ),
    parameters={"what": NOTE, "in_texts": one_of(screening.OUTCOMES)},
)
def special_forbid(question: Question) -> Answer:
    """152-FZ articles 10 and 11, GDPR article 9; 000 4."""
    found = question.once("inventory.findings", lambda: _special(question.operator_id))
    screened = question.once("inventory.counted", lambda: actions.counted(question.operator_id))
    looked = sum(screened.get("screened", {}).values())
    waiting = [each for each in found if each.decided_at is None]
    old = [each for each in waiting if question.now - each.found_at > LEFT]
    policy = question.policy
    declared = [
        each
        for each in policy.fields.values()
        if policy.categories[each.category].sensitivity == "special"
    ]
    words = plural("%(count)d free text looked through", "%(count)d free texts looked through")
    figures = [Figure(words, looked)]
    if found:
        figures.append(Figure(plural("%(count)d found", "%(count)d found"), len(found), FOUND))
    if waiting:
        words = plural("%(count)d waits for a decision", "%(count)d wait for a decision")
        figures.append(Figure(words, len(waiting), FOUND))
    if away := sum(screened.get("turned-away", {}).values()):
        words = plural("%(count)d text not taken", "%(count)d texts not taken")
        figures.append(Figure(words, away))
    if declared:
        words = plural("%(count)d field of a special category", "%(count)d fields of it")
        figures.append(Figure(words, len(declared)))
    return Answer(settled(looked + len(declared), len(declared), len(old)), tuple(figures))


@control(
    "inventory.technical",
    how=_(
        "Every field that devices send must have a purpose and a term in the policy, and no field "
        "may be held that the policy in force does not name, however open its list is."
    ),
    parameters={"open_list": NOTE, "undeclared": one_of(screening.OUTCOMES)},
)
def inventory_technical(question: Question) -> Answer:
    """GDPR article 30(1)(c), (f); 000 2/p2, 004 3.6: an “etc.” is declared before it is taken."""
    policy = question.policy
    fields = screening.technical(policy)
    held = question.once("inventory.held", lambda: held_by_field(question.operator_id))
    bare = [
        slug
        for slug in fields
        if not any(slug in each.fields for each in policy.purposes.values())
        or not reports.terms_of(policy, slug)
    ]
    strange = sum(count for slug, count in held.items() if slug not in policy.fields)
    words = plural("%(count)d technical field declared", "%(count)d technical fields declared")
    figures = [Figure(words, len(fields))]
    about = sum(held.get(slug, 0) for slug in fields)
    figures.append(Figure(plural("%(count)d value of them held", "%(count)d values held"), about))
    if bare:
        words = plural("%(count)d without purpose or term", "%(count)d without purpose or term")
        figures.append(Figure(words, len(bare)))
    if strange:
        words = plural("%(count)d of no declared field", "%(count)d of no declared field")
        figures.append(Figure(words, strange))
    return Answer(settled(len(fields), len(bare) + strange), tuple(figures))
