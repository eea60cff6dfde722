"""A consent as a record of ISO/IEC TS 27560:2023, in JSON-LD with terms of the Data Privacy
Vocabulary (https://w3id.org/dpv/schema/dpv-27560). Pure.

Which term a purpose or a field is comes from the policy (``dpv``); where it names none, the kind
of the field and of the purpose chooses one. Titles and words stay the operator's own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tutela.consent.events import ConsentEvent
from tutela.consent.rules import CONDUCT, Kind, Mode, published_field, purpose_of
from tutela.policy.model import Policy, Purpose

CONFORMS = "https://w3id.org/dpv/schema/dpv-27560#record"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
}
FIELDS = {
    "name": "pd:Name",
    "email": "pd:EmailAddress",
    "phone": "pd:TelephoneNumber",
    "birth-date": "pd:BirthDate",
    "country": "pd:Country",
    "address": "pd:PhysicalAddress",
    "bank-account": "pd:BankAccount",
    "photo": "pd:Picture",
    "voice": "pd:VoiceMail",
    "document": "pd:OfficialID",
}
"""The term of a field by its type; every other type is personal data, no more."""
ROLES = {
    "processor": "dpv:DataProcessor",
    "recipient": "dpv:ThirdParty",
    "authority": "dpv:Authority",
}
STATUSES = {
    Kind.GIVEN: "dpv:ConsentGiven",
    Kind.WITHDRAWN: "dpv:ConsentWithdrawn",
    Kind.EXPIRED: "dpv:ConsentExpired",
    Kind.STOPPED: "dpv:ConsentRevoked",
    Kind.DATED: "dpv:ConsentGiven",
}
"""“Stopped” is what the operator ended by its own promise; “dated” gave the consent its end."""
_BY = {
    Mode.BY_GUARDIAN: "dpv:GuardianOfDataSubject",
    Mode.BY_REPRESENTATIVE: "dpv:Representative",
}
_SENSITIVE = {
    "special": "dpv:SpecialCategoryPersonalData",
    "financial": "dpv:SensitivePersonalData",
    "identity-document": "dpv:SensitivePersonalData",
}


def record(
    policy: Policy, subject: UUID, events: Sequence[ConsentEvent], texts: Mapping[str, str]
) -> str:
    """The record of ``events``, the oldest first, all of one purpose and none missing."""
    first = events[0]
    controller = f"urn:tutela:operator:{policy.operator.slug}"
    content = {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{first.id}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": str(first.id),
        "dct:conformsTo": CONFORMS,
        "dpv:hasDataSubject": {"@id": f"urn:uuid:{subject}", "@type": "dpv:DataSubject"},
        "dpv:hasDataController": {
            "@id": controller,
            "@type": "dpv:DataController",
            "dpv:hasName": policy.operator.legal_name,
            "schema:email": policy.operator.email,
        },
        "dpv:hasJurisdiction": policy.operator.territory,
        "dpv:hasApplicableLaw": list(policy.operator.law),
        "dpv:hasLegalBasis": _basis(first),
        "dpv:hasProcess": _process(policy, first, controller),
        "dpv:hasNotice": [_notice(each, texts) for each in _shown(events)],
        "dpv:hasConsentControl": {"@type": ["dpv:ObtainConsent", "dpv:WithdrawConsent"]},
        "dpv:hasRight": {
            "@type": ["dpv:DataSubjectRight", "eu-gdpr:A7-3"],
            "dct:title": "Right to withdraw consent",
        },
        "dpv:hasConsentStatus": [_status(each) for each in events],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _basis(event: ConsentEvent) -> str:
    return "dpv:ImpliedConsent" if event.mode in CONDUCT else "dpv:ExpressedConsent"


def _process(policy: Policy, event: ConsentEvent, controller: str) -> dict[str, Any]:
    """What is done with which data; one field alone where it is let be made public."""
    purpose, language = policy.purposes[purpose_of(event.purpose)], event.language
    place = published_field(event.purpose)
    fields = {place[1]} if place else purpose.fields
    return {
        "@type": "dpv:Process",
        "dpv:hasProcessing": "dpv:Disseminate" if place else "dpv:Use",
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "skos:broader": _purpose_term(purpose),
            "dct:identifier": purpose.slug,
            "dct:title": _words(purpose.title, language),
        },
        "dpv:hasPersonalData": [_data(policy, slug, language) for slug in sorted(fields)],
        "dpv:hasRecipient": [
            {"@id": controller, "@type": "dpv:DataController"},
            *(
                {
                    "@type": ROLES[each.role],
                    "dct:identifier": each.slug,
                    "dct:title": _words(each.title, language),
                    "dpv:hasJurisdiction": each.country,
                }
                for each in policy.recipients.values()
                if purpose.slug in each.purposes
            ),
        ],
        "dpv:hasStorageCondition": [
            {
                "@type": "dpv:StorageDuration",
                "dpv:hasDuration": {
                    "@type": "dpv:UntilEventDuration",
                    "rdf:value": f"{each.term.words('en')} after {each.event}",
                },
            }
            for each in policy.retention.values()
            if not each.purposes or purpose.slug in each.purposes
        ],
    }


def _purpose_term(purpose: Purpose) -> str:
    return purpose.dpv or ("dpv:Marketing" if purpose.marketing else "dpv:ServiceProvision")


def _data(policy: Policy, slug: str, language: str) -> dict[str, Any]:
    field = policy.fields[slug]
    term = field.dpv or FIELDS.get(field.type, "dpv:PersonalData")
    sensitivity = policy.categories[field.category].sensitivity
    return {
        "@type": _SENSITIVE.get(sensitivity, "dpv:PersonalData"),
        "skos:broader": term,
        "dct:identifier": slug,
        "dct:title": _words(field.title, language),
    }


def _shown(events: Sequence[ConsentEvent]) -> list[ConsentEvent]:
    return [each for each in events if each.kind == Kind.GIVEN]


def _notice(event: ConsentEvent, texts: Mapping[str, str]) -> dict[str, Any]:
    """What was shown: its words, language and fingerprint, and the version it belongs to."""
    return {
        "@id": f"urn:sha256:{event.text_hash}",
        "@type": "dpv:ConsentNotice",
        "dct:date": event.at.date().isoformat(),
        "dct:language": event.language.upper(),
        "dct:description": texts.get(event.text_hash, ""),
        "dct:hasVersion": str(event.policy_version),
    }


def _status(event: ConsentEvent) -> dict[str, Any]:
    status: dict[str, Any] = {
        "@type": STATUSES[Kind(event.kind)],
        "dpv:isIndicatedAtTime": event.at.isoformat(),
    }
    if event.kind in {Kind.GIVEN, Kind.WITHDRAWN}:
        giver = _BY.get(Mode(event.mode)) if event.mode in set(Mode) else None
        status["dpv:isIndicatedBy"] = giver or "dpv:DataSubject"
    if event.kind in {Kind.GIVEN, Kind.DATED}:
        status["dpv:hasIndicationMethod"] = f"{event.mode} ({event.act})"
        status["dpv:hasDuration"] = _duration(event)
    return status


def _duration(event: ConsentEvent) -> dict[str, str]:
    if event.expires_at is None:
        return {"@type": "dpv:UntilEventDuration", "rdf:value": "consent.withdrawn"}
    return {"@type": "dpv:UntilTimeDuration", "rdf:value": event.expires_at.isoformat()}


def _words(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
