"""Whether the operator's own mail server has proven where a message is from: pure.

Anybody can write any sender. The server that receives mail checks signatures (DKIM, RFC 6376),
paths (SPF, RFC 7208) and the policy of the sender's domain (DMARC, RFC 7489) and writes down what
it found in Authentication-Results (RFC 8601). Only the results of the servers that the setting
names are believed, and only the topmost of them: what stands below it, the sender may have
written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

_COMMENT = re.compile(r"\([^()]*\)")


def proven(results: Sequence[str], domain: str, believed: Collection[str]) -> str:
    """By which method the sender's ``domain`` was proven (dmarc, dkim, spf), or empty."""
    for each in results:
        server, *found = (part.strip() for part in _COMMENT.sub(" ", each).split(";"))
        if server.split(maxsplit=1)[:1] and server.split()[0].casefold() in believed:
            passed = {method for method, of in _passed(found) if _aligned(of, domain)}
            return next((each for each in ("dmarc", "dkim", "spf") if each in passed), "")
    return ""


_NAMES = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}
"""By which property each method names the domain that it has proven."""


def _passed(found: Sequence[str]) -> Iterator[tuple[str, str]]:
    for each in found:
        method, *properties = each.split() or [""]
        name, _equals, result = method.partition("=")
        if result.casefold() != "pass":
            continue
        said = dict(prop.partition("=")[::2] for prop in properties)
        for wanted in _NAMES.get(name.casefold(), ()):
            if wanted in said:
                yield name.casefold(), said[wanted].strip('"').rpartition("@")[2].casefold()


def _aligned(proven_domain: str, domain: str) -> bool:
    """The very domain of the sender, or one that it lies in and that is no public suffix."""
    if not proven_domain or not domain:
        return False
    inside = domain.endswith(f".{proven_domain}") and "." in proven_domain
    return proven_domain == domain or inside
