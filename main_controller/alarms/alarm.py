"""What an alarm is: which kind, of what, and how far a person has dealt with it (ISA-18.2, IEC 62682).

Pure. An alarm tells a person; it changes no rule and lets no order pass. Times are aware UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from main_controller.sentence import Sentence

AlarmKey = tuple[str, str]
"""The code of its kind, and what it is of: a unit's id, "" for the cluster, or another name."""


class AlarmState(StrEnum):
    """How far an alarm is dealt with; of one that is shelved or out of service whether it holds is told beside."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED_UNACKNOWLEDGED = "returnedUnacknowledged"
    SHELVED = "shelved"
    OUT_OF_SERVICE = "outOfService"


@dataclass(frozen=True, slots=True)
class AlarmKind:
    """One row of the table of alarms.

    `priority` is 1 (act now) to 4 (look when there is time). It must hold for `on` seconds before it is told and be
    away for `off` seconds before it is over. `roots` are the kinds that explain it: while one of them stands it is
    not told by itself, unless it is graver. `floods` are kinds that do so where they came of many at once. `own` are
    the delays, on and off, of what has others. `band` is how far inside its limit a measure must come to be well again,
    with its unit; "" where there is no limit.
    """

    code: str
    priority: int
    on: float
    off: float
    consequence: Sentence
    action: Sentence
    roots: tuple[str, ...] = ()
    floods: tuple[str, ...] = ()
    band: str = ""
    own: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def delays(self, subject: str) -> tuple[float, float]:
        """The delays, on and off (s), of one thing that it may be of."""
        return self.own.get(subject, (self.on, self.off))


@dataclass(frozen=True, slots=True)
class Sign:
    """That something holds now: `text` says what, as a whole sentence, with its `numbers`.

    `hardware` are the units that are live hardware nobody watches, which a person must hear of by name.
    """

    text: Sentence
    numbers: Mapping[str, Any] = field(default_factory=dict)
    hardware: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did something to an alarm, when, and what he wrote."""

    name: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """By whom and why an alarm was put away, and until when."""

    by: Deed
    until: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """That the alarms of a unit ("": of all) are not told from one moment to another; ends by itself."""

    scope: str
    since: datetime
    until: datetime
    by: Deed

    def holds(self, at: datetime) -> bool:
        """Whether they are out of service at this moment."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Member:
    """One thing that an alarm is of: whether it holds (`active`), and whether that can be told now (`told`).

    `gone_since` (monotonic s) is since when it no longer shows; None while it shows or nobody can tell.
    """

    sign: Sign
    active: bool = True
    told: bool = True
    gone_since: float | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm from when it was raised to when it is over and a person has read it.

    `members` are in the order in which they came, the first one out first; there are several where many of a kind came
    at once. `times` is how often it was raised, first when it `began`, last `since`; `chattering` that it comes and
    goes and counts as one. `changed` is when its state last changed. `inhibited_by` is the alarm that
    explains it, by its id.
    """

    id: str
    kind: AlarmKind
    members: Mapping[str, Member]
    began: datetime
    since: datetime
    changed: datetime
    acknowledged: Deed | None = None
    shelf: Shelf | None = None
    out_of_service: bool = False
    times: int = 1
    chattering: bool = False
    inhibited_by: str | None = None

    @property
    def active(self) -> bool:
        """Whether any of what it is of holds, or may hold."""
        return any(member.active for member in self.members.values())

    @property
    def told(self) -> bool:
        """Whether it can be told of all that holds that it does."""
        return all(member.told for member in self.members.values() if member.active)

    @property
    def state(self) -> AlarmState:
        """How far it is dealt with."""
        if self.out_of_service:
            return AlarmState.OUT_OF_SERVICE
        if self.shelf is not None:
            return AlarmState.SHELVED
        if self.active:
            return AlarmState.UNACKNOWLEDGED if self.acknowledged is None else AlarmState.ACKNOWLEDGED
        return AlarmState.RETURNED_UNACKNOWLEDGED if self.acknowledged is None else AlarmState.NORMAL

    @property
    def over(self) -> bool:
        """Whether it is gone and read, so that it leaves the list."""
        return self.state is AlarmState.NORMAL

    @property
    def hardware(self) -> tuple[str, ...]:
        """The live hardware that nobody watches among what it is of."""
        named = (unit_id for member in self.members.values() if member.active for unit_id in member.sign.hardware)
        return tuple(dict.fromkeys(named))

    def with_member(self, subject: str, member: Member) -> "Alarm":
        """The same with this member anew."""
        return replace(self, members={**self.members, subject: member})
