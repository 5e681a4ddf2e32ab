"""How what the grid did by itself is told: to the log and the journal each, to the page the newest (Z13a).

Used by whoever finds it out: `GridEvents`, `BusEvents`, the E-stop, hand time, acknowledgements.
"""

import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.domain.freshness import UnitState
from main_controller.domain.identity import some
from main_controller.domain.modes import Mode

log = logging.getLogger(__name__)

KEPT = 20
"""How many events the page is shown."""

TOLD_ONE_BY_ONE = 3
"""How many units to which the same happened at once are told in a sentence each."""

Record = Callable[[str, str | None, str, Any, Any], None]
"""Journals one event: kind, unit id, sentence, before, after."""


@dataclass(frozen=True, slots=True)
class News:
    """What happened to one unit; `text` goes on after its id."""

    kind: str
    unit_id: str
    text: str
    before: Any
    after: Any


class Chronicle:
    """Tells events and keeps the newest; `wall` gives aware UTC."""

    def __init__(self, *, record: Record, wall: Callable[[], datetime]) -> None:
        self._record = record
        self._wall = wall
        self._events: deque[Mapping[str, Any]] = deque(maxlen=KEPT)

    def events(self) -> list[Mapping[str, Any]]:
        """The last events, newest last, as `{"at", "kind", "unitId", "text", "after", "command"}`."""
        return list(self._events)

    def tell_all(self, news: list[News]) -> None:
        """Tell what happened to units: the journal each by itself, a person many of one kind in one sentence."""
        groups: dict[tuple[str, str], list[News]] = {}
        for one in news:
            self._record(one.kind, one.unit_id, f"{one.unit_id} {one.text}.", _plain(one.before), _plain(one.after))
            groups.setdefault((one.kind, one.text), []).append(one)
        for (kind, text), members in groups.items():
            ids = [one.unit_id for one in members]
            if len(ids) <= TOLD_ONE_BY_ONE:
                for one in members:
                    self._say(kind, one.unit_id, f"{one.unit_id} {text}.", after=_plain(one.after))
            else:
                self._say(kind, None, f"{len(ids)} units ({some(ids)}), each: {text}.")

    def tell(
        self, kind: str, unit_id: str | None, text: str, before: Any, after: Any, *, command_id: str | None = None
    ) -> None:
        """Tell one event, of a unit or of the cluster (None); `command_id` is the order that it is about, if any."""
        self._say(kind, unit_id, text, after=_plain(after), command_id=command_id)
        self._record(kind, unit_id, text, _plain(before), _plain(after))

    def show(
        self, kind: str, unit_id: str | None, text: str, *, after: Any = None, command_id: str | None = None
    ) -> None:
        """Let the page show what the log and the journal tell already."""
        at = self._wall().isoformat(timespec="milliseconds")
        self._events.append(
            {"at": at, "kind": kind, "unitId": unit_id, "text": text, "after": after, "command": command_id}
        )

    def _say(
        self, kind: str, unit_id: str | None, text: str, *, after: Any = None, command_id: str | None = None
    ) -> None:
        log.warning("%s", text)
        self.show(kind, unit_id, text, after=after, command_id=command_id)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Mode | UnitState) else value
