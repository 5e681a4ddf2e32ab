"""What the decision about a due schedule looks at: the grid as everybody sees it, and what persons ordered (Z12).

Used by the scheduler alone, which adds what it knows of its own orders.
"""

from collections.abc import Hashable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import SCHEDULER
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ModeOrder, StopAllOrder
from main_controller.domain.schedule import UNKNOWN, ModeSeen
from main_controller.orders.desk import Desk
from main_controller.rules.due import Situation


class Situations:
    """The situation in each scope.

    `earlier` says when a person last ordered a mode before this program's start: by unit, None the cluster, and "" a
    Stop all, which counts in every scope.
    """

    def __init__(self, desk: Desk, *, earlier: Mapping[str | None, datetime] = MappingProxyType({})) -> None:
        self._desk = desk
        self._earlier = earlier

    def of(self, unit_id: str | None) -> Situation:
        """The situation now of the cluster (None) or a unit."""
        grid = self._desk.grid()
        return Situation(
            now=self._desk.wall(),
            seen=_mode_seen(grid, unit_id),
            in_wait=_in_wait(grid, unit_id),
            person_at=self._last_person_order_at(unit_id),
            settling=timedelta(seconds=self._desk.timing.mode_time),
            grid_master=grid.grid_master_known,
            grid_error=grid.error,
            hindrances=self._hindrances(grid),
        )

    def _hindrances(self, grid: GridState) -> Hashable:
        """Whether apis-web answers, and what refuses orders: the modes, locks, the E-stop, Stop all, the bus' owner."""
        desk, watch = self._desk, self._desk.cache.snapshot().grid
        answers = (watch.unit_ids is not None, watch.status_active is not None)
        claim = desk.owner.claim
        return (
            answers,
            grid.mode,
            tuple(sorted(desk.locks.all())),
            desk.estop() is not None,
            desk.turns.held_by,
            None if claim is None else claim.id,
        )

    def _last_person_order_at(self, unit_id: str | None) -> datetime | None:
        """When a person's last mode order in exactly this scope, or Stop all, came and was or may have been sent."""
        moments = [
            self._came(command)
            for command in self._desk.commands.latest()
            if command.by != SCHEDULER and (command.sent is not False or command.state.open)
            and (isinstance(command.order, StopAllOrder)
                 or (isinstance(command.order, ModeOrder) and command.unit_id == unit_id))
        ]  # fmt: skip
        moments += [self._earlier[scope] for scope in (unit_id, "") if scope in self._earlier]
        return max(moments, default=None)

    def _came(self, command: Command) -> datetime:
        """When it came; told by the monotonic clock where the wall clock was put back since (M18)."""
        now = self._desk.wall()
        return command.at if command.at <= now else now - timedelta(seconds=self._desk.clock() - command.entered)


def _mode_seen(grid: GridState, unit_id: str | None) -> ModeSeen:
    """The cluster's mode, UNKNOWN while it is not known, mixed or changing; a live unit's own (None follows it)."""
    if unit_id is None:
        return UNKNOWN if grid.mode is None or grid.mode_pending(None) else grid.mode
    unit = grid.units.get(unit_id)
    return unit.local_mode if unit is not None and unit.live else UNKNOWN


def _in_wait(grid: GridState, unit_id: str | None) -> bool:
    """Whether every converter in this scope is known to be in Wait, or a person has looked at it (Z6a)."""
    return all(
        unit.estimate.surely(ConverterStatus.WAIT) or (unit.acknowledged and not unit.live)
        for unit in grid.scope(unit_id)
    )
