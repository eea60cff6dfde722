"""Staff sign in: a password and a second factor, a passkey, or the operator's OpenID provider."""

from __future__ import annotations

from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django import forms
from django.contrib import auth
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core import clock
from tutela.core.errors import TutelaError
from tutela.identity.staff import attempts, factors, passkeys, provider, sessions, telling
from tutela.identity.staff.attempts import Attempt, TooManyAttempts
from tutela.identity.staff.entries import StaffSignedIn
from tutela.identity.staff.limits import PENDING_LASTS
from tutela.identity.staff.parameters import second_factor_required
from tutela.policy import actions as policies
from tutela.web import security
from tutela.web.access import next_path, on_this_host
from tutela.web.pages import PageRequest, page, page_url, show

_PENDING = "staff-pending"  # a name in the session
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_UNPROCESSABLE, _TOO_MANY = 422, 429


class LetterNotSent(TutelaError):
    """The mail server took no letter; try again in a minute."""

    status = 503


class _SignInForm(AuthenticationForm):
    """Django's form, which burns a hash for a name that nobody has; attempts are counted first."""

    attempt: Attempt | None = None

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if name and self.cleaned_data.get("password") and self.request is not None:
            try:
                self.attempt = attempts.begin(self.request, name)
            except TooManyAttempts as error:
                raise forms.ValidationError(str(error), code="too-many") from None
        return super().clean()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


def status_of(form: forms.Form) -> int:
    """200 for a form to be filled in, 422 or 429 for one that was refused."""
    if not form.is_bound:
        return 200
    return _TOO_MANY if form.has_error("__all__", "too-many") else _UNPROCESSABLE


@page("desk/sign-in/", name="desk-sign-in", methods=("GET", "POST"), private=True)
def desk_sign_in(request: PageRequest) -> HttpResponseBase:
    data = request.POST if request.method == "POST" else None
    form = _SignInForm(request, data, auto_id="%s")
    form.use_required_attribute = False
    if data is not None and form.is_valid() and form.attempt is not None:
        return _let_in(request, form.get_user(), form.attempt)
    context = {
        "form": form,
        "passkeys": passkeys.possible(request),
        "provider": provider.configured(),
        "next": next_path(request),
    }
    return show(request, "identity/sign_in.html", context, status=status_of(form))


def _let_in(request: PageRequest, user: User, attempt: Attempt) -> HttpResponseBase:
    if not asks_second(user):
        attempts.succeeded(attempt)
        return enter(request, user, "password", second=False, to=next_path(request))
    attempts.right_so_far(attempt)
    return ask_second(request, user, "password", to=next_path(request))


def asks_second(user: User) -> bool:
    """Whether a password alone does not let this person in."""
    return bool(factors.kinds(user.pk)) or _by_mail(user)


def _by_mail(user: User) -> bool:
    """A code goes by mail to whoever has no better factor where one is required."""
    if not user.email or factors.kinds(user.pk):
        return False
    return any(second_factor_required(each) for each in telling.workplaces(user.pk))


def enter(
    request: HttpRequest, user: User, way: str, *, second: bool, to: str = ""
) -> HttpResponseBase:
    """Begin a session under a new key, and journal it at each operator the person works for."""
    request.staff_way = (way, second)  # type: ignore[attr-defined] # read by sessions._open
    actor = telling.themselves(user.pk)
    with transaction.atomic():
        auth.login(request, user, backend=_BACKEND)
        telling.tell(
            user.pk, lambda: StaffSignedIn(user=user.pk, way=way, actor=actor, automated=False)
        )
    return HttpResponseRedirect(on_this_host(to) or page_url(request, "desk-choose"))


def ask_second(request: HttpRequest, user: User, way: str, *, to: str) -> HttpResponseBase:
    """Remember who is half signed in, in a session of a new key, and ask for the other half."""
    request.session.flush()
    request.session[_PENDING] = {
        "user": user.pk,
        "way": way,
        "at": clock.machine().isoformat(),
        "next": to,
    }
    if _by_mail(user):
        _send_code(request, user)
    return HttpResponseRedirect(page_url(request, "desk-code"))


def _send_code(request: HttpRequest, user: User) -> None:
    """The letter leaves at once, in the name of the operator; nothing of it is kept."""
    code = factors.mail_code(request, user.pk)
    operator_id = next(telling.workplaces(user.pk))
    words = _(
        "%(code)s\n\nThis code opens the desk once, within ten minutes, in the browser in "
        "which you typed your password. If that was not you, change your password.\n"
    )
    try:
        send_mail(
            _("Your code to sign in"),
            words % {"code": code},
            from_email=policies.in_force(operator_id).operator.email,
            recipient_list=[user.email],
        )
    except (OSError, SMTPException):
        raise LetterNotSent(
            _("The letter with your code could not be sent. Try again in a minute.")
        ) from None


def _pending(request: HttpRequest) -> tuple[User, str, str] | None:
    """Whose password was right just now, how they came, where they were going."""
    waiting = request.session.get(_PENDING)
    if not waiting:
        return None
    since = datetime.fromisoformat(waiting["at"])
    user = User.objects.filter(pk=waiting["user"], is_active=True).first()
    if user is None or not timedelta() <= clock.machine() - since < PENDING_LASTS:
        return None
    return user, waiting["way"], waiting["next"]


@page("desk/sign-in/code/", name="desk-code", methods=("GET", "POST"), private=True)
def desk_code(request: PageRequest) -> HttpResponseBase:
    """The second half of a sign-in: a code of the app, of the paper, or of the letter."""
    waiting = _pending(request)
    if waiting is None:
        return HttpResponseRedirect(page_url(request, "desk-sign-in"))
    user, way, to = waiting
    form = CodeForm(request.POST if request.method == "POST" else None, auto_id="%s")
    form.use_required_attribute = False
    if form.is_bound and form.is_valid() and code_is_right(request, user, form):
        return enter(request, user, way, second=True, to=to)
    context = {
        "form": form,
        "kinds": factors.kinds(user.pk),
        "mailed": _by_mail(user),
        "passkeys": passkeys.possible(request),
        "next": to,
    }
    return show(request, "identity/code.html", context, status=status_of(form))


def code_is_right(request: HttpRequest, user: User, form: CodeForm) -> bool:
    """Check a code as an attempt at the account; the form says what was wrong."""
    try:
        attempt = attempts.begin(request, user.get_username())
    except TooManyAttempts as error:
        form.add_error(None, forms.ValidationError(str(error), code="too-many"))
        return False
    code = form.cleaned_data["code"]
    if factors.check(user.pk, code) or factors.check_mailed(request, user.pk, code):
        attempts.succeeded(attempt)
        return True
    form.add_error(
        "code", _("This is not the code, or it has been used. Wait for the next one and type it.")
    )
    return False


@page("desk/sign-in/passkey/", name="desk-passkey", methods=("POST",), private=True)
def desk_passkey(request: PageRequest) -> HttpResponseBase:
    """Sign in with a passkey, or prove with one to be there. The device asks for the finger."""
    to = on_this_host(request.POST.get("next", ""))
    sent = request.POST.get("credential", "")
    user = passkeys.who(request, sent) if sent else None
    if user is not None:
        return _known_by_passkey(request, user, to)
    context = {
        "options": passkeys.begin_sign_in(request),
        "failed": bool(sent),
        "next": to,
    }
    response = show(
        request, "identity/passkey.html", context, status=_UNPROCESSABLE if sent else 200
    )
    return security.allow_own_script(response)


def _known_by_passkey(request: PageRequest, user: User, to: str) -> HttpResponseBase:
    session = sessions.of(request)
    if session is not None and session.user_id == user.pk:
        sessions.confirm(session, second=True)
        return HttpResponseRedirect(to or page_url(request, "desk-choose"))
    return enter(request, user, "passkey", second=True, to=to)


@page("desk/sign-in/provider/", name="desk-provider", private=True)
def desk_provider(request: PageRequest) -> HttpResponseBase:
    """Off to the OpenID provider, with a state, a nonce and a proof key of this browser."""
    if not provider.configured():
        return HttpResponseRedirect(page_url(request, "desk-sign-in"))
    where = provider.begin(request, to=next_path(request), language=request.visit.language)
    return HttpResponseRedirect(where)


@page("desk/sign-in/provider/back/", name="desk-provider-back", private=True)
def desk_provider_back(request: PageRequest) -> HttpResponseBase:
    """Back from the OpenID provider."""
    if not provider.configured() or not request.GET:
        return HttpResponseRedirect(page_url(request, "desk-sign-in"))
    language = provider.language_of(request)
    if language and language != request.visit.language:
        here = page_url(request, "desk-provider-back", language=language)
        return HttpResponseRedirect(f"{here}?{request.GET.urlencode()}")
    known = provider.finish(request)
    if known.linking:
        return HttpResponseRedirect(page_url(request, "desk-account"))
    second = known.second
    if not second and asks_second(known.user):
        return ask_second(request, known.user, "provider", to=known.to)
    return enter(request, known.user, "provider", second=second, to=known.to)
