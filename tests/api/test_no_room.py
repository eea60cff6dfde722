"""An application writes while the disk is full, and again once there is room."""

from __future__ import annotations

from tests.api.conftest import VALUES, person
from tests.requests.test_no_room import no_room, pytestmark  # noqa: F401 - the reason to skip


def test_an_application_is_told_to_come_back_and_its_repeat_is_taken(shop, program):
    subject = person(program, "orders")
    body, name = {"point": "order", "values": VALUES}, "the-same-request-twice"
    path = f"/subjects/{subject}/records"
    with no_room(shop.id):
        refused = program.ask("POST", path, body, idempotency_key=name, accept_language="ru")
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json()["detail"].startswith("На диске не осталось места; ничего не сделано")

    assert program.ask("POST", path, body, idempotency_key=name).status_code == 201
