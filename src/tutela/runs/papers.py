"""The acts of a run as PDF in the reader's language; all that they say stands signed as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from tutela.core.canonical import canonical_bytes, sha256_hex
from tutela.documents.actions import Document, SignatureBlock, render_pdf
from tutela.policy import actions as policies
from tutela.policy.model import Policy
from tutela.runs.actions import RunRow
from tutela.runs.wording import KINDS, WHYS, RunKind, Why

Rows = list[tuple[str, str]]


def run_pdf(operator_id: UUID, row: RunRow, language: str) -> bytes:
    """The act with which a run ended, as PDF/A; the same act always gives the same bytes."""
    policy = policies.version(operator_id, _said(row.envelope)["policy"]["version"])
    with translation.override(language):
        return render_pdf("act", run_document(policy, row, language), language)


def file_pdf(operator_id: UUID, row: RunRow, language: str) -> bytes:
    """The act of destruction of a sale's sealed file, as PDF/A."""
    policy = policies.version(operator_id, _said(row.file_envelope)["policy"]["version"])
    with translation.override(language):
        return render_pdf("act", file_document(policy, row, language), language)


def _said(envelope: Mapping[str, Any] | None) -> Mapping[str, Any]:
    said: Mapping[str, Any] = (envelope or {})["document"]
    return said


def run_document(policy: Policy, row: RunRow, language: str) -> Document:
    said, zone = _said(row.envelope), ZoneInfo(policy.operator.time_zone)
    counts = said["counts"]
    rows: Rows = [
        (_("What happens"), str(KINDS[RunKind(said["kind"])])),
        (_("Decision"), said["reference"]),
    ]
    if said["buyer"]:
        rows += [
            (_("Buyer"), _buyer(policy, said["buyer"], language)),
            (_("Obligations taken over by"), said["assumed"]),
        ]
    rows += [
        (_("Opened"), _moment(said["opened"]["at"], zone)),
        (_("Agreed to by a second person"), _moment(said["decided"]["at"], zone)),
        (_("Everybody was written to"), _letters(said["noticed"], zone)),
        (_("Carried out from this day on"), _moment(said["carried_from"], zone)),
        (_("Ended"), _moment(said["ended_at"], zone)),
        (_("People"), str(counts["people"])),
        (_("Handed over"), str(counts["handed_over"])),
        (_("Destroyed whole"), str(counts["destroyed_whole"])),
        (_("Destroyed in part"), str(counts["destroyed_in_part"])),
        (_("Kept on a ground"), str(counts["kept_on_a_ground"])),
    ]
    intro = {
        RunKind.LIQUIDATION: _(
            "The operator is wound up. All personal data was destroyed, but for what a duty laid "
            "down by law or a hold keeps; each destruction has an act of its own, which names "
            "this run."
        ),
        RunKind.SALE: _(
            "The business is sold. What the policy lets the buyer have was sealed for the buyer, "
            "with the consents, holds and prohibitions of people; the buyer has taken the "
            "obligations of the policy over."
        ),
    }[RunKind(said["kind"])]
    title = _("Act of the end of the operator’s data") if not said["buyer"] else _("Act of a sale")
    return _document(policy, row.envelope, (title, intro), rows, said["ended_at"])


def file_document(policy: Policy, row: RunRow, language: str) -> Document:
    said, zone = _said(row.file_envelope), ZoneInfo(policy.operator.time_zone)
    rows: Rows = [
        (_("Buyer"), _buyer(policy, said["buyer"], language)),
        (_("People in the file"), str(said["people"])),
        (_("Bytes overwritten"), str(said["bytes"])),
        (_("Reason"), str(WHYS[Why(said["why"])])),
    ]
    if said["receipt"]:
        rows.append((_("The buyer’s receipt"), said["receipt"]))
    rows.append((_("Destroyed at"), _moment(said["made_at"], zone)))
    intro = _(
        "The sealed file that was made for the buyer was overwritten and removed here. Only the "
        "buyer’s private key could open it."
    )
    title = _("Act of destruction of the file of a sale")
    return _document(policy, row.file_envelope, (title, intro), rows, said["made_at"])


def _document(
    policy: Policy,
    envelope: Mapping[str, Any] | None,
    head: tuple[str, str],
    rows: Rows,
    made_at: str,
) -> Document:
    said, signed = _said(envelope), envelope or {}
    zone = ZoneInfo(policy.operator.time_zone)
    number = str(said.get("id") or said["run"])[-6:]
    version = _("version %(number)s of %(dated)s") % {
        "number": policy.number,
        "dated": formats.date_format(policy.dated, "j E Y"),
    }
    more: Rows = [(_("Policy"), version)]
    if said["clause"]:
        more.append((_("Ground"), _("clause %s of the policy") % said["clause"]))
    return Document(
        title=head[0],
        number=number,
        date=datetime.fromisoformat(made_at).astimezone(zone).date(),
        issuer=policy.operator.legal_name,
        verification=_(
            "The signed document behind this page has the SHA-256 %(sha256)s. It holds no "
            "personal data; check it with the operator’s public key, against the journal entry "
            "%(entry)s."
        )
        % {
            "sha256": sha256_hex(canonical_bytes(said)),
            "entry": said.get("journal_entry", "—"),
        },
        intro=(head[1],),
        rows=tuple(rows + more),
        signature=SignatureBlock(
            signed_by=policy.operator.legal_name,
            key_id=str(signed["key_id"]),
            signature=str(signed["signature"]).strip(),
        ),
    )


def _buyer(policy: Policy, slug: str, language: str) -> str:
    known = policy.recipients.get(slug)
    return known.title.get(language, slug) if known else slug


def _letters(noticed: Mapping[str, Any], zone: ZoneInfo) -> str:
    return _("%(moment)s; letters: %(count)s") % {
        "moment": _moment(noticed["at"], zone),
        "count": noticed["letters"],
    }


def _moment(text: str | None, zone: ZoneInfo) -> str:
    if not text:
        return "—"
    local = datetime.fromisoformat(text).astimezone(zone)
    return f"{formats.date_format(local, 'j E Y')}, {local:%H:%M:%S} ({zone.key})"
