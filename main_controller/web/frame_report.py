"""Owns what `GET /get/frame` shows of one moment: every section and every unit, as JSON ready to be joined.

Used by the frames, which know what changed since when. Nothing in it counts on: ages are told as the moments since
which they count, so that what did not change stays the same to the letter.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from main_controller.assessment import cluster, flows
from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.timestamps import iso_utc
from main_controller.rules.bus_figures import BusFigures
from main_controller.rules.deal_account import DealAccount
from main_controller.sentence import Sentence
from main_controller.web import status_report
from main_controller.web.replies import encoded_json
from main_controller.web.shapes.alarms import counts_of
from main_controller.web.shapes.bus import bus_of, condition_of, event_of
from main_controller.web.shapes.frame import (
    About,
    Bus,
    Flow,
    FrameRow,
    FrameUnit,
    Sections,
    Spur,
    Totals,
)
from main_controller.web.shapes.holds import latch_of, lease_of, locks_of
from main_controller.web.shapes.orders import command_of, ended_of
from main_controller.web.shapes.schedules import FrameSchedules
from main_controller.web.shapes.sharing import sharing_of, then_of
from main_controller.web.status_report import Sources, data_of, grid_of, moment_of, peer_of, title_of, worker_of
from main_controller.web.unit_status import Moment, unit_status


class Part(NamedTuple):
    """A section or a unit: its JSON, and the sentences in it."""

    body: bytes
    said: tuple[Sentence, ...] = ()


COLUMNS = ("readAt", "clock", *Figures._fields)
"""What a unit's row in `figures` holds, in this order: what moves with every reading."""


@dataclass(frozen=True, slots=True)
class Report:
    """One moment: `assessed_at` (monotonic s) is when its state was assessed, `then_page` whom `then` was promised.

    `tables` are told entry by entry, by unit: `units`, and `figures` as rows of `COLUMNS`.
    """

    assessed_at: float
    assessed: str
    sections: Mapping[str, Part]
    tables: Mapping[str, Mapping[str, Part]]
    then_page: str | None = None


class _Known(NamedTuple):
    """A unit's entry, and what it was made from."""

    unit: UnitAssessment
    beside: tuple[Any, ...]
    entry: Part
    figures: Part


@dataclass
class FrameReport:
    """Makes the reports, one at a time, from the grid's `state` now.

    `schedules` gives that section, without waiting for a disk; `started` is the start of the program, ISO 8601.
    """

    state: Callable[[], GridState]
    about: status_report.About
    sources: Sources
    schedules: Callable[[], FrameSchedules]
    started: str
    _known: dict[str, _Known] = field(default_factory=dict)

    def report(self) -> Report:
        """What is so now."""
        about, sources, state = self.about, self.sources, self.state()
        then, alarms = sources.then(), sources.alarms()
        sections: Sections = {
            "about": _about(about, state, self.started),
            "data": data_of(state),
            "grid": {**grid_of(state), "modes": _modes(state)},
            "clock": state.clock,
            "totals": _totals(state.totals),
            "deals": None if state.deals is None else list(map(_flow, state.flows, sources.deals(state.flows))),
            "spurs": [_spur(spur) for spur in state.spurs],
            "bus": _bus(sources.bus(state), state),
            "busConditions": [condition_of(one) for one in sources.bus_conditions()],
            "gridEvents": [event_of(event) for event in sources.grid_events()],
            "dealEvents": [event_of(event) for event in sources.deal_events()],
            "apisWeb": {"emulatorEmulator": peer_of(sources.collector()), "budoEmulator": peer_of(sources.watcher())},
            "workers": {"dataCollector": worker_of(sources.collector()), "scheduler": worker_of(sources.scheduler())},
            "schedules": self.schedules(),
            "orders": [command_of(command) for command in sources.orders()],
            "endedOrders": [ended_of(command) for command in sources.ended_orders()],
            "alarms": counts_of(alarms),
            "locks": locks_of(sources.locks()),
            "share": sharing_of(sources.transfer()),
            "then": then_of(then),
            "lease": lease_of(sources.lease()),
            "estop": latch_of(sources.estop()),
            "journal": {"fault": sources.journal()},
            "notKept": list(sources.not_kept()),
            "conflicts": {**state.snapshot.conflicts},
        }
        return Report(
            state.now,
            iso_utc(state.wall),
            {name: _part(value) for name, value in sections.items()},
            self._tables(state, alarms.by_unit),
            None if then is None else then.page,
        )

    def _tables(self, state: GridState, priorities: Mapping[str, int]) -> Mapping[str, Mapping[str, Part]]:
        """Every unit's entry and figures; those that nothing changed in are taken over."""
        moment = moment_of(state, self.about, self.sources, self.started)
        known: dict[str, _Known] = {}
        for unit_id, unit in state.units.items():
            beside = (
                moment.locks.get(unit_id),
                tuple(moment.trips.get(unit_id, ())),
                moment.acknowledgement(unit_id, unit.raw_status) if unit.unwatched else None,
                priorities.get(unit_id),
            )
            before = self._known.get(unit_id)
            if before is not None and before.unit is unit and before.beside == beside:
                known[unit_id] = before
            else:
                known[unit_id] = _Known(
                    unit, beside, _part(_unit(unit, moment, priorities.get(unit_id))), _part(_figures(unit))
                )
        self._known = known
        return {
            "units": {unit_id: one.entry for unit_id, one in known.items()},
            "figures": {unit_id: one.figures for unit_id, one in known.items()},
        }


def _part(value: Any) -> Part:
    body, said = encoded_json(value)
    return Part(body, tuple(said))


def _about(about: status_report.About, state: GridState, started: str) -> About:
    return {
        "version": about.version,
        "started": started,
        "simulated": about.simulated,
        "title": about.title or title_of(state.snapshot),
        "timezone": about.timezone,
        "limits": about.limits,
        "config": about.config,
        "columns": [*COLUMNS],
    }


def _modes(state: GridState) -> dict[str, int]:
    """How many live units show which global mode; "" is where none is told."""
    return dict(Counter("" if unit.global_mode is None else str(unit.global_mode) for unit in state.live))


def _totals(totals: cluster.Totals) -> Totals:
    return {
        "pv": totals.pv,
        "utility": totals.utility,
        "load": totals.load,
        "rsoc": totals.rsoc,
        "remaining": totals.remaining,
    }


def _flow(flow: flows.Flow, account: DealAccount | None) -> Flow:
    return {
        "giver": flow.giver,
        "taker": flow.taker,
        "master": flow.master,
        "request": flow.request,
        "requester": flow.requester,
        "responder": flow.responder,
        "since": flow.since,
        "agreed": flow.agreed,
        "running": flow.running,
        "current": flow.current,
        "power": flow.power,
        "seenAt": None if account is None else iso_utc(account.seen_at),
        "sawBegin": account is not None and account.saw_begin,
        "standsSince": None if account is None else iso_utc(account.stands_since),
        "currentSince": None if account is None or account.current_since is None else iso_utc(account.current_since),
        "energyWh": None if account is None or account.wh is None else round(account.wh, 1),
        "gaps": account is not None and account.gaps,
    }


def _spur(spur: flows.Spur) -> Spur:
    return {"unitId": spur.unit_id, "inward": spur.inward, "current": spur.current, "power": spur.power}


def _bus(figures: BusFigures, state: GridState) -> Bus:
    bus = state.bus
    return {
        **bus_of(figures),
        "state": bus.state,
        "target": bus.target,
        "current": bus.current,
        "power": bus.power,
        "skew": None if bus.skew is None else round(bus.skew, 1),
        "references": list(bus.references),
    }


def _figures(unit: UnitAssessment) -> FrameRow:
    read_at = None if unit.sighting is None else iso_utc(unit.sighting.moved_wall)
    return (read_at, unit.time, *unit.figures)


def _unit(unit: UnitAssessment, moment: Moment, priority: int | None) -> FrameUnit:
    """What moves seldom: `since` of a live unit is its `readAt`, and what was last seen stands among its figures.

    `priority` is that of its gravest alarm.
    """
    status, reported = unit_status(unit, moment), unit.reported
    battery = reported.section("battery") if reported is not None else {}
    ups = reported.figure("emu", "ups_operation_mode", "mode") if reported is not None else None
    return {
        "state": status["state"],
        "since": None if unit.live else status["since"],
        "lastWord": status["lastWord"],
        "acknowledged": status["acknowledged"],
        "unwatched": status["unwatched"],
        "conflict": status["conflict"],
        "locked": status["locked"],
        "trips": status["trips"],
        "name": None if reported is None else reported.display,
        "ip": unit.ip,
        "globalMode": unit.global_mode,
        "localMode": unit.local_mode,
        "effective": unit.effective,
        "alarm": reported is not None and reported.heavy_alarm,
        "alarmPriority": priority,
        "permission": None if reported is None else reported.permission,
        "permissionRaw": battery.get("battery_operation_status"),
        "upsMode": ups,
    }
