"""Tells which requests stop something, by what they ask for and nothing else (Z8, Z9).

Pure: the routes' declarations say it. Used by the server, which serves such requests with threads of their own and,
where the head says all, whatever their body is; by the guard, which lets a POST of this kind pass without `Origin`; and
by the application, which bounds no stop's length. What cannot be read as its route reads it (a parameter
twice, a body of another kind) stops nothing.
"""

from main_controller.server.lanes import Lane
from main_controller.web.parameters import Parameters
from main_controller.web.route import Route, When
from main_controller.web.routes import OF_UNIT, ROUTES

LOWERING = [(route, when) for route in ROUTES if (when := route.lowers or route.stops) is not None]
WHOLE = {route.path: (route, when) for route, when in LOWERING if not route.in_path}
BEGUN = sorted(
    ((route.path.partition("{")[0], route, when) for route, when in LOWERING if route.in_path),
    key=lambda one: -len(one[0]),
)
"""The routes with an id or a word at their end, by what stands before it, the longest first."""


def lane_of(method: str, path: str, query: str = "", body: bytes = b"") -> Lane:
    """The lane of a request; `body` is its urlencoded body, empty for one of another kind."""
    found = _asked(method, path)
    if found is None:
        return Lane.ORDINARY
    route, when, in_path = found
    if when.parameter is None:
        return route.lane
    given = in_path if when.parameter in in_path else {when.parameter: Parameters(query, body).get(when.parameter)}
    return route.lane if when.holds(given.get) else Lane.ORDINARY


def stops(method: str, path: str, query: str = "", body: bytes = b"") -> bool:
    """Whether a request stops something at once, as its route reads it."""
    found = _asked(method, path)
    if found is None:
        return False
    route, _, in_path = found
    given = Parameters(query, body)
    return route.is_stop(lambda name: in_path.get(name, given.get(name)))


def stops_alone(method: str, path: str, query: str) -> bool:
    """Whether the head of a request says all of a stop: what, and of whom where its route takes a unit (S32, Z7)."""
    found = _asked(method, path)
    if found is None or not stops(method, path, query):
        return False
    asks_unit = any(one.name == OF_UNIT.name for one in found[0].parameters)
    return not asks_unit or bool(Parameters(query).get(OF_UNIT.name))


def _asked(method: str, path: str) -> tuple[Route, When, dict[str, str | None]] | None:
    return _found("/" + path.lstrip("/")) if method in ("GET", "POST") else None  # as the server hands it on


def _found(path: str) -> tuple[Route, When, dict[str, str | None]] | None:
    """The route that stops or lowers something, when it does, and what stands in its path."""
    if path in WHOLE:
        return (*WHOLE[path], {})
    for begin, route, when in BEGUN:
        rest = path.removeprefix(begin) if path.startswith(begin) else ""
        if rest:
            fits = route.holds_slashes or "/" not in rest
            return (route, when, {route.in_path[0].name: rest}) if fits else None
    return None
