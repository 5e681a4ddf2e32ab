"""Owns how a command's parameters are read: nothing unknown, nothing twice, nothing hidden (Z3, Z7).

Used by every command, and by the readings for the one parameter that they know.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl

import bottle

from main_controller.errors import BadRequest
from main_controller.web.replies import shown

MAX_CHARACTERS = 256
"""The longest value of a parameter."""

MAX_PARAMETERS = 32
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a key, a start and a page are named by."""
IDS = ("unitId", "unit", "from", "to")
"""The parameters that name a unit: by its id as apis-web tells it, which may be made of nearly anything."""

DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of the text around it."""

BESIDE = ("wait", "key", "serial", "start", "age", "page")
"""The parameters that stand beside what an order says; of a stop they are dropped where they cannot be read."""

SIGNED = ("name", "reason")
"""Who orders and why, as they say: of a stop dropped likewise where it cannot be read (I17)."""

FORM = "application/x-www-form-urlencoded"
READ = "main_controller.parameters"


class Parameters:
    """The parameters of one request, from its query and, for a POST, its urlencoded body, each name once.

    BadRequest when a name comes twice (a name in both counts), when a value holds control characters, or unseen ones
    that are no part of a unit's id, or is longer than 256 characters. That something is not UTF-8, or the body of
    another kind, is said by `read`.
    """

    def __init__(self, query: str, body: bytes = b"") -> None:
        self._values: dict[str, str] = {}
        self._faults: dict[str, BadRequest] = {}  # of what stands beside an order, and of a body of another kind
        self._unreadable: BadRequest | None = None  # a whole query or body, which may have said anything
        for name, value in [*self._pairs(lambda: query), *self._pairs(lambda: _text(body))]:
            fault = self._fault(name, value)
            if fault is None:
                self._values[name] = value
            elif name in BESIDE or name in SIGNED:
                self._faults[name] = fault
                self._values.pop(name, None)
            else:
                raise fault

    def _pairs(self, text: Callable[[], str]) -> list[tuple[str, str]]:
        try:
            return _pairs(text())
        except BadRequest as fault:
            self._unreadable = fault
            return []

    def _fault(self, name: str, value: str) -> BadRequest | None:
        """What is wrong with a parameter, whatever asks for it."""
        if name in self._values or name in self._faults:
            return BadRequest(f"The parameter {shown(name)} is given twice.")
        if len(value) > MAX_CHARACTERS:
            return BadRequest(f"The parameter {shown(name)} is longer than {MAX_CHARACTERS} characters.")
        if any(_is_control(character, name) for character in value):
            return BadRequest(f"The parameter {shown(name)} holds a control character.")
        if name in BESIDE and not value.strip():
            return BadRequest(f"The parameter {shown(name)} is empty.")
        return None

    @classmethod
    def of(cls, request: bottle.BaseRequest) -> "Parameters":
        """The parameters of this request; its body is read once, whoever asks first."""
        environ = request.environ
        read: Parameters | None = environ.get(READ)
        if read is None:
            read = environ[READ] = cls._of(environ)
        return read

    @classmethod
    def _of(cls, environ: Mapping[str, Any]) -> "Parameters":
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if not length:
            return cls(environ.get("QUERY_STRING", ""))
        if environ.get("REQUEST_METHOD") != "POST":
            raise BadRequest("Only a POST has a body; put the parameters in the query.")
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if kind != FORM:
            read = cls(environ.get("QUERY_STRING", ""))
            read._faults[""] = BadRequest(f"The body must be {FORM}, or the parameters in the query.")
            return read
        return cls(environ.get("QUERY_STRING", ""), environ["wsgi.input"].read(length))

    def read(
        self,
        *,
        required: Collection[str] = (),
        optional: Collection[str] = (),
        may_be_empty: Collection[str] = (),
        drop_unreadable: bool = False,
        drop_unknown: bool = False,
    ) -> dict[str, str]:
        """The values by name; BadRequest for an unknown or a missing one, or one empty and not in `may_be_empty`.

        For stops, which nothing harmless beside them may keep back (S32): `drop_unreadable` drops what stands beside an
        order and cannot be read, and a body of another kind; `drop_unknown` drops unknown ones, and a query or body
        that cannot be read at all.
        """
        if self._unreadable is not None and not drop_unknown:
            raise self._unreadable
        if self._faults and not drop_unreadable:
            raise next(iter(self._faults.values()))
        known_names = {*required, *optional}
        if drop_unknown:
            self._values = {name: value for name, value in self._values.items() if name in known_names}
        for name, value in self._values.items():
            if name not in required and name not in optional:
                known = ", ".join(sorted({*required, *optional})) or "none"
                raise BadRequest(f"The parameter {shown(name)} is not known here; known: {known}.")
            if not (value if name in IDS else value.strip()) and name not in may_be_empty:
                raise BadRequest(f"The parameter {shown(name)} is empty.")
        for name in required:
            if name not in self._values:
                raise BadRequest(f"The parameter {shown(name)} is missing.")
        return dict(self._values)

    def get(self, name: str) -> str | None:
        """One value, None where it is absent or cannot be read; whatever else was given is not judged."""
        return self._values.get(name)

    def one(self, name: str) -> str | None:
        """As `get`, for a reading: BadRequest where nothing can be read."""
        if self._unreadable is not None:
            raise self._unreadable
        return self.get(name)


def parameters(
    request: bottle.BaseRequest,
    *,
    required: Collection[str] = (),
    optional: Collection[str] = (),
    may_be_empty: Collection[str] = (),
) -> dict[str, str]:
    """The parameters of a command in one call: see `Parameters`."""
    return Parameters.of(request).read(required=required, optional=optional, may_be_empty=may_be_empty)


def _is_control(character: str, name: str) -> bool:
    """Whether a parameter of that name may not hold this: blanks never are, and of an id only what steers the text."""
    if character.isprintable():
        return False
    kind = unicodedata.category(character)
    if kind == "Zs":
        return False
    return name not in IDS or kind in ("Cc", "Cs", "Zl", "Zp") or character in DIRECTIONS


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeDecodeError:
        raise BadRequest("A parameter is not UTF-8.") from None
    except ValueError:
        raise BadRequest(f"More than {MAX_PARAMETERS} parameters are given.") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("The body is not urlencoded: it holds bytes that are not ASCII.") from None
