"""A frame as `GET /get/frame` tells it, made by the program's own assessment from units' raw data.

For the page by itself: its benchmark and the tests that write their own grid.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from main_controller.assessment.bus import bus_of
from main_controller.assessment.cluster import clock_of, totals_of
from main_controller.assessment.figures import Figures, figures_of
from main_controller.assessment.flows import dealing, flows_of, spurs_of
from main_controller.domain.freshness import Reading
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status, parse_mode
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.units import Unit, address
from main_controller.web.frame_report import COLUMNS

Json = dict[str, Any]

UNWATCHED: Json = {
    "seenAt": None, "sawBegin": False, "standsSince": None, "currentSince": None, "energyWh": None, "gaps": False,
}  # fmt: skip
"""What is told of a deal that nobody has looked at yet."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What the assessment needs to know of a unit; read at `moved_at` (s), which is below 0 by its age."""

    id: str
    live: bool
    last_status: ConverterStatus | None
    figures: Figures
    global_mode: Mode | None
    clock: str | None
    moved_at: float | None
    recent: tuple[Reading, ...] = ()


def frame_of(
    units: Mapping[str, Any], states: Mapping[str, Json], deals: Iterable[Any] | None, told: Mapping[str, Any]
) -> Json:
    """The whole frame of the units that `states` name; `told` are the head and the sections that are no assessment.

    A unit's state holds its `state`, its `age` (s, None: never seen) and whatever else stands in its entry as it is; a
    `lastWord` in it wins over the data's own status.
    """
    now = datetime.now(UTC)
    seen = {unit_id: _seen(unit_id, units.get(unit_id), state) for unit_id, state in states.items()}
    live = [unit for unit in seen.values() if unit.live]
    flows = flows_of(deals or (), seen)
    bus = bus_of(live, BusLimits(), 0.0)
    modes = Counter("" if unit.global_mode is None else str(unit.global_mode) for unit in live)
    shown = {name: getattr(bus, name) for name in ("state", "target", "current", "power", "skew", "references")}
    return {
        **told,
        "serial": told.get("serial", 1),
        "start": told.get("start", "made"),
        "about": {**told.get("about", {}), "columns": COLUMNS},
        "time": iso_utc(now),
        "assessedAt": iso_utc(now),
        "whole": True,
        "grid": {"modes": modes, **told.get("grid", {})},
        "bus": {**(told.get("bus") or {}), **shown},
        "clock": clock_of(unit.clock for unit in live),
        "totals": totals_of(live)._asdict(),
        "deals": None if deals is None else [{**UNWATCHED, **asdict(flow)} for flow in flows],
        "spurs": [
            {"unitId": one.unit_id, "inward": one.inward, "current": one.current, "power": one.power}
            for one in spurs_of(live, dealing(flows))
        ],
        "units": {unit_id: _entry(seen[unit_id], units.get(unit_id), state) for unit_id, state in states.items()},
        "figures": {unit_id: _row(unit, now) for unit_id, unit in seen.items()},
    }


def _seen(unit_id: str, data: Any, state: Json) -> _Unit:
    unit = Unit(unit_id, data or {})
    return _Unit(
        unit_id,
        state["state"] == "live",
        parse_converter_status(_last_word(unit, data, state)),
        figures_of(unit),
        parse_mode(unit.section("apis", "operation_mode").get("global")),
        unit.time,
        None if state["age"] is None else -state["age"],
    )


def _last_word(unit: Unit, data: Any, state: Json) -> Any:
    told = unit.raw_status if data is not None else str(ConverterStatus.WAIT)
    return state.get("lastWord", told)


def _row(unit: _Unit, now: datetime) -> tuple[Any, ...]:
    read_at = None if unit.moved_at is None else iso_utc(now + timedelta(seconds=unit.moved_at))
    return (read_at, unit.clock, *unit.figures)


def _entry(seen: _Unit, data: Any, state: Json) -> Json:
    """One unit's entry."""
    unit = Unit(seen.id, data or {})
    modes = unit.section("apis", "operation_mode")
    return {
        **{name: value for name, value in state.items() if name != "age"},
        "lastWord": _last_word(unit, data, state),
        "name": unit.display,
        "ip": address(unit.section("oesunit").get("ip")),
        "globalMode": seen.global_mode,
        "localMode": parse_mode(modes.get("local")),
        "effective": parse_mode(modes.get("effective")),
        "alarm": unit.heavy_alarm,
        "permission": unit.permission,
        "permissionRaw": unit.section("battery").get("battery_operation_status"),
        "upsMode": unit.figure("emu", "ups_operation_mode", "mode"),
    }
