"""Owns `GET /openapi.json`: the routes' declarations as OpenAPI 3.1, for programs that read such a document.

Made once, at the start, of nothing but the table of routes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import bottle
import msgspec

from main_controller import __version__
from main_controller.domain.orders import Permission
from main_controller.errors import AddressTooLong, BadRequest
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.parameters import FORM
from main_controller.web.replies import JSON, to_json
from main_controller.web.route import Given, Handlers, Parameter, Reply, Route
from main_controller.web.shapes.failure import Failure

SUCCESSES: Mapping[int, str] = {
    200: "As it says above.",
    202: "It goes on by itself; /commands/<id> tells what becomes of it.",
    303: "Another page: a person who is not logged in is sent to the log-in, and from there back.",
    304: "What the caller holds, by its ETag, is still so.",
}

REFUSALS: Mapping[int, str] = {
    400: "A parameter is missing, unknown, given twice or wrong.",
    401: "Nobody is logged in, or what was sent does not hold: log in, or send a token.",
    403: "This caller may not do this: its role, another site's page, a foreign network or Host, read_only.",
    404: "There is no such route, unit, file or order.",
    405: "The route does not take this method.",
    409: "The grid's present state does not permit the order; nothing was sent.",
    413: "The body is too long.",
    414: "The address is too long.",
    429: "Tried too often, or by too many at once; Retry-After says when it may be tried again.",
    500: "A fault of this program; its log holds the traceback.",
    502: "apis-web or a device refused, or answered garbage.",
    503: "Not known yet, too many at once, or ending; Retry-After says when to ask again.",
    504: "apis-web or a device did not answer in time; an order may still take effect.",
}
"""What a failure's status means (Z1)."""


class OpenApi:
    """`/openapi.json`, of these routes."""

    def __init__(self, declared: Iterable[Route] = routes.ROUTES) -> None:
        self._body = to_json(document(declared))

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.OPENAPI: self.document}

    def document(self, given: Given) -> bottle.HTTPResponse:
        """The whole document."""
        return tagged(self._body, JSON)


def document(declared: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of these routes."""
    declared = tuple(declared)
    shapes = [shape for route in declared for some in route.reply.shapes.values() for shape in some]
    told, schemas = msgspec.json.schema_components([Failure, *shapes], ref_template="#/components/schemas/{name}")
    schema_of = dict(zip(map(id, [Failure, *shapes]), told, strict=True))
    paths: dict[str, Any] = {}
    tags: list[str] = []
    for route in declared:
        responses = dict(_responses(route, lambda shape: schema_of[id(shape)]))
        paths[route.path] = {method.lower(): _operation(route, method, responses) for method in route.methods}
        if route.title not in tags:
            tags.append(route.title)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "APIS Main Controller",
            "version": __version__,
            "summary": "The operator's console of a DC microgrid that runs APIS.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": ".", "description": "this program, also behind a proxy's path"}],
        "tags": [{"name": title} for title in tags],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(route: Route, method: str, responses: Mapping[str, Any]) -> dict[str, Any]:
    by_form = method == "POST"
    told: dict[str, Any] = {
        "operationId": f"{route.name}ByForm" if by_form and route.order else route.name,
        "tags": [route.title],
        "description": route.says if not route.requirement else f"{route.says} ({route.requirement})",
        "x-permission": "none" if route.permission is None else str(route.permission),
        "responses": responses,
    }
    if route.stops is not None:
        told["x-permission-to-stop"] = str(Permission.STOP)
    in_path = [_parameter(one, "path", required=True) for one in route.in_path]
    in_query = (
        []
        if route.changes
        else [_parameter(one, "query", required=one.required and not by_form) for one in route.taken]
    )
    if in_path or in_query:
        told["parameters"] = [*in_path, *in_query]
    if by_form and route.taken:
        told["requestBody"] = {"required": route.changes, "content": {FORM: _form(route)}}
    return told


def _parameter(one: Parameter, where: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": one.name,
        "in": where,
        "required": required,
        "description": one.says,
        "schema": _schema(one),
        "example": _example(one),
    }


def _form(route: Route) -> dict[str, Any]:
    """What may stand in the body; what an order needs may stand in the query instead, and nothing in both."""
    properties = {one.name: {**_schema(one), "description": one.says} for one in route.taken}
    needed = [one.name for one in route.taken if one.required and route.changes]
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"schema": {**schema, "required": needed} if needed else schema}


def _schema(one: Parameter) -> dict[str, Any]:
    schema = dict(one.kind.schema)
    return {"anyOf": [schema, {"const": ""}]} if one.may_be_empty else schema


def _example(one: Parameter) -> Any:
    """The example as the value that its schema describes."""
    kind = one.kind.schema["type"]
    if kind == "boolean":
        return one.example == "true"
    return int(one.example) if kind == "integer" else one.example


def _responses(route: Route, schema_of: Callable[[Any], Any]) -> Iterator[tuple[str, Any]]:
    for status in route.succeeds:
        yield str(status), {"description": SUCCESSES[status], **_content(route.reply, status, schema_of)}
    for status in route.fails:
        content: dict[str, Any] = {JSON: {"schema": schema_of(Failure)}}
        if status in (BadRequest.status, AddressTooLong.status) and route.reply.explains:
            content[f"{route.reply.media_type}; charset=utf-8"] = {}
        yield str(status), {"description": REFUSALS[status], "content": content}


def _content(reply: Reply, status: int, schema_of: Callable[[Any], Any]) -> dict[str, Any]:
    if status in (303, 304):
        return {}
    if not reply.shapes:
        return {"content": {_with_charset(one): {} for one in (reply.media_type, *reply.also)}}
    schemas = [schema_of(shape) for shape in reply.shapes[status]]
    return {"content": {JSON: {"schema": schemas[0] if len(schemas) == 1 else {"anyOf": schemas}}}}


def _with_charset(media_type: str) -> str:
    is_text = media_type.startswith(("text/", "application/openmetrics-text"))
    return f"{media_type}; charset=utf-8" if is_text else media_type
