"""The groups of endpoints, and the actions and purposes of a scope, as people call them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tutela.core.vocabulary import Action, LawPurpose

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FUNCTIONS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        "accounts.read": _("read whether an account is open, and what it lacks"),
        "accounts.write": _("open profiles of children, issue tokens and delete accounts"),
        "automated.read": _("read what machines decided alone"),
        "automated.write": _("register what machines decided alone"),
        "consents.read": _("read consents and their proof"),
        "consents.write": _("record consents and withdrawals"),
        "facts.write": _("tell that a purpose is reached, or an agreement began or ended"),
        "forms.write": _("send in forms"),
        "gate.decide": _("ask whether something is allowed"),
        "inventory.read": _("read what is declared, held and unused"),
        "journal.read": _("read what happened with a person’s data"),
        "obligations.read": _("read what is due"),
        "location.write": _("keep where a person is, and remove it"),
        "policy.write": _("say that a version of the policy stands in a product now"),
        "public.read": _("read what people made public"),
        "public.write": _("make data public for its person, and take it back"),
        "records.read": _("read personal data"),
        "records.write": _("store and correct personal data"),
        "requests.read": _("read what people asked for and where it stands"),
        "requests.write": _("ask for something in the name of a person"),
        "subjects.read": _("find people"),
        "subjects.write": _("make new people known"),
        "technical.write": _("keep what devices send about a visit"),
        "visits.write": _("count visits without identifiers"),
    }
)
"""What a key may be made for. A test compares it with the endpoints."""

ACTIONS: Mapping[str, _StrPromise] = MappingProxyType(
    {
        str(action): words
        for action, words in (
            (Action.COLLECTION, _("collect it")),
            (Action.EXTRACTION, _("read it")),
            (Action.USE, _("use it")),
            (Action.CLARIFICATION, _("correct it")),
            (Action.RECORDING, _("record it")),
            (Action.SYSTEMATIZATION, _("arrange it")),
            (Action.ACCUMULATION, _("accumulate it")),
            (Action.STORAGE, _("store it")),
            (Action.PROVISION, _("hand it to a recipient")),
            (Action.ACCESS, _("let a recipient look at it")),
            (Action.DISSEMINATION, _("publish it")),
        )
    }
)
"""What an application may ever ask the gate for; a test compares it with the gate's matrix."""

LAW_PURPOSES: Mapping[str, _StrPromise] = MappingProxyType(
    {str(LawPurpose.IDENTIFICATION): _("Finding a person by an e-mail address or a number")}
)
"""The purposes of the law that an application may serve."""
