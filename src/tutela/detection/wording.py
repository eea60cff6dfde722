"""Words for what was noticed and what was done about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.detection.rules import Rule, Severity

RULES = {
    Rule.BULK_READS: _("the data of many people read in a short time"),
    Rule.OFF_HOURS: _("data read outside of working hours"),
    Rule.WITHOUT_CASE: _("data of people read for whom nothing was to be done"),
    Rule.REFUSALS: _("many refusals in a short time"),
    Rule.SIGN_IN_FAILURES: _("many failed sign-ins in a short time"),
    Rule.PUBLIC_READS: _("public pages read in bulk"),
}
"""What was noticed."""

SEVERITIES = {
    Severity.NOTICE: _("notice"),
    Severity.WARNING: _("warning"),
    Severity.ALARM: _("alarm"),
}

MEASURES = {
    "ordinary-work": _("it was ordinary work"),
    "spoken-to": _("spoke to the person who did it"),
    "access-ended": _("took the access away"),
    "source-shut-out": _("shut the source out"),
    "incident-opened": _("treated it as an incident"),
}
"""What was done about an event."""
