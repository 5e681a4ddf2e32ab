"""Names the kinds of threads that requests have, so that what stops the grid never waits for what does not.

Used by the pools here, and by the web side, which alone knows what a request means.
"""

from collections.abc import Callable
from enum import IntEnum


class Lane(IntEnum):
    """Whose threads serve a request. A wrong lane costs a wait; it never gives or takes a right."""

    ORDINARY = 0
    STOP = 1
    STOP_ALL = 2


AtOnce = Callable[[str, str, str], bool]
"""Whether a request, by its method, path and query, is answered from what is there: nothing in it can wait, and the
reply is small enough to be handed to the socket at once."""


def nothing_at_once(method: str, path: str, query: str) -> bool:
    """Every request by a thread."""
    return False


StopsAlone = Callable[[str, str, str], bool]
"""Whether a request's head, by its method, path and query, says all of a stop: it is served whatever its body is."""


def nothing_stops_alone(method: str, path: str, query: str) -> bool:
    """No request without its body: a server of an application that stops nothing."""
    return False


LaneOf = Callable[[str, str, str, bytes], Lane]
"""The lane of a request by its method, path, query and urlencoded body."""


def all_ordinary(method: str, path: str, query: str, body: bytes) -> Lane:
    """Every request in the one lane: a server of an application that stops nothing."""
    return Lane.ORDINARY
