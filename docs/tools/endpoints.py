"""The reference of the JSON API: one page for people, one description for programs."""

from __future__ import annotations

import inspect
import json

from docs.tools.markdown import code, page, table


def description() -> str:
    """OpenAPI 3.1, as it is served."""
    from tutela.api.machinery import document

    return json.dumps(document(), ensure_ascii=False, indent=1, default=str) + "\n"


def page_of_endpoints() -> str:
    from tutela.api.door import DESCRIPTION
    from tutela.api.endpoints import ENDPOINTS, ROOT
    from tutela.api.machinery import machinery
    from tutela.applications.wording import ACTIONS, FUNCTIONS, LAW_PURPOSES

    machinery()
    opening = (
        f"Every address begins with `{ROOT}`. The same for programs, as OpenAPI 3.1: "
        f"[openapi.json](openapi.json), served at `{DESCRIPTION}` to everybody. How to begin: "
        "[integrate in a day](../tutorial/integrate-in-a-day.md).\n\n"
        "A key is sent as `Authorization: Bearer …`. *function* is what the key must have been "
        "made for; where none stands, every key will do. Endpoints marked *once* need the header "
        "`Idempotency-Key` and are done once under it, within a day. Errors are "
        "`application/problem+json` (RFC 9457) in English or Russian, by `Accept-Language`; they "
        "repeat nothing that was sent. Answers carry `RateLimit-Limit`, `RateLimit-Remaining` and "
        "`RateLimit-Reset`; 429 and 503 say in `Retry-After` when to go on."
    )
    rows = [
        (
            each.method,
            code(each.path),
            inspect.cleandoc(each.view.__doc__ or "").partition("\n")[0].rstrip("."),
            code(each.function) if each.function else "",
            "once" if each.writes else "",
        )
        for each in sorted(ENDPOINTS.values(), key=lambda each: (each.path, each.method))
    ]
    functions = [(code(slug), _english(words)) for slug, words in FUNCTIONS.items()]
    actions = [(code(slug), _english(words)) for slug, words in ACTIONS.items()]
    purposes = [(code(slug), _english(words)) for slug, words in LAW_PURPOSES.items()]
    return page(
        "The JSON API",
        opening,
        table(("method", "address", "what it does", "function", ""), rows),
        "## What a key may be made for",
        "Functions open endpoints. Purposes and actions narrow what the gate permits: every "
        "operation on personal data needs its purpose and its action in the scope, and then the "
        "policy and the person’s consents decide as for anybody else.",
        table(("function", "what it is for"), functions),
        table(("action", "what may be done with the data"), actions),
        "Purposes are those of the policy, and:",
        table(("purpose", "given by law"), purposes),
    )


def _english(words: object) -> str:
    from django.utils import translation

    with translation.override("en"):
        return str(words)
