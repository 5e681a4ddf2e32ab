"""What a converter may be doing: its reading joined with the orders that no reading has answered yet (Z6c, Z8b).

Used by `assess.py` for the `GridState`. Pure. An order that was or may have been sent counts as in force until a
reading that counts says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from main_controller.domain.commands import ConverterEffect, last_answered, told_status
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.units import number


@dataclass(frozen=True, slots=True)
class ConverterEstimate:
    """What a converter may be doing: every status, target voltage (V) and set current (A) that cannot be ruled out.

    A None among the statuses is one that is none of the four, or not known. `seen_at` (monotonic s) is when
    this was last told by a reading that counts or by the converter itself; None if never. `answered_at` is when the
    converter itself last answered an order with the status that stands, None where it did not.
    """

    statuses: frozenset[ConverterStatus | None]
    dvgs: frozenset[float | None]
    digs: frozenset[float | None]
    seen_at: float | None
    source: str | None = None
    answered_at: float | None = None

    def surely(self, status: ConverterStatus) -> bool:
        """Whether the converter can only be in this status."""
        return self.statuses == {status}

    def possibly(self, *statuses: ConverterStatus | None) -> bool:
        """Whether the converter can be in any of these statuses."""
        return bool(self.statuses.intersection(statuses))

    @property
    def possibly_current_controlled(self) -> bool:
        """Whether the converter can be driving a set current; an unknown status may be that."""
        return any(status is None or status.current_controlled for status in self.statuses)


def estimate_of(reading: Reading | None, orders: Sequence[ConverterEffect], lag: float) -> ConverterEstimate:
    """What a converter may be doing, from its last reading and the orders to it, oldest first (Z6c, Z8b).

    A reading counts once it arrived at least `lag` seconds after the last order was answered or given up. Until then
    the converter's own answer counts, or what it told since when it was read directly, together with every later order
    that may have been carried out.
    """
    base, rest = _last_answer(orders)
    answered = base.returned if base is not None and not rest and base.seen is None else None
    if _covered(reading, orders, lag):
        told = _told(reading)
        agrees = base is not None and told.statuses == {base.answered_status}
        return replace(told, answered_at=answered) if agrees else told
    statuses: set[ConverterStatus | None] = set()
    dvgs: set[float | None] = set()
    digs: set[float | None] = set()
    seen: float | None = None
    if base is not None and base.answer is not None:
        statuses |= {told_status(base.last_told), base.status}
        dvgs |= {_part(base, "vdis", "dvg"), base.dvg}
        digs |= {_part(base, "param", "dig"), base.dig}
        seen = base.returned if base.seen is None else base.seen_at
    else:
        last = _told(reading)
        statuses |= last.statuses
        dvgs |= last.dvgs
        digs |= last.digs
        seen = last.seen_at
    for order in rest:
        statuses.add(order.status)
        dvgs.add(order.dvg)
        digs.add(order.dig)
    source = "converter" if base is not None and not rest else "order"
    return ConverterEstimate(frozenset(statuses), frozenset(dvgs), frozenset(digs), seen, source, answered)


def _covered(reading: Reading | None, orders: Sequence[ConverterEffect], lag: float) -> bool:
    if not orders:
        return True
    return reading is not None and all(
        (start := order.counts_from(lag)) is not None and reading.at >= start for order in orders
    )


def _told(reading: Reading | None) -> ConverterEstimate:
    if reading is None:
        return ConverterEstimate(frozenset({None}), frozenset({None}), frozenset({None}), None)
    return ConverterEstimate(
        frozenset({reading.status}), frozenset({reading.dvg}), frozenset({reading.dig}), reading.at, "reading"
    )


def _last_answer(orders: Sequence[ConverterEffect]) -> tuple[ConverterEffect | None, Sequence[ConverterEffect]]:
    """The last order that the converter answered, and those that may have been carried out after it.

    Of two that were on their way at the same time, nobody can tell which the converter heard last.
    """
    at = last_answered(orders)
    if at is None:
        return None, orders
    base = orders[at]
    earlier = [order for order in orders[:at] if order.returned is None or order.returned > base.entered]
    return base, [*earlier, *orders[at + 1 :]]


def _part(order: ConverterEffect, section: str, key: str) -> float | None:
    part = order.last_told.get(section) if order.last_told is not None else None
    return number(part.get(key)) if isinstance(part, Mapping) else None
