"""When converters protect themselves by a trip: Wait with a heavy alarm until the next Wait order (N13; assumed)."""

from collections.abc import Callable

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator.battery import MAY_CHARGE, MAY_DISCHARGE
from main_controller.simulator.bus import UNDER_V, Bus
from main_controller.simulator.unit import Unit

OVER_V = 400.0
"""`param.ogv` of the emulator's own `/get/log`; UNDER_V is its `ugv`."""
MOST_A = 5.0
"""What a converter bears when an operator asks for more, unless a fault lowers it."""
TOLERANCE_A = 0.01
CAUSES = ("over-current", "over-voltage", "under-voltage", "dead-bus", "second-reference", "battery")
LOSERS = ("second", "first", "both", "none")


class Protection:
    """`trip(unit, cause)` is called for whom it hits; `off` are the causes for which nobody trips.

    Under apis-main no current trips anybody (recorded: -3 A at a reference of 1 A), so that a reference's limit
    counts after orders by hand, and for current that such an order lets rise.
    """

    def __init__(self, trip: Callable[[Unit, str], None]) -> None:
        self.off: frozenset[str] = frozenset()
        self.loser = "second"  # of two references, one of LOSERS
        self._do_trip = trip

    def after_order(self, bus: Bus, unit: Unit, rivals: list[Unit], *, was_live: bool) -> None:
        """Look at an order by hand that is in force now; `rivals` held the bus before it."""
        if unit.status.current_controlled and not was_live:
            self._trip(unit, "dead-bus")
        if unit.status is ConverterStatus.VOLTAGE_REFERENCE and rivals:
            self.fight(unit, rivals)
        limit = MOST_A if unit.quirks.limit_a is None else unit.quirks.limit_a
        if unit.status.current_controlled and unit.dig > limit:
            self._trip(unit, "over-current")
        for reference in list(bus.references):
            self._watch_limit(bus, reference)
        self.each_second(bus)

    def each_second(self, bus: Bus) -> None:
        """Look at what is at work on a bus."""
        for unit in list(bus.working.values()):
            if unit.spent:
                self._trip(unit, "battery")
            if bus.voltage > OVER_V:
                self._trip(unit, "over-voltage")
            if unit.quirks.under_voltage_trips and unit.status.current_controlled and bus.voltage < UNDER_V:
                self._trip(unit, "under-voltage")
            if unit.quirks.limit_a is not None and abs(unit.ig) > unit.quirks.limit_a + TOLERANCE_A:
                self._trip(unit, "over-current")
        for reference in list(bus.references):
            if bus.ramps.amps_per_s is not None and reference.driven_by_hand:
                self._watch_limit(bus, reference)
            if self._cannot_carry(reference):
                self._trip(reference, "battery")

    def fight(self, second: Unit, first: list[Unit]) -> None:
        """Two hold one bus: who loses trips."""
        losers = {"second": [second], "first": first, "both": [*first, second], "none": []}
        for unit in losers[self.loser]:
            self._trip(unit, "second-reference")

    def _watch_limit(self, bus: Bus, reference: Unit) -> None:
        if len(bus.references) == 1 and abs(reference.ig) > reference.dig + TOLERANCE_A:
            self._trip(reference, "over-current")

    def _cannot_carry(self, reference: Unit) -> bool:
        """Whether its battery forbids what the reference carries: it cannot drop the current and hold the bus."""
        needed = MAY_CHARGE if reference.ig > 0 else MAY_DISCHARGE
        return reference.ig != 0.0 and not reference.permits & needed

    def _trip(self, unit: Unit, cause: str) -> None:
        if cause not in self.off and unit.status is not ConverterStatus.WAIT:
            self._do_trip(unit, cause)
