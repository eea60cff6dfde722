"""The closed lists of the policy format: events, outcomes, kinds, and the capability slugs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FORMAT = 1

EVENTS = (
    "form.sent",
    "visit.made",
    "consent.withdrawn",
    "consent.expired",
    "purpose.reached",
    "request.received",
    "correction.requested",
    "block.requested",
    "erasure.requested",
    "destruction.demanded",
    "stop.requested",
    "distribution.stop.requested",
    "court.decision",
    "claim.received",
    "objection.received",
    "letter.received",
    "unlawful.detected",
    "incident.identified",
    "account.deleted",
    "contract.ended",
    "marketing.stopped",
    "subscription.ended",
    "mailing.consented",
    "policy.posted",
    "cross-border.planned",
    "minor.found",
    "operator.liquidated",
    "business.sold",
)
"""The facts that open obligations or start a retention term."""

OUTCOMES = (
    "destroy",
    "stop",
    "block",
    "correct",
    "answer",
    "consider",
    "notify-authority",
    "notify-subject",
    "notify-recipients",
    "unpublish",
)
"""What discharges a promise."""

FIELD_TYPES = (
    "text",
    "long-text",
    "name",
    "email",
    "phone",
    "date",
    "birth-date",
    "country",
    "address",
    "coordinates",
    "bank-account",
    "inn",
    "iin",
    "bin",
    "iin-or-bin",
    "photo",
    "voice",
    "document",
    "mail",
)
ATTACHMENT_TYPES = ("photo", "voice", "document", "mail")
"""Types of fields that hold a file and no text (002 “Сбор” B2, B6); ``mail`` holds a message as it
arrived, and no form asks for it."""
SENSITIVITIES = ("ordinary", "financial", "special", "identity-document")
STORE_KINDS = ("vault", "attachments", "backup", "external", "media")
BASIS_KINDS = ("consent", "contract", "law", "legitimate-interest", "internal-act")
POINT_KINDS = (
    "form",
    "account",
    "claim",
    "newsletter",
    "letter",
    "chat",
    "verification",
    "mail",
    "call",
    "api",
)
CHAT_PARTIES = ("company", "people")
"""With whom a person may talk at a point of the kind chat (000 2, 002 “Сбор” B3, 004 3.1)."""
RECIPIENT_ROLES = ("processor", "recipient", "authority")
TOLD_BY = ("mail", "webhook", "hand")
"""How a processor learns that data is to be destroyed with it (004 9.3, 9.4)."""
CHANNEL_KINDS = ("mail", "form", "portal", "post", "phone", "drp")
COOKIE_CLASSES = ("necessary", "functional", "analytical", "marketing")
COOKIE_KINDS = ("cookie", "local-storage", "beacon", "sdk")
COOKIE_PARTIES = ("own", "third", "seller")
"""Who sets a cookie: the operator, a service of others, a seller on the page of a store
(001 7.5, 7.10)."""
PRODUCT_KINDS = ("service", "application", "platform", "widget")
ENDINGS = ("destroy", "anonymise")
COUNTED_FROM = ("event", "end-of-term")
AWAITED = ("identity", "signed-form", "clarification")
"""What only the person can give, and for which a policy may let a clock stand still."""
UNLESS = ("contract", "other-basis", "agreement", "law")
"""What the text allows to keep the data in spite of the promise (004 9.3, 9.4; 152-FZ 21(4-5))."""
EFFECTIVE = ("at-posting", "in-product")
"""When a version takes force besides on a day of its own (004 10.2, 003 12.3, 001 9.1)."""
POSTED = ("with-the-site", "apart")
"""How a version comes to a site or a product (003 12.3)."""
UNSTATED = ("legal_name", "email", "sites")
"""What of the operator a text may fail to say; it is declared as an assumption then (000, 002)."""
INSTRUCTION_PARTS = ("data", "operations", "purposes", "confidentiality", "requirements")
"""What an instruction to a processor must say (004 2.9; 152-FZ 6(3); GDPR 28(3))."""

STAFF_ROLES = ("officer", "clerk", "auditor")
"""The roles every operator has; a policy may narrow them, and name others that work like one."""
NARROWED = (*STAFF_ROLES, "application")
"""Who may be narrowed: people act on their own data, and the system on what is promised."""
ACKNOWLEDGEMENTS = ("each-version", "once")
"""When staff acknowledge the policy before they may touch personal data (000 7)."""
NINE_OPERATIONS = (
    "use",
    "dissemination",
    "provision",
    "access",
    "depersonalization",
    "blocking",
    "deletion",
    "destruction",
)
"""What may be made to wait for a decision of an authorised representative. The source counts
nine and names transfer beside its three ways (002 Безопасность)."""
FOUR_EYES = (
    "destroy-person",
    "reveal-in-bulk",
    "publish-policy",
    "change-roles",
    "verify-person",
)
"""Acts that may be made to wait for a second person."""

BUILT_IN_PURPOSES = (
    "subject-rights",
    "identification",
    "retention",
    "oversight",
    "service-letter",
    "reidentification",
)
"""Purposes every operator has by law; the gate knows them, so no policy may redefine them."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What carries clauses out: the closed list of controls, by slug, with titles."""

    slug: str
    room: str
    title: Mapping[str, str]


@cache
def capabilities() -> Mapping[str, Capability]:
    """The 90 capabilities in their order."""
    text = files("tutela.policy").joinpath("capabilities.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return {
        row["slug"]: Capability(row["slug"], row["room"], {"en": row["en"], "ru": row["ru"]})
        for row in rows
    }
