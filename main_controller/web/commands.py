"""The routes by which anything is ordered (R10-R16, R23, Z1, Z3, Z7-Z10).

Each route reads its parameters strictly, hands the order to one operation and answers in the specification's shape
with `command`, the order's id, beside it. Nothing is decided here; how an order is asked and answered is `Ordering`'s.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import BUDO_WORDS, LOCAL_MODES, ConverterStatus, Mode, parse_mode
from main_controller.domain.orders import ConverterOrder, Permission
from main_controller.domain.progress import ForgottenWait, StopAllShows
from main_controller.domain.schedule import Operation
from main_controller.domain.stamp import Stamp
from main_controller.domain.timestamps import iso_in, iso_utc
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
from main_controller.procedures.hand_lease import HandLease
from main_controller.procedures.second_person import SecondPersonRule
from main_controller.procedures.stop_all import StopAll
from main_controller.procedures.then_mode import ThenMode
from main_controller.rules.bus_figures import Headroom
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.ordering import Asked, Ordering, Urgency, caller, is_permitted, written_by
from main_controller.web.parameters import Parameters, missing
from main_controller.web.replies import json_reply, shown
from main_controller.web.route import Handler, Handlers, Route
from main_controller.web.shapes.holds import latch_of
from main_controller.web.shapes.orders import (
    Budo,
    Converter,
    Flushed,
    Forgot,
    LeaseRenewed,
    ScheduleCleared,
    ScheduleSet,
    Standing,
    StopAllBeside,
    StopAllDone,
    StopAllRunning,
    Succeeded,
    UpsOutcomes,
    forgotten_of,
    outcomes_of,
    standing_of,
    ups_outcomes_of,
)
from main_controller.web.shapes.rules import DryRun, headroom_of, rule_of


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
        second_person: SecondPersonRule,
        hand_lease: HandLease,
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
        headroom: Callable[[str], Headroom | None] = lambda unit_id: None,
    ) -> None:
        self._ordering = ordering
        self._set_mode = set_mode
        self._then_mode = then_mode
        self._set_converter = set_converter
        self._second_person = second_person
        self._hand_lease = hand_lease
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

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.SET_BUDO: self._asked(routes.SET_BUDO, self.set_budo, drop_unknown=_names_no_unit),
            routes.SET_OPERATION_MODE: self._asked(
                routes.SET_OPERATION_MODE, self.set_operation_mode, drop_unknown=_names_its_unit
            ),
            **{
                route: self._asked(route, answer)
                for route, answer in (
                    (routes.CLEAR_THEN, self.clear_then),
                    (routes.SET_DCDC, self.set_dcdc),
                    (routes.SET_UNIT, self.set_dcdc),
                    (routes.SET_DCDC_OF, self.set_dcdc),
                    (routes.CONFIRM, self.confirm),
                    (routes.WITHDRAW, self.withdraw),
                    (routes.STOP_ALL, self.stop_all),
                    (routes.ESTOP, self.estop),
                    (routes.ESTOP_RESET, self.estop_reset),
                    (routes.SHUT_DOWN, self.shut_down),
                    (routes.UPS_MODE, self.ups_mode),
                    (routes.SET_SCHEDULE, self.set_schedule),
                    (routes.LEASE, self.renew_lease),
                    (routes.FLUSH_CACHE, self.flush_cache),
                    (routes.ACKNOWLEDGE, self.acknowledge),
                    (routes.FORGET, self.forget),
                    (routes.RESET_TRIPS, self.reset_trips),
                    (routes.SET_LOCK, self.set_lock),
                    (routes.CLEAR_LOCK, self.clear_lock),
                    (routes.SHARE, self.start_transfer),
                    (routes.END_SHARE, self.end_transfer),
                )
            },
        }

    def _asked(
        self,
        route: Route,
        answer: Callable[[Asked], Any],
        *,
        drop_unknown: Callable[[Parameters], bool] = lambda given: True,
    ) -> Handler:
        return lambda **in_path: answer(self._ordering.asked(route, in_path, drop_unknown=drop_unknown))

    # Modes

    def set_budo(self, asked: Asked) -> Any:
        """`/set/budo/<active|quiet|stop|manual>` -> `{"active": bool}` (R11)."""
        by, word = caller(), asked.given["mode"]

        def work(stamp: Stamp) -> tuple[Command, Budo]:
            command, active = self._set_mode.budo(word, by, stamp=stamp)
            return command, {"active": active, "command": command.id}

        return self._ordering.carry_out(asked, work, **_by_mode(BUDO_WORDS[word]))

    def set_operation_mode(self, asked: Asked) -> Any:
        """`/setOperationMode?value=&[unitId=][&then=]` -> `{"succeeded": true}` (R12, Z7).

        `then` (manual, stop) goes with the cluster's Soft Stop: the mode that follows once no deal is left (H2).
        """
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

    def clear_then(self, asked: Asked) -> Any:
        """`/clearThen`: the mode that was to follow a Soft Stop is not sent (H2)."""
        by = caller()
        return self._carry_out(asked, lambda stamp: self._then_mode.clear(by, stamp=stamp))

    # Converters

    def set_dcdc(self, asked: Asked) -> Any:
        """`/set/dcdc/<id>?mode=&dvg=&dig=` -> the converter's new `dcdc` object with `command` (R10, A15-4)."""
        unit_id: str = asked.given.get("oesid") or asked.given["unitId"]
        wanted, by = _wanted(unit_id, asked.given), caller()
        override, rules = (None, frozenset[str]()) if wanted.status is ConverterStatus.WAIT else _override(asked.given)
        if asked.given.get("dryRun"):
            return self._dry_run(wanted, by)

        def work(stamp: Stamp) -> tuple[Command, Converter | Standing]:
            command, answer = self._second_person.order(
                wanted, by, override=override, override_rules=rules, stamp=stamp
            )
            if answer is None:
                return command, standing_of(command, stamp.key)
            return command, {**answer, "command": command.id}

        urgency = Urgency.STOP if wanted.status is ConverterStatus.WAIT else None
        reply = self._ordering.carry_out(asked, work, urgency=urgency)
        waits = isinstance(reply, dict) and reply.get("state") == CommandState.PENDING
        return json_reply(reply, status=202) if waits else reply

    def confirm(self, asked: Asked) -> Any:
        """`/confirm?command=` by another person than its first -> as `/set/dcdc`, judged and sent by this press."""
        command_id, by = asked.given["command"], caller()

        def work(stamp: Stamp) -> tuple[Command, Converter]:
            command, answer = self._second_person.confirm(command_id, by, stamp=stamp)
            return command, {**answer, "command": command.id}

        return self._ordering.carry_out(asked, work)

    def withdraw(self, asked: Asked) -> Any:
        """`/withdraw?command=` by its first person: what waits for a second one is not sent."""
        command_id, by = asked.given["command"], caller()
        return self._carry_out(
            asked, lambda stamp: self._second_person.withdraw(command_id, by, stamp=stamp), ends=True
        )

    def _dry_run(self, wanted: ConverterOrder, by: Actor) -> DryRun:
        answers = self._set_converter.dry_run(wanted, by)
        headroom = self._headroom(wanted.unit_id)
        return {
            "allowed": not any(answer.refuses for answer in answers),
            "rules": [rule_of(answer) for answer in answers],
            "headroom": None if headroom is None else headroom_of(headroom),
        }

    def stop_all(self, asked: Asked) -> Any:
        """`/stopAll` -> `{"stopAll": "done.", "units": {...}}` once every unit is in Wait, else 502 (R15, Z9).

        202 with the command where others wait for the same run already.
        """
        by = caller()
        return self._stop(asked, lambda stamp: self._stop_all.order(by, stamp=stamp), estop=False)

    def estop(self, asked: Asked) -> Any:
        """`/estop[?name=][&reason=]`: what `/stopAll` does, and latched until `/estopReset` (I17).

        The reply has the latch beside what `/stopAll` answers.
        """
        reason, by = asked.given.get("reason", ""), caller()
        name = written_by(by, asked.given.get("name", ""))
        return self._stop(asked, lambda stamp: self._estop.press(name, reason, by, stamp=stamp), estop=True)

    def estop_reset(self, asked: Asked) -> Any:
        """`/estopReset?name=&reason=`: orders pass again (I17)."""
        reason, by = asked.given["reason"], caller()
        name = written_by(by, asked.given["name"])
        return self._carry_out(asked, lambda stamp: self._estop.reset(name, reason, by, stamp=stamp))

    def _stop(self, asked: Asked, order: Callable[[Stamp], Command], *, estop: bool) -> Any:
        """Answer for an order that ends when every unit is in Wait, with the `estop`'s latch beside it."""

        def work(stamp: Stamp) -> tuple[Command, StopAllDone | StopAllRunning]:
            command = order(stamp)
            latch = {"estop": self._estop.standing()} if estop else {}
            beside: StopAllBeside = {"estop": latch_of(latch["estop"])} if estop else {}
            if command.state.open:
                return command, {"stopAll": "running.", "state": command.state, **beside, "command": command.id}
            left = _forgotten(command)
            if command.state is CommandState.VERIFIED:
                units = outcomes_of(command.units)
                if left:
                    beside = {"forgotten": forgotten_of(left), **beside}
                return command, {"stopAll": "done.", "units": units, **beside, "command": command.id}
            sentence = command.error or say("web.stopAllUnended", "Stop all has not ended yet.")
            forgotten = {"forgotten": left} if left else {}
            details = {"units": command.units, **forgotten, **latch, "command": command.id}
            raise UpstreamError(sentence, sent=command.sent, details=details)

        answer = self._ordering.carry_out(asked, work, urgency=Urgency.STOP_ALL)
        running = isinstance(answer, dict) and answer.get("stopAll") == "running."
        return json_reply(answer, status=202) if running else answer

    def shut_down(self, asked: Asked) -> Any:
        """`/shutDown[?unitId=]` -> `{"succeeded": true}` (R16, Z8)."""
        unit_id, by = asked.given.get("unitId"), caller()
        return self._carry_out(asked, lambda stamp: self._shut_down.order(unit_id, by, stamp=stamp))

    def ups_mode(self, asked: Asked) -> Any:
        """`/upsMode/<0..7>[?unitId=]` -> per unit `{"succeeded": bool, ...}` (R23, Z10)."""
        mode, unit_id, by = int(asked.given["upsmode"]), asked.given.get("unitId"), caller()

        def work(stamp: Stamp) -> tuple[Command, UpsOutcomes]:
            command, answers = self._ups_mode.order(mode, unit_id, by, stamp=stamp)
            return command, {**ups_outcomes_of(answers)}

        return self._ordering.carry_out(asked, work)

    # Schedules and the rest

    def set_schedule(self, asked: Asked) -> Any:
        """`/setSchedule?operation=&[unitId=]&[value=]`; no value clears (R13, Z7, Z11-Z13)."""
        unit_id, operation, value = asked.given.get("unitId"), asked.given["operation"], asked.given.get("value")
        by = caller()

        def clear(stamp: Stamp) -> tuple[Command, ScheduleCleared]:
            command, cleared = self._schedules.clear(unit_id, operation, by, stamp=stamp)
            return command, {
                "succeeded": True,
                "unitId": unit_id,
                "operation": Operation(operation),
                "cleared": cleared,
                "command": command.id,
            }

        if value is None:
            return self._ordering.carry_out(asked, clear)

        def put(stamp: Stamp) -> tuple[Command, ScheduleSet]:
            command, schedule = self._schedules.set(unit_id, operation, value, by, stamp=stamp)
            return command, {
                "succeeded": True,
                "unitId": unit_id,
                "operation": schedule.operation,
                "due": iso_utc(schedule.due),
                "local": iso_in(schedule.due, self._schedules.zone),
                "command": command.id,
            }

        return self._ordering.carry_out(asked, put)

    def flush_cache(self, asked: Asked) -> Flushed:
        """`/flushCache` -> `{"succeeded": true, "units": n}` after a poll made at once (R14, G11)."""
        with self._ordering.place():
            return {"succeeded": True, "units": self._flush()}

    def renew_lease(self, asked: Asked) -> LeaseRenewed:
        """`/lease`: somebody looks after what works by hand; no order, and written nowhere."""
        units = self._hand_lease.renew()
        return {"succeeded": True, "seconds": self._hand_lease.seconds, "units": list(units)}

    def acknowledge(self, asked: Asked) -> Any:
        """`/acknowledge?unitId=`: an operator has looked at this unwatched unit (Z6a)."""
        by = caller()
        return self._carry_out(asked, lambda stamp: self._acknowledge.order(asked.given["unitId"], by, stamp=stamp))

    def forget(self, asked: Asked) -> Any:
        """`/forget?unitId=&name=&reason=[&confirm=]`: a person says that this unit has left the cluster."""
        unit_id, reason, by = asked.given["unitId"], asked.given["reason"], caller()
        name, confirm = written_by(by, asked.given["name"]), asked.given.get("confirm")

        def work(stamp: Stamp) -> tuple[Command, Forgot]:
            command, cleared = self._forget.order(unit_id, name, reason, confirm, by, stamp=stamp)
            return command, {"succeeded": True, "schedules": cleared, "command": command.id}

        return self._ordering.carry_out(asked, work)

    def reset_trips(self, asked: Asked) -> Any:
        """`/resetTrips?unitId=&name=&reason=`: a person has looked at a converter that tripped (I11)."""
        unit_id, reason, by = asked.given["unitId"], asked.given["reason"], caller()
        name = written_by(by, asked.given["name"])
        return self._carry_out(asked, lambda stamp: self._reset_trips.order(unit_id, name, reason, by, stamp=stamp))

    def set_lock(self, asked: Asked) -> Any:
        """`/setLock?[unitId=]&name=&reason=`: a person works there; nothing starts until the lock is taken off."""
        unit_id, reason, by = asked.given.get("unitId"), asked.given["reason"], caller()
        name = written_by(by, asked.given["name"])
        return self._carry_out(asked, lambda stamp: self._set_lock.set(unit_id, name, reason, by, stamp=stamp))

    def clear_lock(self, asked: Asked) -> Any:
        """`/clearLock?[unitId=]&name=[&reason=]`: the lock is taken off by its name, or by an engineer for a reason."""
        unit_id, reason, by = asked.given.get("unitId"), asked.given.get("reason", ""), caller()
        name, engineer = written_by(by, asked.given["name"]), is_permitted(Permission.ENGINEER)

        def work(stamp: Stamp) -> Command:
            return self._set_lock.clear(unit_id, name, by, reason=reason, engineer=engineer, stamp=stamp)

        return self._carry_out(asked, work)

    def start_transfer(self, asked: Asked) -> Any:
        """`/share?from=&to=&current=[&voltage=][&minutes=][&wh=]` (A, V): begin the guided procedure.

        It ends by itself after `minutes` or once `wh` Wh are carried; one of the two must be given.
        """
        given, by = asked.given, caller()
        ends = {name: given[name] for name in ("minutes", "wh") if name in given}
        voltage = given.get("voltage", routes.DEFAULT_VOLTAGE)
        return self._carry_out(
            asked,
            lambda stamp: self._transfer.start(
                given["from"], given["to"], given["current"], voltage, by, **ends, stamp=stamp
            ),
        )

    def end_transfer(self, asked: Asked) -> Any:
        """`/share/end`: begin the safe end of the guided procedure."""
        by = caller()
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

        def work(stamp: Stamp) -> tuple[Command, Succeeded]:
            command = order(stamp)
            return command, {"succeeded": True, "command": command.id}

        return self._ordering.carry_out(asked, work, urgency=urgency, ends=ends)


def _forgotten(command: Command) -> Mapping[str, ForgottenWait]:
    """What came of a Stop all's Waits to units that have left."""
    return command.progress.forgotten if isinstance(command.progress, StopAllShows) else {}


class _ByMode(TypedDict):
    urgency: Urgency | None
    ends: bool


def _by_mode(mode: Mode | None) -> _ByMode:
    """How urgent an order of this mode is; a Soft Stop ends things, and so needs no place among other orders."""
    return {"urgency": Urgency.STOP if mode is Mode.STOP else None, "ends": mode is Mode.HETERONOMOUS}


def _names_no_unit(given: Parameters) -> bool:
    """Whether a stop of the cluster, which has no parameter of a unit, surely means the cluster (Z7)."""
    return not given.names_a_unit()


def _names_its_unit(given: Parameters) -> bool:
    """Whether the scope is told, once; without it an unknown parameter may be a misspelt `unitId` (Z7)."""
    return given.get("unitId") is not None and not given.may_name_another_unit()


def _then(given: Mapping[str, Any]) -> Mode | None:
    """The mode that is to follow a Soft Stop of the cluster, or None."""
    then: Mode | None = given.get("then")
    if then is not None and ("unitId" in given or given["value"] != Mode.HETERONOMOUS):
        sentence = say(
            "web.thenWithoutSoftStop",
            "The parameter then goes with the cluster's Soft Stop alone (value=heteronomous).",
        )
        raise BadRequest(sentence)
    return then


def _override(given: Mapping[str, Any]) -> tuple[str | None, frozenset[str]]:
    """The reason for an override and the rules that it names; either both or none (S7)."""
    reason, rules = given.get("override"), given.get("overrideRules")
    if reason is not None and rules is None:
        sentence = say(
            "web.overrideWithoutRules",
            "An override names the rules that it passes: overrideRules=e,f, as the dry run shows them.",
        )
        raise BadRequest(sentence)
    if rules is not None and reason is None:
        sentence = say(
            "web.overrideWithoutReason", "The parameter overrideRules goes with override, which gives the reason."
        )
        raise BadRequest(sentence)
    return reason, rules or frozenset()


def _wanted(unit_id: str, given: Mapping[str, Any]) -> ConverterOrder:
    status: ConverterStatus = given["mode"]
    if status is ConverterStatus.WAIT:
        return ConverterOrder(unit_id, status, 0.0, 0.0)
    for name in ("dvg", "dig"):
        if name not in given:
            raise missing(name)
    return ConverterOrder(unit_id, status, given["dvg"], given["dig"])
