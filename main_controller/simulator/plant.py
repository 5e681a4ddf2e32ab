"""The simulated hardware: all units on one DC bus, and the clock of the emulator that plays them (K2, K15, N13)."""

import random
from datetime import UTC, datetime

from main_controller.domain.modes import Word
from main_controller.simulator.unit import Unit

RAMP_S = 120.0
"""Seconds of the units' clock in which a voltage reference raises the bus from nothing to its voltage (K15)."""
UNDER_V = 300.0
OVER_V = 400.0
TOLERANCE_A = 0.01
FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC).timestamp()


class Plant:
    """Moves in steps of one second, as the emulator does: `speed` seconds of the units' clock each.

    Kirchhoff holds: the reference carries the sum of the others with its sign turned. Converters that are told to
    Wait stop within the step; without a reference the bus is dead, and who was current-controlled keeps its word at
    0 A (recorded, K6).
    """

    def __init__(self, count: int, speed: float, start_s: float, rng: random.Random) -> None:
        if not 1 <= count <= 1000:
            raise ValueError("a simulated cluster has 1 to 1000 units")
        if not speed > 0:
            raise ValueError("speed must be more than 0")
        self.speed = speed
        self.seconds = start_s
        self.steps = 0
        self.units = {unit.id: unit for unit in (Unit(n, rng, start_s) for n in range(1, count + 1))}
        self.voltage = 0.0
        self.silenced = False  # the devices answer nobody
        self.needs_restart = False  # the emulator has stumbled over an order (K11)
        self.hung_at = 0.0  # when that began, on the agenda
        self.references: list[Unit] = []  # the converters that hold the bus
        self._active: dict[str, Unit] = {}  # those in any word but Wait

    @property
    def time(self) -> str:
        """The units' clock as it stands on the wire, without a zone (Z5b)."""
        return datetime.fromtimestamp(FIRST_DAY + int(self.seconds), UTC).strftime("%Y/%m/%d-%H:%M:%S")

    @property
    def hung(self) -> bool:
        """Whether the emulator stands still: no reply, no physics, its clock too (K5, K11)."""
        return self.silenced or self.needs_restart

    @property
    def steady(self) -> bool:
        """Whether a reference has brought the bus to its voltage."""
        return any(unit.dvg == self.voltage for unit in self.references)

    @property
    def live(self) -> bool:
        """Whether current can flow: a bus held within the converters' limits."""
        return bool(self.references) and UNDER_V <= self.voltage <= OVER_V

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
        if self._active:
            self._ramp(self.speed)
            for unit in list(self._active.values()):
                unit.integrate(self.seconds)
                if unit.spent:
                    self.trip(unit)

    def order(self, unit: Unit, word: Word, dvg: float, dig: float) -> None:
        """Put a converter to work as apis-main does, without the checks of `order_by_hand`."""
        unit.integrate(self.seconds)
        unit.dvg, unit.dig = float(dvg), abs(float(dig))
        if unit.word is not word:
            unit.word = word
            self._active.pop(unit.id, None)
            if word is not Word.WAIT:
                self._active[unit.id] = unit
            self.references = [one for one in self._active.values() if one.word is Word.VOLTAGE_REFERENCE]
            if self.references == [unit]:
                self._ramp(self.speed)
        unit.alarmed = unit.alarmed and word is not Word.WAIT
        self._settle(unit)

    def order_by_hand(self, unit: Unit, word: Word, dvg: float, dig: float) -> None:
        """The same for an operator, with N13's cautions: what goes against them trips a converter (assumed)."""
        others = [other for other in self.references if other is not unit]
        live = self.live
        self.order(unit, word, dvg, dig)
        if (word.current_controlled and not live) or (word is Word.VOLTAGE_REFERENCE and others):
            self.trip(unit)
        for reference in list(self.references) if word is not Word.WAIT else ():
            if abs(reference.ig) > reference.dig + TOLERANCE_A:
                self.trip(reference)

    def trip(self, unit: Unit) -> None:
        """The converter protects itself: Wait, and a heavy alarm until its next Wait order."""
        self.order(unit, Word.WAIT, unit.dvg, 0.0)
        unit.alarmed = True

    def _ramp(self, seconds: float) -> None:
        if not self.references:
            return
        goal = self.references[0].dvg
        rise = goal * seconds / RAMP_S
        if self.voltage != goal:
            before = self.voltage
            self.voltage = min(before + rise, goal) if before < goal else max(before - rise, goal)
            self._settle(self.references[0])

    def _settle(self, changed: Unit) -> None:
        """Share the currents out anew after `changed` changed."""
        if not self.references:
            self.voltage = 0.0
        live = self.live
        total = 0.0
        for unit in self._active.values():
            if unit.word is not Word.VOLTAGE_REFERENCE:
                amps = (unit.dig if unit.word is Word.CHARGE else 0.0 - unit.dig) if live else 0.0
                total += amps
                unit.carry(amps, self.voltage, self.seconds)
        for unit in self.references:
            unit.carry((0.0 - total) / len(self.references), self.voltage, self.seconds)
        if changed.word is Word.WAIT:
            changed.carry(0.0, self.voltage, self.seconds)
