"""What `/timeline` tells: how far back the black box reaches, where nothing is in it, and what happened."""

from collections.abc import Sequence
from typing import Annotated, TypedDict, cast

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, foreign, said_again
from main_controller.store import black_box
from main_controller.store.incidents import Incident, Reach, id_of
from main_controller.web.shapes.common import Time, UnitId, one_of
from main_controller.web.shapes.orders import Wanted

Hours = Annotated[float, msgspec.Meta(description="h")]
Bytes = Annotated[int, msgspec.Meta(description="bytes")]
Why = Annotated[
    str,
    one_of(
        *black_box.Why,
        says="notRunning: the program did not run, or was killed before it wrote; paused: no frame was made; lost: "
        "something could not be kept, or a file is damaged or gone",
    ),
]
MarkKind = Annotated[str, one_of("order", "event", "alarm", "incident")]

Gap = TypedDict("Gap", {"from": Time, "to": Time, "why": Why, "text": str | None})
Gap.__doc__ = "A stretch of which nothing is recorded; `text` where more is known."


class Mark(TypedDict):
    """Something that happened: an order that came or how it ended, what the grid did, an alarm that came or went, why
    an incident is kept.

    `unitId` is null of the cluster, `ref` is the order's, alarm's or incident's id (null: none), `stage` how far it
    was; `order` and `wanted` are as in `/commands` (null and empty: no order).
    """

    at: Time
    kind: MarkKind
    unitId: UnitId | None
    text: str
    ref: str | None
    stage: str
    order: str | None
    wanted: Wanted


Kept = TypedDict("Kept", {"id": str, "from": Time, "to": Time})
Kept.__doc__ = "An incident: from `from` to `to` moments can be shown also where the black box let them go."


class Timeline(TypedDict):
    """Moments can be shown from `reachesBackTo` to `until` (null: none), but within `gaps`; `marks` are what happened,
    the oldest first, without `marksLeftOut` more. At most `hours` of record are kept within `bytes`, of which the
    folder has `used`; `fault` says why nothing is written now (null: it is). `incidents` are those
    of that time of which moments are kept on the disk, the oldest first."""

    reachesBackTo: Time | None
    until: Time | None
    gaps: list[Gap]
    marks: list[Mark]
    marksLeftOut: int
    incidents: list[Kept]
    hours: Hours
    bytes: Bytes
    used: Bytes
    fault: str | None


def timeline_of(told: black_box.Timeline, kept: Sequence[Reach] = ()) -> Timeline:
    """How far it reaches, with the incidents that are `kept` of it."""
    marks = sorted((*told.marks, *(_kept_mark(one.incident) for one in kept)), key=lambda mark: mark.at)
    return {
        "reachesBackTo": None if told.begins is None else iso_utc(told.begins),
        "until": None if told.ends is None else iso_utc(told.ends),
        "gaps": [
            {"from": iso_utc(gap.begins), "to": iso_utc(gap.ends), "why": gap.why, "text": gap.text}
            for gap in told.gaps
        ],
        "marks": [_mark(mark) for mark in marks],
        "marksLeftOut": told.left_out,
        "incidents": [
            {"id": id_of(one.incident.number), "from": iso_utc(one.begins), "to": iso_utc(one.ends)}
            for one in kept
            if one.begins is not None and one.ends is not None
        ],
        "hours": told.hours,
        "bytes": told.bytes,
        "used": told.used,
        "fault": told.fault,
    }


def _mark(mark: black_box.Mark) -> Mark:
    return {
        "at": iso_utc(mark.at),
        "kind": mark.kind,
        "unitId": mark.unit,
        "text": _said(mark),
        "ref": mark.ref,
        "stage": mark.stage,
        "order": mark.order,
        "wanted": cast(Wanted, mark.wanted),
    }


def _kept_mark(one: Incident) -> black_box.Mark:
    why = one.reasons[0]
    return black_box.Mark(
        at=why.at, kind="incident", text=why.text, unit=why.unit, ref=id_of(one.number), message=why.message
    )


def _said(mark: black_box.Mark) -> Sentence:
    return foreign(mark.text) if mark.message is None else said_again(mark.text, [mark.message])
