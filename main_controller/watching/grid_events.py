"""Tells what the grid did by itself: mode, Grid Master, members, errors, unwatched hardware (Z6a, Z13a, K10).

A worker calls `run_once` again and again. What an order of ours explains is not told.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import ModeEffect
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import SHARING_MODES, ConverterStatus, Mode
from main_controller.domain.unit_clocks import odd_clocks
from main_controller.orders.desk import Desk
from main_controller.sentence import Sentence, say
from main_controller.store.chronicle import Chronicle, Event, News, Record
from main_controller.watching.shut_downs import shut_down

FIRST_ANSWER = 10.0
"""How long (s) after the start apis-web's first answer is waited for before members are told as unwatched."""

_STATES = {
    UnitState.LIVE: say("watching.live", "live"),
    UnitState.STALE: say("watching.stale", "stale"),
    UnitState.SILENT: say("watching.silent", "silent"),
}


@dataclass
class _Seen:
    """What was told last."""

    mode: Mode | None = None
    explained: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    grid_master: str | None = None
    no_grid_master: bool | None = None
    error: bool | None = None
    states: dict[str, UnitState] = field(default_factory=dict)
    unwatched: set[str] = field(default_factory=set)
    shown: dict[str, Mode | None] = field(default_factory=dict)
    local: dict[str, Mode | None] = field(default_factory=dict)
    odd_clocks: set[str] = field(default_factory=set)
    forgotten: Collection[str] = ()

    def drop(self, members: Collection[str]) -> None:
        """Forget what was told of units that are no members any more."""
        for unit_id in [one for one in self.states if one not in members]:
            for told in (self.states, self.shown, self.local):
                told.pop(unit_id, None)
            self.unwatched.discard(unit_id)
            self.odd_clocks.discard(unit_id)


class GridEvents:
    """Compares each state of the grid with the last one told."""

    def __init__(self, desk: Desk, *, record: Record) -> None:
        self._desk = desk
        self.chronicle = Chronicle(record=record, wall=desk.wall, clock=desk.clock)
        self._seen: _Seen | None = None
        self._began = desk.clock()
        self._back: dict[str, str] = {}

    def came_back(self, unit_id: str, name: str) -> None:
        """Have it told that a unit, which `name` had said to have left, is seen again; from any thread."""
        self._back[unit_id] = name

    def events(self) -> list[Event]:
        """The last events, newest last."""
        return self.chronicle.events()

    def run_once(self) -> None:
        """Look once and tell what changed, and what the chronicle left out."""
        self.chronicle.catch_up()
        grid = self._desk.grid()
        if not grid.units:
            return
        if self._seen is not None:
            self._seen.drop(grid.units)
        seen = self._seen = self._seen or _Seen()
        self._look_at_units(seen, grid)
        self._look_at_mode(seen, grid)
        self._look_at_grid_master(seen, grid)
        self._look_at_error(seen, grid)
        self._look_at_clocks(seen, grid)

    def _look_at_mode(self, seen: _Seen, grid: GridState) -> None:
        for unit in grid.live:
            if unit.id in seen.shown and seen.shown[unit.id] is not unit.global_mode:
                self._desk.mode_changed_at = grid.now
            seen.shown[unit.id] = unit.global_mode
        mode = grid.mode
        if mode is None or mode is seen.mode:
            return
        before, seen.mode = seen.mode, mode
        order = next((one for one in self._our_orders(None, grid.now) if one.mode is mode), None)
        if order is not None and order.command_id not in seen.explained:
            seen.explained.append(order.command_id)
            return
        if before is not None:
            text = _mode_changed(before, mode, after_error=bool(seen.error))
            self.chronicle.tell("mode", None, text, before, mode)
            self._desk.moments.changed(None, text)

    def _own_mode_news(self, seen: _Seen, unit: UnitAssessment, now: float) -> list[News]:
        if not unit.live or unit.global_mode is None:  # without a global mode it tells nothing of its own one either
            return []
        before, known = seen.local.get(unit.id), unit.id in seen.local
        seen.local[unit.id] = unit.local_mode
        if not known or before is unit.local_mode:
            return []
        if any(order.mode is unit.local_mode for order in self._our_orders(unit.id, now)):
            return []
        was, shows = (
            mode.label if mode is not None else say("watching.noMode", "none") for mode in (before, unit.local_mode)
        )
        text = say(
            "watching.ownModeWent",
            "changed its own mode from {was} to {shows} by itself",
            was=was,
            shows=shows,
        )
        news = News("mode", unit.id, text, before, shows)
        self._desk.moments.changed(unit.id, news.of_one)
        return [news]

    def _our_orders(self, unit_id: str | None, now: float) -> list[ModeEffect]:
        """Our orders to the cluster or this unit, newest first, while what is shown may still be their work.

        Whoever changes his mind has given several, and each may be seen in effect for a moment.
        """
        explains = self._desk.timing.mode_time + self._desk.timing.stale_after
        ours = [
            order
            for order in self._desk.commands.effects.mode_effects()
            if order.unit_id == unit_id and (order.returned is None or now - order.returned <= explains)
        ]
        return sorted(ours, key=lambda order: order.entered, reverse=True)

    def _look_at_grid_master(self, seen: _Seen, grid: GridState) -> None:
        known = grid.grid_master_known
        if known is None:
            return
        if seen.no_grid_master is not None and known == seen.no_grid_master:
            text = (
                say("watching.gridMasterKnown", "A Grid Master is known again.")
                if known
                else say("watching.noGridMaster", "No Grid Master is known.")
            )
            self.chronicle.tell("gridMaster", None, text, None, known)
        seen.no_grid_master = not known
        master = grid.grid_master
        if master is not None and master != seen.grid_master:
            if seen.grid_master is not None:
                text = say(
                    "watching.gridMasterMoved",
                    "The Grid Master moved from {before} to {after}.",
                    before=seen.grid_master,
                    after=master,
                )
                self.chronicle.tell("gridMaster", master, text, seen.grid_master, master)
            seen.grid_master = master

    def _look_at_error(self, seen: _Seen, grid: GridState) -> None:
        error = grid.error
        if error is None or error == seen.error:
            return
        if seen.error and grid.mode in SHARING_MODES and grid.snapshot.grid.status_active is False:
            return  # the first answer after apis-web was away still says "not active": that ends no error
        if error or seen.error:
            text = (
                say("watching.gridError", "The grid reports an error.")
                if error
                else say("watching.noGridError", "The grid reports no error any more.")
            )
            self.chronicle.tell("gridError", None, text, seen.error, error)
        seen.error = error

    def _look_at_clocks(self, seen: _Seen, grid: GridState) -> None:
        """Name each live unit whose own clock is not that of the many, once (M25)."""
        live = {unit.id: unit.time for unit in grid.live}
        odd = odd_clocks(live, grid.clock)
        news = [
            News(
                "clock", unit_id, say("watching.oddClock", "has a clock that is far from the others'"), grid.clock, time
            )
            for unit_id, time in odd.items()
            if unit_id not in seen.odd_clocks
        ]
        right = [unit_id for unit_id in seen.odd_clocks if unit_id in live and unit_id not in odd]
        news += [
            News("clock", unit_id, say("watching.clockRight", "has the others' time again"), None, live[unit_id])
            for unit_id in right
        ]
        seen.odd_clocks = seen.odd_clocks.difference(right).union(odd)
        self.chronicle.tell_all(news)

    def _look_at_units(self, seen: _Seen, grid: GridState) -> None:
        states: list[News] = []
        looked = self._desk.cache.snapshot().answered_at is not None
        first = not seen.states
        watching: list[News] = []
        modes: list[News] = []
        for unit in grid.units.values():
            if looked:  # before the first answer nobody knows how a unit stands that was known before the start
                states += self._state_news(seen, unit, grid, first)
            if not self._unheard(grid):
                watching += self._watching_news(seen, unit)
            modes += self._own_mode_news(seen, unit, grid.now)
        seen.forgotten = frozenset(grid.snapshot.forgotten)
        self.chronicle.tell_all(states)
        self.chronicle.tell_all(modes)
        self.chronicle.tell_all(watching)

    def _state_news(self, seen: _Seen, unit: UnitAssessment, grid: GridState, first: bool) -> list[News]:
        before = seen.states.get(unit.id)
        seen.states[unit.id] = unit.state
        forgot = self._back.pop(unit.id, None)
        if forgot is not None:
            seen.unwatched.discard(unit.id)
            text = say(
                "watching.isBack",
                "is back: apis-web shows it again, after {name} had said that it has left",
                name=forgot,
            )
            return [News("member", unit.id, text, None, unit.state)]
        if before is unit.state:
            return []
        if before is None:
            if first:
                return []
            if unit.id in seen.forgotten:  # it is back, which the next look is told
                del seen.states[unit.id]
                return []
            return [News("member", unit.id, say("watching.isNew", "is new in the cluster"), None, unit.state)]
        if unit.live:
            text = say("watching.isLiveAgain", "is live again after being {state}", state=_STATES[before])
            return [News("unit", unit.id, text, before, unit.state)]
        if before is UnitState.LIVE and not self._ordered_down(unit.id, grid.now):
            text = say("watching.became", "became {state}", state=_STATES[unit.state])
            return [News("unit", unit.id, text, before, unit.state)]
        return []

    def _unheard(self, grid: GridState) -> bool:
        """Whether apis-web has told nothing yet since the program began, a moment ago: it will tell who is there."""
        return grid.snapshot.answered_at is None and grid.now - self._began < FIRST_ANSWER

    def _watching_news(self, seen: _Seen, unit: UnitAssessment) -> list[News]:
        if unit.unwatched and unit.id not in seen.unwatched:
            seen.unwatched.add(unit.id)
            return [News("unwatched", unit.id, _unwatched(unit), None, str(unit.last_status))]
        if unit.confirmed_wait() and unit.id in seen.unwatched:
            seen.unwatched.discard(unit.id)
            text = say("watching.inWaitAgain", "is seen in Wait again")
            return [News("unwatched", unit.id, text, None, str(ConverterStatus.WAIT))]
        if unit.live:
            seen.unwatched.discard(unit.id)
        return []

    def _ordered_down(self, unit_id: str, now: float) -> bool:
        scopes = shut_down(self._desk, now)
        return None in scopes or unit_id in scopes


def _mode_changed(before: Mode, mode: Mode, *, after_error: bool) -> Sentence:
    if after_error:
        return say(
            "watching.modeChangedAfterError",
            "The cluster went from {was} to {shows} by itself after a grid error.",
            was=before.label,
            shows=mode.label,
        )
    return say(
        "watching.modeChanged",
        "The cluster went from {was} to {shows} by itself.",
        was=before.label,
        shows=mode.label,
    )


def _unwatched(unit: UnitAssessment) -> Sentence:
    """What goes on after the id of a unit that may work and that nobody watches."""
    state = _STATES[unit.state]
    status = (
        unit.last_status.label if unit.last_status else say("watching.inUnknownState", "in a state that is not known")
    )
    if unit.reading is None or unit.reading.dvg is None:
        return say(
            "watching.unwatched",
            "is {state} and was last seen {status}: live hardware that nobody watches",
            state=state,
            status=status,
        )
    return say(
        "watching.unwatchedAt",
        "is {state} and was last seen {status} at {volts:g} V: live hardware that nobody watches",
        state=state,
        status=status,
        volts=unit.reading.dvg,
    )
