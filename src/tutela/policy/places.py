"""Reads where data may lie and which purposes are kept apart, and checks both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import model, vocabulary
from tutela.policy.declarations import Reading
from tutela.policy.reading import Block, closest


def stores(root: Block, reading: Reading) -> dict[str, model.Store]:
    """Each store has an owner, an address and a territory (001 5.8; 004 2.10/b9, 2.13)."""
    found = {}
    for slug, block in root.named("stores"):
        found[slug] = model.Store(
            slug=slug,
            kind=block.choice("kind", vocabulary.STORE_KINDS),
            title=block.words("title"),
            owner=block.text("owner", required=True),
            address=block.words("address"),
            territory=block.text("territory", required=True),
            clauses=reading.bind(block, "vault.residency"),
        )
        block.close()
    return found


def residency(root: Block, reading: Reading) -> model.Residency | None:
    block = root.block("residency")
    if block is None:
        return None
    territories = block.strings("territories", required=True)
    clauses = reading.bind(block, "vault.residency")
    block.close()
    return model.Residency(territories, clauses)


def separate(root: Block, reading: Reading) -> tuple[model.Separation, ...]:
    """Groups of purposes that may not be joined (004 2.17.3)."""
    found = []
    for block in root.listed("separate"):
        groups = block.strings("groups", required=True)
        found.append(model.Separation(frozenset(groups), reading.bind(block, "purpose.separate")))
        block.close()
    return tuple(found)


def check(
    reading: Reading,
    sections: Mapping[str, Mapping[str, Any]],
    allowed: model.Residency | None,
    kept_apart: tuple[model.Separation, ...],
) -> None:
    """Every group must be that of a purpose; the vault must stand where the policy says."""
    groups = {each.group for each in sections["purposes"].values()}
    for place, each in enumerate(kept_apart):
        for group in sorted(each.groups - groups):
            _unknown_group(reading, f"separate[{place}]", group, groups)
    if allowed is None:
        return
    if not any(each.kind == "vault" for each in sections["stores"].values()):
        reading.findings.add(
            "residency-without-store",
            reading.lines.get("residency", 0),
            "residency",
            _("The policy says where data may lie, and not where the vault stands."),
            _("Declare it under “stores” with the kind “vault”."),
        )
    for slug, store in sections["stores"].items():
        if not allowed.allows(store.territory):
            reading.findings.warn(
                "store-outside",
                reading.lines.get(f"stores.{slug}", 0),
                f"stores.{slug}.territory",
                _("The store “%(slug)s” is outside of the allowed territories."),
                _("Writing to it will be refused. Move it, or allow its territory."),
                slug=slug,
            )


def _unknown_group(reading: Reading, key: str, group: str, groups: set[str]) -> None:
    meant = closest(group, groups)
    reading.findings.add(
        "unknown-group",
        reading.lines.get(key, 0),
        f"{key}.groups",
        _("No purpose belongs to the group “%(group)s”."),
        _("Did you mean “%(meant)s”?") if meant else _("Name a group that a purpose has."),
        group=group,
        meant=meant,
    )
