"""The simulated hardware: all units on one DC bus, and the clock of the emulator that plays them (K2, K15, N13)."""

import logging
import random
from collections.abc import Iterable
from datetime import UTC, datetime

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator.bus import Bus, Ramps
from main_controller.simulator.protection import Protection
from main_controller.simulator.unit import Unit

log = logging.getLogger(__name__)

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


class Plant:
    """Moves in steps of one second, as the emulator does: `speed` seconds of the units' clock each.

    `main` is the bus; `section`, while a breaker is open, the piece of it that is cut off.
    """

    def __init__(self, count: int, speed: float, start_s: float, rng: random.Random) -> None:
        if not 1 <= count <= 1000:
            raise ValueError("a simulated cluster has 1 to 1000 units")
        if not speed > 0:
            raise ValueError("speed must be more than 0")
        self.speed = speed
        self.seconds = start_s
        self.steps = 0
        self.changes = 0  # how often what flows may have changed
        self.units = {unit.id: unit for unit in (Unit(n, rng, start_s) for n in range(1, count + 1))}
        self.silenced = False  # the devices answer nobody
        self.needs_restart = False  # the emulator has stumbled over an order (K11)
        self.hung_at = 0.0  # when that began, on the agenda
        self.ramps = Ramps()
        self.main = Bus(self.ramps)
        self.section: Bus | None = None
        self.protection = Protection(self.trip)

    @property
    def time(self) -> str:
        """The units' clock as it stands on the wire, without a zone (Z5b)."""
        return datetime.fromtimestamp(FIRST_DAY + int(self.seconds), UTC).strftime("%Y/%m/%d-%H:%M:%S")

    @property
    def hung(self) -> bool:
        """Whether the emulator stands still: no reply, no physics, its clock too (K5, K11)."""
        return self.silenced or self.needs_restart

    @property
    def voltage(self) -> float:
        """The bus voltage, V."""
        return self.main.voltage

    @property
    def references(self) -> list[Unit]:
        """The converters that hold the bus."""
        return self.main.references

    @property
    def steady(self) -> bool:
        """Whether a reference has brought the bus to its voltage."""
        return self.main.steady

    @property
    def live(self) -> bool:
        """Whether current can flow on the bus."""
        return self.main.live

    @property
    def buses(self) -> list[Bus]:
        """The bus, and the section that is cut off from it."""
        return [self.main] if self.section is None else [self.main, self.section]

    def bus_of(self, unit: Unit) -> Bus:
        """What a unit's terminals are on."""
        return self.section if self.section is not None and unit.id in self.section.members else self.main

    def silence(self, now: float) -> None:
        """The devices answer nobody from `now` on, until `silenced` is taken back."""
        if not self.hung:
            self.hung_at = now
        self.silenced = True

    def stumble(self, now: float) -> None:
        """The emulator hangs from `now` on, until it is started again (K11)."""
        if not self.hung:
            self.hung_at = now
        self.needs_restart = True

    def step(self) -> None:
        """One second of the emulator; nothing while the devices hang."""
        if self.hung:
            return
        self.steps += 1
        self.seconds += self.speed
        for bus in self.buses:
            self._step(bus)

    def order(self, unit: Unit, status: ConverterStatus, dvg: float, dig: float) -> None:
        """Put a converter to work as apis-main does, without the checks of `order_by_hand`."""
        if unit.quirks.obeys(status):
            self._put(unit, status, dvg, dig)
            unit.driven_by_hand = False

    def order_by_hand(self, unit: Unit, status: ConverterStatus, dvg: float, dig: float) -> None:
        """The same for an operator, with N13's cautions: what goes against them trips a converter (assumed)."""
        if unit.quirks.obeys(status):
            self.drive(unit, status, dvg, dig)

    def drive(self, unit: Unit, status: ConverterStatus, dvg: float, dig: float) -> None:
        """Let a converter change its status and set point, by an operator's order or by itself, and look who trips."""
        bus = self.bus_of(unit)
        rivals = [other for other in bus.references if other is not unit]
        was_live = bus.live
        self._put(unit, status, dvg, dig)
        unit.driven_by_hand = True
        if status is not ConverterStatus.WAIT:
            self.protection.after_order(bus, unit, rivals, was_live=was_live)

    def trip(self, unit: Unit, cause: str) -> None:
        """The converter protects itself: Wait, and a heavy alarm until its next Wait order."""
        log.info("%s trips: %s", unit.id, cause)
        unit.carry(0.0, self.bus_of(unit).voltage, self.seconds)
        self._put(unit, ConverterStatus.WAIT, unit.dvg, 0.0)
        unit.alarmed = True

    def open_section(self, unit_ids: Iterable[str], volts: float) -> None:
        """Open a breaker: the units beyond it share another piece of bus, at `volts` whoever works there (0: dead)."""
        self.close_section()
        self.section = Bus(self.ramps, frozenset(unit_ids))
        self.section.held = volts or None
        self.section.voltage = self.main.voltage
        self._move(self.main, self.section)
        self.settle()

    def close_section(self) -> None:
        """Close it again; two that hold the bus then fight for it."""
        if self.section is None:
            return
        section, self.section = self.section, None
        rivals, seconds = list(self.main.references), list(section.references)
        self.main.voltage = max(self.main.voltage, section.voltage)
        self._move(section, self.main)
        self.settle()
        for second in seconds if rivals else ():
            self.protection.fight(second, rivals)

    def settle(self) -> None:
        """Share all currents out anew, after a fault has changed the bus or a unit."""
        self.changes += 1
        for bus in self.buses:
            if bus.held is not None:
                bus.voltage = bus.held
            bus.settle(self.seconds)

    def _move(self, old: Bus, new: Bus) -> None:
        for unit in list(old.working.values()):
            if self.bus_of(unit) is new:
                del old.working[unit.id]
                new.seat(unit)
        old.references = [unit for unit in old.references if unit.id in old.working]

    def _step(self, bus: Bus) -> None:
        if not (bus.working or bus.voltage or bus.supplied):
            return
        moved = bus.ramp(self.speed)
        for unit in bus.working.values():
            unit.integrate(self.seconds)
        if moved or self.ramps.amps_per_s is not None or any(u.quirks.battery_protects for u in bus.working.values()):
            self.changes += 1
            bus.settle(self.seconds, passed=1.0)
        self.protection.each_second(bus)

    def _put(self, unit: Unit, status: ConverterStatus, dvg: float, dig: float) -> None:
        self.changes += 1
        bus = self.bus_of(unit)
        unit.integrate(self.seconds)
        unit.dvg, unit.dig = float(dvg), abs(float(dig))
        if unit.status is not status:
            unit.status = status
            bus.seat(unit)
            if bus.references == [unit]:
                bus.ramp(self.speed)
        unit.alarmed = unit.alarmed and status is not ConverterStatus.WAIT
        bus.settle(self.seconds)
        if status is ConverterStatus.WAIT and unit.id not in bus.working:
            unit.carry(0.0, bus.voltage, self.seconds)
