"""Owns what `GET /get/frame` shows of one moment: every section and every unit, as JSON ready to be joined.

Used by the frames, which know what changed since when. Nothing in it counts on: ages are told as the moments since
which they count, so that what did not change stays the same to the letter.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence
from main_controller.web.replies import encoded_json
from main_controller.web.status_report import About, Sources, data_of, grid_of, moment_of, peer_of, title_of, worker_of
from main_controller.web.unit_status import Moment, unit_status

Json = dict[str, Any]


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
    about: About
    sources: Sources
    schedules: Callable[[], Mapping[str, Any]]
    started: str
    _known: dict[str, _Known] = field(default_factory=dict)

    def report(self) -> Report:
        """What is so now."""
        about, sources, state = self.about, self.sources, self.state()
        then = sources.then()
        sections = {
            "about": _about(about, state),
            "data": data_of(state),
            "grid": {**grid_of(state), "modes": _modes(state)},
            "clock": state.clock,
            "totals": state.totals._asdict(),
            "deals": None if state.deals is None else [asdict(flow) for flow in state.flows],
            "spurs": [_spur(spur._asdict()) for spur in state.spurs],
            "bus": {**(sources.bus() or {}), **_bus(state)},
            "busConditions": list(sources.bus_conditions()),
            "gridEvents": list(sources.grid_events()),
            "apisWeb": {"emulatorEmulator": peer_of(sources.collector()), "budoEmulator": peer_of(sources.watcher())},
            "workers": {"dataCollector": worker_of(sources.collector()), "scheduler": worker_of(sources.scheduler())},
            "schedules": self.schedules(),
            "orders": list(sources.orders()),
            "locks": sources.locks(),
            "share": sources.transfer(),
            "then": None if then is None else {key: value for key, value in then.items() if key != "page"},
            "estop": sources.estop(),
            "journal": sources.journal(),
            "notKept": list(sources.not_kept()),
            "conflicts": state.snapshot.conflicts,
        }
        return Report(
            state.now,
            iso_utc(state.wall),
            {name: _part(value) for name, value in sections.items()},
            self._tables(state),
            None if then is None else then.get("page"),
        )

    def _tables(self, state: GridState) -> Mapping[str, Mapping[str, Part]]:
        """Every unit's entry and figures; those that nothing changed in are taken over."""
        moment = moment_of(state, self.about, self.sources, self.started)
        known: dict[str, _Known] = {}
        for unit_id, unit in state.units.items():
            beside = (
                moment.locks.get(unit_id),
                tuple(moment.trips.get(unit_id, ())),
                moment.acknowledgement(unit_id, unit.raw_status) if unit.unwatched else None,
            )
            before = self._known.get(unit_id)
            if before is not None and before.unit is unit and before.beside == beside:
                known[unit_id] = before
            else:
                known[unit_id] = _Known(unit, beside, _part(_unit(unit, moment)), _part(_figures(unit)))
        self._known = known
        return {
            "units": {unit_id: one.entry for unit_id, one in known.items()},
            "figures": {unit_id: one.figures for unit_id, one in known.items()},
        }


def _part(value: Any) -> Part:
    body, said = encoded_json(value)
    return Part(body, tuple(said))


def _about(about: About, state: GridState) -> Json:
    return {
        "version": about.version,
        "simulated": about.simulated,
        "title": about.title or title_of(state.snapshot),
        "timezone": about.timezone,
        "limits": about.limits,
        "config": about.config,
        "columns": COLUMNS,
    }


def _modes(state: GridState) -> dict[str, int]:
    """How many live units show which global mode; "" is where none is told."""
    return dict(Counter("" if unit.global_mode is None else str(unit.global_mode) for unit in state.live))


def _spur(spur: Json) -> Json:
    return {"unitId": spur.pop("unit_id"), **spur}


def _bus(state: GridState) -> Json:
    bus = state.bus
    return {
        "state": bus.state,
        "target": bus.target,
        "current": bus.current,
        "power": bus.power,
        "skew": None if bus.skew is None else round(bus.skew, 1),
        "references": bus.references,
    }


def _figures(unit: UnitAssessment) -> tuple[Any, ...]:
    read_at = None if unit.sighting is None else iso_utc(unit.sighting.moved_wall)
    return (read_at, unit.time, *unit.figures)


def _unit(unit: UnitAssessment, moment: Moment) -> Json:
    """What moves seldom: `since` of a live unit is its `readAt`, and what was last seen stands among its figures."""
    told, reported = unit_status(unit, moment), unit.reported
    status = {name: value for name, value in told.items() if name not in ("age", "lastDvg", "lastDig", "lastVg")}
    if unit.live:
        status["since"] = None
    battery = reported.section("battery") if reported is not None else {}
    ups = reported.figure("emu", "ups_operation_mode", "mode") if reported is not None else None
    return {
        **status,
        "name": None if reported is None else reported.display,
        "ip": unit.ip,
        "globalMode": unit.global_mode,
        "localMode": unit.local_mode,
        "effective": unit.effective,
        "alarm": reported is not None and reported.heavy_alarm,
        "permission": None if reported is None else reported.permission,
        "permissionRaw": battery.get("battery_operation_status"),
        "upsMode": ups,
    }
