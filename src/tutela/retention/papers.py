"""An act as a PDF in the reader's language; all that it says stands in the signed document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import formats, translation
from django.utils.translation import gettext as _

from tutela.documents.actions import Document, SignatureBlock, render_pdf
from tutela.policy import actions as policies
from tutela.policy.terms import Computation
from tutela.retention.acts import ActRow, Kind, act
from tutela.retention.wording import GROUNDS, OUTCOMES, PROOFS, method_words


def act_document(operator_id: UUID, act_id: UUID, language: str) -> Document:
    """The act in words, for a page or a paper."""
    row = act(operator_id, act_id)
    policy = policies.version(operator_id, row.document["policy"]["version"])
    with translation.override(language):
        return _document(row, ZoneInfo(policy.operator.time_zone), language)


def act_pdf(operator_id: UUID, act_id: UUID, language: str) -> bytes:
    """The act as PDF/A; the same act in the same language always gives the same bytes."""
    return render_pdf("act", act_document(operator_id, act_id, language), language)


def _document(row: ActRow, zone: ZoneInfo, language: str) -> Document:
    said = row.document
    operator = said["operator"]["legal_name"]
    return Document(
        title=_title(row.kind),
        number=row.label,
        date=row.made_at.astimezone(zone).date(),
        issuer=operator,
        verification=_(
            "The signed document behind this page has the SHA-256 %(sha256)s. It holds no "
            "personal data; check it with the operator’s public key, against the journal entry "
            "%(entry)s."
        )
        % {"sha256": row.sha256, "entry": said["journal_entry"]},
        intro=(_intro(row.kind), *_stays(said)),
        rows=tuple(_rows(row, zone, language)),
        signature=SignatureBlock(
            signed_by=operator,
            key_id=str(row.envelope["key_id"]),
            signature=str(row.envelope["signature"]).strip(),
        ),
    )


def _title(kind: str) -> str:
    return {
        Kind.DESTRUCTION: _("Act of destruction of personal data"),
        Kind.PARTIAL: _("Act of destruction of a part of personal data"),
        Kind.ANONYMISATION: _("Act of anonymisation of personal data"),
        Kind.IMPOSSIBILITY: _("Act: destruction is impossible in its term"),
        Kind.JOURNAL: _("Act of removal of journal entries"),
        Kind.PROCESSORS: _("Act of destruction by the processors"),
    }[Kind(kind)]


def _intro(kind: str) -> str:
    return {
        Kind.DESTRUCTION: _(
            "The operator has destroyed all personal data of the person named below by an opaque "
            "identifier. It cannot be restored."
        ),
        Kind.PARTIAL: _(
            "The operator has destroyed the personal data named below. It cannot be restored. "
            "The rest stays on the grounds named."
        ),
        Kind.ANONYMISATION: _(
            "The operator has anonymised the personal data named below: rows stay from which "
            "nobody can be told, and the data itself is destroyed and cannot be restored."
        ),
        Kind.IMPOSSIBILITY: _(
            "The personal data named below cannot be destroyed in its term, for the reason "
            "named. It is tried again every day, and destroyed within the longer term of the "
            "policy."
        ),
        Kind.JOURNAL: _(
            "The operator has removed from its journal the entries about the person named below "
            "by an opaque identifier, whose personal data was destroyed before. They had served "
            "as evidence, and their term was over."
        ),
        Kind.PROCESSORS: _(
            "Those who processed the data of the person named below for the operator have "
            "destroyed their copies too. This completes the first act."
        ),
    }[Kind(kind)]


def _stays(said: Mapping[str, Any]) -> tuple[str, ...]:
    if said["blocked"]:
        return (_("Until then the data is blocked: nobody uses or passes it on."),)
    return ()


def _rows(row: ActRow, zone: ZoneInfo, language: str) -> list[tuple[str, str]]:
    said, counts = row.document, row.document["counts"]
    rows = [
        (_("Person"), str(said["subject"])),
        (_("Categories"), _titles(said["what"]["categories"], language)),
        (_("Data"), _titles(said["what"]["fields"], language)),
        (_("Records"), str(len(said["what"]["records"]))),
        (_("Stores"), ", ".join(each["title"][language] for each in said["stores"])),
    ]
    if row.kind == Kind.JOURNAL:
        rows = [rows[0], rows[-1], (_("Entries removed"), str(counts["entries"]))]
    elif row.kind == Kind.PROCESSORS:
        rows = [rows[0]]
    elif row.kind != Kind.IMPOSSIBILITY:
        rows += [
            (_("Values destroyed"), str(counts["values"])),
            (_("Index entries destroyed"), str(counts["index_rows"])),
        ]
    rows.append((_("How"), said["method"][language]))
    rows += _anonymised(said.get("anonymised"), language)
    rows += [_processor(each, zone, language) for each in said.get("processors", ())]
    rows += [(_("Verified"), each["how"][language]) for each in said.get("verified", ())]
    for each in said["because"]:
        rows += _because(each, zone, language)
    if said["reason"]:
        rows.append((_("Reason"), said["reason"]["words"][language]))
    rows.append(
        (
            _("Stated at") if row.kind == Kind.IMPOSSIBILITY else _("Destroyed at"),
            _moment(said["made_at"], zone),
        )
    )
    if said["kept"]:
        rows.append((_("What stays"), _kept(said["kept"], language)))
    version = _("version %(number)s of %(dated)s") % {
        "number": said["policy"]["version"],
        "dated": formats.date_format(date.fromisoformat(said["policy"]["dated"]), "j E Y"),
    }
    rows += [
        (_("Policy"), version),
        (_("Decided by"), _("an automatic rule of the policy")),
    ]
    if said["first_act"]:
        rows.append((_("First act"), str(said["first_act"])))
    return rows


def _anonymised(said: Mapping[str, Any] | None, language: str) -> list[tuple[str, str]]:
    """What stays without the person, how it was made, measured and tested."""
    if not said:
        return []
    found, asked = said["found"], said["asked"]
    tested = _(
        "Tried on %(tried)s people: %(found)s found again, where fewest fit there are %(fewest)s, "
        "told a sensitive value of %(told)s"
    )
    return [
        (_("Set"), said["title"].get(language) or said["set"]),
        (_("Methods"), _methods(said["methods"])),
        (_("People together"), str(said["people"])),
        ("k", f"{found['k']} ≥ {asked['k']}"),
        ("l", f"{found['l']} ≥ {asked['l']}"),
        (_("Test of finding people again"), tested % found),
    ]


def _processor(told: Mapping[str, Any], zone: ZoneInfo, language: str) -> tuple[str, str]:
    """What is known of one processor's copy at the moment of the act."""
    title = told["title"].get(language) or told["slug"]
    if told["state"] == "acknowledged":
        how = OUTCOMES[told["outcome"]] + "; " + PROOFS[told["how"]]
        words = f"{how}, {_moment(told['done_at'], zone)}"
    elif told["due_at"]:
        words = _("told to destroy its copy; its confirmation is awaited by %(at)s") % {
            "at": _moment(told["due_at"], zone)
        }
    else:
        words = _("to be told to destroy its copy; its confirmation is awaited")
    return (_("Processor: %(title)s") % {"title": title}, words)


def _methods(methods: Mapping[str, str]) -> str:
    return "; ".join(f"{slug}: {method_words(how)}" for slug, how in methods.items())


def _because(each: Mapping[str, Any], zone: ZoneInfo, language: str) -> list[tuple[str, str]]:
    clause = _("clause %s of the policy") % each["clause"] if each["clause"] else each["slug"]
    rows = [(_("Ground"), clause), (_("It began at"), _moment(each["event_at"], zone))]
    if each["computation"]:
        counted = Computation.from_json(each["computation"]).explain(language)
        rows.append((_("Term"), counted))
    return rows


def _moment(text: str, zone: ZoneInfo) -> str:
    local = datetime.fromisoformat(text).astimezone(zone)
    return f"{formats.date_format(local, 'j E Y')}, {local:%H:%M:%S} ({zone.key})"


def _titles(titled: Sequence[Mapping[str, Any]], language: str) -> str:
    return ", ".join(each["title"].get(language) or each["slug"] for each in titled) or "—"


def _kept(kept: Sequence[Mapping[str, Any]], language: str) -> str:
    """Each field once, with the grounds on which it stays."""
    grounds: dict[str, dict[str, None]] = {}
    for each in kept:
        title = each["title"].get(language) or each["field"]
        for ground in each["grounds"]:
            name = ground["title"].get(language) or ground["name"]
            words = f"{GROUNDS[ground['kind']]} ({name})"
            grounds.setdefault(title, {})[words] = None
    return "; ".join(f"{title}: {', '.join(words)}" for title, words in grounds.items())
