"""A page that exists only in a demonstration; everywhere else its address answers 404."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from tutela.core.errors import NotFound
from tutela.web.pages import Menu, PageRequest, page

View = Callable[..., HttpResponseBase]


def demo_page(
    path: str, *, name: str, methods: tuple[str, ...] = ("GET",), menu: Menu | None = None
) -> Callable[[View], View]:
    """Register a page in the demo's frame that no other installation serves."""
    if menu is not None:
        menu = Menu(menu.label, menu.order, frames=("demo",))

    def register(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: PageRequest, **captured: Any) -> HttpResponseBase:
            if not settings.TUTELA_DEMO:
                raise NotFound(_("This page exists in a demonstration only."))
            return view(request, **captured)

        return page(path, name=name, methods=methods, menu=menu)(guarded)

    return register
