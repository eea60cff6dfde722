"""A person with a browser that has no script: reads forms out of pages and sends them."""

from __future__ import annotations

import email
import email.policy
import http.client
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit


class Unanswered(Exception):
    """No whole answer came; what was asked may or may not have happened."""


@dataclass
class Form:
    """One form as a browser holds it: where it goes, what is filled in, which buttons it has."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if tag == "form":
            self._open = Form(found.get("action", ""), found.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None or not found.get("name"):
            return
        if tag == "button":
            self._open.buttons.append((found["name"], found.get("value", "")))
        elif tag == "input" and found.get("type") in {"checkbox", "radio"}:
            self._open.boxes.append(found["name"])
            if "checked" in found:
                self._open.values[found["name"]] = found.get("value", "on")
        elif tag in {"input", "textarea", "select"}:
            self._open.values[found["name"]] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


@dataclass(frozen=True)
class Answer:
    url: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", errors="replace")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def location(self) -> str:
        return self.header("Location")

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.text)
        return reader

    @property
    def forms(self) -> list[Form]:
        return self._read().forms

    @property
    def links(self) -> list[str]:
        """Where the page's links lead, without fragments, on this host only."""
        host = urlsplit(self.url).netloc
        whole = (urljoin(self.url, link).partition("#")[0] for link in self._read().links)
        return [link for link in whole if urlsplit(link).netloc == host]

    def form(self, leading_to: str = "") -> Form:
        """The form to be posted to this very page, or whose action contains these words."""
        for each in self.forms:
            if each.method == "post" and (
                leading_to in each.action if leading_to else not each.action
            ):
                return each
        raise AssertionError(f"{self.url} ({self.status}) has no form to “{leading_to}”")


class Visitor:
    """Keeps cookies; remembers every address it asked for and every cookie it was given."""

    def __init__(self, url: str, patience: float = 60.0) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self.requested: list[str] = []
        self.given: list[str] = []
        self._patience = patience

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, values: dict[str, str]) -> Answer:
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        return self._ask("POST", path, urlencode(values).encode(), kind)

    def send(self, page: Answer, form: Form, **values: str) -> Answer:
        """Send a form of ``page`` with what it holds and ``values``."""
        target = urljoin(page.url, form.action) if form.action else page.url
        return self.post(target, {**form.values, **values})

    def follow(self, answer: Answer) -> Answer:
        while answer.status in {301, 302, 303, 307, 308}:
            answer = self.get(urljoin(answer.url, answer.location))
        return answer

    def ask(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        """Anything at all, also what no browser would send."""
        return self._ask(method, path, body, {"Content-Type": kind, "Origin": self.url})

    def _ask(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> Answer:
        parts = urlsplit(urljoin(self.url, path))
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers = {"Accept-Language": "en", **(more or {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.requested.append(target)
        line = http.client.HTTPConnection(parts.netloc, timeout=self._patience)
        try:
            line.request(method, target, body, headers)
            response = line.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered(f"{method} {parts.path}: {type(error).__name__}") from error
        finally:
            line.close()
        for name, value in response.getheaders():
            if name.lower() == "set-cookie":
                self.given.append(value)
                self._keep(value)
        return Answer(parts.geturl(), response.status, response.getheaders(), content)

    def _keep(self, header: str) -> None:
        for name, each in SimpleCookie(header).items():
            if each.value and each["max-age"] != "0" and each["max-age"] != 0:
                self.cookies[name] = each.value
            else:
                self.cookies.pop(name, None)


_BETWEEN = re.compile(rb"^-{79}$\n?", re.MULTILINE)
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Post:
    to: str
    subject: str
    text: str

    @property
    def links(self) -> list[str]:
        return _LINK.findall(self.text)


def letters(files: list[Path]) -> list[Post]:
    """Every letter in the files of the demonstration's mail folder, the oldest first."""
    found = []
    for path in files:
        for raw in _BETWEEN.split(path.read_bytes()):
            if raw.strip():
                message = email.message_from_bytes(raw.lstrip(b"\n"), policy=email.policy.default)
                assert isinstance(message, EmailMessage)
                body = message.get_body(("plain",))
                text = str(body.get_content()) if body else ""
                found.append(Post(str(message["To"] or ""), str(message["Subject"] or ""), text))
    return found
