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
from main_controller.sentence import say
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

    A name is at fault when it comes twice (a name in both counts), when its value holds control characters, or unseen
    ones that are no part of a unit's id, or is longer than 256 characters. It has no value then; `read` tells, as it
    does of a query or body that is not UTF-8, and of a body of another kind or where none may be.
    """

    def __init__(self, query: str, body: bytes = b"") -> None:
        self._values: dict[str, str] = {}
        self._faults: dict[str, BadRequest] = {}
        self._unreadable: BadRequest | None = None  # a whole query or body, which may have said anything
        for name, value in [*self._pairs(lambda: query), *self._pairs(lambda: _text(body))]:
            fault = self._fault(name, value)
            if fault is None:
                self._values[name] = value
            else:
                self._faults.setdefault(name, fault)
                self._values.pop(name, None)

    def _pairs(self, text: Callable[[], str]) -> list[tuple[str, str]]:
        try:
            return _pairs(text())
        except BadRequest as fault:
            self._unreadable = fault
            return []

    def _fault(self, name: str, value: str) -> BadRequest | None:
        """What is wrong with a parameter, whatever asks for it."""
        if name in self._values or name in self._faults:
            return BadRequest(say("web.parameterTwice", "The parameter {name} is given twice.", name=shown(name)))
        if len(value) > MAX_CHARACTERS:
            sentence = say(
                "web.parameterTooLong", "The parameter {name} is longer than {limit} characters.",
                name=shown(name), limit=MAX_CHARACTERS,
            )  # fmt: skip
            return BadRequest(sentence)
        if any(_is_control(character, name) for character in value):
            sentence = say(
                "web.parameterHoldsControl", "The parameter {name} holds a control character.", name=shown(name)
            )
            return BadRequest(sentence)
        if name in BESIDE and not value.strip():
            return _empty(name)
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
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        is_post = environ.get("REQUEST_METHOD") == "POST"
        if is_post and kind == FORM:
            return cls(environ.get("QUERY_STRING", ""), environ["wsgi.input"].read(length))
        read = cls(environ.get("QUERY_STRING", ""))
        read._unreadable = BadRequest(
            say("web.bodyNoForm", "The body must be {form}, or the parameters in the query.", form=FORM)
            if is_post
            else say("web.bodyWithoutPost", "Only a POST has a body; put the parameters in the query.")
        )
        return read

    def read(
        self,
        *,
        required: Collection[str] = (),
        optional: Collection[str] = (),
        may_be_empty: Collection[str] = (),
        stops: bool = False,
        ignored: Collection[str] = (),
        drop_unknown: bool = False,
    ) -> dict[str, str]:
        """The values by name; BadRequest for an unknown or a missing one, or one empty and not in `may_be_empty`.

        Of an order that `stops`, which nothing harmless beside it may keep back (S32), those in `ignored` are dropped
        unread, and what stands beside the order where it cannot be read; `drop_unknown` drops unknown ones too, and a
        query or body that cannot be read at all.
        """
        known_names = {*required, *optional}
        ignored = known_names.intersection(ignored) if stops else ()
        beside = known_names.intersection((*BESIDE, *SIGNED)) if stops else ()
        if self._unreadable is not None and not drop_unknown:
            raise self._unreadable
        for name, fault in self._faults.items():
            if name not in beside and name not in ignored and not (drop_unknown and name not in known_names):
                raise fault
        given = {
            name: value
            for name, value in self._values.items()
            if name not in ignored and (name in known_names or not drop_unknown)
        }
        for name, value in given.items():
            if name not in known_names:
                raise _unknown(name, known_names)
            if not (value if name in IDS else value.strip()) and name not in may_be_empty:
                raise _empty(name)
        for name in required:
            if name not in given:
                raise BadRequest(say("web.parameterMissing", "The parameter {name} is missing.", name=shown(name)))
        return given

    def get(self, name: str) -> str | None:
        """One value, None where it is absent or cannot be read; whatever else was given is not judged."""
        return self._values.get(name)

    def names_a_unit(self) -> bool:
        """Whether some parameter's name begins with "unit": whoever sends it means one unit alone."""
        return any(name.casefold().startswith("unit") for name in (*self._values, *self._faults))

    def one(self, name: str) -> str | None:
        """As `get`, for a reading: BadRequest where anything cannot be read."""
        for fault in (self._unreadable, *self._faults.values()):
            if fault is not None:
                raise fault
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


def _empty(name: str) -> BadRequest:
    return BadRequest(say("web.parameterEmpty", "The parameter {name} is empty.", name=shown(name)))


def _unknown(name: str, known: Collection[str]) -> BadRequest:
    if not known:
        sentence = say(
            "web.parameterUnknownOfNone", "The parameter {name} is not known here; known: none.", name=shown(name)
        )
        return BadRequest(sentence)
    sentence = say(
        "web.parameterUnknown", "The parameter {name} is not known here; known: {known}.",
        name=shown(name), known=", ".join(sorted(known)),
    )  # fmt: skip
    return BadRequest(sentence)


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
        raise BadRequest(say("web.parameterNotUtf8", "A parameter is not UTF-8.")) from None
    except ValueError:
        sentence = say("web.tooManyParameters", "More than {limit} parameters are given.", limit=MAX_PARAMETERS)
        raise BadRequest(sentence) from None


def _text(body: bytes) -> str:
    try:
        return body.decode("ascii")
    except UnicodeDecodeError:
        sentence = say("web.bodyNotAscii", "The body is not urlencoded: it holds bytes that are not ASCII.")
        raise BadRequest(sentence) from None
