"""The policy of the benchmark's operator: GDPRbench's metadata as a Tutela policy says it.

Metadata that GDPRbench repeats in every record follows here from the policy and from the form at
which a record was taken: who sees it (ACL), who receives it (SHR), what decides about it (DEC),
where it is from (SRC) and how long it is kept (TTL). Record n is taken at ``form<n mod 100>``, for
``purpose<n mod 25>``, into the field ``cat<n mod 10>``. What a person wishes otherwise for one
record is personal data of its own: a sealed value in the field ``wishes``.
"""

from __future__ import annotations

import json
import math
from typing import Any

from benchmarks.gdprbench.facts import OBJECTIONS, OTHERS, PURPOSES, TTL

SLUG = "gdprbench"
WISHES = "wishes"
ADDRESS = "address"
"""An e-mail address by which somebody is found; records of GDPRbench have none."""
FORMS = OBJECTIONS

_TEXT = """POLICY OF THE BENCHMARK. January 01, 2024

1. GENERAL PROVISIONS
1.1. The operator is Benchmark LLC, e-mail bench@bench.example.
1.2. Users are adults who use the service.
1.3. The following data is taken: data of ten categories, and wishes about them.
1.4. Data is used for twenty-five purposes with the consent of the user.
1.5. Data is taken by a hundred forms.
1.6. Data is given to ten recipients with the consent of the user.
1.7. Data is kept for the time named at the form and then destroyed.
1.8. When the consent is withdrawn the data is destroyed within 30 days.
1.9. Requests are answered within 30 days and are sent by mail.
1.10. A new version is in force from the moment it is posted.
"""


def _said(text: str) -> dict[str, str]:
    return {"en": text}


def _term(seconds: int) -> str:
    """A second of GDPRbench is a minute of the policy: shorter terms promise nobody anything."""
    return f"{seconds} minutes" if seconds < 500_000 else f"{math.ceil(seconds / 60)} hours"  # noqa: PLR2004


def data_field(n: int) -> str:
    return f"cat{n % OTHERS}"


def purpose(n: int) -> str:
    return f"purpose{n % PURPOSES}"


def form(n: int) -> str:
    return f"form{n % FORMS}"


def _fields() -> dict[str, Any]:
    slugs = [*(f"cat{k}" for k in range(OTHERS)), WISHES]
    address = {"type": "email", "identifies": True, "category": WISHES, "clauses": ["1.3"]}
    plain = {
        slug: {"category": slug, "type": "text", "title": _said(f"Data {slug}"), "clauses": ["1.3"]}
        for slug in slugs
    }
    return {**plain, ADDRESS: {**address, "title": _said("Address")}}


def _purposes(fields: list[str]) -> dict[str, Any]:
    return {
        f"purpose{k}": {
            "title": _said(f"Purpose {k}"),
            "bases": ["consent"],
            "fields": fields,
            "subjects": ["user"],
            "consent_text": _said(f"I agree to the processing of my data for purpose {k}."),
            "clauses": ["1.4"],
        }
        for k in range(PURPOSES)
    }


def _forms() -> dict[str, Any]:
    asked = {"required": True, "why": _said("for the service")}
    return {
        f"form{k}": {
            "kind": "form",
            "title": _said(f"Form {k}"),
            "notice": _said("The data serves the service."),
            "refusal": _said("Nothing is kept."),
            "subject": "user",
            "event": "form.sent",
            "purposes": [purpose(k)],
            "fields": {
                data_field(k): asked,
                WISHES: {**asked, "required": False},
                ADDRESS: {**asked, "required": False},
            },
            "clauses": ["1.5"],
        }
        for k in range(FORMS)
    }


def _recipients(fields: list[str]) -> dict[str, Any]:
    return {
        f"shr{k}": {
            "role": "recipient",
            "title": _said(f"Recipient {k}"),
            "country": "US",
            "purposes": [f"purpose{each}" for each in range(PURPOSES)],
            "fields": fields,
            "ground": "consent",
            "clauses": ["1.6"],
        }
        for k in range(OTHERS)
    }


def _retention() -> dict[str, Any]:
    return {
        f"ttl{k}": {
            "event": "form.sent",
            "term": _term(seconds),
            "points": [f"form{each}" for each in range(k, FORMS, len(TTL))],
            "clauses": ["1.7"],
        }
        for k, seconds in enumerate(TTL)
    }


def _operator() -> dict[str, Any]:
    return {
        "operator": {
            "slug": SLUG,
            "brand": "Benchmark",
            "legal_name": "Benchmark LLC",
            "email": "bench@bench.example",
            "territory": "US-FL",
            "time_zone": "America/New_York",
            "address": _said("1 Bench Lane"),
            "clauses": ["1.1"],
        },
        "sites": [{"host": "bench.example", "path": "/", "subdomains": True, "clauses": ["1.5"]}],
        "law": {"governing": ["RU-152-FZ"]},
        "calendar": {"code": "RU", "day_of_receipt_counts": False, "roll": "none"},
        "languages": {"original": "en", "texts": {"en": "policy.en.txt"}},
        "version": {
            "number": 1,
            "dated": "2024-01-01",
            "effective": "at-posting",
            "clauses": ["Header/p0", "1.10"],
        },
        "channels": {
            "mail": {
                "kind": "mail",
                "address": "bench@bench.example",
                "event": "request.received",
                "clauses": ["1.9(a)"],
            }
        },
    }


def _promises() -> dict[str, Any]:
    return {
        "destroy-after-withdrawal": {
            "event": "consent.withdrawn",
            "outcome": "destroy",
            "term": "30 days",
            "clauses": ["1.8"],
        },
        "answer": {
            "event": "request.received",
            "outcome": "answer",
            "term": "30 days",
            "clauses": ["1.9"],
        },
    }


def sources() -> dict[str, str]:
    """The files of the operator's folder, by name."""
    fields = _fields()
    declared = {
        "format": 1,
        **_operator(),
        "subjects": {"user": {"title": _said("Users"), "minimum_age": 18, "clauses": ["1.2"]}},
        "categories": {
            each["category"]: {"title": _said(f"Category {each['category']}")}
            for each in fields.values()
        },
        "fields": fields,
        "bases": {"consent": {"kind": "consent", "title": _said("Consent")}},
        "purposes": _purposes(list(fields)),
        "collection_points": _forms(),
        "recipients": _recipients(list(fields)),
        "promises": _promises(),
        "retention": _retention(),
    }
    text = json.dumps(declared, indent=1, ensure_ascii=False)
    return {"policy.yaml": text.replace('"2024-01-01"', "2024-01-01"), "policy.en.txt": _TEXT}
