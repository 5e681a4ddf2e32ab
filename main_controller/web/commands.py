"""The routes by which anything is ordered (R10-R16, R23, Z1, Z3, Z7-Z10).

Each route reads its parameters strictly, hands the order to one operation and answers in the specification's shape
with `command`, the order's id, beside it. Nothing is decided here.
"""

from collections.abc import Callable, Collection, Mapping
from threading import BoundedSemaphore
from typing import Any

import bottle

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.interlock_terms import Wanted
from main_controller.domain.modes import BUDO_WORDS, LOCAL_MODES, Mode, Word, parse_mode
from main_controller.errors import BadRequest, NoDataYet, UpstreamError
from main_controller.operations.acknowledge import Acknowledge
from main_controller.operations.locks import SetLock
from main_controller.operations.schedules import SetSchedule
from main_controller.operations.set_converter import SetConverter
from main_controller.operations.set_mode import SetMode
from main_controller.operations.share import Share
from main_controller.operations.shut_down import ShutDown
from main_controller.operations.stop_all import StopAll
from main_controller.operations.ups_mode import UpsMode
from main_controller.store.command_log import CommandLog
from main_controller.web.figures import figure, flag
from main_controller.web.parameters import parameters
from main_controller.web.replies import shown

ORDERS_AT_ONCE = 16
"""How many orders other than Wait and stop may hold a request thread at the same time."""

WAIT_LIMIT = 75.0
"""How long (s) `?wait=verified` waits at most: longer than any order may take to be seen or given up."""

DEFAULT_VOLTAGE = "350"
"""The bus voltage of a guided procedure where none is given, V (V9)."""


class Commands:
    """The command routes; `flush` polls apis-web at once and returns how many units there are."""

    def __init__(
        self,
        log: CommandLog,
        *,
        set_mode: SetMode,
        set_converter: SetConverter,
        stop_all: StopAll,
        shut_down: ShutDown,
        ups_mode: UpsMode,
        schedules: SetSchedule,
        acknowledge: Acknowledge,
        set_lock: SetLock,
        share: Share,
        flush: Callable[[], int],
    ) -> None:
        self._log = log
        self._set_mode = set_mode
        self._set_converter = set_converter
        self._stop_all = stop_all
        self._shut_down = shut_down
        self._ups_mode = ups_mode
        self._schedules = schedules
        self._acknowledge = acknowledge
        self._set_lock = set_lock
        self._share = share
        self._flush = flush
        self._room = BoundedSemaphore(ORDERS_AT_ONCE)

    def mount(self, app: bottle.Bottle) -> None:
        """Add the routes."""
        for path, callback, stops in (
            ("/set/budo/<mode>", self.set_budo, False),
            ("/setOperationMode", self.set_operation_mode, False),
            ("/set/dcdc/<unit_id:path>", self.set_dcdc, _is_wait),
            ("/set/<unit_id:path>", self.set_dcdc, _is_wait),
            ("/stopAll", self.stop_all, True),
            ("/shutDown", self.shut_down, False),
            ("/upsMode/<mode>", self.ups_mode, False),
            ("/setSchedule", self.set_schedule, False),
            ("/flushCache", self.flush_cache, False),
            ("/acknowledge", self.acknowledge, False),
            ("/setLock", self.set_lock, False),
            ("/clearLock", self.clear_lock, False),
            ("/share", self.start_share, False),
            ("/share/end", self.end_share, True),
        ):
            app.route(path, ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"], callback, command=True, stops=stops)

    # Modes

    def set_budo(self, mode: str) -> dict[str, Any]:
        """`/set/budo/<active|quiet|stop|manual>` -> `{"active": bool}` (R11)."""
        given = _given(optional=("wait",))
        if mode not in BUDO_WORDS:
            raise BadRequest(f"{shown(mode)} is no mode here; use {', '.join(BUDO_WORDS)}.")
        with self._place(BUDO_WORDS[mode] is Mode.STOP):
            command, active = self._set_mode.budo(mode, _caller())
            return self._answer({"active": active}, command, given)

    def set_operation_mode(self) -> dict[str, Any]:
        """`/setOperationMode?value=&[unitId=]` -> `{"succeeded": true}` (R12, Z7)."""
        given = _given(required=("value",), optional=("unitId", "wait"), may_be_empty=("value",))
        unit_id, value = given.get("unitId"), given["value"]
        mode = parse_mode(value)
        if unit_id is None:
            if mode is None:
                raise BadRequest(f"The value {shown(value)} is no global mode; use {', '.join(Mode)}.")
            with self._place(mode is Mode.STOP):
                return self._answer({"succeeded": True}, self._set_mode.cluster(mode, _caller()), given)
        if value and mode not in LOCAL_MODES:
            raise BadRequest(
                f"The value {shown(value)} is no local mode; use {', '.join(LOCAL_MODES)}, or leave it empty."
            )
        with self._place(mode is Mode.STOP):
            return self._answer({"succeeded": True}, self._set_mode.unit(unit_id, mode, _caller()), given)

    # Converters

    def set_dcdc(self, unit_id: str) -> Any:
        """`/set/dcdc/<id>?mode=&dvg=&dig=` -> the converter's new `dcdc` object with `command` (R10, A15-4)."""
        given = _given(required=("mode",), optional=("dvg", "dig", "dryRun", "override", "wait"))
        wanted = _wanted(unit_id, given)
        if flag(given, "dryRun"):
            answers = self._set_converter.dry_run(wanted)
            return {"allowed": not any(a.refuses for a in answers), "rules": [a.as_json() for a in answers]}
        with self._place(wanted.word is Word.WAIT):
            command, dcdc = self._set_converter.order(wanted, _caller(), override=given.get("override"))
            return self._answer(dcdc, command, given)

    def stop_all(self) -> dict[str, Any]:
        """`/stopAll` -> `{"stopAll": "done.", "units": {...}}` once every unit is in Wait, else 502 (R15, Z9)."""
        _given(optional=("wait",))
        command = self._stop_all.order(_caller())
        units = {unit_id: outcome.as_json() for unit_id, outcome in command.units.items()}
        if command.state is CommandState.VERIFIED:
            return {"stopAll": "done.", "units": units, "command": command.id}
        sentence = command.error or "Stop all has not ended yet."
        raise UpstreamError(sentence, sent=command.sent, details={"units": units, "command": command.id})

    def shut_down(self) -> dict[str, Any]:
        """`/shutDown[?unitId=]` -> `{"succeeded": true}` (R16, Z8)."""
        given = _given(optional=("unitId", "wait"))
        with self._place(False):
            return self._answer({"succeeded": True}, self._shut_down.order(given.get("unitId"), _caller()), given)

    def ups_mode(self, mode: str) -> dict[str, Any]:
        """`/upsMode/<0..7>[?unitId=]` -> per unit `{"succeeded": bool, ...}` (R23, Z10)."""
        given = parameters(bottle.request, optional=("unitId",))
        if mode not in tuple("01234567"):
            raise BadRequest(f"{shown(mode)} is no UPS mode; use 0 to 7.")
        with self._place(False):
            return self._ups_mode.order(int(mode), given.get("unitId"), _caller())[1]

    # Plans and the rest

    def set_schedule(self) -> dict[str, Any]:
        """`/setSchedule?operation=&[unitId=]&[value=]`; no value clears (R13, Z7, Z11-Z13)."""
        given = parameters(bottle.request, required=("operation",), optional=("unitId", "value"))
        unit_id, operation = given.get("unitId"), given["operation"]
        if "value" not in given:
            return self._schedules.clear(unit_id, operation, _caller())
        return self._schedules.set(unit_id, operation, given["value"], _caller())

    def flush_cache(self) -> dict[str, Any]:
        """`/flushCache` -> `{"succeeded": true, "units": n}` after a poll made at once (R14, G11)."""
        parameters(bottle.request)
        with self._place(False):
            return {"succeeded": True, "units": self._flush()}

    def acknowledge(self) -> dict[str, Any]:
        """`/acknowledge?unitId=`: an operator has looked at this unwatched unit (Z6a)."""
        given = parameters(bottle.request, required=("unitId",))
        command = self._acknowledge.order(given["unitId"], _caller())
        return {"succeeded": True, "command": command.id}

    def set_lock(self) -> dict[str, Any]:
        """`/setLock?[unitId=]&name=&reason=`: a person works there; nothing starts until the lock is taken off."""
        given = parameters(bottle.request, required=("name", "reason"), optional=("unitId",))
        command = self._set_lock.set(given.get("unitId"), given["name"], given["reason"], _caller())
        return {"succeeded": True, "command": command.id}

    def clear_lock(self) -> dict[str, Any]:
        """`/clearLock?[unitId=]&name=`: the lock is taken off by its name."""
        given = parameters(bottle.request, required=("name",), optional=("unitId",))
        return {"succeeded": True, "command": self._set_lock.clear(given.get("unitId"), given["name"], _caller()).id}

    def start_share(self) -> dict[str, Any]:
        """`/share?from=&to=&current=[&voltage=]` (A, V): begin the guided procedure."""
        given = parameters(bottle.request, required=("from", "to", "current"), optional=("voltage",))
        current = figure(given["current"], "current")
        voltage = figure(given.get("voltage", DEFAULT_VOLTAGE), "voltage")
        with self._place(False):
            command = self._share.start(given["from"], given["to"], current, voltage, _caller())
        return {"succeeded": True, "command": command.id}

    def end_share(self) -> dict[str, Any]:
        """`/share/end`: begin the safe end of the guided procedure."""
        parameters(bottle.request)
        return {"succeeded": True, "command": self._share.end(_caller()).id}

    def _answer(self, body: Mapping[str, Any], command: Command, given: Mapping[str, str]) -> dict[str, Any]:
        """The specified body with the order's id; `?wait=verified` waits for the order's end, within bounds."""
        answer = {**body, "command": command.id}
        if "wait" not in given:
            return answer
        ended = self._log.wait_ended(command.id, WAIT_LIMIT)
        return {**answer, "state": str(ended.state), "verified": ended.state is CommandState.VERIFIED}

    def _place(self, stops: bool) -> "_Place":
        return _Place(None if stops else self._room)


class _Place:
    """One of the few places for orders that wait on the other end; stop and Wait need none (Z8)."""

    def __init__(self, room: BoundedSemaphore | None) -> None:
        self._room = room

    def __enter__(self) -> None:
        if self._room is not None and not self._room.acquire(blocking=False):
            raise NoDataYet("Too many orders are under way at once; nothing was sent.", details={"sent": False})

    def __exit__(self, *_: object) -> None:
        if self._room is not None:
            self._room.release()


def _given(
    *, required: Collection[str] = (), optional: Collection[str] = (), may_be_empty: Collection[str] = ()
) -> dict[str, str]:
    """The parameters of an order that may be waited for; a wrong `wait` is refused before anything is sent (Z7)."""
    given = parameters(bottle.request, required=required, optional=optional, may_be_empty=may_be_empty)
    wait = given.get("wait", "verified")
    if wait != "verified":
        raise BadRequest(f"The parameter wait can only be verified, not {shown(wait)}.")
    return given


def _caller() -> str:
    """Who orders: the address of the request."""
    return str(bottle.request.environ.get("REMOTE_ADDR", "?"))


def _is_wait() -> bool:
    """Whether the request in hand orders Wait, which read-only lets pass."""
    return (
        parameters(bottle.request, optional=("mode", "dvg", "dig", "dryRun", "override", "wait"))
        .get("mode", "")
        .lower()
        == Word.WAIT
    )


def _wanted(unit_id: str, given: Mapping[str, str]) -> Wanted:
    word = next((word for word in Word if word == given["mode"]), None)
    if word is None:
        raise BadRequest(f"The mode {shown(given['mode'])} is no converter word; use {', '.join(Word)}.")
    if word is Word.WAIT:
        return Wanted(unit_id, word, 0.0, 0.0)
    for name in ("dvg", "dig"):
        if name not in given:
            raise BadRequest(f"The parameter {name} is missing.")
    return Wanted(unit_id, word, figure(given["dvg"], "dvg"), figure(given["dig"], "dig"))
