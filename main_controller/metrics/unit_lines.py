"""The series of single units, at most 15 each, as lines of the exposition formats.

Used by the exposition. They are written here, not by prometheus-client: of 1,000 units it would cost four times as
much, and the lines are the same in both formats. What a unit told stands here while it is live and is absent else; its
state, its age and its energy always stand.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.history.slot import Energies
from main_controller.history.totals import Totals
from main_controller.metrics.cluster_families import J_PER_WH, PERCENT
from main_controller.metrics.instruments import PREFIX

MOST = 15
"""How many series a unit has at most."""


class Family(NamedTuple):
    """One family; `counter`: its series end in `_total`. `lines` are its series, each ended."""

    name: str
    text: str
    counter: bool
    lines: list[str]


UP, AGE = f"{PREFIX}_unit_up", f"{PREFIX}_unit_age_seconds"
STATE, STATUS, MODE = f"{PREFIX}_unit_state", f"{PREFIX}_unit_converter_status", f"{PREFIX}_unit_mode"
POWER, VOLTS = f"{PREFIX}_unit_power_watts", f"{PREFIX}_unit_grid_voltage_volts"
AMPERES, CHARGE = f"{PREFIX}_unit_grid_current_amperes", f"{PREFIX}_unit_charge_ratio"
ENERGY = f"{PREFIX}_unit_grid_energy_joules"

FLOWS = ("pv", "load", "utility", "battery", "grid")

TEXTS: Mapping[str, str] = {
    UP: "Whether what the unit tells is of now; else its figures are absent.",
    AGE: "How long ago the unit's own clock last moved.",
    STATE: "How far its data are of now, as a label: live, stale or silent.",
    STATUS: "What its converter does, as a label: 0x0000 Wait, 0x0014 voltage reference, 0x0041 charge, 0x0002 "
    "discharge, other.",
    MODE: "The mode that it obeys, as a label.",
    POWER: "pv from the sun, load of the house, utility from the public grid; battery and grid: into the battery, and "
    "from the bus into the unit, are positive.",
    VOLTS: "Measured at the bus.",
    AMPERES: "Measured at the bus; into the unit is positive.",
    CHARGE: "Charge of its battery, 0 to 1.",
    ENERGY: "Energy from the bus into the unit (in) and out of it, in whole minutes since this record began.",
}


def families(grid: GridState, totals: Totals | None, escaped: Callable[[str], str]) -> list[Family]:
    """All of them; `escaped` makes a label's value of a unit's id."""
    made = {name: Family(name, text, name == ENERGY, []) for name, text in TEXTS.items()}
    lines = {name: family.lines for name, family in made.items()}
    energies: Mapping[str, Energies] = {} if totals is None else totals.units
    record = "" if totals is None else f'record="{totals.record}"'
    for unit_id, unit in grid.units.items():
        label = f'unit="{escaped(unit_id)}"'
        _always(lines, label, unit, grid.age(unit))
        if unit.live:
            _told(lines, label, unit)
        energy = energies.get(unit_id)
        if energy is not None:
            for way, wh in (("in", energy.grid_in), ("out", energy.grid_out)):
                if wh is not None:
                    lines[ENERGY].append(f'{ENERGY}_total{{{label},way="{way}",{record}}} {wh * J_PER_WH!r}\n')
    return list(made.values())


def _always(lines: Mapping[str, list[str]], label: str, unit: UnitAssessment, age: float | None) -> None:
    lines[UP].append(f"{UP}{{{label}}} {1.0 if unit.live else 0.0}\n")
    lines[STATE].append(f'{STATE}{{{label},state="{unit.state}"}} 1.0\n')
    if age is not None:
        lines[AGE].append(f"{AGE}{{{label}}} {age!r}\n")


def _told(lines: Mapping[str, list[str]], label: str, unit: UnitAssessment) -> None:
    """What a live unit says of itself; what it does not say is left out."""
    figures, mode = unit.figures, unit.obeys
    powers = (figures.pv, figures.load, figures.utility, figures.battery, figures.wg)
    for flow, watts in zip(FLOWS, powers, strict=True):
        if watts is not None:
            lines[POWER].append(f'{POWER}{{{label},flow="{flow}"}} {watts!r}\n')
    if figures.vg is not None:
        lines[VOLTS].append(f"{VOLTS}{{{label}}} {figures.vg!r}\n")
    if figures.ig is not None:
        lines[AMPERES].append(f"{AMPERES}{{{label}}} {figures.ig!r}\n")
    if figures.rsoc is not None:
        lines[CHARGE].append(f"{CHARGE}{{{label}}} {figures.rsoc / PERCENT!r}\n")
    if unit.raw_status is not None:
        status = "other" if unit.last_status is None else str(unit.last_status)
        lines[STATUS].append(f'{STATUS}{{{label},status="{status}"}} 1.0\n')
    if mode is not None:
        lines[MODE].append(f'{MODE}{{{label},mode="{mode}"}} 1.0\n')
