"""Tells which requests stop something, by what they ask for and nothing else (Z8, Z9).

Pure. Used by the server, which serves such requests with threads of their own, and by the guard, which lets a POST of
this kind pass without `Origin`. Only what stops or ends is in here: Stop all, the E-stop, the safe end, Wait, Force
Stop and Soft Stop. What cannot be read as its route reads it (a parameter twice, a body of another kind) stops nothing.
"""

from main_controller.domain.modes import BUDO_WORDS, ConverterStatus, Mode
from main_controller.server.lanes import Lane
from main_controller.web.parameters import Parameters

STOPPING_MODES = (Mode.STOP, Mode.HETERONOMOUS)
STOPPING_WORDS = tuple(status for status, mode in BUDO_WORDS.items() if mode in STOPPING_MODES)
BUDO = "/set/budo/"


def lane_of(method: str, path: str, query: str = "", body: bytes = b"") -> Lane:
    """The lane of a request; `body` is its urlencoded body, empty for one of another kind."""
    path = "/" + path.lstrip("/")  # as the server hands it on
    if method not in ("GET", "POST"):
        return Lane.ORDINARY
    if path in ("/stopAll", "/estop"):
        return Lane.STOP_ALL
    if path == "/share/end" or (path.startswith(BUDO) and path.removeprefix(BUDO) in STOPPING_WORDS):
        return Lane.STOP
    if path == "/setOperationMode":
        return _lane_by("value", STOPPING_MODES, query, body)
    if path.startswith("/set/") and not path.startswith(BUDO):
        return _lane_by("mode", (ConverterStatus.WAIT,), query, body)
    return Lane.ORDINARY


def _lane_by(name: str, values: tuple[str, ...], query: str, body: bytes) -> Lane:
    value = Parameters(query, body).get(name)
    return Lane.STOP if value is not None and value in values else Lane.ORDINARY
