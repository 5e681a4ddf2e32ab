"""Makes minutes of one state of the grid after another (V8).

Used by the recorder. Pure: time comes in with the states. Between two readings of a unit its minutes are covered where
it was live throughout; across a gap (stale, silent, this program not running) nothing is counted.
"""

from collections.abc import Iterable

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.history.slot import CLUSTER, MINUTE, Slot
from main_controller.history.summary import together
from main_controller.history.tally import Point, Tally


class Minutes:
    """The minutes that are not whole yet; `stale_after` (s) is how long a unit is live without news.

    For one thread. A minute is whole once no live unit can tell anything of it any more.
    """

    def __init__(self, *, stale_after: float) -> None:
        self._stale_after = stale_after
        self._points: dict[str, Point] = {}
        self._open: dict[int, dict[str, Tally]] = {}
        self._known = 0

    def note(self, grid: GridState) -> None:
        """Take in what is new in a state of the grid."""
        ahead = grid.wall.timestamp() - grid.now  # of the wall's clock before the monotonic one
        points = self._points
        self._known = len(grid.units)
        for unit_id, unit in grid.units.items():
            if not unit.live or unit.moved_at is None:
                points.pop(unit_id, None)
                continue
            before = points.get(unit_id)
            if before is not None and before.at == unit.moved_at:
                continue
            after = points[unit_id] = _point(unit, unit.moved_at)
            if before is not None and after.at - before.at <= self._stale_after:
                self._span(unit_id, before, after, ahead)

    def _span(self, unit_id: str, before: Point, after: Point, ahead: float) -> None:
        """Share what lies between two readings out to the minutes that it touches, placed by the wall's clock now."""
        start, end = before.at + ahead, after.at + ahead
        whole, begin = end - start, start
        while begin < end:
            minute = int(begin // MINUTE) * MINUTE
            stop = min(end, minute + MINUTE)
            tally = self._open.setdefault(minute, {}).get(unit_id)
            if tally is None:
                tally = self._open[minute][unit_id] = Tally(unit_id, minute)
            last = 1.0 if stop == end else (stop - start) / whole
            tally.add(before, after, (begin - start) / whole, last)
            begin = stop

    def finished(self, now: float) -> list[Slot]:
        """The slots of the minutes that are whole at `now` (s since 1970), oldest first, each with the cluster's.

        After the clock was set back, later minutes wait until they are past.
        """
        until = self.whole_until(now)
        return self._taken(sorted(minute for minute in self._open if minute + MINUTE <= until))

    def whole_until(self, now: float) -> int:
        """Where the last minute ends (s since 1970) that is whole at `now`."""
        return int((now - self._stale_after) // MINUTE) * MINUTE

    def rest(self) -> list[Slot]:
        """All that was begun, when the program ends."""
        return self._taken(sorted(self._open))

    def _taken(self, minutes: Iterable[int]) -> list[Slot]:
        slots: list[Slot] = []
        for minute in minutes:
            own = [tally.slot() for tally in self._open.pop(minute).values()]
            slots += [*own, together(own, CLUSTER, minute, MINUTE, members=max(self._known, len(own)))]
        return slots


def _point(unit: UnitAssessment, at: float) -> Point:
    figures = unit.figures
    return Point(
        at,
        (figures.pv, figures.load, figures.utility, figures.battery, figures.wg),
        figures.vg,
        figures.rsoc,
        unit.last_status,
        unit.obeys,
    )
