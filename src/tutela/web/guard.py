"""What a request must look like before a view sees it, and what protects forms.

A form carries a signed token instead of a cookie, so that anonymous forms work with cookies off
and public pages set none. The token binds the page the form posts to, the operator, the session
of the person (if the page is for signed-in people) and the time; it holds a random id that names
this one submission. It stands beside the check of ``Origin``: a browser tells truthfully which
site a form was sent from, so another site cannot send one here, and for signed-in people a token
fetched by somebody else does not fit their session. A request without ``Origin`` and without
``Sec-Fetch-Site`` comes from no browser of this decade and carries its own token at most.

The token's age is counted by the machine's clock: it bounds how long a signature is trusted and
has nothing to do with the policy's time, which a demo may move by years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes, urlsplit
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext as _

from tutela.core.errors import NotAllowed, TutelaError
from tutela.core.ids import new_id
from tutela.web.access import session_mark
from tutela.web.pages import ROUTES, Audience

if TYPE_CHECKING:
    from tutela.web.pages import PageRequest, Route

FIELD = "form-token"
MAXIMUM_AGE = 24 * 60 * 60
"""Seconds for which a form may lie open before it is sent."""
_signer = signing.TimestampSigner(salt="tutela.web.guard")
_URLENCODED = "application/x-www-form-urlencoded"


class WrongMethod(TutelaError):
    status = 405

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class UnreadableInput(TutelaError):
    """The request holds bytes that are no text; send it again from the page."""


class StaleForm(NotAllowed):
    """The form was open too long, or was not made by this page; open the page anew."""


def check_method(request: HttpRequest, methods: tuple[str, ...]) -> None:
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    if request.method not in allowed:
        raise WrongMethod(_("This page cannot be used that way. Open it from its link."), allowed)


def check_input(request: HttpRequest) -> None:
    """Refuse broken UTF-8 and NUL in the address or the form: no name or text contains them."""
    _check_bytes(unquote_to_bytes(request.META.get("QUERY_STRING", "")))
    _check_bytes(request.path_info.encode())
    if request.method != "POST":
        return
    try:
        if request.content_type == _URLENCODED:
            _check_bytes(unquote_to_bytes(request.body.replace(b"+", b" ")))
        elif any("\0" in value for values in request.POST.lists() for value in values[1]):
            _check_bytes(b"\0")
    except UnreadablePostError as error:
        raise UnreadableInput(_("The form arrived incomplete. Send it once more.")) from error


def _check_bytes(sent: bytes) -> None:
    try:
        broken = "\0" in sent.decode()
    except UnicodeDecodeError:
        broken = True
    if broken:
        raise UnreadableInput(
            _("Part of what was sent could not be read as text. Type it anew and send it again.")
        )


def _purpose(request: PageRequest, route: Route, slug: str) -> str:
    if route.audience is Audience.PUBLIC:
        mark = ""
    else:
        operator = request.visit.operator if "operator" in route.parameters else None
        mark = session_mark(request, operator, staff=route.audience is Audience.STAFF)
    return "|".join((route.name, slug if "operator" in route.parameters else "", mark))


def _slug(request: PageRequest) -> str:
    return request.visit.operator.slug if request.visit.operator else ""


def form_token(request: PageRequest, target: str = "", operator: str = "") -> str:
    """A token for a form on this page that posts to the page named ``target`` (or to itself).

    ``operator`` is the slug of the target's operator, where it is not this page's.
    """
    route = ROUTES[target or request.visit.page]
    purpose = _purpose(request, route, operator or _slug(request))
    submission = new_id().hex
    signed = _signer.sign(f"{submission}|{purpose}")
    return submission + signed[len(submission) + 1 + len(purpose) :]


def check_form(request: PageRequest, route: Route) -> UUID:
    """The id of the submission, if the form was made by us for this page and this person."""
    if getattr(request, "_dont_enforce_csrf_checks", False) and not request.POST.get(FIELD):
        return new_id()
    if not _same_site(request):
        raise StaleForm(_("The form was sent from another site, so nothing was done."))
    submission, separator, rest = request.POST.get(FIELD, "").partition(":")
    try:
        _signer.unsign(
            f"{submission}|{_purpose(request, route, _slug(request))}{separator}{rest}",
            max_age=MAXIMUM_AGE,
        )
        return UUID(hex=submission)
    except (signing.BadSignature, ValueError):
        raise StaleForm(
            _(
                "The form was open for too long, or you signed in or out meanwhile, so nothing was "
                "done. Go back, reload the page and send it again."
            )
        ) from None


def _same_site(request: HttpRequest) -> bool:
    """Django's own test client sends no ``Origin``; every browser does with a form."""
    if origin := request.headers.get("Origin"):
        ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
        return origin in {"{0.scheme}://{0.netloc}".format(urlsplit(each)) for each in ours}
    return request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
