"""Words for keys and for how values are checked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

USES = {
    "wrapping": _("the operator’s key, which wraps the keys of people"),
    "index": _("the key of the blind index"),
}
"""What a key of the operator is for."""

KINDS = {
    "operator": _("the operator’s key"),
    "index": _("the key of the blind index"),
    "data": _("the data keys of people"),
}
"""What a rotation changes."""

CHECKS = {
    "document": _("compared with a document"),
    "reply": _("the person answered under this address or number"),
    "repeated": _("the person said again that it is right"),
    "third-party": _("confirmed by a third party, as the law provides"),
}
"""How a value is found right."""

BEGUN = {
    "collection": _("data was taken from people"),
    "recording": _("data was written down"),
    "clarification": _("data was corrected"),
    "value.confirmed": _("a value was confirmed"),
    "consent.given": _("a consent was given"),
    "request.opened": _("a request was opened"),
    "retention.contract-started": _("an agreement began"),
    "authority.confirmed": _("somebody’s authority was confirmed"),
    "publicity.opened": _("data was made public"),
    "account.opened": _("an account was opened"),
    "staff.role-granted": _("a role was given"),
    "decision.taken": _("a decision was taken"),
}
"""What a restore does not repeat, by action or kind of entry: it rests on what is gone."""

ENDINGS = {
    "destroyed": _("data was destroyed"),
    "withdrawn": _("a consent was withdrawn"),
    "stopped": _("processing was stopped, or a block was lifted"),
    "held": _("data was held on a ground, or released"),
}
"""What is over for good, by kind (``endings``)."""

DAMAGE = {
    "record-changed": _("a form’s data does not agree with its seal"),
    "record-lost": _("a form’s data is gone without having been destroyed"),
    "record-unknown": _("there are values of a form that was never stored"),
    "value-changed": _("a value does not open"),
    "share-lost": _("the key share of a value is missing"),
    "index-changed": _("the index by which people are found does not agree with the values"),
}
"""What a look over the vault finds (``damages``)."""

SETTLED = {
    "backup": _("restored from a backup"),
    "history": _("the version before it is in force again"),
    "whole": _("a later look found it whole"),
    "destroyed": _("it was destroyed as its term asks"),
}
"""How what was found ended."""

BACKUPS = {
    "data": _("the database"),
    "keys": _("the keys"),
}
"""What a backup is of."""
