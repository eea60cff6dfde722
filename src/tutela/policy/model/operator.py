"""Who processes personal data, on which websites and in which products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tutela.policy.model.plain import Clauses, Words

WITH_THE_SITE, APART = "with-the-site", "apart"
"""How versions come to a place: as soon as they are published, or by an act of their own there
(003 12.3)."""


@dataclass(frozen=True, slots=True)
class Site:
    """``slug`` names a site to which versions come apart; the others need no name."""

    host: str
    path: str = "/"
    subdomains: bool = False
    clauses: Clauses = ()
    slug: str = ""
    posted: str = WITH_THE_SITE

    def covers(self, host: str) -> bool:
        """Whether a page at this host is one of the site's."""
        return host == self.host or (self.subdomains and host.endswith(f".{self.host}"))


@dataclass(frozen=True, slots=True)
class Product:
    """What the operator offers besides its sites: an application, a platform, a widget that is
    installed somewhere else. ``kind`` is service, application, platform or widget (001 1.2.12, 10;
    003 1.15)."""

    slug: str
    kind: str
    title: Words
    clauses: Clauses = ()
    posted: str = WITH_THE_SITE


@dataclass(frozen=True, slots=True)
class Place:
    """A site or a product where the policy is read. ``apart`` says that a version comes there by
    an act of its own, so that another one than on the main site may be in force there."""

    slug: str
    kind: str
    title: Words
    apart: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """To whom one can complain: ``title`` names the body, ``link`` leads to its own page about
    complaints, ``address`` is where a letter goes."""

    slug: str
    title: Words
    link: str = ""
    address: Words = field(default_factory=dict)
    clauses: Clauses = ()


@dataclass(frozen=True, slots=True)
class Operator:
    """Who processes the data. ``legal_name`` is as in the original text, ``legal_names`` holds it
    in every language. ``unstated`` names what of it the published text does not say (000 names no
    address, 002 no company), so that it is an assumption."""

    slug: str
    brand: str
    legal_name: str
    email: str
    territory: str
    time_zone: str
    law: tuple[str, ...]
    sites: tuple[Site, ...]
    registration: Mapping[str, str] = field(default_factory=dict)
    address: Words = field(default_factory=dict)
    unstated: tuple[str, ...] = ()
    clauses: Clauses = ()
    legal_names: Words = field(default_factory=dict)
