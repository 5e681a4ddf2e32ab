"""What a schedule is: an operation, its scope and its time (Z11).

Used by the schedule folder, the decision about what is due, and the orders. "Another schedulable operation" is one
row in each table here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final, overload

from main_controller.domain.modes import Mode
from main_controller.sentence import Sentence


class Operation(StrEnum):
    """What a schedule orders, valued as `/setSchedule` and the file names write it (Z11)."""

    SOFT_STOP = "softStop"
    FORCE_STOP = "forceStop"
    RUN = "run"

    @property
    def label(self) -> str:
        """What it does, in words for a sentence."""
        return _WORDS[self]

    @overload
    def wanted(self, unit_id: None) -> Mode: ...

    @overload
    def wanted(self, unit_id: str) -> Mode | None: ...

    def wanted(self, unit_id: str | None) -> Mode | None:
        """The mode it orders; None clears the local mode of a unit (Z11, T16)."""
        return None if self is Operation.RUN and unit_id is not None else _WANTED[self]

    def reached(self, seen: "ModeSeen") -> bool:
        """Whether the mode seen in the same scope is already at, or for a stop below, the wanted one (Z12)."""
        if seen is UNKNOWN:
            return False
        if self is Operation.RUN:
            return _HEIGHT[seen] == _HEIGHT[Mode.AUTONOMOUS]
        return _HEIGHT[seen] <= _HEIGHT[_WANTED[self]]


class Unknown(Enum):
    """The type of `UNKNOWN`, apart from None, which is a unit's local mode that follows the global one."""

    UNKNOWN = "unknown"


UNKNOWN: Final = Unknown.UNKNOWN
"""No live unit in the scope, or live ones that differ: the mode cannot be told (Z5a)."""

ModeSeen = Mode | Unknown | None
"""The mode seen in a scope: the cluster's global one, or a unit's local one (None follows the global)."""

_WORDS = {Operation.SOFT_STOP: "Soft Stop", Operation.FORCE_STOP: "Force Stop", Operation.RUN: "Run"}
_WANTED = {
    Operation.SOFT_STOP: Mode.HETERONOMOUS,
    Operation.FORCE_STOP: Mode.STOP,
    Operation.RUN: Mode.AUTONOMOUS,
}
_HEIGHT: dict[Mode | None, int] = {
    Mode.STOP: 0,
    Mode.MANUAL: 1,  # a soft stop never overrides it, a force stop does (Z12, Z9a)
    Mode.HETERONOMOUS: 2,
    Mode.AUTONOMOUS: 3,
    None: 3,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """When a schedule was given up, and why."""

    at: datetime
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Schedule:
    """One pending schedule as its file holds it.

    `unit_id` None is the cluster; `due` and `set_at` (the file's date) are aware UTC; `text` is the time as written;
    `written_ns` is the file's date in ns; `sent_at` is when a Run was last sent, `failure` why it was given up.
    """

    unit_id: str | None
    operation: Operation
    due: datetime
    set_at: datetime
    text: str
    written_ns: int
    sent_at: datetime | None = None
    failure: Failure | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its place in `/schedules`: unit id ("" for the cluster) and operation."""
        return (self.unit_id or "", self.operation.value)

    @property
    def stamp(self) -> tuple[str, str, str, int]:
        """What tells this setting of the schedule from an earlier or later one under the same name."""
        return (*self.key, self.text, self.written_ns)

    def __str__(self) -> str:
        return f"{self.operation.label} of {self.unit_id or 'the cluster'}"
