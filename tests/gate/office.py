"""The bakery with rules for its own people, as it would publish them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth import get_user_model
from tests.gate.conftest import FOLDER

from tutela.core.vocabulary import Actor, ActorKind
from tutela.identity import actions as identity
from tutela.policy.compiling import compile_sources
from tutela.policy.model import Policy
from tutela.policy.source import Sources

SECTIONS = {
    "roles": """
roles:
  clerk: {actions: [collection, extraction, use]}
  baker:
    like: clerk
    title: {en: Baker, ru: Пекарь}
    purposes: [orders]
    clauses: ["4.1(1)"]
""",
    "access": """
access:
  review_every: 6 months
  acknowledgement: {renew: each-version, clauses: ["4.1(2)"]}
""",
    "decisions": """
decisions:
  handing-over: {operations: [provision, use], purposes: [orders], clauses: ["2.3"]}
""",
    "four_eyes": """
four_eyes:
  destroy-person: {}
  reveal-in-bulk: {}
  publish-policy: {}
""",
    "change_roles": """
four_eyes:
  change-roles: {clauses: ["4.1(2)"]}
""",
}


def bakery(*sections: str, number: int = 1) -> Policy:
    files = {each.name: each.read_text(encoding="utf-8") for each in FOLDER.iterdir()}
    text = files["policy.yaml"].replace("version: {number: 1", f"version: {{number: {number}")
    files["policy.yaml"] = text + "".join(SECTIONS[name] for name in sections)
    return compile_sources(Sources(files)).or_raise()


def staff(operator: UUID, **roles: str) -> Mapping[str, Actor]:
    """Members of staff by name, each with a role at the operator."""
    found = {}
    for name, role in roles.items():
        user = get_user_model().objects.create_user(name)
        identity.grant_role(operator, user.pk, role)
        found[name] = Actor(ActorKind.STAFF, str(user.pk), role)
    return found
