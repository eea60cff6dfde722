"""What an operator puts on its own site: a form, as HTML or by one script tag, and links.

A form comes here from another site, so no token of ours is in it. Instead it must come from a site
that the policy in force names, and each consent carries the hash of the words that were shown: a
page that shows older words, or others, gives no consent here.
"""

from __future__ import annotations

import json

from django.conf import settings
from django.forms import BoundField
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tutela.consent import actions as consent
from tutela.core.errors import NotAllowed
from tutela.core.ids import new_id
from tutela.notices import actions as notices
from tutela.policy import actions as policies
from tutela.policy import postings
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests import actions, origins, turning_away
from tutela.requests.forms import CONSENT, PointForm
from tutela.requests.notices import notice
from tutela.requests.rules import consents_asked
from tutela.web.pages import PageRequest, page, page_url, show

NOT_TO_SHOW = frozenset({"api"})
"""Kinds of collection points that people never see."""
_LONGEST_NAME = 64


class OtherSite(NotAllowed):
    """The form was sent from a site that the policy does not name."""


def points_to_show(policy: Policy) -> list[CollectionPoint]:
    """The points that can stand on the operator's site; people write to each other elsewhere."""
    return [
        each
        for each in policy.points.values()
        if each.kind not in NOT_TO_SHOW and (not each.parties or "company" in each.parties)
    ]


@page("<operator>/embed/", name="embedding")
def embedding(request: PageRequest) -> HttpResponseBase:
    """For whoever builds the operator's site: what to copy."""
    policy = policies.in_force(request.visit.operator_id)
    context = {
        "policy": policy,
        "public": settings.TUTELA_PUBLIC_URL,
        "points": [
            (each, _snippet(request, policy, each), _address(request, "embed-script", each))
            for each in points_to_show(policy)
        ],
    }
    return show(request, "requests/embedding.html", context)


@page("<operator>/embed/links/", name="embed-links")
def embed_links(request: PageRequest) -> HttpResponseBase:
    """The addresses that every page of the site should lead to, as JSON."""
    return _for_others(JsonResponse({"links": _links(request)}, json_dumps_params={"indent": 1}))


def _links(request: PageRequest) -> list[dict[str, str]]:
    policy = policies.in_force(request.visit.operator_id)
    here = settings.TUTELA_PUBLIC_URL
    named = [
        ("policy", _("Privacy policy")),
        ("proof", _("Is it kept?")),
        ("my-data", _("My data")),
        ("my-consents", _("My consents")),
        ("choices", _("Your choices")),
        ("complain", _("How to complain")),
    ]
    links = [
        {"name": name, "title": title, "address": here + page_url(request, name)}
        for name, title in named
    ]
    language = request.visit.language
    links += [
        {
            "name": f"form:{each.slug}",
            "title": each.title.get(language) or next(iter(each.title.values())),
            "address": here + page_url(request, "form", point=each.slug),
        }
        for each in points_to_show(policy)
    ]
    return links


@page("<operator>/embed/<slug:point>/form/", name="embed-form")
def embed_form(request: PageRequest, point: str) -> HttpResponseBase:
    """The form as HTML to be put into a page; as text, because it is no page of its own."""
    policy, declared = _declared(request, point)
    html = _snippet(request, policy, declared)
    return _for_others(HttpResponse(html, content_type="text/plain; charset=utf-8"))


@page("<operator>/embed/<slug:point>/script/", name="embed-script")
def embed_script(request: PageRequest, point: str) -> HttpResponseBase:
    """One script tag: it puts the form where it stands, and a name that makes sending it twice
    harmless. It keeps nothing, and reads nothing but the
    place of the device, where the form has a field for that and the visitor presses its button."""
    policy, declared = _declared(request, point)
    html = _quoted(_snippet(request, policy, declared))
    script = (
        "(function () {\n"
        "  var here = document.currentScript;\n"
        f'  here.insertAdjacentHTML("afterend", {html});\n'
        "  var form = here.nextElementSibling;\n"
        '  form.elements["once"].value = crypto.randomUUID();\n'
        f"{_of_the_device() if 'data-tutela-place' in html else ''}"
        "})();\n"
    )
    return _for_others(HttpResponse(script, content_type="text/javascript; charset=utf-8"))


def _quoted(text: str) -> str:
    return json.dumps(text).replace("<", "\\u003c")


def _of_the_device() -> str:
    """A button beside each field of coordinates: only when it is pressed, the browser asks whether
    the site may know where the device is. Whoever refuses writes an address, as without a script.
    """
    words = _quoted(_("Use the place of this device"))
    refused = _quoted(_("The device did not tell its place. Write an address instead."))
    return (
        '  form.querySelectorAll("[data-tutela-place]").forEach(function (field) {\n'
        "    if (!navigator.geolocation) return;\n"
        '    var button = document.createElement("button");\n'
        f'    button.type = "button"; button.name = "place"; button.textContent = {words};\n'
        '    var told = document.createElement("small"); told.setAttribute("role", "status");\n'
        "    button.onclick = function () {\n"
        "      navigator.geolocation.getCurrentPosition(function (found) {\n"
        '        field.value = found.coords.latitude.toFixed(2) + ", "\n'
        "          + found.coords.longitude.toFixed(2);\n"
        '        told.textContent = "";\n'
        f"      }}, function () {{ told.textContent = {refused}; }}, {{timeout: 20000}});\n"
        "    };\n"
        '    field.after(" ", button, " ", told);\n'
        "  });\n"
    )


@page("<operator>/embed/<slug:point>/send/", name="embed-send", methods=("POST",), foreign=True)
def embed_send(request: PageRequest, point: str) -> HttpResponseBase:
    """Take the form in; what is wrong with it is mended on the form's page here. So is a form of
    which the browser does not say where it stood: the sender sees it once more, and sends it."""
    visit = request.visit
    origin = origins.sent_from(request)
    hidden = not origin
    if not hidden:
        _check_origin(origin, policies.in_force(visit.operator_id))
    policy, declared = _declared(request, point)
    if "decline" in request.POST and not hidden:
        actions.decline(visit.operator_id, point, language=visit.language)
        url = page_url(request, "form-declined", point=point)
        return HttpResponseRedirect(origins.passed_on(url, origin))
    sent = _with_words_shown(request.POST, policy, declared, visit.language, none=hidden)
    today = actions.today_of(policy)
    filled = PointForm(policy, declared, visit.language, today, sent, files=request.FILES)
    shown = notices.keep_notice(visit.operator_id, policy, declared, visit.language)
    other = not hidden and request.POST.get("notice", "") != shown
    if filled.is_valid() and not (other or hidden):
        once = request.POST.get("once", "")[:_LONGEST_NAME]
        receipt = actions.submit(
            visit.operator_id,
            point,
            language=visit.language,
            values=filled.typed,
            accepted=filled.accepted,
            idempotency=filled.named(once or new_id().hex),
            files=filled.files_taken,
            notice=shown,
        )
        url = page_url(request, "receipt", token=receipt.token)
        return HttpResponseRedirect(origins.passed_on(url, origin))
    turning_away.count(visit.operator_id, point, filled.problems)
    context = {
        "form": filled,
        "point": declared,
        "policy": policy,
        "notice": notice(policy, declared, visit.language),
        "shown": shown,
        "other": other,
        "hidden": hidden,
        "warnings": notices.warnings_at(policy, declared, visit.language),
        "send_to": origins.passed_on(page_url(request, "form", point=point), origin),
        "site": origins.way_back(policy, origin),
    }
    return show(request, "requests/form.html", context, status=409 if other or hidden else 422)


def _declared(request: PageRequest, point: str) -> tuple[Policy, CollectionPoint]:
    policy = postings.in_force_at(request.visit.operator_id, point)
    return policy, actions.collection_point(policy, point)


def _check_origin(origin: str, policy: Policy) -> None:
    if not origins.known(policy, origin):
        raise OtherSite(
            _("This form came from a site that the policy does not name, so nothing was taken.")
        )


def _with_words_shown(
    sent: QueryDict, policy: Policy, point: CollectionPoint, language: str, *, none: bool
) -> QueryDict:
    """What was sent, without ticks beside words that are not the ones in force; or without any."""
    kept = sent.copy()
    for slug in consents_asked(policy, point):
        shown = consent.text(policy, slug, language).sha256
        if none or kept.get(CONSENT + slug) != shown:
            kept.pop(CONSENT + slug, None)
    return kept


def _snippet(request: PageRequest, policy: Policy, point: CollectionPoint) -> str:
    language = request.visit.language
    form = PointForm(policy, point, language, actions.today_of(policy), None)
    for field in form.data_fields:
        name = f"tutela-{point.slug}-{field.name}"
        needed = {"required": True} if field.field.required else {}
        if policy.fields[field.name].type == "coordinates":
            needed["data-tutela-place"] = True
        field.drawn = field.as_widget(  # type: ignore[attr-defined]
            attrs={"id": name, "aria-describedby": f"{name}-why", **needed}
        )
    context = {
        "form": form,
        "point": point,
        "policy": policy,
        "shown": notices.keep_notice(request.visit.operator_id, policy, point, language),
        "warnings": notices.warnings_at(policy, point, language),
        "send": _address(request, "embed-send", point),
        "whole": settings.TUTELA_PUBLIC_URL + page_url(request, "policy"),
        "needed": _with_hashes(policy, form.needed_consents, language),
        "free": _with_hashes(policy, form.free_consents, language),
    }
    return render_to_string("requests/embedded_form.html", context).strip() + "\n"


def _with_hashes(
    policy: Policy, consents: list[BoundField], language: str
) -> list[tuple[BoundField, str]]:
    """Each sentence with the hash of its words, which is what a tick beside it sends."""
    return [
        (each, consent.text(policy, each.name.removeprefix(CONSENT), language).sha256)
        for each in consents
    ]


def _address(request: PageRequest, name: str, point: CollectionPoint) -> str:
    return settings.TUTELA_PUBLIC_URL + page_url(request, name, point=point.slug)


def _for_others(response: HttpResponse) -> HttpResponse:
    """What other sites may load: it is public, and the same for everybody."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=60"
    return response
