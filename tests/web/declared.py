"""Holds real replies to what their routes declare: the statuses, and the JSON key by key (docs/api.md).

Used by every test that calls the whole program, for each reply that it gets.
"""

import gzip
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from main_controller.web.replies import JSON
from main_controller.web.route import Route
from main_controller.web.routes import ROUTES
from main_controller.web.shapes.common import Message
from main_controller.web.shapes.failure import Failure

NO_REQUEST = (431, 501)
"""What the server says of a message that never becomes a request of a route: a head too long, an unknown coding."""

checked: set[tuple[str, int]] = set()
"""Every route's name and status of which a reply was held to its declaration."""

PATHS = [
    (re.compile(re.sub(r"{\w+}", "(.+)" if route.holds_slashes else "([^/]+)", route.path)), route)
    for route in sorted(ROUTES, key=lambda one: (bool(one.in_path), -len(one.path)))
]


def route_of(path: str) -> Route | None:
    """The route of this path, as Bottle finds it: one without parameters first."""
    return next((route for pattern, route in PATHS if pattern.fullmatch(unquote(path))), None)


def fault_of(target: str, status: int, headers: Mapping[str, str], body: bytes) -> str | None:
    """What of a reply its route does not declare, or None; header names in lower case."""
    route = route_of(target.partition("?")[0])
    kind = headers.get("content-type", "").partition(";")[0]
    if body and headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    if status >= 400:
        return _fault_of_failure(route, status, kind, body)
    if route is None:
        return f"{target} has no route, and {status}"
    if status not in route.succeeds:
        return f"{route.name} declares no {status}"
    if not body:  # of a HEAD or a 304
        return None
    if (kind == JSON) is not bool(route.reply.shapes):
        return f"{route.name} declares {route.reply.media_type}, not {kind}"
    if kind != JSON:
        return None
    checked.add((route.name, status))
    return difference(json.loads(body), route.reply.shapes[status])


def _fault_of_failure(route: Route | None, status: int, kind: str, body: bytes) -> str | None:
    if route is not None and status not in (*route.fails, *NO_REQUEST):
        return f"{route.name} declares no {status}"
    if body and kind == JSON:
        if route is not None:
            checked.add((route.name, status))
        return difference(json.loads(body), (Failure,))
    return None


def difference(value: Any, shapes: Iterable[Any]) -> str | None:
    """How this JSON differs from each of the shapes; None where it is exactly one of them.

    What is converted to a shape loses the keys that the shape does not have, and is then another.
    """
    told = dict(value) if isinstance(value, dict) else value
    if isinstance(told, dict) and isinstance(told.get("messages"), list):
        try:
            msgspec.convert(told.pop("messages"), list[Message], strict=True)
        except msgspec.ValidationError as fault:
            return f"messages: {fault}"
    differences = [_difference(told, shape) for shape in shapes]
    return None if None in differences else "; ".join(filter(None, differences)) or "no shape is declared"


def _difference(value: Any, shape: Any) -> str | None:
    name = getattr(shape, "__name__", str(shape))
    try:
        back = msgspec.convert(value, shape, strict=True)
    except msgspec.ValidationError as fault:
        return f"{name}: {fault}"
    lost = _lost(value, back, "$")
    return None if lost is None else f"{name}: undeclared {lost}"


def _lost(value: Any, back: Any, where: str) -> str | None:
    """Where the value holds what it lost on its way."""
    if isinstance(value, dict) and isinstance(back, dict):
        for key, one in value.items():
            if key not in back:
                return f"{where}.{key}"
            lost = _lost(one, back[key], f"{where}.{key}")
            if lost is not None:
                return lost
        return None
    if isinstance(value, list) and isinstance(back, list | tuple):
        return next(
            filter(None, (_lost(*both, f"{where}[{at}]") for at, both in enumerate(zip(value, back, strict=True)))),
            None,
        )
    return None if value == back else where
