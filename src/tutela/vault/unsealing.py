"""How a passphrase reaches the processes that run: a local socket for each, in the home.

    place    TUTELA_HOME/keys/sockets/<machine>-<process>, folder 0700, socket 0600
    request  one line in UTF-8: "unseal <passphrase>", "seal" or "state"
    answer   one line: "ok", "wrong", "wait <seconds>", "sealed" or "unsealed"

After a wrong passphrase the next one is not looked at for a second, then two, four … up to a
minute. One connection is answered at a time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

from tutela.core.errors import TutelaError
from tutela.vault import keyfiles, passphrase
from tutela.vault.errors import KeyLost, WrongPassphrase

log = logging.getLogger(__name__)

_LONGEST = 4096  # bytes of a request
_PATIENCE = 10.0  # seconds for a request to arrive, once somebody has connected
_ANSWERS_WITHIN = 60.0  # seconds; the passphrase is stretched before it is answered
_LONGEST_PAUSE = 60.0  # seconds between attempts


class TooManyAttempts(TutelaError):
    """A wrong passphrase was given a moment ago."""

    status = 429


class Attempts:
    """Counts wrong passphrases and says how long the next attempt has to wait."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pause = 0.5
        self._until = 0.0

    def left(self) -> float:
        """Seconds to wait; 0 if an attempt may be made."""
        return max(0.0, self._until - self._now())

    def wrong(self) -> None:
        self._pause = min(2 * self._pause, _LONGEST_PAUSE)
        self._until = self._now() + self._pause

    def right(self) -> None:
        self._pause, self._until = 0.5, 0.0


@contextlib.contextmanager
def listening() -> Iterator[None]:
    """Let this process be unsealed and sealed while the block runs."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{_machine()}-{os.getpid()}"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        with _short(path) as name:
            listener.bind(name)
        path.chmod(0o600)
        listener.listen(4)
        thread = threading.Thread(target=_serve, args=(listener,), name="unsealing", daemon=True)
        thread.start()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    thread.join(1)


def running() -> list[Path]:
    """The sockets of the processes that listen on this machine; those of killed processes are
    removed, and those of another machine that shares the home are left alone."""
    found = []
    mine = f"{_machine()}-"
    there = sorted(_folder().iterdir()) if _folder().is_dir() else []
    for path in (each for each in there if each.name.startswith(mine)):
        try:
            with _connected(path):
                found.append(path)
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)
    return found


def wait(seconds: float) -> None:
    """Until at least one process listens, at most so long."""
    until = time.monotonic() + seconds
    while not running() and time.monotonic() < until:
        time.sleep(0.1)


def ask(path: Path, request: str) -> bool:
    """Send one request; whether the process has done it, False if it is gone.

    Raises ``WrongPassphrase`` and ``TooManyAttempts``.
    """
    try:
        with _connected(path) as there:
            there.sendall(request.encode() + b"\n")
            answer = _line(there)
    except (ConnectionError, FileNotFoundError, TimeoutError):
        return False
    if answer == "wrong":
        raise WrongPassphrase("This is not the passphrase; nothing was opened.")
    if answer.startswith("wait"):
        raise TooManyAttempts(
            f"A wrong passphrase was given a moment ago; try again in {answer.split()[1]} seconds."
        )
    return answer in {"ok", "unsealed"}


def _machine() -> str:
    return "".join(each for each in socket.gethostname() if each.isalnum()) or "here"


def _folder() -> Path:
    return Path(settings.TUTELA_HOME) / "keys" / "sockets"


@contextlib.contextmanager
def _connected(path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as there, _short(path) as name:
        there.settimeout(_ANSWERS_WITHIN)
        there.connect(name)
        yield there


@contextlib.contextmanager
def _short(path: Path) -> Iterator[str]:
    """A name of the socket that the kernel takes: at most 107 bytes, however deep the home is."""
    if len(os.fsencode(path)) < 100:  # noqa: PLR2004 - macOS takes 103
        yield str(path)
        return
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)


def _serve(listener: socket.socket) -> None:
    attempts = Attempts()
    while True:
        try:
            there, _ = listener.accept()
        except OSError:
            return
        with there:
            there.settimeout(_PATIENCE)
            try:
                request = _line(there)
                if request:
                    there.sendall(_answer(request, attempts).encode() + b"\n")
            except (OSError, UnicodeDecodeError):
                continue


def _answer(request: str, attempts: Attempts) -> str:
    verb, _, phrase = request.partition(" ")
    if verb == "seal":
        passphrase.seal()
        keyfiles.forget()
        log.warning("The keys were sealed.")
        return "ok"
    if verb == "unseal":
        return _try(phrase, attempts)
    return "sealed" if passphrase.is_sealed() else "unsealed"


def _try(phrase: str, attempts: Attempts) -> str:
    if left := attempts.left():
        return f"wait {int(left) + 1}"
    try:
        passphrase.unseal(phrase)
    except WrongPassphrase:
        attempts.wrong()
        log.warning("A wrong passphrase for the keys was refused.")
        return "wrong"
    except (KeyLost, OSError) as error:
        log.error("The keys could not be unsealed: %s.", type(error).__name__)  # noqa: TRY400
        return "failed"
    attempts.right()
    log.warning("The keys were unsealed.")
    return "ok"


def _line(there: socket.socket) -> str:
    data = b""
    while not data.endswith(b"\n") and len(data) < _LONGEST:
        part = there.recv(_LONGEST)
        if not part:
            break
        data += part
    return data.decode().removesuffix("\n")
