"""What the five example sites share: a small server of the standard library, and the two addresses
of Tutela that a site needs: the forms as HTML, and the links for every page.

A site is pages by path, each a function from ``Visit`` to HTML. The forms are fetched when a page
is asked for, so they always show the words in force; they work without any script.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

FRAME = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><style>{basis}{style}</style></head>
<body><header><a class="brand" href="/{language}/">{brand}</a><nav>{menu}</nav>
<a class="other" href="{elsewhere}" lang="{other}">{other_word}</a></header>
<main>{body}</main><footer><nav aria-label="{legal}">{links}</nav></footer></body></html>"""
BASIS = Path(__file__).with_name("basis.css")
WORDS = {
    "en": ("Русский", "Your data", "The forms are not there now. Try again in a minute."),
    "ru": ("English", "Ваши данные", "Формы сейчас недоступны. Попробуйте через минуту."),
}


@dataclass(frozen=True)
class Visit:
    """One page asked for. ``say`` picks the reader's language."""

    site: Site
    language: str
    path: str

    def say(self, en: str, ru: str) -> str:
        return escape(ru if self.language == "ru" else en)

    def form(self, point: str, *, by_script: bool = False) -> str:
        """The form of a collection point as Tutela gives it, to stand in this page; with a name of
        this one showing, so that a double click sends it once. ``by_script`` puts it there by the
        script tag, which can ask the device for its place, and as it is where scripts are off."""
        html = self._ask(f"embed/{point}/form/") or f"<p>{WORDS[self.language][2]}</p>"
        html = html.replace('name="once" value=""', f'name="once" value="{uuid.uuid4()}"')
        if not by_script:
            return html
        source = f"{self.site.tutela}/{self.language}/{self.site.operator}/embed/{point}/script/"
        return f'<script src="{escape(source)}"></script><noscript>{html}</noscript>'

    def links(self, *wanted: str) -> list[tuple[str, str]]:
        """Titles and addresses, of all there are or of those named."""
        told = json.loads(self._ask("embed/links/") or '{"links": []}')["links"]
        return [
            (each["title"], each["address"])
            for each in told
            if not wanted or each["name"] in wanted
        ]

    def portal(self, page: str = "") -> str:
        return f"{self.site.tutela}/{self.language}/{self.site.operator}/my/{page}"

    def policy_in(self, product: str) -> str:
        """The address of the version in force in a product (003 12.2)."""
        return f"{self.site.tutela}/{self.language}/{self.site.operator}/policy/in/{product}/"

    def _ask(self, address: str) -> str:
        url = f"{self.site.tutela}/{self.language}/{self.site.operator}/{address}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
                return answer.read().decode()
        except (urllib.error.URLError, TimeoutError):
            return ""


Page = Callable[[Visit], str]


@dataclass
class Site:
    """``menu`` maps a path to its titles and its page; the empty path is the front page."""

    operator: str
    brand: str
    style: str
    menu: dict[str, tuple[str, str, Page]]
    languages: tuple[str, ...] = ("en", "ru")
    tutela: str = "http://127.0.0.1:8600"

    def answer(self, path: str) -> tuple[int, str]:
        """Status and page; a language that the site does not have is its first one."""
        first, _slash, rest = path.strip("/").partition("/")
        language = first if first in self.languages else self.languages[0]
        found = self.menu.get(rest if first in self.languages else first)
        if found is None:
            return 404, "<!doctype html><title>404</title><p>There is no such page."
        en, ru, page = found
        visit = Visit(self, language, rest)
        other = next((each for each in self.languages if each != language), language)
        word = (WORDS[language][0]) if other != language else ""
        named = {"policy", "proof", "my-data", "my-consents", "complain", "form:letter"}
        return 200, FRAME.format(
            language=language,
            title=f"{visit.say(en, ru)} · {self.brand}",
            basis=BASIS.read_text(encoding="utf-8"),
            style=self.style,
            brand=escape(self.brand),
            menu=" ".join(
                f'<a href="/{language}/{path}{"/" if path else ""}"'
                f"{' aria-current=page' if path == rest else ''}>{visit.say(*titles[:2])}</a>"
                for path, titles in self.menu.items()
            ),
            elsewhere=f"/{other}/{rest}{'/' if rest else ''}",
            other=other,
            other_word=word,
            body=page(visit),
            legal=WORDS[language][1],
            links=" ".join(
                f'<a href="{escape(address)}">{escape(title)}</a>'
                for title, address in visit.links(*named)
            ),
        )

    def run(self) -> None:
        """Serve until the program that started it is gone: ``--port``, ``--tutela``."""
        parser = argparse.ArgumentParser(description=f"the example site of {self.operator}")
        parser.add_argument("--port", type=int, default=8700)
        parser.add_argument("--tutela", default=self.tutela, help="where Tutela is")
        parser.add_argument(
            "--parent", type=int, default=os.getppid(), help="the process to end with"
        )
        chosen = parser.parse_args()
        self.tutela = chosen.tutela.rstrip("/")
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, page = site.answer(urlsplit(self.path).path)
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Referrer-Policy", "strict-origin")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: object) -> None:
                """Visits are nobody's business."""

        threading.Thread(target=_end_with, args=(chosen.parent,), daemon=True).start()
        ThreadingHTTPServer(("127.0.0.1", chosen.port), Handler).serve_forever()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def form_page(
    point: str, en: str, ru: str, note: tuple[str, str] = ("", ""), *, by_script: bool = False
) -> Page:
    """A page with a heading, a sentence if there is one, and the form of a collection point."""

    def show(visit: Visit) -> str:
        lead = f'<p class="lead">{visit.say(*note)}</p>' if note[0] else ""
        return f"<h1>{visit.say(en, ru)}</h1>{lead}{visit.form(point, by_script=by_script)}"

    return show


def cards(*found: tuple[str, str, str]) -> str:
    """Things on offer: title, price or place, words."""
    inner = "".join(
        f'<li><span class="picture" aria-hidden="true"></span><h3>{title}</h3>'
        f'<p class="price">{price}</p><p>{words}</p></li>'
        for title, price, words in found
    )
    return f'<ul class="cards">{inner}</ul>'
