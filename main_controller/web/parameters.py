"""Owns how the parameters of a request are read: nothing unknown, nothing twice, nothing hidden (Z3, Z7).

What a route takes, and how each value is read, stands in its declaration. Used for every route.
"""

import io
import unicodedata
from collections.abc import Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote

import bottle

from main_controller.domain.written import refused_in
from main_controller.errors import BadRequest, ControllerError, TooLarge
from main_controller.sentence import Sentence, say
from main_controller.server.request import UNREAD, Unread
from main_controller.web.kinds import MAX_CHARACTERS, UNIT_ID, empty, too_long
from main_controller.web.replies import shown
from main_controller.web.route import BesideStop, Parameter, Route
from main_controller.web.routes import BESIDE, IDS, WRITTEN_BY_PERSONS

MAX_PARAMETERS = 32

DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""What turns the direction of the text around it."""

BESIDE_NAMES = frozenset(one.name for one in BESIDE)
FORM = "application/x-www-form-urlencoded"
READ = "main_controller.parameters"

LEFT_OUT_TOLD = 8
"""How many of the parameters that were left out beside a stop are told one by one."""


class Parameters:
    """The parameters of one request, from its query and, for a POST, its urlencoded body, each name once.

    Bytes of a body that are not escaped are read as UTF-8. A name is at fault when it comes twice (a name in both
    counts), when its value is longer than 256 characters or holds control characters, or unseen ones that are no part
    of a unit's id or of what a person writes, or when it is not UTF-8. It has no value then; `read` tells, as it does
    of more parameters than may be, and of a body of another kind or where none may be.
    """

    def __init__(self, query: str, body: bytes = b"") -> None:
        self._values: dict[str, str] = {}
        self._faults: dict[str, BadRequest] = {}
        self._unreadable: ControllerError | None = None  # a part of it that may have said anything
        self._left_out: list[Sentence] = []
        self._rest = ""  # what was not looked at
        for text in (query, body.decode("utf-8", "surrogateescape")):
            pairs = [pair for pair in text.split("&") if pair]
            if len(pairs) > MAX_PARAMETERS:
                self._rest += "&".join(pairs[MAX_PARAMETERS:])
                self._unreadable = BadRequest(
                    say("web.tooManyParameters", "More than {limit} parameters are given.", limit=MAX_PARAMETERS)
                )
            for pair in pairs[:MAX_PARAMETERS]:
                self._take(*(_decoded(part) for part in pair.partition("=")[::2]))

    def _take(self, name: str, value: str) -> None:
        fault = self._fault(name, value)
        if fault is None:
            self._values[name] = value
        else:
            self._faults.setdefault(name, fault)
            self._values.pop(name, None)

    def _fault(self, name: str, value: str) -> BadRequest | None:
        """What is wrong with a parameter, whatever asks for it."""
        if not (_is_utf8(name) and _is_utf8(value)):
            return BadRequest(say("web.parameterNotUtf8", "A parameter is not UTF-8."))
        if name in self._values or name in self._faults:
            return BadRequest(say("web.parameterTwice", "The parameter {name} is given twice.", name=shown(name)))
        if len(value) > MAX_CHARACTERS:
            return too_long(name)
        control = _control_in(value, name)
        if control is not None:
            return BadRequest(_why_not(control, name))
        if name in BESIDE_NAMES and not value.strip():
            return empty(name)
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
        if UNREAD in environ:
            unread: Unread = environ[UNREAD]
            read = cls(environ.get("QUERY_STRING", ""))
            read._unreadable = _why_unread(unread.status)
            read._rest += unquote(unread.came.decode("latin-1"))
            return read
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

    def read(self, route: Route, *, stops: bool = False, drop_unknown: bool = False) -> dict[str, Any]:
        """The values by name, each as its kind reads it; BadRequest for a parameter that `route` does not know, for a
        missing, empty or wrong one, and for `callback` of a reading (Z3).

        Of an order that `stops`, which nothing harmless beside it may keep back (S32), the declaration says what is
        not looked at, and what is dropped where it cannot be read; `drop_unknown` drops unknown ones too, and a body
        that cannot be read at all.
        """
        known = {one.name: one for one in route.taken}
        self._left_out = []
        self._refuse_faults(route, known, stops, drop_unknown)
        values: dict[str, Any] = {}
        for name, text in self._values.items():
            if name in known:
                values |= self._value(known[name], text, stops)
            elif drop_unknown:
                self._left_out.append(_unknown(name, route).sentence)
            elif not route.ignores(name):
                raise _unknown(name, route)
        for name, one in known.items():
            if one.required and name not in values:
                raise missing(name)
        return values

    @property
    def left_out(self) -> list[Sentence]:
        """What `read` dropped beside a stop, each with the sentence that would have refused another order."""
        more = len(self._left_out) - LEFT_OUT_TOLD
        if more < 1:
            return self._left_out
        told = say("web.moreLeftOut", "{count} more parameters were not looked at.", count=more)
        return [*self._left_out[:LEFT_OUT_TOLD], told]

    def _value(self, one: Parameter, text: str, stops: bool) -> dict[str, Any]:
        """The value by its name; nothing where the parameter is left out beside a stop."""
        if stops and one.beside_stop is BesideStop.IGNORED:
            return {}
        try:
            return {one.name: value_of(one, text)}
        except BadRequest as fault:
            if stops and one.beside_stop is BesideStop.DROPPED:
                self._left_out.append(fault.sentence)
                return {}
            raise

    def _refuse_faults(self, route: Route, known: Mapping[str, Parameter], stops: bool, drop_unknown: bool) -> None:
        asks_nothing = route.ignores_unknown and not known
        if self._unreadable is not None and drop_unknown:
            self._left_out.append(self._unreadable.sentence)
        elif self._unreadable is not None and not asks_nothing:
            raise self._unreadable
        for name, fault in self._faults.items():
            one = known.get(name)
            if one is None:
                spared = drop_unknown or route.ignores(name)
            else:
                spared = stops and one.beside_stop is not BesideStop.READ
            if not spared:
                raise fault
            if stops and (one is None or one.beside_stop is BesideStop.DROPPED):
                self._left_out.append(fault.sentence)

    def get(self, name: str) -> str | None:
        """One value, None where it is absent or cannot be read; whatever else was given is not judged."""
        return self._values.get(name)

    def names_a_unit(self) -> bool:
        """Whether some parameter's name begins with "unit", or may: whoever sends it means one unit alone."""
        named = any(name.casefold().startswith("unit") for name in (*self._values, *self._faults))
        return named or self.may_name_another_unit()

    def may_name_another_unit(self) -> bool:
        """Whether what was not looked at, or could not be read, may name a unit."""
        return "unit" in self._rest.casefold()


def body_in(environ: MutableMapping[str, Any]) -> bytes:
    """The whole body; what is put into its place can be read again."""
    body = bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def form_in(environ: MutableMapping[str, Any]) -> bytes:
    """The body where it is a form, as `body_in` reads it; else nothing."""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    return body_in(environ) if kind == FORM else b""


def _why_unread(status: int) -> ControllerError:
    """What is wrong with a body that the server gave up, by the status that it would have answered."""
    if status == TooLarge.status:
        return TooLarge(say("web.bodyEndless", "The body is too large to be read."))
    if status == 408:
        return BadRequest(say("web.bodyLate", "The body did not come whole in time."))
    return BadRequest(say("web.bodyGarbled", "The chunks of the body cannot be read."))


def value_of(parameter: Parameter, text: str) -> Any:
    """The value of one parameter's text; BadRequest where it is wrong, or empty and may not be."""
    if not text and parameter.may_be_empty:
        return text
    if not (text if parameter.kind is UNIT_ID else text.strip()):
        raise empty(parameter.name)
    return parameter.kind.read(text, parameter.name)


def values_in_path(route: Route, texts: Mapping[str, str]) -> dict[str, Any]:
    """The values of what stands in the route's path, by name; BadRequest where one is wrong."""
    return {one.name: value_of(one, texts[one.name]) for one in route.in_path}


def missing(name: str) -> BadRequest:
    """What is wrong where a parameter that is needed was not given."""
    return BadRequest(say("web.parameterMissing", "The parameter {name} is missing.", name=shown(name)))


def _unknown(name: str, route: Route) -> BadRequest:
    if name == "callback" and not route.order:
        return BadRequest(say("web.noCallback", "The parameter 'callback' is not known here: JSONP is not offered."))
    known = sorted(one.name for one in route.taken)
    if not known:
        sentence = say(
            "web.parameterUnknownOfNone", "The parameter {name} is not known here; known: none.", name=shown(name)
        )
        return BadRequest(sentence)
    sentence = say(
        "web.parameterUnknown", "The parameter {name} is not known here; known: {known}.",
        name=shown(name), known=", ".join(known),
    )  # fmt: skip
    return BadRequest(sentence)


def _control_in(value: str, name: str) -> str | None:
    """The first character that a parameter of that name may not hold; of what persons write, any letter may be."""
    if name in WRITTEN_BY_PERSONS:
        return refused_in(value)
    return next((character for character in value if _is_control(character, name)), None)


def _why_not(control: str, name: str) -> Sentence:
    """What is wrong with it, in words that say what it does."""
    if control in DIRECTIONS:
        return say(
            "web.parameterTurnsText",
            "The parameter {name} holds a character that turns the direction of text ({sign}).",
            name=shown(name),
            sign=f"U+{ord(control):04X}",
        )
    return say("web.parameterHoldsControl", "The parameter {name} holds a control character.", name=shown(name))


def _is_control(character: str, name: str) -> bool:
    """Whether a parameter of that name may not hold this: blanks never are, and of an id only what steers the text."""
    if character.isprintable():
        return False
    kind = unicodedata.category(character)
    if kind == "Zs":
        return False
    return name not in IDS or kind in ("Cc", "Cs", "Zl", "Zp") or character in DIRECTIONS


def _decoded(text: str) -> str:
    """What stands escaped in a query or form; bytes that are not UTF-8 stay as half characters."""
    return unquote(text.replace("+", " "), errors="surrogateescape")


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
