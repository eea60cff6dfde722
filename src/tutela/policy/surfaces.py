"""Reads what visitors meet: the operator's products, and what is kept on visitors' devices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tutela.policy import model, vocabulary
from tutela.policy.declarations import Reading
from tutela.policy.reading import Block

_COOKIE = re.compile(r"[^\s*;,=\"]+\*?|\*")
"""A name as browsers take it (RFC 6265, 4.1.1), and perhaps a star for whatever follows."""


def products(root: Block, reading: Reading) -> dict[str, model.Product]:
    found = {}
    for slug, block in root.named("products"):
        found[slug] = model.Product(
            slug=slug,
            kind=block.choice("kind", vocabulary.PRODUCT_KINDS),
            title=block.words("title"),
            clauses=reading.bind(block, "policy.scope"),
            posted=block.choice("posted", vocabulary.POSTED, model.WITH_THE_SITE),
        )
        block.close()
    return found


_LINK = re.compile(r"https://[^\s/]+\.[^\s]+")


def authorities(root: Block, reading: Reading) -> dict[str, model.Authority]:
    found = {}
    for slug, block in root.named("authorities"):
        link = block.text("link")
        if link and not _LINK.fullmatch(link):
            reading.findings.add(
                "link",
                block.line_of("link"),
                block.path("link"),
                _("“%(link)s” is not the address of a page."),
                _("Write it whole, with https:// at its beginning."),
                link=link,
            )
        found[slug] = model.Authority(
            slug=slug,
            title=block.words("title"),
            link=link,
            address=block.words("address", required=False),
            clauses=reading.bind(block, "policy.scope"),
        )
        block.close()
    return found


def check_places(
    reading: Reading, operator: model.Operator, sections: Mapping[str, Mapping[str, Any]]
) -> None:
    """A point stands in a place that is declared; a site of its own versions needs a name."""
    known = {*sections["products"], *(each.slug for each in operator.sites if each.slug)}
    for slug, point in sections["collection_points"].items():
        if point.place and point.place not in known:
            reading.findings.add(
                "unknown-place",
                reading.lines.get(f"collection_points.{slug}", 0),
                f"collection_points.{slug}.place",
                _("“%(slug)s” is neither a product nor a site with a slug."),
                _("Declare it under “products” or “sites”, or remove it here."),
                slug=point.place,
            )
    for number, site in enumerate(operator.sites):
        if site.slug in sections["products"] or (site.posted == model.APART and not site.slug):
            key = f"sites[{number}]"
            reading.findings.add(
                "site-slug",
                reading.lines.get(key, 0),
                f"{key}.slug",
                _("A site to which versions come apart needs a slug that no product has."),
                _("Give it a slug of small letters, digits and hyphens."),
            )


def check_effective(root: Block, reading: Reading, effective: str) -> None:
    """A version cannot be posted in a product that nobody has declared (003 12.3)."""
    if effective != "in-product" or root.has("products"):
        return
    reading.findings.add(
        "no-product",
        reading.lines.get("version", 0),
        "version.effective",
        _("A version takes force when it is posted in the product, and no product is declared."),
        _("Declare it under “products”, or write “at-posting” here."),
    )


def cookies(root: Block, reading: Reading) -> dict[str, model.Cookie]:
    found = {}
    for name, block in root.named("cookies", slugs=False):
        party = block.choice("party", vocabulary.COOKIE_PARTIES, "own")
        found[name] = model.Cookie(
            name=name,
            cookie_class=block.choice("class", vocabulary.COOKIE_CLASSES),
            purpose=block.words("purpose"),
            clauses=reading.bind(block, _control_of(party)),
            kind=block.choice("kind", vocabulary.COOKIE_KINDS, "cookie"),
            party=party,
            provider=block.text("provider", required=party == "third"),
        )
        if not _COOKIE.fullmatch(name):
            reading.findings.add(
                "cookie-name",
                block.line,
                block.key,
                _("“%(name)s” cannot be the name of a cookie."),
                _("Write the name as the browser shows it; a star may stand at its end."),
                name=name,
            )
        block.close()
    return found


def _control_of(party: str) -> str:
    return "cookies.seller" if party == "seller" else "cookies.inventory"
