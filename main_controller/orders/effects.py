"""What may be in force because of orders: every converter and mode order that was or may have been sent (Z8b).

Owned by the register; the assessment counts them until a reading answers them, and the events ask who ordered what.
"""

import threading
from collections.abc import Mapping
from typing import TypeVar

from main_controller.domain.commands import ConverterEffect, ModeEffect

KEPT_ORDERS = 64
"""How many of one unit, and of modes, are kept."""

Order = TypeVar("Order", ConverterEffect, ModeEffect)


class Effects:
    """The orders by unit, and those of modes, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # protects both fields; only dictionary work happens under it
        self._converter_orders: dict[str, list[ConverterEffect]] = {}
        self._mode_orders: list[ModeEffect] = []

    def note_converter(self, order: ConverterEffect) -> None:
        """Keep a converter order, or replace the record of the same command for the same unit."""
        with self._lock:
            kept = self._converter_orders.setdefault(order.unit_id, [])
            for index, old in enumerate(kept):
                if old.command_id == order.command_id and old.entered == order.entered and old.status is order.status:
                    kept[index] = order
                    return
            kept.append(order)
            _prune(kept)

    def note_mode(self, order: ModeEffect) -> None:
        """Keep a mode order, or replace the record of the same command."""
        with self._lock:
            for index, old in enumerate(self._mode_orders):
                if old.command_id == order.command_id:
                    self._mode_orders[index] = order
                    return
            self._mode_orders.append(order)
            _prune(self._mode_orders)

    def converter_effects(self) -> Mapping[str, tuple[ConverterEffect, ...]]:
        """Per unit the converter orders that were or may have been sent, oldest first."""
        with self._lock:
            return {
                unit_id: tuple(order for order in kept if order.returned is None or order.sent is not False)
                for unit_id, kept in self._converter_orders.items()
            }

    def mode_effects(self) -> tuple[ModeEffect, ...]:
        """The mode orders that were or may have been sent, oldest first."""
        with self._lock:
            return tuple(order for order in self._mode_orders if order.returned is None or order.sent is not False)


def _prune(kept: "list[Order]") -> None:
    """Forget the oldest order that came back; one in flight is never forgotten, however many follow it."""
    if len(kept) > KEPT_ORDERS:
        oldest = next((index for index, order in enumerate(kept) if order.returned is not None), None)
        if oldest is not None:
            del kept[oldest]
