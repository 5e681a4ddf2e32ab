"""The lease of what is driven by hand: it goes on as long as a person is heard, then all of it gets Wait.

A worker calls `run_once`. A page of somebody who may order renews it by asking, a script by `/lease`, anybody by an
order. A guided sharing has its own rule (`transfer_watcher.py`). Over a restart what was silent before counts on, and
the time in which this program could hear nobody does not.
"""

import logging
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Protocol

from main_controller.alarms.situation import Trouble
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.errors import ControllerError, Refused
from main_controller.orders.desk import Desk
from main_controller.procedures.hand_end import HandEnd
from main_controller.procedures.pages_heard import PagesHeard
from main_controller.rules.hand_lease import LeaseState, driven_by_hand, lease_state, to_wait
from main_controller.sentence import say
from main_controller.store.chronicle import Chronicle

log = logging.getLogger(__name__)

KIND = "lease"
"""What its record is, and its id."""

KEPT_EVERY = 5.0
"""In which steps (s) the silence is kept over a kill."""


class Kept(Protocol):
    """Where the silence is kept over a kill."""

    def save(self, record: dict[str, Any]) -> None:
        """Keep it; raises ControllerError."""
        ...

    def load(self, kind: str) -> list[dict[str, Any]]:
        """What was kept of this kind; raises ControllerError."""
        ...

    def remove(self, record_id: str) -> None:
        """Forget it; raises ControllerError."""
        ...


@dataclass(frozen=True, slots=True)
class Lease:
    """How the lease of `units`, which work by hand, stands: nobody was heard since `silent_since` (UTC), and they get
    Wait at `waits_at`; both None while it is held. `seconds` is how long it lasts without anybody.
    """

    state: LeaseState
    units: tuple[str, ...]
    seconds: float
    silent_since: datetime | None = None
    waits_at: datetime | None = None


class HandLease:
    """`lease` (s) is how long converters may be driven by hand with nobody heard, 0: for ever; `end` then sends Wait.

    `executor` keeps the silence, so that no disk holds up a Wait.
    """

    def __init__(
        self,
        desk: Desk,
        chronicle: Chronicle,
        pages: PagesHeard,
        kept: Kept,
        *,
        end: HandEnd,
        executor: Executor,
        lease: float,
    ) -> None:
        self._desk = desk
        self._chronicle = chronicle
        self._pages = pages
        self._kept = kept
        self._end = end
        self._executor = executor
        self.seconds = lease
        self._keeping = Lock()  # held while the record is written; whoever finds it held writes at the next look
        self._record: dict[str, Any] | None = None
        self._renewed = float("-inf")
        self._standing: Lease | None = None  # replaced whole
        self._ending_since: float | None = None
        self._before: set[str] = set()  # driven when the program ended, and not read since
        self._counts_from = desk.clock()
        if lease:
            self._load()

    def renew(self) -> Sequence[str]:
        """Somebody says that he is there: the units that work by hand. Refused where no lease is set."""
        if not self.seconds:
            raise Refused(
                say("procedures.noLease", "No lease is set: the setting lease is 0."), details={"sent": False}
            )
        self._renewed = self._desk.clock()
        grid = self._desk.grid()
        return sorted({unit.id for unit in driven_by_hand(grid, self._owned())} | self._before)

    def standing(self) -> Lease | None:
        """How it stands, None where nothing works by hand or no lease is set."""
        return self._standing

    def troubles(self) -> list[Trouble]:
        """That it has ended, for the alarms."""
        lease = self._standing
        if lease is None or lease.state is LeaseState.HELD:
            return []
        text = say(
            "procedures.leaseOver",
            "Nobody was heard for {seconds:g} s while {units} works by hand.",
            seconds=lease.seconds,
            units=list(lease.units),
        )
        return [Trouble("handLease", "", text)]

    def run_once(self) -> None:
        """Look once."""
        if not self.seconds:
            return
        grid = self._desk.grid()
        driven = self._driven(grid)
        if not driven and not self._before:
            self._over(grid)
            return
        silent = self._silent(grid.now)
        state = LeaseState.ENDING if self._ending_since is not None else self._state_after(silent)
        self._show(state, silent, driven, grid)
        if state is LeaseState.ENDING:
            self._end.send(to_wait(grid, driven), grid)
        self._keep(silent)

    def _driven(self, grid: GridState) -> list[UnitAssessment]:
        """Who works by hand; of whom nothing was read since a restart, who did so before it."""
        owned = self._owned()
        if self._before:
            heard = grid.heard_at is not None
            unread = {one for one in self._before if one not in grid.units or grid.units[one].reading is None}
            self._before = {one for one in unread if not heard or one in grid.units} - set(owned)
        driven = driven_by_hand(grid, owned)
        known = {unit.id for unit in driven}
        left = [grid.units[one] for one in sorted(self._before - known) if one in grid.units]
        return [*driven, *(unit for unit in left if not unit.acknowledged)]

    def _owned(self) -> tuple[str, ...]:
        """The units of a guided sharing."""
        claim = self._desk.owner.claim
        return () if claim is None else (claim.giver, claim.taker)

    def _silent(self, now: float) -> float:
        """How long (s) nobody has been heard; once Waits are on their way only a new order means that somebody is."""
        newest = self._newest_order()
        if self._ending_since is not None:
            if newest > self._ending_since:
                self._ending_since, self._counts_from = None, newest
        else:
            heard = self._pages.who_may_order()
            self._counts_from = max(self._counts_from, self._renewed, newest, float("-inf") if heard is None else heard)
        return max(0.0, now - self._counts_from)

    def _newest_order(self) -> float:
        """When (monotonic s) a converter was last ordered to work."""
        orders = self._desk.commands.effects.converter_effects().values()
        at_work = (one.entered for of in orders for one in of if one.status is not ConverterStatus.WAIT)
        return max(at_work, default=float("-inf"))

    def _state_after(self, silent: float) -> LeaseState:
        return lease_state(silent, self.seconds, self._desk.timing.lease_warned)

    def _show(self, state: LeaseState, silent: float, driven: Collection[UnitAssessment], grid: GridState) -> None:
        """Tell what changed."""
        before = self._standing.state if self._standing is not None else LeaseState.HELD
        units = tuple(sorted({unit.id for unit in driven} | self._before))
        since = waits = None
        if state is not LeaseState.HELD:
            since = self._desk.wall() - timedelta(seconds=silent)
            waits = since + timedelta(seconds=self.seconds + self._desk.timing.lease_warned)
            standing = self._standing
            if standing is not None and standing.state is not LeaseState.HELD:
                since, waits = standing.silent_since, standing.waits_at  # the moments stay the same to the letter
        self._standing = Lease(state, units, self.seconds, since, waits)
        if state is before:
            return
        if state is LeaseState.ENDING:
            self._ending_since = grid.now
            waiting = to_wait(grid, driven)
            text = say(
                "procedures.leaseEnds",
                "Nobody was heard for {seconds:.0f} s while {units} works by hand; {waiting} gets Wait now.",
                seconds=silent,
                units=list(units),
                waiting=waiting or list(units),
            )
        elif state is LeaseState.WARNED:
            text = say(
                "procedures.leaseWarns",
                "Nobody was heard for {seconds:.0f} s while {units} works by hand. Open the page or call /lease, "
                "or all of it gets Wait in {left:.0f} s.",
                seconds=silent,
                units=list(units),
                left=self._desk.timing.lease_warned,
            )
        else:
            text = say("procedures.leaseRenewed", "Somebody is there again; {units} works on.", units=list(units))
        self._chronicle.tell("handLease", None, text, str(before), str(state))

    def _over(self, grid: GridState) -> None:
        """Nothing works by hand."""
        self._standing = None
        self._ending_since = None
        self._counts_from = grid.now
        self._end.send((), grid)
        self._keep(0.0)

    # Over a restart

    def _load(self) -> None:
        """What was silent when the program ended counts on from now; its end is warned of anew, and in full."""
        try:
            records = self._kept.load(KIND)
        except ControllerError as error:
            log.error("nobody can tell for how long nobody was heard before the restart: %s", error.sentence)
            return
        for record in records:
            silent, units = record.get("silent"), record.get("units")
            if isinstance(silent, int | float) and silent >= 0 and isinstance(units, list):
                self._record = record
                self._counts_from -= min(silent, self.seconds)
                self._before = {unit for unit in units if isinstance(unit, str)}

    def _keep(self, silent: float) -> None:
        """Have a disk keep the silence in steps, beside everything else; nothing while somebody is there."""
        steps = int(silent / KEPT_EVERY)
        standing = self._standing
        units = list(standing.units) if standing is not None else []
        record = {"id": KIND, "kind": KIND, "silent": steps * KEPT_EVERY, "units": units} if steps else None
        if record != self._record and self._keeping.acquire(blocking=False):
            self._record = record
            self._executor.submit(self._write, record)

    def _write(self, record: dict[str, Any] | None) -> None:
        try:
            if record is None:
                self._kept.remove(KIND)
            else:
                self._kept.save(record)
        except ControllerError as error:
            log.error("for how long nobody was heard could not be kept: %s", error.sentence)
        finally:
            self._keeping.release()
