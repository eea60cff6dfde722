"""One's own sign-in: the sessions that are open, the password, the second factors."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django import forms
from django.contrib import auth
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tutela.core.errors import NotFound
from tutela.identity.staff import actions, attempts, factors, passkeys, provider, sessions, telling
from tutela.identity.staff.attempts import TooManyAttempts
from tutela.identity.staff.entries import FACTORS, WAYS, StaffFactorAdded, StaffFactorRemoved
from tutela.identity.staff.models import StaffSession
from tutela.identity.staff.parameters import second_factor_required
from tutela.identity.staff.sign_in import CodeForm, code_is_right, status_of
from tutela.web import security
from tutela.web.access import next_path
from tutela.web.pages import STAFF, PageRequest, page, page_url, show

_ANY = "desk.choose"
_BOTH = ("GET", "POST")


class PasswordForm(forms.Form):
    """A new password, twice; how strong it must be is said by Django's validators."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, data: object = None) -> None:
        super().__init__(data, auto_id="%s")  # type: ignore[arg-type]
        self.use_required_attribute = False
        self.user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, self.user)
        return password

    def clean(self) -> None:
        first, second = self.cleaned_data.get("password"), self.cleaned_data.get("again")
        if first and second and first != second:
            self.add_error("again", _("The two passwords differ. Type the same one twice."))


def _user(request: PageRequest) -> User:
    return cast("User", request.user)


def _session(request: PageRequest) -> StaffSession:
    found = sessions.of(request)
    if found is None:
        raise NotFound(_("This session has just ended. Sign in again."))
    return found


def _back(request: PageRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(page_url(request, "desk-account"))


@page("desk/account/", name="desk-account", audience=STAFF, permission=_ANY)
def desk_account(request: PageRequest) -> HttpResponseBase:
    user, here = _user(request), _session(request)
    held = factors.listing(user.pk)
    demanded = any(second_factor_required(each) for each in telling.workplaces(user.pk))
    context = {
        "sessions": [
            (each, WAYS.get(each.way, each.way), each.id == here.id)
            for each in sessions.listing(user.pk)
        ],
        "factors": [
            (each, FACTORS[factors.SLUGS[each.kind]])
            for each in held
            if each.kind != factors.RECOVERY
        ],
        "codes": factors.unused_recovery_codes(user.pk),
        "passkeys": passkeys.possible(request),
        "lacking": demanded and not here.second,
        "provider": provider.configured(),
        "linked": provider.configured() and provider.linked(user.pk),
        "password": user.has_usable_password(),
    }
    return show(request, "identity/account.html", context)


@page(
    "desk/account/sessions/",
    name="desk-end-session",
    audience=STAFF,
    permission=_ANY,
    methods=("POST",),
)
def end_session(request: PageRequest) -> HttpResponseBase:
    """End one of one's own sessions, or all but this one."""
    user, here = _user(request), _session(request)
    wanted = request.POST.get("session", "")
    if not wanted:
        sessions.end_all(user.pk, but=here.id)
        return _back(request)
    try:
        ended = sessions.end(user.pk, UUID(wanted))
    except ValueError:
        ended = False
    if not ended:
        raise NotFound(_("This session has ended already, or is not one of yours."))
    return _back(request)


@page("desk/account/confirm/", name="desk-confirm", audience=STAFF, permission=_ANY, methods=_BOTH)
def desk_confirm(request: PageRequest) -> HttpResponseBase:
    """Prove again to be there, before a page on which much can be done."""
    user, here = _user(request), _session(request)
    by_code = bool(factors.kinds(user.pk) - {factors.PASSKEY})
    form: forms.Form = (CodeForm if by_code else OwnPasswordForm)(
        request.POST if request.method == "POST" else None, auto_id="%s"
    )
    form.use_required_attribute = False
    if form.is_bound and form.is_valid():
        right = (
            code_is_right(request, user, form)
            if isinstance(form, CodeForm)
            else _password_is_right(request, user, form)
        )
        if right:
            sessions.confirm(here, second=by_code)
            return HttpResponseRedirect(next_path(request) or page_url(request, "desk-account"))
    context = {
        "form": form,
        "by_code": by_code,
        "usable": by_code or user.has_usable_password(),
        "passkeys": passkeys.possible(request) and factors.PASSKEY in factors.kinds(user.pk),
        "next": next_path(request),
    }
    return show(request, "identity/confirm.html", context, status=status_of(form))


class OwnPasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def _password_is_right(request: PageRequest, user: User, form: forms.Form) -> bool:
    try:
        attempt = attempts.begin(request, user.get_username())
    except TooManyAttempts as error:
        form.add_error(None, forms.ValidationError(str(error), code="too-many"))
        return False
    if user.check_password(form.cleaned_data["password"]):
        attempts.succeeded(attempt)
        return True
    form.add_error("password", _("This is not your password. Type it again."))
    return False


@page(
    "desk/account/password/",
    name="desk-password",
    audience=STAFF,
    permission=_ANY,
    methods=_BOTH,
    recent=True,
)
def desk_password(request: PageRequest) -> HttpResponseBase:
    """Change the password; every other session ends."""
    user, here = _user(request), _session(request)
    form = PasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actor = telling.themselves(user.pk)
        actions.set_password(user, form.cleaned_data["password"], by=actor, keep=here.id)
        auth.update_session_auth_hash(request, user)
        return _back(request)
    return show(request, "identity/password.html", {"form": form}, status=status_of(form))


@page(
    "desk/account/app/",
    name="desk-app",
    audience=STAFF,
    permission=_ANY,
    methods=_BOTH,
    recent=True,
)
def desk_app(request: PageRequest) -> HttpResponseBase:
    """Add an app that shows codes; it counts once a code of it was typed."""
    user, here = _user(request), _session(request)
    secret = factors.begin_app(request, anew=request.method == "GET")
    form = CodeForm(request.POST if request.method == "POST" else None, auto_id="%s")
    form.use_required_attribute = False
    if form.is_bound and form.is_valid():
        if factors.finish_app(request, user, form.cleaned_data["code"]):
            _added(user, "app")
            sessions.confirm(here, second=True)
            return _first_codes(request, user)
        form.add_error("code", _("This is not the code that the app shows now. Type the next one."))
    context = {
        "form": form,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "address": factors.app_address(user, secret),
        "squares": factors.drawn(factors.app_address(user, secret)),
    }
    return show(request, "identity/app.html", context, status=status_of(form))


def _added(user: User, factor: str) -> None:
    actor = telling.themselves(user.pk)
    telling.tell(
        user.pk,
        lambda: StaffFactorAdded(user=user.pk, factor=factor, actor=actor, automated=False),
    )


def _first_codes(request: PageRequest, user: User) -> HttpResponseBase:
    """With the first factor come the codes for the day on which it is lost."""
    if factors.unused_recovery_codes(user.pk):
        return _back(request)
    return _show_codes(request, user)


def _show_codes(request: PageRequest, user: User) -> HttpResponseBase:
    codes = factors.new_recovery_codes(user)
    _added(user, "recovery")
    return show(request, "identity/codes.html", {"codes": codes})


@page(
    "desk/account/codes/",
    name="desk-codes",
    audience=STAFF,
    permission=_ANY,
    methods=("POST",),
    recent=True,
)
def desk_codes(request: PageRequest) -> HttpResponseBase:
    """New recovery codes, shown once; the former ones end."""
    user = _user(request)
    if not factors.kinds(user.pk):
        raise NotFound(_("Add an app or a passkey first; the codes stand in for it."))
    return _show_codes(request, user)


@page(
    "desk/account/passkey/",
    name="desk-add-passkey",
    audience=STAFF,
    permission=_ANY,
    methods=_BOTH,
    recent=True,
)
def desk_add_passkey(request: PageRequest) -> HttpResponseBase:
    """Add a passkey; the browser asks the device."""
    user, here = _user(request), _session(request)
    sent = request.POST.get("credential", "")
    if sent and passkeys.finish_adding(request, user, sent, request.POST.get("name", "")):
        _added(user, "passkey")
        sessions.confirm(here, second=True)
        return _first_codes(request, user)
    context = {
        "options": passkeys.begin_adding(request, user) if passkeys.possible(request) else "",
        "failed": request.method == "POST",
    }
    status = 422 if request.method == "POST" else 200
    response = show(request, "identity/add_passkey.html", context, status=status)
    return security.allow_own_script(response)


@page(
    "desk/account/remove/",
    name="desk-remove-factor",
    audience=STAFF,
    permission=_ANY,
    methods=("POST",),
    recent=True,
)
def desk_remove_factor(request: PageRequest) -> HttpResponseBase:
    user = _user(request)
    wanted = request.POST.get("factor", "")
    kind = factors.remove(user.pk, int(wanted)) if wanted.isascii() and wanted.isdigit() else ""
    if not kind:
        raise NotFound(_("This factor is gone already, or is not one of yours."))
    actor, slug = telling.themselves(user.pk), factors.SLUGS[kind]
    telling.tell(
        user.pk,
        lambda: StaffFactorRemoved(user=user.pk, factor=slug, actor=actor, automated=False),
    )
    return _back(request)


@page(
    "desk/account/provider/",
    name="desk-link-provider",
    audience=STAFF,
    permission=_ANY,
    recent=True,
)
def desk_link_provider(request: PageRequest) -> HttpResponseBase:
    """Join one's identity at the OpenID provider to this account."""
    if not provider.configured():
        return _back(request)
    where = provider.begin(request, to="", language=request.visit.language, link=True)
    return HttpResponseRedirect(where)
