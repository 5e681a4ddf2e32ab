"""Owns each converter's trips, and the order by which a person resets them: I11.

`OwnChanges` notes them, the converter order's rule (t) and the status read them, `/resetTrips` resets them. They are
kept in memory: after a restart of this program none is known.
"""

import threading
from collections.abc import Mapping

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.orders import ResetTripsOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.orders.desk import Desk
from main_controller.sentence import say

KEPT = 10
"""How many trips of one unit are remembered."""


class Trips:
    """When each unit's converter went from work to Wait by itself (monotonic s), since a person last reset that."""

    def __init__(self) -> None:
        self._moments: Mapping[str, tuple[float, ...]] = {}  # replaced whole
        self._changing = threading.Lock()  # protects the replacing; held for moments only

    def moments(self) -> Mapping[str, tuple[float, ...]]:
        """The moments by unit, the oldest first."""
        return self._moments

    def note(self, unit_id: str, at: float) -> None:
        """One more trip."""
        with self._changing:
            self._moments = {**self._moments, unit_id: (*self._moments.get(unit_id, ()), at)[-KEPT:]}

    def reset(self, unit_id: str, known: tuple[float, ...]) -> None:
        """Forget the unit's trips that are `known`; one that came meanwhile stays."""
        with self._changing:
            left = tuple(at for at in self._moments.get(unit_id, ()) if at not in known)
            self._moments = {**self._moments, unit_id: left}


class ResetTrips:
    """A person has looked at a converter that tripped; `pause` (s) is how long after its last trip that takes."""

    def __init__(self, desk: Desk, trips: Trips, *, pause: float) -> None:
        self._desk = desk
        self._trips = trips
        self._pause = pause

    def order(self, unit_id: str, name: str, reason: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Reset one unit's trips. NotFound for a stranger; Refused where there is none, or one was just now."""
        desk = self._desk
        desk.known(unit_id)
        known = self._trips.moments().get(unit_id, ())
        before = {"trips": len(known)}
        command = desk.begin(ResetTripsOrder(unit_id, name, reason), by, before=before, stamp=stamp)
        with desk.seen_through(command):
            desk.timely(command, stamp)
            desk.not_while_latched(command)
            if not known:
                none = say(
                    "orders.noTrip",
                    "No trip of {unit} is known since it was last reset, or since this program started.",
                    unit=unit_id,
                )
                raise desk.refuse(command, none)
            since = desk.clock() - known[-1]
            if since < self._pause:
                early = say(
                    "orders.trippedJustNow",
                    "{unit} tripped {seconds} s ago; its trips are reset after {pause:g} s.",
                    unit=unit_id,
                    seconds=int(since),
                    pause=self._pause,
                )
                raise desk.refuse(command, early)
            self._trips.reset(unit_id, known)
            return desk.verify(desk.accept(command))
