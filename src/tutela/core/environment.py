"""Variables of the environment: what each is for, which values it takes, what is wrong with one.

Pure: the environment comes in as a mapping. A mistake is told as a sentence that names the
variable, and all mistakes are told at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tutela.core.errors import TutelaError

PREFIX = "TUTELA_"
HIDDEN = "********"

Check = Callable[[str], str]
"""What a value has to be, in words that follow “must”, or an empty string if it is."""


class WrongSettings(TutelaError):
    """Some variables of the environment cannot be used; each sentence names one."""


def _anything(_value: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment; ``default`` says in words what holds without it.

    ``secret`` values are never shown; of a URL only the password is hidden.
    """

    name: str
    default: str
    help: str
    check: Check = _anything
    secret: bool = False


def flag(value: str) -> str:
    return "" if value in {"0", "1"} else "be 0 or 1"


def one_of(*words: str) -> Check:
    return lambda value: "" if value in words else f"be one of: {', '.join(words)}"


def seconds(lowest: float, highest: float) -> Check:
    def check(value: str) -> str:
        try:
            good = lowest <= float(value) <= highest
        except ValueError:
            good = False
        return "" if good else f"be a number of seconds from {lowest:g} to {highest:g}"

    return check


def whole(lowest: int) -> Check:
    def check(value: str) -> str:
        good = value.isascii() and value.isdecimal() and int(value) >= lowest
        return "" if good else f"be a whole number from {lowest} up"

    return check


def url(*schemes: str) -> Check:
    named = " or ".join(f"{each}://" for each in schemes)

    def check(value: str) -> str:
        parts = _split(value)
        good = parts is not None and parts.scheme in schemes and (parts.hostname or parts.query)
        return "" if good else f"be an address that begins with {named}"

    return check


def mailboxes(value: str) -> str:
    """``SLUG=imaps://user:password@host/FOLDER``, several apart by spaces."""
    good = all(_is_mailbox(each) for each in value.split())
    wanted = (
        "look like SLUG=imaps://user:password@host/FOLDER, several apart by spaces, with "
        "imap+tls:// for STARTTLS and imap:// on this machine only"
    )
    return "" if good else wanted


def _is_mailbox(written: str) -> bool:
    operator, _equals, address = written.partition("=")
    parts = _split(address)
    if not operator or parts is None or not parts.hostname or not parts.username:
        return False
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return parts.scheme in {"imaps", "imap+tls"} or (parts.scheme == "imap" and here)


def delivery(value: str) -> str:
    """``lmtp://127.0.0.1:2424`` or the same with smtp."""
    parts = _split(value)
    good = (
        parts is not None
        and parts.scheme in {"lmtp", "smtp"}
        and bool(parts.hostname)
        and parts.port is not None
    )
    return "" if good else "be an address such as lmtp://127.0.0.1:2424"


def database(value: str) -> str:
    parts = _split(value)
    good = (
        parts is not None and parts.scheme in {"postgresql", "postgres"} and parts.path.strip("/")
    )
    wanted = "look like postgresql://user:password@host:5432/database"
    return "" if good else f"{wanted}; Tutela keeps its data in PostgreSQL only"


def address_and_port(value: str) -> str:
    address, _, port = value.rpartition(":")
    good = bool(address) and port.isdecimal() and int(port) < 65536  # noqa: PLR2004
    return "" if good else "be an address and a port, such as 127.0.0.1:9600"


def folder(value: str) -> str:
    return "" if Path(value).is_dir() else "be a folder that exists"


def file(value: str) -> str:
    return "" if Path(value).is_file() else "be a file that exists"


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - reading it checks it
    except ValueError:
        return None
    return parts


def problems(settings: Iterable[Setting], environment: Mapping[str, str]) -> list[str]:
    """A sentence for each value that cannot be used. An empty value counts as not set."""
    return [
        f"{each.name} must {wanted}."
        for each in settings
        if (value := environment.get(each.name)) and (wanted := each.check(value))
    ]


def unknown(settings: Iterable[Setting], environment: Mapping[str, str]) -> list[str]:
    """A sentence for each variable that looks like one of ours and is none."""
    known = [each.name for each in settings]
    sentences = []
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            sentences.append(f"{name} is not a setting of Tutela and does nothing.{hint}")
    return sentences


def shown(setting: Setting, value: str) -> str:
    """The value as it may be printed."""
    if setting.secret:
        return HIDDEN
    parts = _split(value)
    if parts is not None and parts.password:
        return value.replace(f":{parts.password}@", f":{HIDDEN}@", 1)
    return value
