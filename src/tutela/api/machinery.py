"""django-ninja, set up once: reads input by the types of an endpoint and describes it all.

Loaded when the first request for the API arrives: pydantic takes longer to import than the rest
of a room, and who uses only the pages never pays for it.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser
from pydantic import BaseModel
from pydantic_core import from_json

from tutela import __version__
from tutela.api import problems, repeats
from tutela.api.callers import hooks
from tutela.api.endpoints import ENDPOINTS, ROOT, Endpoint

JSON = "application/json"


class _Reader(Parser):
    """JSON as RFC 8259 has it: no NaN, no half characters."""

    def parse_body(self, request: HttpRequest) -> Any:
        return from_json(request.body, allow_inf_nan=False)


class _Ninja(NinjaAPI):
    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:  # noqa: ARG002
        """Whatever goes wrong is told by the door, outside of the transaction."""
        raise exc

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


@dataclass(frozen=True, slots=True)
class Found:
    """An endpoint for the path and method of a request; ``values`` are the parts of its path and
    ``query`` the names that may stand in its query."""

    endpoint: Endpoint
    operation: Operation
    values: Mapping[str, str]
    query: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Route:
    pattern: re.Pattern[str]
    methods: dict[str, tuple[Endpoint, Operation, frozenset[str]]]


@dataclass(frozen=True, slots=True)
class Machinery:
    ninja: NinjaAPI
    routes: tuple[_Route, ...]
    members: frozenset[str]
    """Every name that a body may have, so that a pointer never repeats one that was made up."""

    def find(self, path: str, method: str) -> Found | tuple[str, ...]:
        """The endpoint, or the methods that this path does have (none: nothing is there)."""
        for route in self.routes:
            match = route.pattern.fullmatch(path)
            if match is None:
                continue
            if method in route.methods:
                endpoint, operation, query = route.methods[method]
                return Found(endpoint, operation, match.groupdict(), query)
            return tuple(sorted(route.methods))
        return ()


def _answering(endpoint: Endpoint) -> Callable[..., HttpResponse]:
    """The endpoint as ninja calls it: its answer is written as JSON by pydantic itself."""

    @functools.wraps(endpoint.view)
    def answering(request: HttpRequest, **values: Any) -> HttpResponse:
        made = endpoint.view(request, **values)
        if not isinstance(made, endpoint.answer):
            raise TypeError(f"{endpoint.name} answers with {type(made).__name__}.")
        return HttpResponse(made.model_dump_json(), status=endpoint.status, content_type=JSON)

    answering.__signature__ = inspect.signature(endpoint.view, eval_str=True)  # type: ignore[attr-defined]
    return answering


@functools.cache
def machinery() -> Machinery:
    """Everything that the rooms registered, ready to answer."""
    hooks.load()
    ninja = _Ninja(
        title="Tutela",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        openapi_url=None,
        urls_namespace="tutela-api",
        parser=_Reader(),
    )
    for each in ENDPOINTS.values():
        ninja.api_operation(
            [each.method],
            each.path,
            response={each.status: each.answer},
            summary=_summary(each),
            description=_description(each),
            tags=[each.path.split("/")[1]],
            openapi_extra=_extra(each),
        )(_answering(each))
    operations: dict[str, Operation] = {
        f"{method} {path}": operation
        for router in ninja._get_bound_routers()  # noqa: SLF001 - the only way to the operations
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    routes: dict[str, _Route] = {}
    for each in ENDPOINTS.values():
        pattern = re.compile(ROOT + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", each.path))
        route = routes.setdefault(each.path, _Route(pattern, {}))
        operation = operations[each.name]
        route.methods[each.method] = (each, operation, _query(operation))
    exact_first = sorted(routes, key=lambda path: path.count("{"))
    return Machinery(ninja, tuple(routes[path] for path in exact_first), _members())


def _query(operation: Operation) -> frozenset[str]:
    return frozenset(
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in model.model_fields
    )


def _members() -> frozenset[str]:
    found: set[str] = set()

    def gather(kind: type[BaseModel]) -> None:
        found.update(kind.model_fields)
        for below in kind.__subclasses__():
            gather(below)

    from tutela.api.schemas import Body  # noqa: PLC0415 - its subclasses exist only now

    gather(Body)
    return frozenset(found)


def _summary(endpoint: Endpoint) -> str:
    return inspect.cleandoc(endpoint.view.__doc__ or "").partition("\n")[0].rstrip(".")


def _description(endpoint: Endpoint) -> str:
    rest = inspect.cleandoc(endpoint.view.__doc__ or "").partition("\n")[2].strip()
    needs = f"Needs the function `{endpoint.function}`." if endpoint.function else ""
    return "\n\n".join(each for each in (rest, needs) if each)


_DESCRIPTION = (
    "Consents, decisions and records of one operator, for its own applications. Send the key of "
    "the application as `Authorization: Bearer …`; ask for sentences in English or Russian by "
    "`Accept-Language`. Requests that change something are named by `Idempotency-Key` and done "
    "once. Errors are `application/problem+json` (RFC 9457)."
)
_PROBLEM = {"content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
_ALWAYS = (400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503)


def _english(words: Any) -> str:
    with translation.override("en"):
        return str(words)


def _extra(endpoint: Endpoint) -> dict[str, Any]:
    """What ninja cannot know of an endpoint: who may use it, how it is named, how it fails."""
    told = {
        status: {"description": _english(problems.TITLES[status]), **_PROBLEM}
        for status in (*_ALWAYS, *endpoint.problems)
    }
    extra: dict[str, Any] = {
        "security": [{"key": []}],
        "responses": told,
        "x-function": endpoint.function,
    }
    if endpoint.writes:
        extra["parameters"] = [
            {
                "in": "header",
                "name": repeats.HEADER,
                "required": True,
                "description": "Names the request; sent again with the same name, it is done once.",
                "schema": {"type": "string", "pattern": repeats.PATTERN},
            }
        ]
    return extra


def document() -> dict[str, Any]:
    """The description of the API (OpenAPI 3.1)."""
    made = machinery().ninja.get_openapi_schema(path_prefix=ROOT)
    described: dict[str, Any] = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        **{name: value for name, value in made.items() if name != "openapi"},
    }
    described.pop("servers", None)
    described["paths"] = {
        path: {method: _string_statuses(each) for method, each in methods.items()}
        for path, methods in described["paths"].items()
    }
    components = described.setdefault("components", {})
    for schema in components.get("schemas", {}).values():
        if "description" in schema:
            schema["description"] = " ".join(schema["description"].split()).replace("``", "`")
    components.setdefault("schemas", {})["Problem"] = _problem_schema()
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    return described


def _string_statuses(operation: dict[str, Any]) -> dict[str, Any]:
    answers = {str(status): each for status, each in operation["responses"].items()}
    return {**operation, "responses": dict(sorted(answers.items()))}


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    mistake = {
        "type": "object",
        "properties": {"pointer": text, "detail": text},
        "required": ["pointer", "detail"],
    }
    return {
        "type": "object",
        "title": "Problem",
        "description": "What went wrong, by RFC 9457; nothing that was sent is repeated in it.",
        "properties": {
            "type": {"type": "string", "pattern": f"^{problems.TYPE}[a-z0-9-]+$"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "clause": text,
            "errors": {"type": "array", "items": mistake},
            "incident": text,
        },
        "required": ["type", "title", "status", "detail"],
    }
