"""Everything from which the grid's state is assessed, at one moment, as data.

Pure. Whoever holds a `Moment` can make the same `GridState` again: nothing in it asks a clock or another part of the
program. Taken by the orders' desk.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.limits import BusLimits
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timing import Timing


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known at `now` (monotonic s), which is `wall` (aware UTC).

    `converter_effects` and `mode_effects` are what orders may have in effect, oldest first; `acknowledged` are the
    units at which a person has looked as they were last seen; `mode_changed_at` (monotonic s) is when a mode was last
    seen to change, None: never.
    """

    snapshot: Snapshot
    now: float
    wall: datetime
    timing: Timing = Timing()
    converter_effects: Mapping[str, Sequence[ConverterEffect]] = field(default_factory=dict)
    mode_effects: Sequence[ModeEffect] = ()
    acknowledged: frozenset[str] = frozenset()
    mode_changed_at: float | None = None
    bus_limits: BusLimits = BusLimits()

    @property
    def last_mode_change(self) -> float | None:
        """When (monotonic s) a mode change was last ordered or seen; a grid error is told only well after (Z6)."""
        moments = [order.returned if order.returned is not None else order.entered for order in self.mode_effects]
        if self.mode_changed_at is not None:
            moments.append(self.mode_changed_at)
        return max(moments, default=None)
