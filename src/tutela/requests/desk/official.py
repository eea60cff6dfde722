"""The formal check of an official request on its page at the desk."""

from __future__ import annotations

from tutela.policy.model import Policy
from tutela.requests import official, reading
from tutela.requests.models import Case
from tutela.requests.official_wording import CHECKS, SIGNED_BY
from tutela.vault import actions as vault


def official_context(row: Case, policy: Policy, language: str) -> dict[str, object]:
    """What was found, or the form to record it: with the fields that are held about the person."""
    paper = official.of(row.operator_id, row.id)
    held = vault.holdings(row.operator_id, row.subject_id)
    fields = sorted({slug for each in held.values() for slug in each} & policy.fields.keys())

    def titles(slugs: list[str]) -> str:
        return ", ".join(
            reading.words(policy.fields[slug].title, language)
            for slug in slugs
            if slug in policy.fields
        )

    return {
        "authority": True,
        "paper": paper,
        "paper_signed": SIGNED_BY[paper.signed_by] if paper else "",
        "paper_lawful": official.is_lawful(paper) if paper else False,
        "paper_asked": titles(paper.asked) if paper else "",
        "paper_granted": titles(paper.granted) if paper else "",
        "checks": CHECKS.items(),
        "signers": SIGNED_BY.items(),
        "held_fields": [
            (slug, reading.words(policy.fields[slug].title, language)) for slug in fields
        ],
    }
