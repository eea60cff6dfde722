"""What the standard library is asked to parse, kept within bounds that no letter of a person needs.

A header of hundreds of kilobytes, or parts within parts a hundred deep, would keep its parser busy
for minutes. A header is read up to ``MOST_HEADER`` characters, and a message whose structure is
deeper than any mail program makes is read by its head alone; its original is sealed whole all the
same.
"""

from __future__ import annotations

import codecs
import email
import email.parser
import re
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses
from typing import Any

MOST_HEADER = 4_000
"""Characters of one header that are looked at."""
ELSEWHERE = ("Reply-To", "Resent-From", "Resent-Sender")
DEEPEST = 100
"""So many parts that hold others make no letter of a person."""
_HOLDING = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*"|\([^()]*\)')
"""What is quoted or a comment."""
_ADDRESS = re.compile(r"[^\s<>,;:()\"]+@[^\s<>,;:()\"]+")
_NO_TEXT = frozenset({"idna", "punycode", "raw_unicode_escape", "unicode_escape", "undefined"})
"""Codecs of Python that no mail program means when it names a character set."""


class _Bounded(EmailPolicy):
    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines[:DEEPEST])
        return name, value[:MOST_HEADER]


_POLICY = _Bounded()


def take_apart(raw: bytes) -> EmailMessage:
    """``raw`` as a message, or its head alone where it is nested without end. Raises nothing."""
    nested = sum(1 for _found in _HOLDING.finditer(raw)) > DEEPEST
    message: Any
    if not nested:
        message = email.message_from_bytes(raw, policy=_POLICY)
    else:
        message = email.parser.BytesHeaderParser(policy=_POLICY).parsebytes(raw)
        del message["Content-Type"]
        message.set_payload("")
    assert isinstance(message, EmailMessage)  # noqa: S101 - the policy makes these
    return message


def authors(message: EmailMessage) -> tuple[str, ...]:
    """Every address that can be read out of the headers that say who wrote it, each once. A
    sound letter has exactly one: two headers, a list, a group or a name that is an address itself
    leave open who it is from (RFC 5322, section 3.6.2)."""
    return _addresses(message, "From")


def others(message: EmailMessage) -> tuple[str, ...]:
    """Addresses to which answers are wanted, or from which the letter was sent on."""
    return _addresses(message, *ELSEWHERE)


def is_unsure(message: EmailMessage) -> bool:
    """Whether the header that says who wrote it was cut off, is there twice, or names a group."""
    written = message.get_all("From", [])
    grouped = any(
        each.display_name is not None
        for header in written
        for each in getattr(header, "groups", ())
    )
    return len(written) > 1 or grouped or is_cut(message, "From")


def is_cut(message: EmailMessage, *names: str) -> bool:
    """Whether one of these headers is longer than what is looked at."""
    wanted = {each.casefold() for each in names}
    return any(
        name.casefold() in wanted and len(str(source)) >= MOST_HEADER
        for name, source in message.raw_items()
    )


def _addresses(message: EmailMessage, *names: str) -> tuple[str, ...]:
    """As the structured parser, the lenient one and a reader of the source understand it: where
    they differ, a mail program may show the one address and a server check the other."""
    wanted = {each.casefold() for each in names}
    found: list[str] = []
    for header in (each for name in names for each in message.get_all(name, [])):
        found += (str(each.addr_spec) for each in getattr(header, "addresses", ()))
        found += (address for _name, address in getaddresses([str(header)]))
    for name, source in message.raw_items():
        if name.casefold() in wanted:
            found += _ADDRESS.findall(_ASIDE.sub(" ", str(source)))
    return tuple(dict.fromkeys(filter(None, map(_sound, found))))


def _sound(address: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - loaded where one is met, for a quick start

    try:
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return ""


def words(part: EmailMessage) -> str:
    """The text of a part. Bytes beyond ASCII that are sound UTF-8 are UTF-8, whatever character
    set the part names; otherwise the named one counts, if it is one of text."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    if not content.isascii():
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return content.decode(_charset(part.get_content_charset("utf-8")), errors="replace")


def _charset(named: str) -> str:
    try:
        found = codecs.lookup(named)
    except (LookupError, ValueError):
        return "utf-8"
    text = (
        getattr(found, "_is_text_encoding", True) and found.name.replace("-", "_") not in _NO_TEXT
    )
    return found.name if text else "utf-8"
