"""What is said never to happen to data, against what the same policy lets happen."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from tutela.policy.contradictions import signs
from tutela.policy.contradictions.registry import Clash, contradiction, saying
from tutela.policy.findings import WARNING
from tutela.policy.model import Policy


@contradiction(
    "never-and-yet",
    WARNING,
    _("The text says that data never goes to third parties, and lets it go in %(count)d cases."),
    _("Say when it goes; a “never” with exceptions is none."),
)
def never_and_yet(policy: Policy) -> Iterator[Clash]:
    """003 11.3 beside 6.2, 4.3 beside 11.6; 004 3.12. What is denied to advertisers alone is
    left out, and cookies of others have a rule of their own."""
    given = [each for each in policy.recipients.values() if each.role != "authority"]
    refs = tuple(ref for each in given for ref in each.clauses)
    denied = [*saying(policy, signs.NEVER, signs.THIRD_PARTIES)]
    if not any(each.party == "third" for each in policy.cookies.values()):
        denied += saying(policy, signs.NOT_TO_OTHERS)
    for clause in denied if given else ():
        if not signs.ADVERTISERS.search(clause.text):
            yield Clash((clause.ref, *refs), {"count": len(given)})


@contradiction(
    "never-published",
    WARNING,
    _("Numbers of papers and payments are said never to be published, and people can write them."),
    _("Screen what is published, or settle by an assumption how it is kept out."),
)
def never_published(policy: Policy) -> Iterator[Clash]:
    """002 Использование: free text of chats and reviews, copies of identity documents."""
    open_to_text = [
        point
        for point in policy.points.values()
        if any(policy.fields[each.field].type == "long-text" for each in point.fields)
        and point.kind in {"chat", "form"}
    ]
    for clause in saying(policy, signs.NEVER, signs.PUBLISH, signs.NUMBERS_OF_PAPERS):
        refs = [ref for each in open_to_text for ref in each.clauses]
        if open_to_text:
            yield Clash((clause.ref, *refs))
