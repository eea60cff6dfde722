"""The log as witnesses follow it (C2SP tlog-tiles): its checkpoint, its hashes, its keys.

Only hashes are public. The entries hold no personal data, but who compares their moments and
opaque identifiers with what he knows from elsewhere learns something; they are handed out whole by
``tutela journal export`` and ``tutela journal tiles``, to whom the operator chooses.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.journal import actions, tiles
from tutela.web.feeds import feed
from tutela.web.pages import PageRequest

_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_AN_HOUR = "public, max-age=3600"
_FRESH = "public, no-cache"
_TEXT = "text/plain; charset=utf-8"


def _answer(content: str | bytes, kind: str, caching: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Cache-Control": caching})


@feed("log/<operator>/checkpoint", name="log-checkpoint")
def checkpoint(request: PageRequest) -> HttpResponse:
    """The last signed checkpoint."""
    note = actions.checkpoint(request.visit.operator_id)
    if note is None:
        raise NotFound(_("Nothing is signed in this log yet. Ask again in a few seconds."))
    return _answer(note, _TEXT, _FRESH)


@feed("log/<operator>/witnessed", name="log-witnessed")
def witnessed(request: PageRequest) -> HttpResponse:
    """The largest checkpoint that an outside witness has signed, with his signature."""
    note = actions.witnessed(request.visit.operator_id)
    if note is None:
        raise NotFound(_("No witness has signed this log yet. Its own checkpoint is beside this."))
    return _answer(note, _TEXT, _FRESH)


@feed("log/<operator>/keys", name="log-keys")
def keys(request: PageRequest) -> HttpResponse:
    """Every verifier key that ever signed, one a line, the present one last."""
    return _answer("\n".join([*actions.public_keys(request.visit.operator_id), ""]), _TEXT, _FRESH)


@feed("log/<operator>/tile/<path:rest>", name="log-tile")
def tile(request: PageRequest, rest: str) -> HttpResponse:
    """A tile of hashes, whole or as wide as asked; it never changes once it was served."""
    place = tiles.parse(rest)
    hashes = actions.tile(request.visit.operator_id, place) if place else None
    if place is None or hashes is None:
        raise NotFound(
            _("This log has no such tile. Take the size of the tree from its checkpoint.")
        )
    caching = _FOR_GOOD if place.is_full else _FOR_AN_HOUR
    return _answer(hashes, "application/octet-stream", caching)
