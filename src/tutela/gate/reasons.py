"""Why the gate says no, and the control that each no carries out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Reason(StrEnum):
    UNKNOWN_ACTION = "unknown-action"
    UNKNOWN_PURPOSE = "unknown-purpose"
    UNKNOWN_FIELD = "unknown-field"
    OUTSIDE_SCOPE = "outside-scope"
    FIELD_OUTSIDE_PURPOSE = "field-outside-purpose"
    UNKNOWN_POINT = "unknown-point"
    NOT_ASKED_HERE = "not-asked-here"
    NO_SUBJECT = "no-subject"
    DESTROYED = "destroyed"
    BLOCKED = "blocked"
    HELD = "held"
    ROLE = "role"
    FIELD_CLASS = "field-class"
    NOT_OWN = "not-own"
    NO_REASON = "no-reason"
    NO_AUTHORITY = "no-authority"
    BEYOND_AUTHORITY = "beyond-authority"
    NOT_ACKNOWLEDGED = "not-acknowledged"
    NO_CONSENT = "no-consent"
    CONSENT_EXPIRED = "consent-expired"
    CONSENT_OUTDATED = "consent-outdated"
    NO_CONTRACT = "no-contract"
    NO_RULE = "no-rule"
    UNKNOWN_RECIPIENT = "unknown-recipient"
    RECIPIENT_OUTSIDE_PURPOSE = "recipient-outside-purpose"
    NO_GROUND = "no-ground"
    NO_INSTRUCTION = "no-instruction"
    FOREIGN_COUNTRY = "foreign-country"
    NO_DISSEMINATION_CONSENT = "no-dissemination-consent"
    FORBIDDEN_BY_PERSON = "forbidden-by-person"
    NO_DECISION = "no-decision"
    NO_SECOND_PERSON = "no-second-person"
    GROUPS_APART = "groups-apart"
    UNKNOWN_STORE = "unknown-store"
    OUTSIDE_TERRITORY = "outside-territory"
    EVIDENCE = "evidence"


CONTROLS: Mapping[Reason, str] = MappingProxyType(
    {
        Reason.UNKNOWN_ACTION: "purpose.limit",
        Reason.UNKNOWN_PURPOSE: "purpose.register",
        Reason.UNKNOWN_FIELD: "purpose.limit",
        Reason.OUTSIDE_SCOPE: "access.roles",
        Reason.FIELD_OUTSIDE_PURPOSE: "purpose.limit",
        Reason.UNKNOWN_POINT: "inventory.points",
        Reason.NOT_ASKED_HERE: "purpose.limit",
        Reason.NO_SUBJECT: "access.roles",
        Reason.DESTROYED: "retention.purge",
        Reason.BLOCKED: "vault.block",
        Reason.HELD: "retention.hold",
        Reason.ROLE: "access.roles",
        Reason.FIELD_CLASS: "access.roles",
        Reason.NOT_OWN: "access.roles",
        Reason.NO_REASON: "access.roles",
        Reason.NO_AUTHORITY: "request.identity",
        Reason.BEYOND_AUTHORITY: "request.identity",
        Reason.NOT_ACKNOWLEDGED: "org.training",
        Reason.NO_CONSENT: "consent.record",
        Reason.CONSENT_EXPIRED: "consent.expire",
        Reason.CONSENT_OUTDATED: "policy.reaccept",
        Reason.NO_CONTRACT: "basis.register",
        Reason.NO_RULE: "basis.register",
        Reason.UNKNOWN_RECIPIENT: "disclosure.gate",
        Reason.RECIPIENT_OUTSIDE_PURPOSE: "disclosure.gate",
        Reason.NO_GROUND: "disclosure.gate",
        Reason.NO_INSTRUCTION: "disclosure.processor",
        Reason.FOREIGN_COUNTRY: "transfer.crossborder",
        Reason.NO_DISSEMINATION_CONSENT: "consent.distribution",
        Reason.FORBIDDEN_BY_PERSON: "consent.distribution",
        Reason.NO_DECISION: "decision.approval",
        Reason.NO_SECOND_PERSON: "decision.approval",
        Reason.GROUPS_APART: "purpose.separate",
        Reason.UNKNOWN_STORE: "vault.residency",
        Reason.OUTSIDE_TERRITORY: "vault.residency",
        Reason.EVIDENCE: "journal.record",
    }
)
"""The control that a refusal carries out; the policy binds the control to its clauses."""
