"""One apis-main: it reads its unit every five seconds and keeps what it read for the Grid Master (K4, K6)."""

import json

from main_controller.domain.modes import Mode, effective_mode
from main_controller.simulator import readings
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import Unit

PERIOD = 5.0
LATEST_PHASE = 2.8
"""Nodes read early in each beat and the Grid Master collects at its end, so that a change shows after 2 to 10 s."""

encode = json.JSONEncoder(separators=(",", ":")).encode


class Node:
    """The process of one unit. `local` outlives it; what it published does not."""

    def __init__(self, unit: Unit, phase: float) -> None:
        self.unit = unit
        self.id = unit.id
        self.phase = phase
        self.alive = True
        self.gone_at = 0.0
        self.killed = False
        self.local: Mode | None = None
        self.readings_since_start = 2
        self.blind_until = 0.0
        self.published: bytes | None = None

    def effective(self, global_mode: Mode) -> Mode:
        """The mode it obeys (A15-3)."""
        return effective_mode(global_mode, self.local)

    def leave(self, now: float, *, killed: bool) -> None:
        """The process ends; its converter goes on doing what it did last (K6)."""
        self.alive, self.gone_at, self.killed = False, now, killed

    def join(self) -> None:
        """The process starts."""
        self.alive = True
        self.published = None
        self.readings_since_start = 0

    def read(self, plant: Plant, global_mode: Mode, deal_ids: list[str], *, grid_master: bool) -> None:
        """Read the unit and keep the bytes of its entry in `/get/log`."""
        unit = self.unit
        unit.integrate(plant.seconds)
        effective = self.effective(global_mode)
        apis: readings.Section = {
            "version": "3.0.0",
            "remaining_capacity_wh": readings.remaining_wh(unit),
            "deal_interlock_capacity": 2,
        }
        if grid_master:
            apis["is_grid_master"] = True
        if deal_ids:
            apis["deal_id_list"] = deal_ids
        apis["operation_mode"] = {"global": global_mode, "local": self.local, "effective": effective}
        entry = {
            "emu": readings.emu(unit),
            "dcdc": readings.dcdc(unit, plant),
            "oesunit": readings.oesunit(unit, "1" if effective is Mode.AUTONOMOUS else "0"),
            "time": plant.time,
            "battery": readings.battery(unit),
            "apis": apis,
        }
        self.published = f'"{self.id}":{encode(entry)}'.encode()
        self.readings_since_start += 1

    def said(self, *, grid_master: bool) -> bytes | None:
        """Its entry as the Grid Master passes it on: a former one is not called so any more (K1)."""
        if self.published is None or grid_master:
            return self.published
        return self.published.replace(b'"is_grid_master":true,', b"", 1)
