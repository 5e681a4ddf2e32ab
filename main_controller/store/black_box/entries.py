"""What stands in a segment of the black box, entry by entry, as typed JSON. See docs/replay.md.

Pure. The recording writes them, the rebuilding reads them. A field that is left out is as it was in the entry before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Reading, Remembered
from main_controller.domain.limits import BusLimits
from main_controller.domain.snapshot import GridWatch
from main_controller.domain.timing import Timing
from main_controller.sentence import Sentence

Message = dict[str, Any]
"""A sentence by its code, as `sentence.messages` lists it."""


class Fact(NamedTuple):
    """Something that a frame rests on besides the grid's state: its JSON, and the sentences in it."""

    body: bytes
    said: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class ToldFrame:
    """One frame as it was told: when it was `made` (UTC), its `serial`, when the next answer of apis-web was expected
    in one (`news_at`), and all that it was made of: the `moment`, and the `facts` by name."""

    made: datetime
    serial: int
    news_at: str | None
    moment: Moment
    facts: Mapping[str, Fact]


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that happened, for who looks for it: when, of which `kind` ("order", "event", "alarm"), at which unit
    (None: the cluster), in words and, where they have a code, as a `message`; `ref` is the order's or the
    alarm's id, `stage` how far it was. Of an order the name of its kind, `order`, and what was `wanted`."""

    at: datetime
    kind: str
    text: str
    unit: str | None = None
    ref: str | None = None
    stage: str = ""
    message: Message | None = None
    order: str | None = None
    wanted: dict[str, str | int | float | bool | list[str] | None] = {}


class WholeUnit(msgspec.Struct, array_like=True, frozen=True):
    """All that is known of one unit; `length` is that of its data among the units' bytes. Times as in `Sighting`."""

    id: str
    length: int
    moved_at: float
    moved_wall: datetime
    present: bool
    absent_at: float | None
    recent: tuple[Reading, ...]


class Opening(msgspec.Struct, tag="opening", frozen=True, kw_only=True):
    """The first entry of every segment: all that was known at its first frame but for what that frame tells."""

    serial: int
    answered_at: float | None
    answered_wall: datetime | None
    units: tuple[WholeUnit, ...]
    members: tuple[str, ...]
    remembered: dict[str, Remembered]
    forgotten: dict[str, Remembered]
    grid: GridWatch
    conflicts: dict[str, str | Message]
    timing: Timing
    bus_limits: BusLimits


class Change(msgspec.Struct, tag="change", frozen=True, kw_only=True, omit_defaults=True):
    """What the snapshot of this `serial` has new: an answer of apis-web, or what somebody changed.

    Of an answer: `moved` are the units whose clock moved, `altered` those whose data changed without that, each with
    the length of its data; `absent` are those that were no longer in it. `whole` are units of which more is new, `gone`
    those that are no longer known.
    """

    serial: int
    answered_at: float | UnsetType | None = UNSET
    answered_wall: datetime | UnsetType | None = UNSET
    moved: tuple[tuple[str, int], ...] = ()
    altered: tuple[tuple[str, int], ...] = ()
    absent: tuple[str, ...] = ()
    whole: tuple[WholeUnit, ...] = ()
    gone: tuple[str, ...] = ()
    members: tuple[str, ...] | UnsetType = UNSET
    remembered: dict[str, Remembered] | UnsetType = UNSET
    forgotten: dict[str, Remembered] | UnsetType = UNSET
    grid: GridWatch | UnsetType = UNSET
    conflicts: dict[str, str | Message] | UnsetType = UNSET


class FrameEntry(msgspec.Struct, tag="frame", frozen=True, kw_only=True, omit_defaults=True):
    """A frame: when it was `made`, its `serial`, and what its `Moment` had new beside the snapshot of this number.

    `orders` are the converters' orders that may be in effect, by unit, with their own answers; `facts` what else the
    frame rests on, each as its JSON, and `said` the sentences in them.
    """

    made: datetime
    serial: int
    snapshot: int
    now: float
    wall: datetime
    news_at: str | None = None
    orders: dict[str, tuple[ConverterEffect, ...]] = msgspec.field(default_factory=dict)
    modes: tuple[ModeEffect, ...] | UnsetType = UNSET
    acknowledged: tuple[str, ...] | UnsetType = UNSET
    mode_changed_at: float | UnsetType | None = UNSET
    facts: dict[str, msgspec.Raw] = msgspec.field(default_factory=dict)
    said: dict[str, list[Message]] = msgspec.field(default_factory=dict)


class Note(msgspec.Struct, tag="note", frozen=True, kw_only=True):
    """What else happened at `at`: a `call` of apis-web and its outcome, an order's `command`, a row of the `journal`,
    a change of an `alarm`."""

    at: datetime
    kind: str
    content: Any


Entry = Opening | Change | FrameEntry | Note
