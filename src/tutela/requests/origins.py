"""The operator's site that a form was sent from, so that its sender finds the way back there.

Only the site is passed on, in ``?site=``, never the page; and it leads back only if the policy in
force names it, so that nobody's receipt leads to a stranger.
"""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest

from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.web.pages import PageRequest

SITE = "site"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def sent_from(request: HttpRequest) -> str:
    """The origin that the browser names, or an empty string where it hides it."""
    origin = request.headers.get("Origin", "null")
    return "" if origin == "null" else origin


def known(policy: Policy, origin: str) -> bool:
    """Whether a form may come from there: a site of the policy, or our own pages."""
    host, _place = _read(origin)
    return host == urlsplit(settings.TUTELA_PUBLIC_URL).hostname or bool(way_back(policy, origin))


def way_back(policy: Policy, origin: str) -> str:
    """The address of the operator's site at this origin, or an empty string for any other. In the
    demonstration a site may lie on this machine."""
    host, place = _read(origin)
    if not host:
        return ""
    for each in policy.operator.sites:
        if each.covers(host):
            return place + each.path
    ours = place == settings.TUTELA_PUBLIC_URL
    return f"{place}/" if settings.TUTELA_DEMO and host in _LOOPBACK and not ours else ""


def _read(origin: str) -> tuple[str, str]:
    """Host and origin without anything that may follow them; both empty if it is none."""
    try:
        told = urlsplit(origin)
        host, port = told.hostname, told.port
    except ValueError:
        return "", ""
    if host is None or told.scheme not in {"http", "https"}:
        return "", ""
    name = f"[{host}]" if ":" in host else host
    return host, f"{told.scheme}://{name}" + (f":{port}" if port else "")


def passed_on(url: str, origin: str) -> str:
    """The address of a page of ours that knows where its reader came from."""
    return f"{url}?{urlencode({SITE: origin})}" if origin else url


def site(request: PageRequest) -> str:
    """Where the reader of this page came from: the address of the operator's site, or empty."""
    return way_back(policies.in_force(request.visit.operator_id), request.GET.get(SITE, ""))
