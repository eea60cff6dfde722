"""Files that come with a form: looked at before anything is stored, and served with care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from django.http import FileResponse

from tutela.core.permits import Permit
from tutela.core.vocabulary import Action, Actor
from tutela.gate import actions as gate
from tutela.gate.rules import Operation
from tutela.policy import actions as policies
from tutela.policy.model import CollectionPoint, Policy
from tutela.requests.errors import Refused
from tutela.requests.rules import Problem, asked_on_a_page
from tutela.vault import actions as vault
from tutela.vault.attachments.kinds import BY_NAME

SANDBOX = "sandbox; default-src 'none'"
"""What comes from people is never shown as a page of ours: nothing in it may run or load."""


@dataclass(frozen=True, slots=True)
class Attached:
    """The files of one form that can be taken, and what is wrong with the others."""

    files: Mapping[str, vault.Clean] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def examine(policy: Policy, point: CollectionPoint, sent: Mapping[str, Any]) -> Attached:
    """Look into every file that the form asks for; what it does not ask for is dropped."""
    files: dict[str, vault.Clean] = {}
    problems: list[Problem] = []
    for asked in asked_on_a_page(policy, point):
        declared, upload = policy.fields[asked.field], sent.get(asked.field)
        if not declared.attached or upload is None:
            continue
        try:
            files[declared.slug] = vault.examine(
                declared,
                upload.spool,
                size=upload.size,
                declared=upload.content_type or "",
                name=upload.name or "",
            )
        except vault.UnfitFile as unfit:
            problems.append(Problem(declared.slug, str(unfit)))
    return Attached(files, tuple(problems))


def served(
    operator_id: UUID,
    subject: UUID,
    record: UUID,
    slug: str,
    *,
    actor: Actor,
    purpose: str,
    reason: str = "",
) -> FileResponse:
    """One file to download, by a permit for its field alone. Raises ``Refused`` and what
    ``vault.open_file`` raises."""
    known = policies.in_force(operator_id).fields
    decision = gate.decide(
        Operation(
            operator=operator_id,
            subject=subject,
            action=Action.EXTRACTION,
            purpose=purpose,
            fields=frozenset({slug}),
            actor=actor,
            reason=reason,
            record=record,
        )
    )
    if not isinstance(decision, Permit):
        raise Refused(decision)
    file = vault.open_file(decision, record, slug)
    media = BY_NAME[file.facts.media]
    file.content.seek(0)
    name = slug if slug in known else "file"
    response = FileResponse(
        cast("Any", file.content),
        as_attachment=True,
        filename=f"{name}.{media.ending}",
        content_type=media.name,
    )
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
