"""Tells which requests stop something, by what they ask for and nothing else (Z8, Z9).

Pure: the routes' declarations say it. Used by the server, which serves such requests with threads of their own, and by
the guard, which lets a POST of this kind pass without `Origin`. What cannot be read as its route reads it (a parameter
twice, a body of another kind) stops nothing.
"""

from main_controller.server.lanes import Lane
from main_controller.web.parameters import Parameters
from main_controller.web.route import Route, When
from main_controller.web.routes import ROUTES

LOWERING = [(route, when) for route in ROUTES if (when := route.lowers or route.stops) is not None]
WHOLE = {route.path: (route, when) for route, when in LOWERING if not route.in_path}
BEGUN = sorted(
    ((route.path.partition("{")[0], route, when) for route, when in LOWERING if route.in_path),
    key=lambda one: -len(one[0]),
)
"""The routes with an id or a word at their end, by what stands before it, the longest first."""


def lane_of(method: str, path: str, query: str = "", body: bytes = b"") -> Lane:
    """The lane of a request; `body` is its urlencoded body, empty for one of another kind."""
    found = _found("/" + path.lstrip("/")) if method in ("GET", "POST") else None  # as the server hands it on
    if found is None:
        return Lane.ORDINARY
    route, when, in_path = found
    if when.parameter is None:
        return route.lane
    given = in_path if when.parameter in in_path else {when.parameter: Parameters(query, body).get(when.parameter)}
    return route.lane if when.holds(given.get) else Lane.ORDINARY


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
