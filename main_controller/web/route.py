"""What a route is: its path, what it takes and gives, who may call it, and whether it stops something (Z3, Z7, Z8).

Pure. The routes themselves stand in `routes.py`; everybody who must know something of one reads it there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from main_controller.domain.orders import Permission
from main_controller.server.lanes import Lane
from main_controller.web.kinds import FILE, UNIT_ID, Kind
from main_controller.web.replies import JSON

FAILS = (400, 401, 403, 404, 405, 413, 414, 500, 502, 503, 504)
FAILS_OF_ORDERS = tuple(sorted((*FAILS, 409)))
FAILS_OF_CHANGES = tuple(sorted((*FAILS_OF_ORDERS, 429)))
"""With which statuses a reading, an order and a change of who may do what may fail, every time with a `Failure`
(docs/api.md, "When it fails")."""

Given = Mapping[str, Any]
"""The parameters of a request, those of its path among them: each value as its kind reads it."""

Handler = Callable[..., Any]
"""Answers a reading from what is `Given`; an order from the texts in its path, by their names."""

Handlers = Mapping["Route", Handler]


class BesideStop(Enum):
    """What becomes of a parameter of an order that stops, which nothing harmless beside it may keep back (S32).

    `READ`: what is wrong with it refuses the stop. `DROPPED`: it is left out where it cannot be read. `IGNORED`: nobody
    looks at it.
    """

    READ = auto()
    DROPPED = auto()
    IGNORED = auto()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Parameter:
    """A parameter: `says` is its meaning in the documentation, in Markdown; `example` a value as it is written."""

    name: str
    kind: Kind
    says: str
    example: str
    required: bool = False
    may_be_empty: bool = False
    beside_stop: BesideStop = BesideStop.READ


@dataclass(frozen=True, slots=True)
class When:
    """Of which requests something is so: of those whose `parameter` is one of `values`, of all where it is None."""

    parameter: str | None = None
    values: tuple[str, ...] = ()

    def holds(self, given: Callable[[str], str | None]) -> bool:
        """Whether it is so of a request, by the text of a parameter (None where it is absent or cannot be read)."""
        return self.parameter is None or given(self.parameter) in self.values


ALWAYS = When()


@dataclass(frozen=True, slots=True, eq=False)
class Reply:
    """What a route gives where it succeeds: its media type, and of JSON by status the types in `shapes/` of which the
    body has one. A JSON object has `messages` too where codes are asked for (`Message`).

    `also` are the media types that it has for a caller who prefers one of them (`Accept`). `tagged`: it has an `ETag`,
    and is 304 without a body where the caller holds it. `explains`: what cannot be answered (400, 414) may have the
    same media type, as a page that says why.
    """

    media_type: str
    shapes: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    tagged: bool = False
    explains: bool = False
    also: tuple[str, ...] = ()

    @property
    def statuses(self) -> tuple[int, ...]:
        """The statuses of success."""
        return (*(self.shapes or (200,)), *((304,) if self.tagged else ()))


def json_of(*shapes: Any, tagged: bool = False, at_once: tuple[Any, ...] = ()) -> Reply:
    """JSON of one of these types; 202 with one of `at_once` where that is answered before the end."""
    return Reply(JSON, {200: shapes, **({202: at_once} if at_once else {})}, tagged)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Route:
    """A route. `path` has its parameters in braces, at the end alone; `in_path` declares them.

    `title` is the part of docs/api.md where it stands, `says` what it does or gives, in Markdown; `requirement` the
    specification's number. An `order` takes GET or POST, with its parameters in the query or in a form; what
    `changes` who may do what takes POST alone, with a form alone, as secrets do not belong into an address; anything
    else takes GET. `reply` is what it gives. `permission` is what its caller needs, None where nobody is asked who it
    is.

    `polled`: open pages ask for it again and again, so that it is no news in the log. `ignores_unknown`: parameters
    that it does not know are no fault. `stops`: of which requests it stops something at once; `lowers`: of which it
    gets a thread of the `lane` that stops have (a Soft Stop does too). `passes_read_only`: where it stops, it passes
    the setting `read_only`. `sends_on`: a browser's own form is answered by another page.
    """

    name: str
    path: str
    title: str
    says: str
    reply: Reply
    requirement: str = ""
    parameters: tuple[Parameter, ...] = ()
    beside: tuple[Parameter, ...] = ()
    in_path: tuple[Parameter, ...] = ()
    order: bool = False
    changes: bool = False
    permission: Permission | None = Permission.VIEW
    polled: bool = False
    ignores_unknown: bool = False
    stops: When | None = None
    lowers: When | None = None
    lane: Lane = Lane.STOP
    passes_read_only: bool = True
    sends_on: bool = False

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods that it takes, besides HEAD for a reading."""
        return ("POST",) if self.changes else ("GET", "POST") if self.order else ("GET",)

    @property
    def succeeds(self) -> tuple[int, ...]:
        """The statuses with which it may succeed: a page sends a person to the log-in, and the log-in back (303)."""
        a_page = self.reply.media_type == "text/html" and self.permission is not None
        return (*self.reply.statuses, *((303,) if self.sends_on or a_page else ()))

    @property
    def fails(self) -> tuple[int, ...]:
        """The statuses with which it may fail."""
        return FAILS_OF_CHANGES if self.changes else FAILS_OF_ORDERS if self.order else FAILS

    @property
    def rule(self) -> str:
        """Its path in Bottle's words; an id may hold an encoded slash, which the server has decoded before us."""
        rule = self.path
        for one in self.in_path:
            rule = rule.replace(f"{{{one.name}}}", f"<{one.name}:path>" if self.holds_slashes else f"<{one.name}>")
        return rule

    @property
    def holds_slashes(self) -> bool:
        """Whether what stands in its path may hold slashes, as ids and files do."""
        return any(one.kind in (UNIT_ID, FILE) for one in self.in_path)

    @property
    def taken(self) -> tuple[Parameter, ...]:
        """Every parameter of its query or form: its own and those `beside` them, which every order takes."""
        return (*self.parameters, *self.beside)

    def ignores(self, name: str) -> bool:
        """Whether a parameter of this name that it does not know is no fault; JSONP's is one everywhere (Z3)."""
        return self.ignores_unknown and name != "callback"

    def is_stop(self, given: Callable[[str], str | None]) -> bool:
        """Whether a request of it stops something at once."""
        return self.stops is not None and self.stops.holds(given)
