"""Owns when each open page of the console was last heard: its operator is there as long as it asks (H2, I18).

Told by the routes of status and frame; asked by the mode that follows a Soft Stop, by the guided transfer and by the
lease of work by hand. Kept in memory alone.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable

PAGES = 1000
"""How many pages are remembered, the latest heard."""


class PagesHeard:
    """The pages by the name that each gives itself; moments are those of `clock` (monotonic s)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()  # protects the register; held for dictionary work only
        self._heard: OrderedDict[str, float] = OrderedDict()
        self._who_may_order: float | None = None

    def heard(self, page: str, *, may_order: bool = True) -> None:
        """Note that this page has just been heard, and whether it is of somebody who may order converters."""
        now = self._clock()
        if may_order:
            self._who_may_order = now  # replaced whole
        with self._lock:
            self._heard[page] = now
            self._heard.move_to_end(page)
            if len(self._heard) > PAGES:
                self._heard.popitem(last=False)

    def at(self, page: str | None) -> float | None:
        """When this page was last heard, None where that is not known."""
        with self._lock:
            return None if page is None else self._heard.get(page)

    def who_may_order(self) -> float | None:
        """When a page of somebody who may order was last heard, None where none was since the start."""
        return self._who_may_order
