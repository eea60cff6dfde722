"""The letter box of a demonstration: letters are files, and this page shows them."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext_lazy

from tutela.demo.pages import demo_page
from tutela.web.pages import Menu, PageRequest, show

_BETWEEN = re.compile(rb"^-{79}$\n?", re.MULTILINE)
"""What Django's file-based mail backend writes after each letter."""
_SHOWN = 50
_LINK = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Letter:
    """``lines`` are paragraphs, each cut into (text, is a link) pieces."""

    to: str
    subject: str
    lines: list[list[tuple[str, bool]]]
    attachments: list[str]


def _folder() -> Path:
    return Path(settings.TUTELA_HOME) / "demo-mail"


def _files() -> list[Path]:
    folder = _folder()
    if not folder.is_dir():
        return []
    return sorted(folder.glob("*.log"), key=lambda each: each.stat().st_mtime_ns, reverse=True)


def waiting() -> int:
    """How many files of letters there are."""
    return len(_files())


def letters(limit: int = _SHOWN) -> list[Letter]:
    """The newest letters first."""
    found: list[Letter] = []
    for path in _files():
        of_one_file = [read(raw) for raw in _raw(path)]
        found.extend(reversed(of_one_file))
        if len(found) >= limit:
            break
    return found[:limit]


def _raw(path: Path) -> Iterator[bytes]:
    return (each.lstrip(b"\n") for each in _BETWEEN.split(path.read_bytes()) if each.strip())


def read(raw: bytes) -> Letter:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes these
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    return Letter(
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        lines=[_pieces(line) for line in text.strip().splitlines()],
        attachments=[part.get_filename() or "?" for part in message.iter_attachments()],
    )


def _pieces(line: str) -> list[tuple[str, bool]]:
    pieces, end = [], 0
    for match in _LINK.finditer(line):
        pieces += [(line[end : match.start()], False), (match[0], True)]
        end = match.end()
    return [each for each in [*pieces, (line[end:], False)] if each[0]]


@demo_page("demo/mail/", name="demo-mail", menu=Menu(gettext_lazy("Letters"), 20))
def mail(request: PageRequest) -> HttpResponse:
    response = show(request, "demo/mail.html", {"letters": letters()})
    response.headers["Cache-Control"] = "no-store"
    return response
