"""One message taken apart: who wrote, what, whether a program wrote it. No database, no clock.

A message comes from anywhere and may be malformed in every way, so nothing here raises on one:
what cannot be read is left empty and the message goes to a person.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import TypeVar
from uuid import UUID

from tutela.intake import parsing

T = TypeVar("T")

MOST_TEXT = 9_900
"""Characters of a letter that go into its text field; the original has all of them."""
_OWN_ID = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^<>\s]+)>", re.IGNORECASE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_ROBOTS = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply"})
_BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})


@dataclass(frozen=True, slots=True)
class Part:
    """A file that came with a message, as its sender calls it; the content is looked at later."""

    name: str
    media: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """``automatic`` is the slug of the sign that no person asks for anything with this message,
    or empty. ``answers`` are those of our own letters that it answers or returns. It has no
    ``sender`` where it names ``several``; ``elsewhere`` says that answers are wanted by another
    address, or that another one sent it on."""

    digest: str
    sender: str
    subject: str
    text: str
    automatic: str
    answers: tuple[UUID, ...]
    parts: tuple[Part, ...]
    results: tuple[str, ...]
    several: bool = False
    elsewhere: bool = False

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2].casefold()

    def language(self, offered: tuple[str, ...]) -> str:
        """The language the sender writes in, of those that are offered; else the first."""
        written = _QUOTED.sub("", f"{self.subject} {self.text}")[:5_000]
        cyrillic, latin = len(_CYRILLIC.findall(written)), len(_LATIN.findall(written))
        if "ru" in offered and cyrillic > latin:
            return "ru"
        if "en" in offered and latin > cyrillic:
            return "en"
        return offered[0]


def read(raw: bytes) -> Mail:
    """Take ``raw`` (RFC 5322) apart."""
    message = _safely(lambda: parsing.take_apart(raw), EmailMessage())
    return Mail(
        digest=digest(raw),
        sender=_safely(lambda: _sender(message), ""),
        several=_safely(lambda: _several(message), otherwise=True),
        elsewhere=_safely(lambda: _elsewhere(message), otherwise=True),
        subject=_safely(lambda: " ".join(str(message["Subject"] or "").split()), "")[:300],
        text=_safely(lambda: _text(message), ""),
        automatic=_safely(lambda: _automatic(message), ""),
        answers=_safely(lambda: _answers(message, raw), ()),
        parts=_safely(lambda: _parts(message), ()),
        results=_safely(lambda: tuple(map(str, message.get_all("Authentication-Results", []))), ()),
    )


def _safely(reading: Callable[[], T], otherwise: T) -> T:
    try:
        return reading()
    except Exception:  # noqa: BLE001 - the standard library's parser raises anything on bad headers
        return otherwise


_TRACE = re.compile(
    rb"^(received|return-path|delivered-to|x-original-to|authentication-results|arc-[a-z-]+"
    rb"|x-spam[a-z-]*|dkim-signature)$",
    re.IGNORECASE,
)


def digest(raw: bytes) -> str:
    """SHA-256 of the message without what the servers on its way have written on it, so that
    one letter that comes twice, to two mailboxes or after a lost answer, is one."""
    head, _gap, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = hashlib.sha256()
    keep = True
    for line in head.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            keep = not _TRACE.match(line.partition(b":")[0].strip())
        if keep:
            kept.update(line.rstrip() + b"\n")
    kept.update(b"\n" + body.rstrip())
    return kept.hexdigest()


def _sender(message: EmailMessage) -> str:
    written = parsing.authors(message)
    return written[0] if len(written) == 1 and not parsing.is_unsure(message) else ""


def _several(message: EmailMessage) -> bool:
    return len(parsing.authors(message)) > 1 or parsing.is_unsure(message)


def _elsewhere(message: EmailMessage) -> bool:
    named = set(parsing.others(message)) - {_sender(message)}
    return bool(named) or parsing.is_cut(message, *parsing.ELSEWHERE)


def _automatic(message: EmailMessage) -> str:
    """RFC 3834, section 5: a program must not start a case, nor be answered."""
    said = str(message["Auto-Submitted"] or "no").partition(";")[0].strip().casefold()
    if message.get_content_type() == "multipart/report" or _empty_path(message):
        return "bounce"
    if said != "no" or message["X-Autoreply"] or message["X-Autorespond"]:
        return "auto-reply"
    if str(message["X-Spam-Flag"] or message["X-Spam"] or "").strip().casefold() == "yes" or str(
        message["X-Spam-Status"] or ""
    ).strip().casefold().startswith("yes"):
        return "spam"
    if str(message["Precedence"] or "").strip().casefold() in _BULK or message["List-Id"]:
        return "bulk"
    if _sender(message).partition("@")[0].casefold() in _ROBOTS:
        return "bounce"
    return ""


def _empty_path(message: EmailMessage) -> bool:
    path = message["Return-Path"]
    return path is not None and str(path).strip() in {"<>", ""}


def _answers(message: EmailMessage, raw: bytes) -> tuple[UUID, ...]:
    """Letters are sent with their own identifier as Message-ID; a report has it in its parts."""
    named = f"{message['In-Reply-To'] or ''} {message['References'] or ''}"
    if message.get_content_type() == "multipart/report":
        named += raw[-64_000:].decode("ascii", "replace")
    return tuple(dict.fromkeys(UUID(found) for found, _domain in _OWN_ID.findall(named)))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if not isinstance(body, EmailMessage):
        return ""
    content = parsing.words(body)
    if body.get_content_type() == "text/html":
        content = _without_tags(content)
    return content.strip()[:MOST_TEXT]


def _parts(message: EmailMessage) -> tuple[Part, ...]:
    return tuple(
        Part(
            name=str(each.get_filename() or ""),
            media=each.get_content_type(),
            content=each.get_payload(decode=True) or b"",  # type: ignore[arg-type]
        )
        for each in message.iter_attachments()
    )


class _Words(HTMLParser):
    """Keeps the words of a page and where its lines end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "head"}:
            self._skipped += 1
        elif tag in {"p", "br", "div", "li", "tr", "h1", "h2", "h3"}:
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "head"} and self._skipped:
            self._skipped -= 1

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self.kept.append(data)


def _without_tags(page: str) -> str:
    words = _Words()
    words.feed(page)
    words.close()
    lines = (" ".join(line.split()) for line in "".join(words.kept).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))
