"""A version of the policy as a paper; the text is what was published, word for word."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from tutela.documents.actions import Document, render_pdf
from tutela.policy.model import Policy
from tutela.policy.versions import VersionRow


def version_pdf(policy: Policy, row: VersionRow, language: str) -> bytes:
    """The same version in the same language always gives the same bytes."""
    spoken = language if language in policy.texts else policy.original
    with translation.override(language):
        return render_pdf("act", _document(policy, row, spoken, language), language)


def _document(policy: Policy, row: VersionRow, spoken: str, language: str) -> Document:
    zone = ZoneInfo(policy.operator.time_zone)
    since = row.effective_from.astimezone(zone)
    told = _("In force from %(since)s. Dated %(dated)s.") % {
        "since": formats.date_format(since, "j E Y"),
        "dated": formats.date_format(row.dated, "j E Y"),
    }
    intro = [told]
    if spoken != policy.original:
        intro.append(
            _("This is the operator’s translation; if the two differ, the original counts.")
        )
    return Document(
        title=_("Personal data policy"),
        number=str(row.number),
        date=row.posted_at.astimezone(zone).date(),
        issuer=policy.operator.legal_names.get(language, policy.operator.legal_name),
        verification=_("The fingerprint of this version (SHA-256 of its text and declarations): %s")
        % row.digest,
        intro=tuple(intro),
        rows=tuple((each.marker or " ", each.text) for each in policy.clauses[spoken]),
        narrow=True,
    )
