"""The routes by which anything is ordered (R10-R16, R23, Z1, Z3, Z7-Z10).

Each route reads its parameters strictly, hands the order to one operation and answers in the specification's shape
with `command`, the order's id, beside it. Nothing is decided here; how an order is asked and answered is `Ordering`'s.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

import bottle

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import BUDO_WORDS, LOCAL_MODES, ConverterStatus, Mode, parse_mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.stamp import Stamp
from main_controller.errors import BadRequest, UpstreamError
from main_controller.orders.acknowledge import Acknowledge
from main_controller.orders.forget import Forget
from main_controller.orders.locks import SetLock
from main_controller.orders.schedules import SetSchedule
from main_controller.orders.set_converter import SetConverter
from main_controller.orders.set_mode import SetMode
from main_controller.orders.shut_down import ShutDown
from main_controller.orders.trips import ResetTrips
from main_controller.orders.ups_mode import UpsMode
from main_controller.procedures.estop import EStop
from main_controller.procedures.guided_transfer import GuidedTransfer
from main_controller.procedures.stop_all import StopAll
from main_controller.procedures.then_mode import THEN_MODES, ThenMode
from main_controller.rules.interlock_terms import RULES
from main_controller.sentence import say
from main_controller.web.figures import figure, flag
from main_controller.web.ordering import Asked, Ordering, Urgency, caller
from main_controller.web.parameters import Parameters
from main_controller.web.replies import json_reply, shown

DEFAULT_VOLTAGE = "350"
"""The bus voltage of a guided procedure where none is given, V (V9)."""

SET_POINT = ("dvg", "dig", "override", "overrideRules")
"""What an order to a converter says besides its status; Wait needs none of it, and reads none (S32)."""


class Commands:
    """The command routes; `flush` polls apis-web at once and returns how many units there are.

    `headroom` says how much a unit could still do, for the dry run.
    """

    def __init__(
        self,
        ordering: Ordering,
        *,
        set_mode: SetMode,
        then_mode: ThenMode,
        set_converter: SetConverter,
        stop_all: StopAll,
        estop: EStop,
        shut_down: ShutDown,
        ups_mode: UpsMode,
        schedules: SetSchedule,
        acknowledge: Acknowledge,
        forget: Forget,
        reset_trips: ResetTrips,
        set_lock: SetLock,
        transfer: GuidedTransfer,
        flush: Callable[[], int],
        headroom: Callable[[str], Mapping[str, Any] | None] = lambda unit_id: None,
    ) -> None:
        self._ordering = ordering
        self._set_mode = set_mode
        self._then_mode = then_mode
        self._set_converter = set_converter
        self._stop_all = stop_all
        self._estop = estop
        self._shut_down = shut_down
        self._ups_mode = ups_mode
        self._schedules = schedules
        self._acknowledge = acknowledge
        self._forget = forget
        self._reset_trips = reset_trips
        self._set_lock = set_lock
        self._transfer = transfer
        self._flush = flush
        self._headroom = headroom

    def mount(self, app: bottle.Bottle) -> None:
        """Add the routes."""
        for path, callback, stops in (
            ("/set/budo/<mode>", self.set_budo, False),
            ("/setOperationMode", self.set_operation_mode, False),
            ("/clearThen", self.clear_then, False),
            ("/set/dcdc", self.set_dcdc_of, _is_wait),
            ("/set/dcdc/<unit_id:path>", self.set_dcdc, _is_wait),
            ("/set/<unit_id:path>", self.set_dcdc, _is_wait),
            ("/stopAll", self.stop_all, True),
            ("/estop", self.estop, True),
            ("/estopReset", self.estop_reset, False),
            ("/shutDown", self.shut_down, False),
            ("/upsMode/<mode>", self.ups_mode, False),
            ("/setSchedule", self.set_schedule, False),
            ("/flushCache", self.flush_cache, False),
            ("/acknowledge", self.acknowledge, False),
            ("/forget", self.forget, False),
            ("/resetTrips", self.reset_trips, False),
            ("/setLock", self.set_lock, False),
            ("/clearLock", self.clear_lock, False),
            ("/share", self.start_transfer, False),
            ("/share/end", self.end_transfer, True),
        ):
            app.route(path, ["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"], callback, command=True, stops=stops)

    # Modes

    def set_budo(self, mode: str) -> Any:
        """`/set/budo/<active|quiet|stop|manual>` -> `{"active": bool}` (R11)."""
        asked = self._ordering.asked(
            stops=lambda given: BUDO_WORDS.get(mode) is Mode.STOP,
            drop_unknown=lambda given: not given.names_a_unit(),  # it is the cluster's stop alone
        )
        if mode not in BUDO_WORDS:
            sentence = say(
                "web.noBudoWord", "{mode} is no mode here; use {modes}.", mode=shown(mode), modes=list(BUDO_WORDS)
            )
            raise BadRequest(sentence)

        def work(stamp: Stamp) -> tuple[Command, Mapping[str, Any]]:
            command, active = self._set_mode.budo(mode, by, stamp=stamp)
            return command, {"active": active}

        by = caller()
        return self._ordering.carry_out(asked, work, **_by_mode(BUDO_WORDS[mode]))

    def set_operation_mode(self) -> Any:
        """`/setOperationMode?value=&[unitId=][&then=]` -> `{"succeeded": true}` (R12, Z7).

        `then` (manual, stop) goes with the cluster's Soft Stop: the mode that follows once no deal is left (H2).
        """
        asked = self._ordering.asked(
            required=("value",),
            optional=("unitId", "then"),
            may_be_empty=("value",),
            stops=_asks_stop,
            ignored=("then",),  # nothing follows a Force Stop
            drop_unknown=lambda given: given.get("unitId") is not None,  # else one may be a misspelt unitId (Z7)
        )
        given = asked.given
        unit_id, value, by = given.get("unitId"), given["value"], caller()
        mode, then = parse_mode(value), _then(given)
        if unit_id is None:
            if mode is None:
                sentence = say(
                    "web.noGlobalMode", "The value {given} is no global mode; use {modes}.",
                    given=shown(value), modes=list(Mode),
                )  # fmt: skip
                raise BadRequest(sentence)
            return self._carry_out(asked, lambda stamp: self._cluster(mode, then, by, stamp), **_by_mode(mode))
        if value and mode not in LOCAL_MODES:
            sentence = say(
                "web.noLocalMode", "The value {given} is no local mode; use {modes}, or leave it empty.",
                given=shown(value), modes=list(LOCAL_MODES),
            )  # fmt: skip
            raise BadRequest(sentence)
        return self._carry_out(
            asked, lambda stamp: self._set_mode.unit(unit_id, mode, by, stamp=stamp), **_by_mode(mode)
        )

    def _cluster(self, mode: Mode, then: Mode | None, by: Actor, stamp: Stamp) -> Command:
        command = self._set_mode.cluster(mode, by, stamp=stamp)
        if then is not None:
            self._then_mode.promise(then, command, stamp.page)
        return command

    def clear_then(self) -> Any:
        """`/clearThen`: the mode that was to follow a Soft Stop is not sent (H2)."""
        asked = self._ordering.asked()
        by = caller()
        return self._carry_out(asked, lambda stamp: self._then_mode.clear(by, stamp=stamp))

    # Converters

    def set_dcdc_of(self) -> Any:
        """`/set/dcdc?unitId=&mode=...`: the same for an id that no path can hold."""
        asked = self._ordering.asked(
            required=("unitId", "mode"),
            optional=("dvg", "dig", "dryRun", "override", "overrideRules"),
            stops=_asks_wait,
            ignored=SET_POINT,
        )
        return self._set_dcdc(asked, asked.given["unitId"])

    def set_dcdc(self, unit_id: str) -> Any:
        """`/set/dcdc/<id>?mode=&dvg=&dig=` -> the converter's new `dcdc` object with `command` (R10, A15-4)."""
        asked = self._ordering.asked(
            required=("mode",),
            optional=("dvg", "dig", "dryRun", "override", "overrideRules"),
            stops=_asks_wait,
            ignored=SET_POINT,
        )
        return self._set_dcdc(asked, unit_id)

    def _set_dcdc(self, asked: Asked, unit_id: str) -> Any:
        wanted, by = _wanted(unit_id, asked.given), caller()
        override, rules = (None, frozenset[str]()) if wanted.status is ConverterStatus.WAIT else _override(asked.given)
        if flag(asked.given, "dryRun"):
            answers = self._set_converter.dry_run(wanted, by)
            return {
                "allowed": not any(a.refuses for a in answers),
                "rules": [a.as_json() for a in answers],
                "headroom": self._headroom(unit_id),
            }
        return self._ordering.carry_out(
            asked,
            lambda stamp: self._set_converter.order(wanted, by, override=override, override_rules=rules, stamp=stamp),
            urgency=Urgency.STOP if wanted.status is ConverterStatus.WAIT else None,
        )

    def stop_all(self) -> Any:
        """`/stopAll` -> `{"stopAll": "done.", "units": {...}}` once every unit is in Wait, else 502 (R15, Z9).

        202 with the command where others wait for the same run already.
        """
        asked, by = self._ordering.asked(stops=_always), caller()
        return self._stop(asked, lambda stamp: self._stop_all.order(by, stamp=stamp), dict)

    def estop(self) -> Any:
        """`/estop[?name=][&reason=]`: what `/stopAll` does, and latched until `/estopReset` (I17).

        The reply has the latch beside what `/stopAll` answers.
        """
        asked = self._ordering.asked(optional=("name", "reason"), may_be_empty=("name", "reason"), stops=_always)
        name, reason, by = asked.given.get("name", ""), asked.given.get("reason", ""), caller()
        return self._stop(
            asked,
            lambda stamp: self._estop.press(name, reason, by, stamp=stamp),
            lambda: {"estop": self._estop.standing()},
        )

    def estop_reset(self) -> Any:
        """`/estopReset?name=&reason=`: orders pass again (I17)."""
        asked, by = self._ordering.asked(required=("name", "reason")), caller()
        name, reason = asked.given["name"], asked.given["reason"]
        return self._carry_out(asked, lambda stamp: self._estop.reset(name, reason, by, stamp=stamp))

    def _stop(self, asked: Asked, order: Callable[[Stamp], Command], beside: Callable[[], Mapping[str, Any]]) -> Any:
        """Answer for an order that ends when every unit is in Wait, with what stands `beside` it."""

        def work(stamp: Stamp) -> tuple[Command, Mapping[str, Any]]:
            command = order(stamp)
            units = {unit_id: outcome.as_json() for unit_id, outcome in command.units.items()}
            left = {"forgotten": command.progress["forgotten"]} if "forgotten" in command.progress else {}
            left = {**left, **beside()}
            if command.state.open:
                return command, {"stopAll": "running.", "state": str(command.state), **beside()}
            if command.state is CommandState.VERIFIED:
                return command, {"stopAll": "done.", "units": units, **left}
            sentence = command.error or say("web.stopAllUnended", "Stop all has not ended yet.")
            raise UpstreamError(sentence, sent=command.sent, details={"units": units, **left, "command": command.id})

        answer = self._ordering.carry_out(asked, work, urgency=Urgency.STOP_ALL)
        running = isinstance(answer, dict) and answer.get("stopAll") == "running."
        return json_reply(answer, status=202) if running else answer

    def shut_down(self) -> Any:
        """`/shutDown[?unitId=]` -> `{"succeeded": true}` (R16, Z8)."""
        asked, by = self._ordering.asked(optional=("unitId",)), caller()
        unit_id = asked.given.get("unitId")
        return self._carry_out(asked, lambda stamp: self._shut_down.order(unit_id, by, stamp=stamp))

    def ups_mode(self, mode: str) -> Any:
        """`/upsMode/<0..7>[?unitId=]` -> per unit `{"succeeded": bool, ...}` (R23, Z10)."""
        asked, by = self._ordering.asked(optional=("unitId",)), caller()
        if mode not in tuple("01234567"):
            raise BadRequest(say("web.noUpsMode", "{mode} is no UPS mode; use 0 to 7.", mode=shown(mode)))
        unit_id = asked.given.get("unitId")
        answer = self._ordering.carry_out(
            asked, lambda stamp: self._ups_mode.order(int(mode), unit_id, by, stamp=stamp)
        )
        if isinstance(answer, dict):  # per unit, so that a unit of any id has its place
            del answer["command"]
        return answer

    # Schedules and the rest

    def set_schedule(self) -> Any:
        """`/setSchedule?operation=&[unitId=]&[value=]`; no value clears (R13, Z7, Z11-Z13)."""
        asked, by = self._ordering.asked(required=("operation",), optional=("unitId", "value")), caller()
        unit_id, operation, value = asked.given.get("unitId"), asked.given["operation"], asked.given.get("value")
        if value is None:
            return self._ordering.carry_out(
                asked, lambda stamp: self._schedules.clear(unit_id, operation, by, stamp=stamp)
            )
        return self._ordering.carry_out(
            asked, lambda stamp: self._schedules.set(unit_id, operation, value, by, stamp=stamp)
        )

    def flush_cache(self) -> dict[str, Any]:
        """`/flushCache` -> `{"succeeded": true, "units": n}` after a poll made at once (R14, G11)."""
        self._ordering.asked()
        with self._ordering.place():
            return {"succeeded": True, "units": self._flush()}

    def acknowledge(self) -> Any:
        """`/acknowledge?unitId=`: an operator has looked at this unwatched unit (Z6a)."""
        asked, by = self._ordering.asked(required=("unitId",)), caller()
        return self._carry_out(asked, lambda stamp: self._acknowledge.order(asked.given["unitId"], by, stamp=stamp))

    def forget(self) -> Any:
        """`/forget?unitId=&name=&reason=[&confirm=]`: a person says that this unit has left the cluster."""
        asked, by = self._ordering.asked(required=("unitId", "name", "reason"), optional=("confirm",)), caller()
        given = asked.given
        unit_id, name, reason, confirm = given["unitId"], given["name"], given["reason"], given.get("confirm")

        def work(stamp: Stamp) -> tuple[Command, Mapping[str, Any]]:
            command = self._forget.order(unit_id, name, reason, confirm, by, stamp=stamp)
            return command, {"succeeded": True, "schedules": command.progress["schedules"]}

        return self._ordering.carry_out(asked, work)

    def reset_trips(self) -> Any:
        """`/resetTrips?unitId=&name=&reason=`: a person has looked at a converter that tripped (I11)."""
        asked, by = self._ordering.asked(required=("unitId", "name", "reason")), caller()
        unit_id, name, reason = (asked.given[key] for key in ("unitId", "name", "reason"))
        return self._carry_out(asked, lambda stamp: self._reset_trips.order(unit_id, name, reason, by, stamp=stamp))

    def set_lock(self) -> Any:
        """`/setLock?[unitId=]&name=&reason=`: a person works there; nothing starts until the lock is taken off."""
        asked, by = self._ordering.asked(required=("name", "reason"), optional=("unitId",)), caller()
        unit_id, name, reason = asked.given.get("unitId"), asked.given["name"], asked.given["reason"]
        return self._carry_out(asked, lambda stamp: self._set_lock.set(unit_id, name, reason, by, stamp=stamp))

    def clear_lock(self) -> Any:
        """`/clearLock?[unitId=]&name=`: the lock is taken off by its name."""
        asked, by = self._ordering.asked(required=("name",), optional=("unitId",)), caller()
        unit_id, name = asked.given.get("unitId"), asked.given["name"]
        return self._carry_out(asked, lambda stamp: self._set_lock.clear(unit_id, name, by, stamp=stamp))

    def start_transfer(self) -> Any:
        """`/share?from=&to=&current=[&voltage=][&minutes=][&wh=]` (A, V): begin the guided procedure.

        It ends by itself after `minutes` or once `wh` Wh are carried; one of the two must be given.
        """
        asked = self._ordering.asked(required=("from", "to", "current"), optional=("voltage", "minutes", "wh"))
        by = caller()
        given = asked.given
        current = figure(given["current"], "current")
        voltage = figure(given.get("voltage", DEFAULT_VOLTAGE), "voltage")
        ends = {name: figure(given[name], name) for name in ("minutes", "wh") if name in given}
        return self._carry_out(
            asked,
            lambda stamp: self._transfer.start(given["from"], given["to"], current, voltage, by, **ends, stamp=stamp),
        )

    def end_transfer(self) -> Any:
        """`/share/end`: begin the safe end of the guided procedure."""
        asked, by = self._ordering.asked(stops=_always), caller()
        return self._carry_out(asked, lambda stamp: self._transfer.end(by, stamp=stamp), urgency=Urgency.STOP)

    def _carry_out(
        self,
        asked: Asked,
        order: Callable[[Stamp], Command],
        *,
        urgency: Urgency | None = None,
        ends: bool = False,
    ) -> Any:
        """Give an order whose specified body says that it succeeded."""
        work = lambda stamp: (order(stamp), {"succeeded": True})  # noqa: E731 - one call, handed on
        return self._ordering.carry_out(asked, work, urgency=urgency, ends=ends)


class _ByMode(TypedDict):
    urgency: Urgency | None
    ends: bool


def _by_mode(mode: Mode | None) -> _ByMode:
    """How urgent an order of this mode is; a Soft Stop ends things, and so needs no place among other orders."""
    return {"urgency": Urgency.STOP if mode is Mode.STOP else None, "ends": mode is Mode.HETERONOMOUS}


def _always(given: Parameters) -> bool:
    return True


def _asks_wait(given: Parameters) -> bool:
    return (given.get("mode") or "") == ConverterStatus.WAIT


def _asks_stop(given: Parameters) -> bool:
    return given.get("value") == Mode.STOP


def _is_wait() -> bool:
    """Whether the request in hand orders Wait, which read-only lets pass."""
    return (Parameters.of(bottle.request).get("mode") or "").lower() == ConverterStatus.WAIT


def _then(given: Mapping[str, str]) -> Mode | None:
    """The mode that is to follow a Soft Stop of the cluster, or None."""
    text = given.get("then")
    if text is None:
        return None
    then = parse_mode(text)
    if then not in THEN_MODES:
        one, other = THEN_MODES
        sentence = say(
            "web.wrongThen", "The parameter then can only be {one} or {other}, not {given}.",
            one=one, other=other, given=shown(text),
        )  # fmt: skip
        raise BadRequest(sentence)
    if "unitId" in given or given["value"] != Mode.HETERONOMOUS:
        sentence = say(
            "web.thenWithoutSoftStop",
            "The parameter then goes with the cluster's Soft Stop alone (value=heteronomous).",
        )
        raise BadRequest(sentence)
    return then


def _override(given: Mapping[str, str]) -> tuple[str | None, frozenset[str]]:
    """The reason for an override and the rules that it names; either both or none (S7)."""
    reason, named = given.get("override"), given.get("overrideRules")
    if reason is None and named is None:
        return None, frozenset()
    if named is None:
        sentence = say(
            "web.overrideWithoutRules",
            "An override names the rules that it passes: overrideRules=e,f, as the dry run shows them.",
        )
        raise BadRequest(sentence)
    if reason is None:
        sentence = say(
            "web.overrideWithoutReason", "The parameter overrideRules goes with override, which gives the reason."
        )
        raise BadRequest(sentence)
    rules = frozenset(named.split(","))
    unknown = next((rule for rule in sorted(rules) if rule not in RULES), None)
    if unknown is not None:
        sentence = say(
            "web.noRule", "There is no rule {rule}; the rules are {rules}.",
            rule=shown(unknown), rules=", ".join(RULES),
        )  # fmt: skip
        raise BadRequest(sentence)
    return reason, rules


def _wanted(unit_id: str, given: Mapping[str, str]) -> ConverterOrder:
    status = next((status for status in ConverterStatus if status == given["mode"]), None)
    if status is None:
        sentence = say(
            "web.noConverterStatus", "The mode {mode} is no converter status; use {modes}.",
            mode=shown(given["mode"]), modes=list(ConverterStatus),
        )  # fmt: skip
        raise BadRequest(sentence)
    if status is ConverterStatus.WAIT:
        return ConverterOrder(unit_id, status, 0.0, 0.0)
    for name in ("dvg", "dig"):
        if name not in given:
            raise BadRequest(say("web.parameterMissing", "The parameter {name} is missing.", name=name))
    return ConverterOrder(unit_id, status, figure(given["dvg"], "dvg"), figure(given["dig"], "dig"))
