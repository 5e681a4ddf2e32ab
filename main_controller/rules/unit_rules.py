"""The interlocks of the converters themselves: (n) alarms, (p) measured currents, (t) time and trips (I5, I7, I11).

Used by `judge`; `too_many_trips` by the status too. Pure.
"""

from collections.abc import Sequence

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.bus_rules import reference_of
from main_controller.rules.interlock_terms import Answer, Known, Limits, fail, of_units, ok, untold
from main_controller.sentence import say

CLEAR_READINGS = 2
"""In how many readings a heavy alarm must be gone before anything but Wait is sent."""

HOUR = 3600.0


def no_alarm(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (n): neither the ordered unit nor the reference reports a heavy alarm, or did in its last readings."""
    return of_units("n", [_alarm_of(each) for each in _concerned(wanted, unit, grid)])


def _alarm_of(unit: UnitAssessment) -> Answer:
    last = unit.recent[-CLEAR_READINGS:]
    clear = 0
    while clear < len(last) and not last[-1 - clear].alarm:
        clear += 1
    numbers = {unit.id: {"clear": clear, "needed": CLEAR_READINGS}}
    if clear == len(last):
        return ok("n", say("rules.noAlarm", "{unit} reports no heavy alarm.", unit=unit.id), **numbers)
    if clear:
        sentence = say(
            "rules.alarmLately",
            "{unit} reported a heavy alarm; it must be gone in {needed} readings, not in {clear}.",
            unit=unit.id,
            needed=CLEAR_READINGS,
            clear=clear,
        )
        return fail("n", "heavy-alarm", sentence, **numbers)
    sentence = say("rules.alarmNow", "{unit} reports a heavy alarm; only Wait is sent to it.", unit=unit.id)
    return fail("n", "heavy-alarm", sentence, **numbers)


def within_currents(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (p): what is measured at the units concerned, and on the bus with this order, is within the limits (I7)."""
    for each in _concerned(wanted, unit, grid):
        ig = each.reading.ig if each.reading is not None else None
        if ig is not None and abs(ig) > limits.unit_current + 1e-9:
            sentence = say(
                "rules.carriesTooMuch",
                "{unit} carries {amps:g} A; its limit is {limit:g} A.",
                unit=each.id,
                amps=abs(ig),
                limit=limits.unit_current,
            )
            return fail("p", "grid-current-too-large", sentence, unit=each.id, ig=ig, max=limits.unit_current)
    told = [one.reading.ig for one in grid.others(unit.id) if one.live and one.reading is not None]
    total = sum(abs(ig) for ig in told if ig is not None) + abs(wanted.dig)
    numbers = {"sum": round(total, 3), "max": limits.bus_current}
    if total > limits.bus_current + 1e-9:
        sentence = say(
            "rules.busWouldCarryTooMuch",
            "All units together would carry {amps:g} A; the bus' limit is {limit:g} A.",
            amps=total,
            limit=limits.bus_current,
        )
        return fail("p", "grid-current-too-large", sentence, **numbers)
    if unit.reading is None or unit.reading.ig is None:
        return untold("p", say("rules.currentUntold", "{unit} does not tell its current.", unit=unit.id), **numbers)
    return ok("p", say("rules.busWouldCarry", "All units together would carry {amps:g} A.", amps=total), **numbers)


def paced(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits, known: Known) -> Answer:
    """Rule (t): some seconds between two orders to one converter, more after a trip, and not too many trips (I11)."""
    pace, now = limits.pace, grid.now
    trips = known.trips.get(unit.id, ())
    last = max([*trips, *_onsets(unit)], default=None)
    since_trip = None if last is None else now - last
    since_order = None if unit.ordered_at is None else now - unit.ordered_at
    numbers = {
        "sinceOrder": None if since_order is None else round(since_order, 1),
        "between": pace.between_words,
        "sinceTrip": None if since_trip is None else round(since_trip, 1),
        "afterTrip": pace.after_trip,
        "trips": len(trips),
        "tripsMax": pace.trips,
    }
    if wanted.status is ConverterStatus.VOLTAGE_REFERENCE and since_trip is not None and since_trip < pace.after_trip:
        sentence = say(
            "rules.trippedLately",
            "{unit} tripped {since} s ago; it is reference again after {wait:g} s.",
            unit=unit.id,
            since=int(since_trip),
            wait=pace.after_trip,
        )
        return fail("t", "too-soon", sentence, **numbers)
    if since_order is not None and since_order < pace.between_words:
        sentence = say(
            "rules.tooSoon",
            "The last order to {unit} was {since:.1f} s ago; {wait:g} s lie between two orders.",
            unit=unit.id,
            since=since_order,
            wait=pace.between_words,
        )
        return fail("t", "too-soon", sentence, **numbers)
    if too_many_trips(trips, pace.trips):
        sentence = say(
            "rules.tooManyTrips",
            "{unit} tripped {count} times within an hour; it works again once a person resets that.",
            unit=unit.id,
            count=pace.trips,
        )
        return fail("t", "too-many-trips", sentence, **numbers)
    return ok("t", say("rules.notTooSoon", "{unit} is not ordered too soon.", unit=unit.id), **numbers)


def too_many_trips(moments: Sequence[float], allowed: int) -> bool:
    """Whether so many trips that nobody has reset lie within one hour, however long ago; `moments` in s."""
    ordered = sorted(moments)
    return any(last - first <= HOUR for first, last in zip(ordered, ordered[allowed - 1 :], strict=False))


def _onsets(unit: UnitAssessment) -> list[float]:
    """When a heavy alarm began, by the unit's last readings (monotonic s)."""
    pairs = zip((None, *unit.recent), unit.recent, strict=False)
    return [one.at for before, one in pairs if one.alarm and not (before is not None and before.alarm)]


def _concerned(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState) -> list[UnitAssessment]:
    """The ordered unit and, for a current, the reference."""
    reference = reference_of(wanted, grid) if wanted.status.current_controlled else None
    return [unit] if reference is None else [unit, reference]
