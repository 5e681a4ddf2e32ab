"""What may be in force because of orders: every converter and mode order that was or may have been sent (Z8b).

Owned by the register; the assessment counts them until a reading answers them, and the events ask who ordered what.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from main_controller.domain.commands import ConverterEffect, ModeEffect, last_answered, told_status

KEPT_ORDERS = 64
"""How many of one unit, and of modes, are kept."""

Order = TypeVar("Order", ConverterEffect, ModeEffect)


class Effects:
    """The orders by unit, and those of modes, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # protects every field; only dictionary work happens under it
        self._converter_orders: dict[str, list[ConverterEffect]] = {}
        self._mode_orders: list[ModeEffect] = []
        self._converter_effects: Mapping[str, tuple[ConverterEffect, ...]] = {}  # swapped whole, as handed out
        self._mode_effects: tuple[ModeEffect, ...] = ()

    def note_converter(self, order: ConverterEffect) -> None:
        """Keep a converter order, or replace the record of the same command for the same unit."""
        with self._lock:
            kept = self._converter_orders.setdefault(order.unit_id, [])
            _keep(kept, order, lambda old: old.entered == order.entered and old.status is order.status)
            self._converter_effects = {**self._converter_effects, order.unit_id: _effective(kept)}

    def note_seen(self, unit_id: str, dcdc: Mapping[str, Any], asked_at: float) -> None:
        """Keep what a converter told when it was read directly, asked at `asked_at` (monotonic s).

        Only where that is another status than it told last, and every order to it had come back by then: what was read
        amid an order tells of before or after it, and nobody knows which.
        """
        with self._lock:
            kept = self._converter_orders.get(unit_id, [])
            at = last_answered(kept)
            if at is None or any(order.returned is None or order.returned > asked_at for order in kept):
                return
            last = kept[at]
            if told_status(last.last_told) is told_status(dcdc) or (last.seen_at or 0.0) > asked_at:
                return
            kept[at] = replace(last, seen=dcdc, seen_at=asked_at)
            self._converter_effects = {**self._converter_effects, unit_id: _effective(kept)}

    def note_mode(self, order: ModeEffect) -> None:
        """Keep a mode order, or replace the record of the same command."""
        with self._lock:
            _keep(self._mode_orders, order, lambda _: True)
            self._mode_effects = _effective(self._mode_orders)

    def converter_effects(self) -> Mapping[str, tuple[ConverterEffect, ...]]:
        """Per unit the converter orders that were or may have been sent, oldest first: the same until one changes."""
        return self._converter_effects

    def last_mode_answer(self) -> float:
        """When (monotonic s) an order of a mode last came back; -inf where none did."""
        return max((one.returned for one in self._mode_effects if one.returned is not None), default=float("-inf"))

    def mode_effects(self) -> tuple[ModeEffect, ...]:
        """The mode orders that were or may have been sent, oldest first: the same until one changes."""
        return self._mode_effects


def _effective(kept: "list[Order]") -> "tuple[Order, ...]":
    return tuple(order for order in kept if order.returned is None or order.sent is not False)


def _keep(kept: "list[Order]", order: "Order", same: Callable[[Any], bool]) -> None:
    """Put the order in the place of the same command's record, if that is the `same`, else behind all others."""
    for index, old in enumerate(kept):
        if old.command_id == order.command_id and same(old):
            kept[index] = order
            return
    kept.append(order)
    _prune(kept)


def _prune(kept: "list[Order]") -> None:
    """Forget the oldest order that came back; one in flight is never forgotten, however many follow it."""
    if len(kept) > KEPT_ORDERS:
        oldest = next((index for index, order in enumerate(kept) if order.returned is not None), None)
        if oldest is not None:
            del kept[oldest]
