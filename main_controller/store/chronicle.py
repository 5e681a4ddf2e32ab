"""How what the grid did by itself is told: to the log and the journal each, to the page the newest (Z13a).

Used by whoever finds it out: `GridEvents`, `BusEvents`, the E-stop, hand time, acknowledgements.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import Mode
from main_controller.sentence import Sentence, say
from main_controller.store.repetition import Repetition, Told

log = logging.getLogger(__name__)

KEPT = 20
"""How many events the page is shown."""

TOLD_ONE_BY_ONE = 3
"""How many units to which the same happened at once are told in a sentence each."""

GRID = "the grid"
"""Who did what nobody ordered."""


Record = Callable[..., None]
"""Journals one event: kind, unit id, sentence, before, after; with `by`, who did what the grid did not do by itself."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened to one unit; `text` goes on after its id."""

    kind: str
    unit_id: str
    text: Sentence
    before: Any
    after: Any

    @property
    def of_one(self) -> Sentence:
        """The sentence on this unit alone."""
        return say("store.unitDid", "{unit} {what}.", unit=self.unit_id, what=self.text)


class Event(NamedTuple):
    """What a page is shown: when (UTC) what happened to a unit or the cluster (None); `after` is what is so now, each
    kind its own, `command_id` the order that it is about, if any."""

    at: datetime
    kind: str
    unit_id: str | None
    text: Sentence
    after: Any
    command_id: str | None


class Chronicle:
    """Tells events and keeps the newest; `wall` gives aware UTC, `clock` monotonic s.

    What the same unit does again and again is told a few times in a minute one by one, and then in one sentence.
    """

    def __init__(
        self, *, record: Record, wall: Callable[[], datetime], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._record = record
        self._wall = wall
        self._repetition = Repetition(clock)
        self._keeping = threading.Lock()  # protects the list; held for moments only
        self._events: list[Event] = []

    def events(self) -> list[Event]:
        """The last events, newest last."""
        with self._keeping:
            return list(self._events)

    def catch_up(self) -> None:
        """Tell of what was left out; called again and again."""
        for event in self._repetition.left_out():
            self._say(event.kind, event.unit_id, event.text, after=event.after)
            self._record(*event)

    def tell_all(self, news: list[News]) -> None:
        """Tell what happened to units: the journal each by itself, a person many of one kind in one sentence."""
        groups: dict[tuple[str, str], list[News]] = {}
        for one in news:
            event = Told(one.kind, one.unit_id, one.of_one, _plain(one.before), _plain(one.after))
            if not self._repetition.tells(event):
                continue
            self._record(*event)
            groups.setdefault((one.kind, one.text), []).append(one)
        for (kind, text), members in groups.items():
            ids = [one.unit_id for one in members]
            if len(ids) <= TOLD_ONE_BY_ONE:
                for one in members:
                    self._say(kind, one.unit_id, one.of_one, after=_plain(one.after))
            else:
                of_all = say(
                    "store.unitsDid",
                    "{count} units ({units}), each: {what}.",
                    count=len(ids),
                    units=ids,
                    what=text,
                )
                self._say(kind, None, of_all)

    def tell(
        self,
        kind: str,
        unit_id: str | None,
        text: Sentence,
        before: Any,
        after: Any,
        *,
        command_id: str | None = None,
        by: str | None = None,
    ) -> None:
        """Tell one event, of a unit or of the cluster (None); `command_id` is the order that it is about, if any.

        `by` did it, where not the grid by itself.
        """
        event = Told(kind, unit_id, text, _plain(before), _plain(after))
        if unit_id is None or self._repetition.tells(event):
            self._say(kind, unit_id, text, after=event.after, command_id=command_id)
            self._record(*event, **({} if by is None else {"by": by}))

    def show(
        self, kind: str, unit_id: str | None, text: Sentence, *, after: Any = None, command_id: str | None = None
    ) -> None:
        """Let the page show what the log and the journal tell already.

        Of too many the oldest goes of whoever has most of them, so that one that flickers hides nobody else's.
        """
        event = Event(self._wall(), kind, unit_id, text, after, command_id)
        with self._keeping:
            self._events.append(event)
            if len(self._events) > KEPT:
                counts = Counter(map(_whose, self._events))
                most = max(counts.values())
                self._events.remove(next(event for event in self._events if counts[_whose(event)] == most))

    def _say(
        self, kind: str, unit_id: str | None, text: Sentence, *, after: Any = None, command_id: str | None = None
    ) -> None:
        log.warning("%s", text)
        self.show(kind, unit_id, text, after=after, command_id=command_id)


def _whose(event: Event) -> tuple[str, str]:
    """Whose event it is: the unit's, or, of the cluster, its kind's."""
    return ("unit", event.unit_id) if event.unit_id is not None else ("kind", event.kind)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Mode | UnitState) else value
