"""The example sites beside a demonstration: each a program of its own that knows Tutela by its
public addresses only. They end with the demonstration, however that ends."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings

_RUNNING: dict[str, tuple[subprocess.Popen[bytes], int]] = {}


def folder() -> Path:
    """Where the sites lie: shipped with the package, or beside its sources."""
    package = Path(__file__).parents[1]
    shipped = package / "sites"
    return shipped if shipped.is_dir() else package.parents[1] / "examples" / "sites"


def start(operator: str) -> None:
    """Start the site of an operator, if it has one and it does not run."""
    program = folder() / f"{operator}.py"
    if operator in _RUNNING or not program.exists():
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, str(program), "--port", str(port), "--parent", str(os.getpid())]
    process = subprocess.Popen([*command, "--tutela", settings.TUTELA_PUBLIC_URL])
    _RUNNING[operator] = process, port


def address(operator: str) -> str:
    """Where the site is answered, or an empty string while it does not run."""
    process, port = _RUNNING.get(operator, (None, 0))
    return f"http://127.0.0.1:{port}/" if process and process.poll() is None else ""


def stop() -> None:
    for process, _port in _RUNNING.values():
        process.terminate()
    for process, _port in _RUNNING.values():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(1)
    _RUNNING.clear()
