"""Calls the JSON API of Tutela. ``Tutela`` is the client; the answers are plain dataclasses."""

from __future__ import annotations

from tutela_client.answers import (
    Account,
    Application,
    Checkpoint,
    Consent,
    ConsentEvent,
    Consents,
    ConsentText,
    Decision,
    Deletion,
    Entry,
    Form,
    Obligation,
    Proof,
    Record,
    Subject,
    Value,
    Withdrawal,
)
from tutela_client.client import Tutela
from tutela_client.errors import (
    Conflict,
    Gone,
    Invalid,
    KeyRefused,
    Mistake,
    NotFound,
    Problem,
    Refused,
    TooManyRequests,
    Unavailable,
)

__version__ = "0.1.0"

__all__ = [
    "Account",
    "Application",
    "Checkpoint",
    "Conflict",
    "Consent",
    "ConsentEvent",
    "ConsentText",
    "Consents",
    "Decision",
    "Deletion",
    "Entry",
    "Form",
    "Gone",
    "Invalid",
    "KeyRefused",
    "Mistake",
    "NotFound",
    "Obligation",
    "Problem",
    "Proof",
    "Record",
    "Refused",
    "Subject",
    "TooManyRequests",
    "Tutela",
    "Unavailable",
    "Value",
    "Withdrawal",
]
