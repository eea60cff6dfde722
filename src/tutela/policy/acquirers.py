"""Reads who takes payments, and which few fields of what they tell are kept (004 3.11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import model
from tutela.policy.declarations import Reading
from tutela.policy.reading import Block


def acquirers(root: Block, reading: Reading) -> dict[str, model.Acquirer]:
    """The form of an acquirer's messages is data, so that another one is a change of the policy.
    Paths lead into its JSON by names with dots between them."""
    found = {}
    for slug, block in root.named("acquirers"):
        found[slug] = model.Acquirer(
            slug=slug,
            recipient=reading.refer_one(block, "recipient", "recipients"),
            point=reading.refer_one(block, "point", "collection_points"),
            event=block.text("event", required=True),
            state=block.text("state", required=True),
            paid=block.strings("paid", required=True),
            fields=_fields(block),
            signature=block.text("signature", required=True).lower(),
            moment=block.text("moment", required=True).lower(),
            terms=block.text("terms"),
            clauses=reading.bind(block, "payment.acquiring"),
        )
        block.close()
    return found


def _fields(block: Block) -> model.FrozenDict[str]:
    return model.FrozenDict({slug: str(path) for slug, path in block.mapping("fields").items()})


def check(reading: Reading, sections: Mapping[str, Mapping[str, Any]]) -> None:
    """What is kept of a payment is exactly what its collection point asks for."""
    for slug, each in sections["acquirers"].items():
        point = sections["collection_points"].get(each.point)
        asked = {field.field for field in point.fields} if point else set(each.fields)
        if asked == set(each.fields):
            continue
        reading.findings.add(
            "acquirer-fields",
            reading.lines.get(f"acquirers.{slug}", 0),
            f"acquirers.{slug}.fields",
            _("What is kept of a payment differs from what its point declares: %(names)s."),
            _("Name the same fields in both places; nothing else will be kept."),
            names=", ".join(sorted(asked ^ set(each.fields))),
        )
