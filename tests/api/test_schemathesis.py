"""schemathesis over every endpoint: no 500, no accepted nonsense, answers as described."""

from __future__ import annotations

import itertools
import uuid

import pytest
import schemathesis
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from tests.api.conftest import person, stored

from tutela import app
from tutela.api.door import DESCRIPTION

EXAMPLES = 8
"""For each endpoint; raise it by hand to look longer."""
CHECKED = [
    checks.not_a_server_error,
    *(
        each
        for each in checks.CHECKS.get_all()
        if each.__name__
        in {
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
            "negative_data_rejection",
            "missing_required_header",
            "unsupported_method",
            "ignored_auth",
        }
    ),
]
"""What a policy does not declare is refused although its form is right, so whether all data of
the right form is taken (``positive_data_acceptance``) is not asked."""


app.wire()
schema = schemathesis.openapi.from_wsgi(DESCRIPTION, WSGIHandler())
REAL: dict[str, str] = {}
_turns = itertools.count()


@schema.hook
def map_path_parameters(context, path_parameters):
    """Where a path names somebody, every other time it is somebody real."""
    if not path_parameters or next(_turns) % 2:
        return path_parameters
    return path_parameters | {
        name: REAL[name]
        for name, value in path_parameters.items()
        if name in REAL and (name == "point" or _identifier(value))
    }


@pytest.fixture
def inhabited(shop, program):
    """The operator with a person in it; requests use the test's own connection."""
    subject = person(program, "orders", "newsletter")
    REAL.update(subject=subject, record=stored(program, subject), point="order")
    for each in (signals.request_started, signals.request_finished):
        each.disconnect(close_old_connections)
    yield program
    for each in (signals.request_started, signals.request_finished):
        each.connect(close_old_connections)


def _identifier(value: object) -> bool:
    try:
        return str(uuid.UUID(str(value))) == value
    except ValueError:
        return False


@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_the_api_answers_as_it_is_described(case, inhabited):
    headers = {"Authorization": f"Bearer {inhabited.key}"}
    case.call_and_validate(headers=headers, checks=CHECKED)
