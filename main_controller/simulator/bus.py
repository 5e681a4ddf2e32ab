"""One piece of the DC bus: who works on it, who holds it, its voltage, and the currents that flow (K2, K15)."""

from dataclasses import dataclass

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator.unit import Unit

RAMP_S = 120.0
"""Seconds of the units' clock in which a voltage reference raises the bus from nothing to its voltage (K15)."""
NOMINAL_V = 350.0
UNDER_V = 300.0
SAME_V = 2.0
"""References whose voltages differ by no more share the current; others drive theirs through each other."""


@dataclass
class Ramps:
    """How fast bus and currents move, in seconds and A/s of the wall clock; None: as the emulator does (recorded)."""

    rise_s: float | None = None
    fall_s: float | None = None
    amps_per_s: float | None = None


def approach(amps: float, wanted: float, reach: float) -> float:
    """`amps` moved towards `wanted` by `reach` at most."""
    return min(amps + reach, wanted) if amps < wanted else max(amps - reach, wanted)


class Bus:
    """Kirchhoff holds on each: the references carry the sum of the others, and of the leak, with its sign turned.

    Without `ramps` converters that are told to Wait stop at once, and without a reference the bus is dead: who was
    current-controlled keeps its status at 0 A (recorded, K6). `held` is a voltage that something unlisted holds, which
    then carries what the units do not; `leak_a` is what something unlisted takes from the bus.
    """

    def __init__(self, ramps: Ramps, members: frozenset[str] = frozenset()) -> None:
        self.ramps = ramps
        self.members = members
        self.voltage = 0.0
        self.held: float | None = None
        self.leak_a = 0.0
        self.references: list[Unit] = []
        self.working: dict[str, Unit] = {}  # those in any status but Wait, and those whose current still falls

    @property
    def live(self) -> bool:
        """Whether current can flow: a bus held, and high enough for the converters."""
        return self.supplied and self.voltage >= UNDER_V

    @property
    def supplied(self) -> bool:
        """Whether anything holds the bus, or raises it; what is left of its voltage falls otherwise."""
        return bool(self.references) or self.held is not None

    @property
    def steady(self) -> bool:
        """Whether it stands at the voltage that somebody holds."""
        return self.supplied and self.voltage == self.goal

    @property
    def goal(self) -> float:
        """Where its voltage goes: of several references the strongest ones' mean (assumed)."""
        if self.held is not None:
            return self.held
        most = max((unit.dig for unit in self.references), default=0.0)
        strongest = [unit.dvg for unit in self.references if unit.dig == most]
        return sum(strongest) / len(strongest) if strongest else 0.0

    def seat(self, unit: Unit) -> None:
        """Note that a converter's status has changed, or that it has come to this bus."""
        self.working.pop(unit.id, None)
        if unit.status is not ConverterStatus.WAIT or unit.ig:
            self.working[unit.id] = unit
        self.references = [one for one in self.working.values() if one.status is ConverterStatus.VOLTAGE_REFERENCE]

    def ramp(self, unit_s: float) -> bool:
        """One second, which is `unit_s` of the units' clock, of rising or falling; whether the voltage moved."""
        before = self.voltage
        if self.held is not None:
            self.voltage = self.held
        elif self.references:
            rise_s = self.ramps.rise_s
            rise = self.goal * unit_s / RAMP_S if rise_s is None else self.goal / rise_s
            self.voltage = min(before + rise, self.goal) if before < self.goal else max(before - rise, self.goal)
        elif self.ramps.fall_s is not None:
            self.voltage = max(before - NOMINAL_V / self.ramps.fall_s, 0.0)
        else:
            self.voltage = 0.0
        return self.voltage != before

    def settle(self, now: float, passed: float = 0.0) -> None:
        """Share the currents out anew at the units' clock's `now`; ramps have moved on by `passed` seconds."""
        if not self.supplied and self.ramps.fall_s is None:
            self.voltage = 0.0
        live = self.live
        total = self.leak_a if live else 0.0
        for unit in list(self.working.values()):
            if unit.status is not ConverterStatus.VOLTAGE_REFERENCE:
                amps = unit.wanted_a if live else 0.0
                if live and self.ramps.amps_per_s is not None:
                    amps = approach(unit.ig, amps, self.ramps.amps_per_s * passed)
                total += amps
                unit.carry(amps, self.voltage, now)
                if unit.status is ConverterStatus.WAIT and not amps:
                    del self.working[unit.id]
        self._hold(total, now)

    def _hold(self, total: float, now: float) -> None:
        """The references' currents; whatever else holds the bus carries them instead (assumed)."""
        needed = 0.0 if self.held is not None else 0.0 - total
        shares = [needed / len(self.references) for _ in self.references]
        if len(shares) > 1 and self.held is None:
            volts = [unit.dvg for unit in self.references]
            high, low = volts.index(max(volts)), volts.index(min(volts))
            if volts[high] - volts[low] > SAME_V:
                fight = min(unit.dig for unit in self.references)
                shares[high] -= fight
                shares[low] += fight
        for unit, amps in zip(self.references, shares, strict=True):
            unit.carry(amps, self.voltage, now)
