"""What a converter may be doing: its reading joined with the orders that no reading has answered yet (Z6c, Z8b).

Used by `assess.py` for the `GridState`. Pure. An order that was or may have been sent counts as in force until a
reading that counts says otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from main_controller.domain.commands import ConverterEffect
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.units import number


@dataclass(frozen=True, slots=True)
class ConverterEstimate:
    """What a converter may be doing: every word, target voltage (V) and set current (A) that cannot be ruled out.

    A None among the words is a state that is none of the four words, or not known. `seen_at` (monotonic s) is when
    this was last told by a reading that counts or by the converter itself; None if never. `answered_at` is when the
    converter itself last answered an order with the word that stands, None where it did not.
    """

    words: frozenset[ConverterStatus | None]
    dvgs: frozenset[float | None]
    digs: frozenset[float | None]
    seen_at: float | None
    source: str | None = None
    answered_at: float | None = None

    def surely(self, word: ConverterStatus) -> bool:
        """Whether the converter can only be in this word."""
        return self.words == {word}

    def possibly(self, *words: ConverterStatus | None) -> bool:
        """Whether the converter can be in any of these words."""
        return bool(self.words.intersection(words))

    @property
    def possibly_current_controlled(self) -> bool:
        """Whether the converter can be driving a set current; an unknown word may be that."""
        return any(word is None or word.current_controlled for word in self.words)


def estimate_of(reading: Reading | None, orders: Sequence[ConverterEffect], lag: float) -> ConverterEstimate:
    """What a converter may be doing, from its last reading and the orders to it, oldest first (Z6c, Z8b).

    A reading counts once it arrived at least `lag` seconds after the last order was answered or given up. Until then
    the converter's own answer counts, together with every later order that may have been carried out.
    """
    base, rest = _last_answer(orders)
    answered = base.returned if base is not None and not rest else None
    if _covered(reading, orders, lag):
        told = _told(reading)
        agrees = base is not None and told.words == {base.answered_status}
        return replace(told, answered_at=answered) if agrees else told
    words: set[ConverterStatus | None] = set()
    dvgs: set[float | None] = set()
    digs: set[float | None] = set()
    seen: float | None = None
    if base is not None and base.answer is not None:
        words |= {base.answered_status, base.word} if base.answered_status is not None else {base.word, None}
        dvgs |= {_part(base, "vdis", "dvg"), base.dvg}
        digs |= {_part(base, "param", "dig"), base.dig}
        seen = base.returned
    else:
        last = _told(reading)
        words |= last.words
        dvgs |= last.dvgs
        digs |= last.digs
        seen = last.seen_at
    for order in rest:
        words.add(order.word)
        dvgs.add(order.dvg)
        digs.add(order.dig)
    source = "converter" if base is not None and not rest else "order"
    return ConverterEstimate(frozenset(words), frozenset(dvgs), frozenset(digs), seen, source, answered)


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
        frozenset({reading.word}), frozenset({reading.dvg}), frozenset({reading.dig}), reading.at, "reading"
    )


def _last_answer(orders: Sequence[ConverterEffect]) -> tuple[ConverterEffect | None, Sequence[ConverterEffect]]:
    """The last order that the converter answered, and those that may have been carried out after it.

    Of two that were on their way at the same time, nobody can tell which the converter heard last.
    """
    answered = [
        (order.returned, place)
        for place, order in enumerate(orders)
        if order.answer is not None and order.returned is not None
    ]
    if not answered:
        return None, orders
    _, at = max(answered)
    base = orders[at]
    earlier = [order for order in orders[:at] if order.returned is None or order.returned > base.entered]
    return base, [*earlier, *orders[at + 1 :]]


def _part(order: ConverterEffect, section: str, key: str) -> float | None:
    part = order.answer.get(section) if order.answer is not None else None
    return number(part.get(key)) if isinstance(part, Mapping) else None
