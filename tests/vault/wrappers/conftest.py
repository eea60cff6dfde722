"""Each service is started once for all tests; the settings lead to it for the length of one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.vault.wrappers import services

from tutela.vault import keyfiles, passphrase
from tutela.vault.wrappers import choice
from tutela.vault.wrappers.contract import KeyWrapper


@dataclass(frozen=True)
class Service:
    """``away`` lets the service be unreachable for the length of a block."""

    kind: str
    away: Callable[[], contextlib.AbstractContextManager[None]]

    def wrapper(self) -> KeyWrapper:
        """As another process would have it: with nothing remembered."""
        keyfiles.forget()
        return choice.WRAPPERS[self.kind]()


@pytest.fixture(scope="session")
def transit() -> Iterator[tuple[str, str]]:
    with services.transit_server() as server:
        yield server


@pytest.fixture(scope="session")
def kms() -> Iterator[str]:
    with services.kms_server() as address:
        yield address


@pytest.fixture(scope="session")
def token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str, Path]]:
    with services.hardware(tmp_path_factory.mktemp("softhsm")) as found:
        yield found


@pytest.fixture(params=sorted(choice.WRAPPERS))
def service(
    request: pytest.FixtureRequest, tmp_path: Path, settings, monkeypatch
) -> Iterator[Service]:
    settings.TUTELA_HOME = tmp_path
    kind: str = request.param
    settings.TUTELA_KEY_SERVICE = kind
    monkeypatch.setitem(passphrase._COST, "n", 2**12)  # fast here; the real cost is tried elsewhere
    choice.wrapper.cache_clear()
    away = {"file": _file, "transit": _transit, "aws": _aws, "pkcs11": _pkcs11}[kind]
    yield Service(kind, away(request, settings, monkeypatch))
    passphrase.seal()
    keyfiles.forget()
    choice.wrapper.cache_clear()


def _file(_request, _settings, _monkeypatch):
    """Its keys are away while they are sealed."""

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        with keyfiles.alone():
            passphrase.set_up("correct horse battery")
            keyfiles.rewrite(locked=True)
        passphrase.seal()
        yield
        passphrase.unseal("correct horse battery")

    return away


def _transit(request, settings, _monkeypatch):
    settings.TUTELA_TRANSIT_URL, settings.TUTELA_TRANSIT_TOKEN = request.getfixturevalue("transit")

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        there = settings.TUTELA_TRANSIT_URL
        settings.TUTELA_TRANSIT_URL = f"http://127.0.0.1:{services.free_port()}"
        yield
        settings.TUTELA_TRANSIT_URL = there

    return away


def _aws(request, _settings, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", request.getfixturevalue("kms"))

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        with monkeypatch.context() as changed:
            changed.setenv("AWS_ENDPOINT_URL_KMS", f"http://127.0.0.1:{services.free_port()}")
            yield

    return away


def _pkcs11(request, settings, _monkeypatch):
    module, label, pin = request.getfixturevalue("token")
    settings.TUTELA_PKCS11_MODULE, settings.TUTELA_PKCS11_TOKEN = module, label
    settings.TUTELA_PKCS11_PIN_FILE = str(pin)

    @contextlib.contextmanager
    def away() -> Iterator[None]:
        settings.TUTELA_PKCS11_TOKEN = "pulled out"
        yield
        settings.TUTELA_PKCS11_TOKEN = label

    return away
