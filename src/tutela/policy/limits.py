"""How large a file may be that a field of the policy takes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tutela.policy.reading import Block
from tutela.policy.vocabulary import ATTACHMENT_TYPES

LARGEST = {"megabytes": (10, 50), "megapixels": (50, 100)}
"""What holds without a word of the policy, and the most that a policy can allow: a picture is
decoded in memory, where a megapixel takes four megabytes."""


def of_attachment(block: Block) -> dict[str, int]:
    """The keys ``megabytes`` and ``megapixels`` of a field that holds a file."""
    found = {}
    for name, (usual, most) in LARGEST.items():
        value = block.number(name, least=1)
        found[name] = usual if value is None else value
        if found[name] > most:
            _wrong(block, name, most)
    identifies, kind = block.node("identifies"), block.node("type")
    if identifies and kind and identifies.value is True and kind.value in ATTACHMENT_TYPES:
        block.findings.add(
            "attachment-identifies",
            block.line_of("identifies"),
            block.path("identifies"),
            _("Nobody can be found by a file, so this field cannot identify."),
            _("Remove “identifies” here, or choose another type."),
        )
    return found


def _wrong(block: Block, name: str, most: int) -> None:
    block.findings.add(
        "too-large",
        block.line_of(name),
        block.path(name),
        _("The number is more than %(most)d."),
        _("Write %(most)d or less."),
        most=most,
    )
