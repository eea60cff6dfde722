"""Pages of incoming mail: the desk's, and the one where a sender confirms a withdrawal."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import FileResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import NotFound
from tutela.identity import limits
from tutela.intake import actions, letters
from tutela.intake.rows import MailRow
from tutela.intake.wording import ASKED, ASKS, PROOFS, REASONS, STATES, TONES, WAITING, State
from tutela.policy import actions as policies
from tutela.requests.attaching import SANDBOX
from tutela.requests.wording import REVEAL_REASONS
from tutela.web.pages import STAFF, Menu, PageRequest, page, page_url, show
from tutela.web.source import source_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter in words, with what can be done about it."""

    row: MailRow
    asks: str
    word: str
    tone: str
    why: str
    proof: str
    fetchable: bool

    @property
    def number(self) -> str:
        return self.row.id.hex[-6:]


def _shown(row: MailRow) -> Shown:
    lies_there = bool(row.mailbox) and row.left_at is None
    return Shown(
        row=row,
        asks=str(ASKED.get(row.event, row.event)),
        word=str(STATES[row.state]),
        tone=TONES[row.state],
        why=str(REASONS.get(row.reason, row.reason)),
        proof=str(PROOFS.get(row.proven, row.proven)),
        fetchable=lies_there and row.state in {State.ASIDE, State.HELD},
    )


@page(
    "desk/<operator>/mail/",
    name="incoming",
    audience=STAFF,
    permission="mail.read",
    menu=Menu(gettext_lazy("Incoming mail"), 20),
)
def incoming(request: PageRequest) -> HttpResponseBase:
    """What waits for a person first, then what came last; without a word of any letter."""
    operator_id = request.visit.operator_id
    counts = actions.counts(operator_id)
    policy = policies.in_force(operator_id)
    context = {
        "waiting": [_shown(each) for each in actions.listing(operator_id, states=WAITING)],
        "others": [
            _shown(each)
            for each in actions.listing(operator_id, limit=SHOWN)
            if each.state not in WAITING
        ],
        "aside": counts[State.ASIDE],
        "total": sum(counts.values()),
        "boxes": actions.mailboxes(operator_id),
        "channels": [each for each in policy.channels.values() if each.kind == "mail"],
    }
    return show(request, "intake/incoming.html", context)


def _context(request: PageRequest, mail: UUID) -> dict[str, object]:
    row = actions.get(request.visit.operator_id, mail)
    return {
        "mail": _shown(row),
        "asks": ASKS.items(),
        "reasons": REVEAL_REASONS.items(),
        "may_read": request.visit.may("mail.reveal") and row.record is not None,
        "may_work": request.visit.may("mail.work"),
    }


@page(
    "desk/<operator>/mail/<uuid:mail>/",
    name="incoming-letter",
    audience=STAFF,
    permission="mail.read",
    under="incoming",
)
def letter(request: PageRequest, mail: UUID) -> HttpResponseBase:
    return show(request, "intake/letter.html", _context(request, mail))


@page(
    "desk/<operator>/mail/<uuid:mail>/read/",
    name="incoming-read",
    audience=STAFF,
    permission="mail.reveal",
    under="incoming",
    methods=("POST",),
)
def read(request: PageRequest, mail: UUID) -> HttpResponseBase:
    """Show the letter, once, to whoever said why; the look itself is journalled."""
    visit, reason = request.visit, request.POST.get("reason", "")
    opened = letters.opened(visit.operator_id, mail, visit.actor, reason)
    return show(
        request,
        "intake/letter.html",
        {**_context(request, mail), "opened": opened, "reason": reason},
    )


@page(
    "desk/<operator>/mail/<uuid:mail>/files/<int:number>/",
    name="incoming-file",
    audience=STAFF,
    permission="mail.reveal",
    under="incoming",
    methods=("POST",),
)
def file(request: PageRequest, mail: UUID, number: int) -> HttpResponseBase:
    """One file of a letter, if nothing is wrong with it."""
    visit = request.visit
    clean = letters.file(
        visit.operator_id, mail, number, visit.actor, request.POST.get("reason", "")
    )
    clean.content.seek(0)
    response = FileResponse(
        clean.content,
        as_attachment=True,
        filename=f"letter-{number + 1}.{clean.media.ending}",
        content_type=clean.media.name,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response


@page(
    "desk/<operator>/mail/<uuid:mail>/settle/",
    name="incoming-settle",
    audience=STAFF,
    permission="mail.work",
    under="incoming",
    methods=("POST",),
)
def settle(request: PageRequest, mail: UUID) -> HttpResponseBase:
    """Say what a letter asks for, whose it is, that its sender wrote it, or fetch it after all."""
    visit, sent = request.visit, request.POST
    done = sent.get("do")
    if done == "settle":
        chosen = sent.get("asks", "")
        if not chosen:
            raise NotFound(_("Choose in the list what the letter asks for."))
        asks = "" if chosen == "nothing" else chosen
        actions.settle(visit.operator_id, mail, asks, visit.actor)
    elif done == "confirm":
        actions.confirm(visit.operator_id, mail, visit.actor)
    elif done == "recognise":
        actions.recognise(visit.operator_id, mail, sent.get("address", ""), visit.actor)
    elif done == "want":
        actions.want(visit.operator_id, mail)
    else:
        raise NotFound(_("Choose one of the actions on the page of the letter."))
    return HttpResponseRedirect(page_url(request, "incoming-letter", mail=mail))


@page("<operator>/mail/<str:token>/", name="mail-confirm", methods=("GET", "POST"), private=True)
def confirm(request: PageRequest, token: str) -> HttpResponseBase:
    """Opening the link shows a button; only pressing it confirms, so that a mail program that
    looks at links beforehand confirms nothing."""
    visit = request.visit
    if request.method != "POST":
        return show(request, "intake/confirm.html", {"done": False})
    limits.OPENINGS_PER_SOURCE.demand(visit.operator_id, source_of(request))
    actions.confirm_by_link(visit.operator_id, actions.read_link(token))
    return show(request, "intake/confirm.html", {"done": True})
