"""Staff say at the desk what only they can know: a purpose reached, an agreement begun, ended."""

from __future__ import annotations

import re

from tests.requests.conftest import desk, post, words

from tutela.db.scope import operator_scope
from tutela.gate import actions as gate
from tutela.obligations import actions as obligations


def test_an_officer_says_that_an_agreement_began_and_ended_and_a_purpose_is_reached(house):
    subject = house.send("order").subject
    officer, page = house.staff(), desk(f"people/{subject}/ending/")
    happened = desk(f"people/{subject}/happened/")
    form = officer.get(page).content.decode().partition(f'action="{happened}"')[2]
    token = re.search(r'name="form-token" value="([^"]+)"', form)[1]
    for _press in range(2):
        sent = {"form-token": token, "what": "began"}
        assert officer.post(happened, sent).status_code == 302
    shown = officer.get(page).content.decode()
    contract = re.search(r'name="what" value="([0-9a-f-]{36})"', shown)[1]
    assert words(officer.get(page)).count("Agreement №") == 1, "pressed twice, begun once"
    assert post(officer, page, action=happened, what=contract).status_code == 302
    assert contract not in officer.get(page).content.decode()
    wrong = post(officer, page, action=happened, what="reached")
    assert (wrong.status_code, "Choose the purpose" in words(wrong)) == (422, True)
    assert post(officer, page, action=happened, what="reached", purpose="orders").status_code == 302
    with operator_scope(house.id):
        standing = gate.standing(house.id, subject)
        events = {each.event for each in obligations.listing(house.id, subject=subject)}
    assert not any(each.until is None for each in standing.contracts)
    assert "purpose.reached" in events
