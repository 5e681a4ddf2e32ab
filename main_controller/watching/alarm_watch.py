"""Keeps the alarms: looks again and again, and does with them what persons ask (ISA-18.2, IEC 62682).

A worker calls `run_once`, and the collector tells it of every poll. An alarm changes no rule and sends nothing; who
tells people of it listens to what changed.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from main_controller.alarms.alarm import Alarm, AlarmKey, AlarmKind, Deed
from main_controller.alarms.book import AlarmBook, Change, Transition, standing
from main_controller.alarms.deeds import acknowledged, shelved, unshelved
from main_controller.alarms.overview import Overview, overview_of
from main_controller.alarms.signs import seen
from main_controller.alarms.situation import Situation
from main_controller.errors import ControllerError, NotFound
from main_controller.rules.bus_condition import Condition
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)

SETTLES = 60.0
"""How long (s) after the start what stood before it is not taken to be over: conditions need their time to show."""

Listener = Callable[[Sequence[Transition]], None]
"""Told of what changed at a look, in its order; quick, and never raises."""


class Kept(Protocol):
    """Where alarms outlive the program."""

    def load(self, kinds: Mapping[str, AlarmKind]) -> tuple[list[Alarm], int]:
        """Those that stood, and the number of the next one; raises ControllerError."""
        ...

    def note(self, transitions: Sequence[Transition]) -> None:
        """Have what changed by itself written, later."""
        ...

    def keep(self, transition: Transition, deed: Deed) -> None:
        """Write what a person did, now; raises ControllerError."""
        ...


class AlarmWatch:
    """The alarms of `kinds` as they stand; `situation` gives all that they rest on, but for what nobody can tell now.

    `clock` gives monotonic s, `wall` aware UTC, `out_of_service` the units out of service now ("" for all).
    """

    def __init__(
        self,
        situation: Callable[[], Situation],
        kept: Kept,
        kinds: Mapping[str, AlarmKind],
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        out_of_service: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._situation = situation
        self._kept = kept
        self._kinds = kinds
        self._clock = clock
        self._wall = wall
        self._out_of_service = out_of_service
        self._changing = threading.Lock()  # protects the book where it is replaced, and what is known of conditions
        self._listeners: list[Listener] = []
        self._conditions: dict[AlarmKey, Condition] = {}
        self._began = clock()
        self._book = self._loaded()
        self._overview = overview_of(self._book, 1)

    @property
    def book(self) -> AlarmBook:
        """The alarms as they stand."""
        return self._book

    @property
    def overview(self) -> Overview:
        """How they stand in a few numbers."""
        return self._overview

    def alarms(self) -> list[Alarm]:
        """All of them, the gravest first, of these the newest first."""
        return standing(self._book.alarms.values())

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of what changes."""
        self._listeners.append(listener)

    def use(self, kinds: Mapping[str, AlarmKind]) -> None:
        """Go by these delays from the next look on; what stands already keeps its own."""
        with self._changing:
            self._kinds = kinds

    def run_once(self) -> None:
        """Look once; from any thread."""
        situation = self._situation()
        with self._changing:
            now = self._clock()
            look = seen(self._with_doubts(situation), self._out_of_service())
            if now - self._began < SETTLES:
                look = look.with_untold(key for key in self._stood() if key not in look.found)
            book, changes = self._book.step(look, self._kinds, now, self._wall())
            self._take(book)
            self._kept.note(changes)
        self._tell(changes)

    def acknowledge(self, alarm_id: str, deed: Deed) -> Alarm:
        """Somebody has read it. Raises NotFound, Refused, or ControllerError when it could not be written."""
        return self._do(alarm_id, deed, Change.ACKNOWLEDGED, lambda alarm: acknowledged(alarm, deed))

    def shelve(self, alarm_id: str, deed: Deed, hours: float) -> Alarm:
        """Put it away. Raises NotFound, BadRequest, Refused, or ControllerError when it could not be written."""
        return self._do(alarm_id, deed, Change.SHELVED, lambda alarm: shelved(alarm, deed, hours))

    def unshelve(self, alarm_id: str, deed: Deed) -> Alarm:
        """Take it back. Raises NotFound, Refused, or ControllerError when it could not be written."""
        return self._do(alarm_id, deed, Change.UNSHELVED, lambda alarm: unshelved(alarm, deed))

    def _do(self, alarm_id: str, deed: Deed, change: Change, done: Callable[[Alarm], Alarm]) -> Alarm:
        with self._changing:
            alarm = self._book.alarms.get(alarm_id)
            if alarm is None:
                raise NotFound(say("watching.noAlarm", "There is no alarm {id}.", id=alarm_id))
            after = done(alarm)
            transition = Transition(change, after)
            self._kept.keep(transition, deed)  # first the disk: what could not be written is not done
            self._take(self._book.with_alarm(after))
        self._tell([transition])
        return after

    def _take(self, book: AlarmBook) -> None:
        """Have this book from now on; one in which nothing changed but what is remembered has the same serial."""
        if book.alarms != self._book.alarms:
            self._overview = overview_of(book, self._overview.serial + 1)
        self._book = book

    def _loaded(self) -> AlarmBook:
        try:
            alarms, next_id = self._kept.load(self._kinds)
        except ControllerError as error:
            log.error("the alarms that stood before are lost: %s", error.sentence)
            return AlarmBook()
        return AlarmBook({alarm.id: alarm for alarm in alarms}, next_id=next_id)

    def _stood(self) -> list[AlarmKey]:
        return [(one.kind.code, subject) for one in self._book.alarms.values() for subject in one.members]

    def _with_doubts(self, situation: Situation) -> Situation:
        """With the conditions that stood and of which nobody can tell now whether they still do."""
        grid = situation.grid
        shown = {(str(one.kind), one.unit_id or ""): one for one in situation.conditions}
        doubts: dict[AlarmKey, Sentence] = {}
        for key in [key for key in self._conditions if key not in shown]:
            why = self._conditions[key].why_unknown(grid)
            if why is None:
                del self._conditions[key]
            else:
                doubts[key] = why
        self._conditions.update(shown)
        return situation.doubting(doubts)

    def _tell(self, changes: Sequence[Transition]) -> None:
        if changes:
            for listener in self._listeners:
                listener(changes)
