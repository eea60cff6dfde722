"""Do processors act by an instruction, and destroy their copies when the operator does?"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.core.controls import Answer, Figure, Question, control, settled
from tutela.policy.vocabulary import INSTRUCTION_PARTS
from tutela.processors import actions
from tutela.web.plurals import plural

COMMANDED = ("processor.commanded",)
DONE = ("processor.acknowledged",)
OVERDUE = ("processor.overdue",)


@control(
    "disclosure.processor",
    how=_(
        "Each processor of the policy must have an instruction that names data, operations, "
        "purposes and confidentiality; whatever is destroyed here must be commanded to every "
        "processor that holds it, and one that is silent beyond its term puts the clause at risk."
    ),
)
def disclosure_processor(question: Question) -> Answer:
    """004 2.9/b5, 5.2; 152-FZ article 6(3); GDPR article 28(3)."""
    processors = [each for each in question.policy.recipients.values() if each.role == "processor"]
    bare = sum(
        not all(each.instruction.get(part) for part in INSTRUCTION_PARTS) for each in processors
    )
    found = question.once(
        "processors.figures", lambda: actions.figures(question.operator_id, question.now)
    )
    figures = [
        Figure(
            plural("%(count)d processor instructed", "%(count)d processors instructed"),
            len(processors) - bare,
        ),
        Figure(
            plural("%(count)d told to destroy", "%(count)d told to destroy"), found.told, COMMANDED
        ),
    ]
    more = [
        (plural("%(count)d without an instruction", "%(count)d without an instruction"), bare, ()),
        (plural("%(count)d answer awaited", "%(count)d answers awaited"), found.awaited, COMMANDED),
        (plural("%(count)d overdue", "%(count)d overdue"), found.overdue, OVERDUE),
    ]
    figures += [Figure(words, count, kinds) for words, count, kinds in more if count]
    course = (("done", found.told - found.awaited), ("due", found.awaited))
    state = settled(found.told, bare, found.overdue)
    return Answer(state, tuple(figures), found.subjects if found.overdue else (), course)
