"""Who may open what: written by hand, page by page, and tried with everybody who might.

A new page fails here until somebody has written down who may open it, and, where its address names
something, whose it is. The routes come from the registry; the expectations do not.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver, reverse
from tests.identity.staff import HERE, MINIMAL, SAMPLE, THERE, browser, hire, publish

from tutela import app
from tutela.db.scope import operator_scope
from tutela.identity import actions as identity
from tutela.journal import actions as journal
from tutela.web.pages import ROUTES

app.wire()

ANYBODY = """
ask demo-open embed-form embed-links embed-script embed-send embedding mail-confirm payment-told
choices complain policy-changes policy-in policy-pdf policy-warnings public-list public-page
account-help act act-json act-pdf demo demo-clock demo-mail demo-person demo-staff demo-style
desk-code desk-passkey desk-provider desk-provider-back desk-sign-in form form-declined
hand-over home operators policy
policy-assumptions policy-clause policy-text policy-version policy-versions processor-answer proof
proof-bundle
proof-clause receipt sign-in sign-in-open sign-in-sent welcome
"""
"""Open to the world. What is behind a token opens to whoever has the token."""

THE_PERSON = """
conversation-file conversation-new conversation-save conversation-to my-ask my-conversation
my-conversations my-everything my-verification new-version package
account-delete account-edit my-account my-children my-location my-public
acting-for authority-end my-consent-agree my-consent-proof my-consents my-data my-file my-history
my-ending my-recipients my-representatives my-requests prove represent sign-out withdraw
"""
"""Pages of a signed-in person, at the operator where they signed in, about themselves."""

ANY_STAFF = """
desk-account desk-add-passkey desk-app desk-choose desk-codes desk-confirm desk-end-session
desk-link-provider desk-password desk-remove-factor desk-sign-out
"""
"""A member of staff's own sign-in; they belong to no operator."""

ROLES = {
    # page: auditor clerk officer
    "access": "auditor clerk officer",
    "access-confirm": "              officer",
    "access-roles": "auditor clerk officer",
    "stores": "auditor clerk officer",
    "acknowledge": "auditor clerk officer",
    "block": "        clerk officer",
    "by-hand": "        clerk officer",
    "consent-proof": "        clerk officer",
    "decision": "auditor clerk officer",
    "decision-propose": "        clerk officer",
    "decision-settle": "        clerk officer",
    "decisions": "auditor clerk officer",
    "anonymised": "auditor clerk officer",
    "purge": "auditor clerk officer",
    "purge-step": "              officer",
    "acts": "auditor clerk officer",
    "acts-export": "auditor clerk officer",
    "ending": "auditor clerk officer",
    "explain": "auditor clerk officer",
    "happened": "        clerk officer",
    "hold": "        clerk officer",
    "holds": "auditor clerk officer",
    "person-ending": "auditor clerk officer",
    "identity-check": "        clerk officer",
    "application": "auditor clerk officer",
    "application-key": "              officer",
    "application-new": "              officer",
    "application-revoke": "              officer",
    "application-rights": "              officer",
    "applications": "auditor clerk officer",
    "authorities": "auditor clerk officer",
    "authority": "        clerk officer",
    "desk": "auditor clerk officer",
    "desk-version-cancel": "              officer",
    "desk-version-post": "              officer",
    "desk-versions": "auditor clerk officer",
    "desk-proof": "auditor clerk officer",
    "desk-proof-clause": "auditor clerk officer",
    "extend": "        clerk officer",
    "pause": "        clerk officer",
    "file": "        clerk officer",
    "inventory": "auditor clerk officer",
    "special-found": "auditor clerk officer",
    "special-decide": "              officer",
    "media": "auditor clerk officer",
    "media-check": "              officer",
    "medium": "auditor clerk officer",
    "medium-act": "auditor clerk officer",
    "medium-change": "              officer",
    "medium-new": "              officer",
    "journal": "auditor clerk officer",
    "journal-entry": "auditor clerk officer",
    "journal-log": "auditor clerk officer",
    "journal-selection": "auditor clerk officer",
    "obligation": "        clerk officer",
    "obstacle": "        clerk officer",
    "people": "auditor clerk officer",
    "person": "auditor clerk officer",
    "pseudonyms": "        clerk officer",
    "pseudonyms-end": "              officer",
    "conversation": "        clerk officer",
    "conversation-desk-file": "        clerk officer",
    "conversations": "auditor clerk officer",
    "incoming": "auditor clerk officer",
    "incoming-file": "        clerk officer",
    "incoming-letter": "auditor clerk officer",
    "incoming-read": "        clerk officer",
    "incoming-settle": "        clerk officer",
    "payments": "auditor clerk officer",
    "processors": "auditor clerk officer",
    "processor-command": "auditor clerk officer",
    "processor-step": "        clerk officer",
    "runs": "auditor clerk officer",
    "run": "auditor clerk officer",
    "run-open": "              officer",
    "run-decide": "              officer",
    "run-take": "              officer",
    "request": "        clerk officer",
    "request-others": "        clerk officer",
    "requests-own-calendar": "auditor clerk officer",
    "requests-view": "auditor clerk officer",
    "automated": "auditor clerk officer",
    "automated-review": "        clerk officer",
    "request-new": "        clerk officer",
    "requests": "auditor clerk officer",
    "requests-assign": "        clerk officer",
    "requests-calendar": "auditor clerk officer",
    "requests-figures": "auditor clerk officer",
    "verification": "              officer",
    "verification-copy": "              officer",
    "verifications": "              officer",
    "reveal": "        clerk officer",
    "site-end": "              officer",
    "sites": "              officer",
    "staff": "              officer",
    "staff-member": "              officer",
    "visits": "auditor clerk officer",
    "values": "        clerk officer",
    "unusual": "auditor clerk officer",
    "unusual-event": "auditor clerk officer",
    "unusual-settle": "              officer",
}
"""Pages of one operator's desk, and the roles that open them there."""

NAMES = {
    # page: the parameter that names something of one operator, or of one person
    "application": "application",
    "desk-version-cancel": "number",
    "desk-version-post": "number",
    "application-key": "application",
    "application-revoke": "application",
    "application-rights": "application",
    "authority": "authority",
    "block": "subject",
    "by-hand": "subject",
    "values": "subject",
    "file": "subject",
    "my-file": "record",
    "acting-for": "authority",
    "authority-end": "authority",
    "consent-proof": "subject",
    "special-decide": "finding",
    "medium": "medium",
    "medium-act": "medium",
    "medium-change": "medium",
    "decision": "approval",
    "decision-settle": "approval",
    "extend": "obligation",
    "pause": "obligation",
    "identity-check": "subject",
    "journal-entry": "entry",
    "obligation": "obligation",
    "obstacle": "subject",
    "person": "subject",
    "person-ending": "subject",
    "happened": "subject",
    "hold": "subject",
    "conversation": "conversation",
    "conversation-desk-file": "conversation",
    "conversation-file": "conversation",
    "conversation-save": "conversation",
    "conversation-to": "address",
    "incoming-file": "mail",
    "incoming-letter": "mail",
    "incoming-read": "mail",
    "incoming-settle": "mail",
    "processor-command": "command",
    "processor-step": "command",
    "run": "run",
    "run-decide": "run",
    "run-take": "run",
    "my-conversation": "conversation",
    "package": "secret",
    "request": "case",
    "request-others": "case",
    "automated-review": "decision",
    "verification": "case",
    "verification-copy": "case",
    "reveal": "subject",
    "staff-member": "user",
    "unusual-event": "event",
    "unusual-settle": "event",
}
PUBLISHED = """
processor-answer
demo-open embed-form embed-script embed-send mail-confirm payment-told policy-pdf public-page
act act-json act-pdf demo-person demo-staff desk-proof-clause form form-declined policy-clause
policy-in policy-version proof-clause receipt sign-in-open welcome
"""
"""What these name is public, a demonstration's, or a secret in itself."""

SIGN_OUTS = {"sign-out", "desk-sign-out"}
"""They lead everybody to a sign-in (tests/identity/test_staff_sign_in.py, tests/requests)."""

THE_GATE_REFUSES = {("auditor", "POST", "people"), ("person", "POST", "my-file")}
"""The page opens, and what is asked on it is refused: an auditor looks nobody up by an address, and
a person has no file in a record that is not theirs."""


def test_it_is_written_down_who_may_open_each_page():
    written = [*ANYBODY.split(), *THE_PERSON.split(), *ANY_STAFF.split(), *ROLES]
    assert sorted(written) == sorted(ROUTES)
    named = {name for name, each in ROUTES.items() if each.parameters - {"operator"}}
    assert named == set(NAMES) | set(PUBLISHED.split())


@dataclass
class Town:
    """Two operators with everybody who might try a page of the first one."""

    here: uuid.UUID
    there: uuid.UUID
    clients: dict[str, Client] = field(default_factory=dict)


def person(operator: uuid.UUID, category: str) -> tuple[uuid.UUID, str]:
    with operator_scope(operator):
        known = identity.new_subject(operator, "en", category)
        return known, identity.redeem(operator, identity.issue_sign_in(operator, known))


@pytest.fixture
def town(db) -> Town:
    made = Town(publish(MINIMAL), publish(SAMPLE))
    made.clients["stranger"] = browser()
    for who, where, slug in (("person", made.here, HERE), ("person elsewhere", made.there, THERE)):
        client = browser()
        _known, session = person(where, "customer" if where == made.here else "user")
        client.cookies[f"subject-{slug}"] = session
        client.cookies[f"subject-{HERE}"] = session
        made.clients[who] = client
    for role in ("auditor", "clerk", "officer"):
        made.clients[role] = browser(hire(made.here, role, role))
    made.clients["officer elsewhere"] = browser(hire(made.there, "elsewhere", "officer"))
    made.clients["nobody's staff"] = browser(hire(made.here, "idle"))
    gone = hire(made.here, "gone", "officer")
    made.clients["switched off"] = browser(gone)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return made


def address(name: str, **values: object) -> str:
    samples = {"language": "en", "operator": HERE, "uuid": uuid.UUID(int=1), "int": 10**6}
    (pattern,) = [each for each in get_resolver().url_patterns if each.name == name]
    kinds = {
        key: type(each).__name__.removesuffix("Converter").lower()
        for key, each in pattern.pattern.converters.items()
    }
    found = {key: samples.get(key, samples.get(kind, "no-such")) for key, kind in kinds.items()}
    return reverse(name, kwargs={**found, **values})


def opened(answer) -> bool:
    """Whether somebody came to the page, whatever it then said."""
    assert answer.status_code < 500
    where = answer.headers.get("Location", "")
    return (
        answer.status_code != 403
        and "/sign-in/?next=" not in where
        and (not where.endswith("/sign-in/"))
    )


STAFF = {"auditor", "clerk", "officer"}
SIGNED_IN = {*STAFF, "officer elsewhere", "nobody's staff"}


def expected(name: str, who: str) -> bool:
    if name in ANYBODY.split():
        return True
    if name in THE_PERSON.split():
        return who == "person"
    if name in ANY_STAFF.split():
        return who in SIGNED_IN
    return who in ROLES[name].split()


STEPS_OF_A_SIGN_IN = {"desk-code", "desk-provider", "desk-provider-back", "hand-over", "embed-send"}
"""They refuse whoever is not in the middle of a sign-in, or lead to its beginning; a form sent from
the operator's own site is refused without the site's proof."""


def test_each_page_opens_to_whom_it_is_written_down_for_and_to_nobody_else(town):
    wrong = []
    names = sorted(set(ROUTES) - STEPS_OF_A_SIGN_IN - SIGN_OUTS)
    for who, client in town.clients.items():
        for name in names:
            for method in ROUTES[name].methods:
                may = opened(client.generic(method, address(name)))
                refused_by_gate = (who, method, name) in THE_GATE_REFUSES
                if may is not (expected(name, who) and not refused_by_gate):
                    wrong.append(f"{who}: {method} {name} {'opened' if may else 'refused'}")
    assert not wrong, "\n".join(wrong)


def real(operator: uuid.UUID, user: User, category: str) -> dict[str, object]:
    """Something real of this operator for each kind of name that a page takes."""
    subject, _session = person(operator, category)
    with operator_scope(operator):
        entry = journal.entries(operator, limit=1)[0].id
    return {"subject": subject, "entry": entry, "user": user.pk}


def test_what_belongs_to_another_operator_is_not_found_here_by_its_number(town):
    """IDOR: an officer changes the number in the address to one of another operator."""
    ours = real(town.here, hire(town.here, "ours", "clerk"), "customer")
    theirs = real(town.there, hire(town.there, "theirs", "clerk"), "user")
    officer, wrong = town.clients["officer"], []
    for name, kind in NAMES.items():
        if kind not in ours or name in THE_PERSON.split():
            continue
        for method in ROUTES[name].methods:
            own = officer.generic(method, address(name, **{kind: ours[kind]})).status_code
            other = officer.generic(method, address(name, **{kind: theirs[kind]})).status_code
            none = officer.generic(method, address(name)).status_code
            if method == "GET" and (own, other, none) != (200, 404, 404):
                wrong.append((name, method, own, other, none))
            if method == "POST" and not (other == none >= 400):
                wrong.append((name, method, own, other, none))
    assert wrong == []
