"""The policy a scenario plays with: the operator's folder, with the scenario's own parameters."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from ruamel.yaml import YAML

from tutela.core.errors import TutelaError
from tutela.db.private import private_database
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.rehearsal.scenario import Scenario


class NoSuchOperator(TutelaError):
    """The scenario names an operator folder that is not there; correct the path."""


def policy_of(scenario: Scenario) -> Policy:
    """Load the operator's folder as it would be published, with ``parameters`` put over it."""
    folder = _folder(scenario)
    if not scenario.parameters:
        return policies.load_folder(folder)
    with tempfile.TemporaryDirectory(prefix="tutela-rehearsal-") as place:
        copy = Path(place, folder.name)
        shutil.copytree(folder, copy)
        file = copy / "policy.yaml"
        yaml = YAML(typ="rt")
        document = yaml.load(file.read_text(encoding="utf-8"))
        _put_over(document, scenario.parameters)
        with file.open("w", encoding="utf-8") as stream:
            yaml.dump(document, stream)
        return policies.load_folder(copy)


def _folder(scenario: Scenario) -> Path:
    beside = scenario.path.parent
    places = [
        beside / scenario.operator,
        *(parent / "operators" / scenario.operator for parent in beside.absolute().parents),
        policies.samples() / scenario.operator,
    ]
    for place in places:
        if (place / "policy.yaml").is_file():
            return place
    raise NoSuchOperator(
        f"There is no operator “{scenario.operator}”: give the path of a folder that holds a "
        "policy.yaml, relative to the scenario, or the slug of a sample."
    )


def _put_over(document: Any, changes: Mapping[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, Mapping) and isinstance(document.get(key), Mapping):
            _put_over(document[key], value)
        else:
            document[key] = value


@contextmanager
def private_instance() -> Iterator[None]:
    """A database, a home with keys and a mailbox of one's own, gone afterwards."""
    from django.test.utils import override_settings  # noqa: PLC0415 - for a quick start

    with (
        tempfile.TemporaryDirectory(prefix="tutela-rehearsal-") as home,
        override_settings(
            TUTELA_HOME=Path(home),
            EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
            MESSAGES_AS_LETTERS=True,
            ALLOWED_HOSTS=settings.ALLOWED_HOSTS,
        ),
        private_database(),
    ):
        yield
