"""Owns what `GET /get/frame` shows of one moment: every section and every unit, as JSON ready to be joined.

Used by the frames, which know what changed since when. Nothing in it counts on: ages are told as the moments since
which they count, so that what did not change stays the same to the letter.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from main_controller.assessment import cluster, flows
from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.assessment.moment import Moment
from main_controller.domain.timestamps import iso_utc
from main_controller.rules.deal_account import DealAccount
from main_controller.sentence import Sentence
from main_controller.store.black_box import Fact
from main_controller.web import status_report
from main_controller.web import unit_status as units_told
from main_controller.web.frame_facts import Facts, facts_kept, program_kept
from main_controller.web.replies import encoded_json
from main_controller.web.shapes.alarms import counts_of
from main_controller.web.shapes.bus import BusFigures, bus_of, condition_of, event_of
from main_controller.web.shapes.flexibility import flexibility_of
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
from main_controller.web.status_report import Sources, data_of, grid_of, peer_of, title_of, worker_of

log = logging.getLogger(__name__)


class Part(NamedTuple):
    """A section or a unit: its JSON, and the sentences in it."""

    body: bytes
    said: tuple[Sentence, ...] = ()


COLUMNS = ("readAt", "clock", *Figures._fields)
"""What a unit's row in `figures` holds, in this order: what moves with every reading."""

SECTIONS = tuple(Sections.__annotations__)
"""The sections of a frame, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Report:
    """One moment: `assessed_at` (monotonic s) is when its state was assessed, `then_page` whom `then` was promised.

    `tables` are told entry by entry, by unit: `units`, and `figures` as rows of `COLUMNS`. `moment` and `facts` are all
    that it rests on, where that is kept.
    """

    assessed_at: float
    assessed: str
    sections: Mapping[str, Part]
    tables: Mapping[str, Mapping[str, Part]]
    then_page: str | None = None
    moment: Moment | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


class _Known(NamedTuple):
    """A unit's entry, and what it was made from."""

    unit: UnitAssessment
    beside: tuple[Any, ...]
    entry: Part
    figures: Part


WALLS = 5_000
"""How many moments of the monotonic clock are told alike at most, before those that nobody needs any more go."""


@dataclass
class FrameReport:
    """Makes the reports, one at a time, from what is `seen` now: the moment, and the grid's state that follows.

    `schedules` gives that section, without waiting for a disk; `started` is the start of the program, ISO 8601. `kept`:
    the reports tell all that they rest on.
    """

    seen: Callable[[], tuple[Moment, GridState]]
    about: status_report.About
    sources: Sources
    schedules: Callable[[], FrameSchedules]
    started: str
    kept: bool = False
    _known: dict[str, _Known] = field(default_factory=dict)
    _walls: dict[float, datetime] = field(default_factory=dict)
    _program: Fact | None = None

    def report(self) -> Report:
        """What is so now."""
        seen, state = self.seen()
        facts = self._facts(state)
        report, self._known = report_of(state, self.about, facts, self.started, self._known)
        if not self.kept:
            return report
        try:
            self._program = self._program or program_kept(self.about, self.started)
            return replace(report, moment=seen, facts=facts_kept(facts, self._program))
        except (TypeError, ValueError, NotImplementedError, RecursionError):  # it is told to pages all the same
            log.exception("what a frame rests on has no form in the black box")
            return report

    def _facts(self, state: GridState) -> Facts:
        """All that is asked besides the grid's state."""
        sources = self.sources
        then, alarms, locks = sources.then(), sources.alarms(), locks_of(sources.locks())
        told: Mapping[str, Any] = {
            "busConditions": [condition_of(one) for one in sources.bus_conditions()],
            "flexibility": flexibility_of(sources.flexibility(state)),
            "gridEvents": [event_of(event) for event in sources.grid_events()],
            "dealEvents": [event_of(event) for event in sources.deal_events()],
            "apisWeb": {"emulatorEmulator": peer_of(sources.collector()), "budoEmulator": peer_of(sources.watcher())},
            "workers": {"dataCollector": worker_of(sources.collector()), "scheduler": worker_of(sources.scheduler())},
            "schedules": self.schedules(),
            "orders": [command_of(command) for command in sources.orders()],
            "endedOrders": [ended_of(command) for command in sources.ended_orders()],
            "alarms": counts_of(alarms),
            "locks": locks,
            "share": sharing_of(sources.transfer()),
            "then": then_of(then),
            "lease": lease_of(sources.lease()),
            "estop": latch_of(sources.estop()),
            "journal": {"fault": sources.journal()},
            "notKept": list(sources.not_kept()),
        }
        acknowledged = {
            unit.id: sources.acknowledgement(unit.id, unit.raw_status)
            for unit in state.units.values()
            if unit.unwatched
        }
        trips = sources.trips()
        return Facts(
            sections={name: Fact(*_part(value)) for name, value in told.items()},
            bus=bus_of(sources.bus(state)),
            accounts=sources.deals(state.flows),
            locks=locks,
            trips=trips,
            seen={unit_id: one for unit_id, one in acknowledged.items() if one is not None},
            priorities=alarms.by_unit,
            then_page=None if then is None else then.page,
            walls=self._walls_in_use(state, trips),
        )

    def _walls_in_use(self, state: GridState, trips: Mapping[str, Sequence[float]]) -> dict[float, datetime]:
        """Which times of day moments were told as, without those that nobody tells any more where they are many."""
        if len(self._walls) > WALLS + len(state.units):
            used = {at for moments in trips.values() for at in moments}
            used |= {at for unit in state.units.values() if (at := _absent_at(unit)) is not None}
            self._walls = {at: wall for at, wall in self._walls.items() if at in used}
        return self._walls


def report_of(
    state: GridState, about: status_report.About, facts: Facts, started: str, known: Mapping[str, _Known]
) -> tuple[Report, dict[str, _Known]]:
    """The report of a state and the facts beside it, and its units for the next one, which takes over what is `known`
    and did not change. `started` in ISO 8601."""
    made: Mapping[str, Any] = {
        "about": _about(about, state, started),
        "data": data_of(state),
        "grid": {**grid_of(state), "modes": _modes(state)},
        "clock": state.clock,
        "totals": _totals(state.totals),
        "deals": None if state.deals is None else list(map(_flow, state.flows, facts.accounts)),
        "spurs": [_spur(spur) for spur in state.spurs],
        "bus": _bus(facts.bus, state),
        "conflicts": {**state.snapshot.conflicts},
    }
    parts = {name: _part(value) for name, value in made.items()}
    parts |= {name: Part(*fact) for name, fact in facts.sections.items()}
    units = _units(state, about, facts, started, known)
    tables = {
        "units": {unit_id: one.entry for unit_id, one in units.items()},
        "figures": {unit_id: one.figures for unit_id, one in units.items()},
    }
    sections = {name: parts[name] for name in SECTIONS if name in parts}
    return Report(state.now, iso_utc(state.wall), sections, tables, facts.then_page), units


def _units(
    state: GridState, about: status_report.About, facts: Facts, started: str, before: Mapping[str, _Known]
) -> dict[str, _Known]:
    """Every unit's entry and figures; those that nothing changed in are taken over."""
    shared = units_told.Moment(
        now=state.now,
        wall=state.wall,
        started=started,
        acknowledgement=lambda unit_id, _: facts.seen.get(unit_id),
        locks=facts.locks,
        trips=facts.trips,
        trips_allowed=about.trips_allowed,
        walls=facts.walls,
    )
    units: dict[str, _Known] = {}
    for unit_id, unit in state.units.items():
        beside = (
            facts.locks.get(unit_id),
            tuple(facts.trips.get(unit_id, ())),
            facts.seen.get(unit_id),
            facts.priorities.get(unit_id),
        )
        known = before.get(unit_id)
        if known is not None and known.unit is unit and known.beside == beside:
            units[unit_id] = known
        else:
            entry = _part(_unit(unit, shared, facts.priorities.get(unit_id)))
            units[unit_id] = _Known(unit, beside, entry, _part(_figures(unit)))
    return units


def _absent_at(unit: UnitAssessment) -> float | None:
    return None if unit.sighting is None else unit.sighting.absent_at


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
        **figures,
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


def _unit(unit: UnitAssessment, moment: units_told.Moment, priority: int | None) -> FrameUnit:
    """What moves seldom: `since` of a live unit is its `readAt`, and what was last seen stands among its figures.

    `priority` is that of its gravest alarm.
    """
    status, reported = units_told.unit_status(unit, moment), unit.reported
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
