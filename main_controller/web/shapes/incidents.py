"""What `/incidents` tells: what is kept around a fault or a stop, why, and what people noted."""

from typing import Annotated, TypedDict

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.store import incidents
from main_controller.web.shapes.common import Time, UnitId

Bytes = Annotated[int, msgspec.Meta(description="bytes")]
Days = Annotated[float, msgspec.Meta(description="days")]
IncidentId = Annotated[str, msgspec.Meta(description="an incident's id: `/incidents/<id>` tells of it")]


class IncidentReason(TypedDict):
    """Why it is kept. `kind` is that of the alarm, or `estop` (latched), `stop` (Stop all), `order` (failed,
    timed out, contradicted), `kept` (by a person) or `drill`; `ref` is the alarm's or order's id (null:
    none), `unitId` null of the cluster, `by` who asked for it ("": nobody)."""

    at: Time
    kind: str
    text: str
    unitId: UnitId | None
    ref: str | None
    by: str


class IncidentNote(TypedDict):
    """What somebody wrote about it."""

    by: str
    at: Time
    text: str


class Incident(TypedDict):
    """What is kept from `begin` to `end`; `whole` false: more of it may come. `reasons` are the first, without
    `reasonsLeftOut` more; `units` those that they name. `bytes` are its segments on the disk; `joined` the ids of those
    that became part of it."""

    id: IncidentId
    begin: Time
    end: Time
    whole: bool
    reasons: list[IncidentReason]
    reasonsLeftOut: int
    units: list[UnitId]
    bytes: Bytes
    notes: list[IncidentNote]
    joined: list[IncidentId]


class IncidentPage(TypedDict):
    """The newest first; `next` is the `before` of the page after this one (null: none). They are kept for `days` within
    `bytes`, of which they take `used`; `fault` says why they are not kept on the disk now (null: they are)."""

    incidents: list[Incident]
    next: int | None
    days: Days
    bytes: Bytes
    used: Bytes
    fault: str | None


def incident_of(one: incidents.Incident, size: int) -> Incident:
    """One incident, whose segments take `size` bytes."""
    return {
        "id": one.id,
        "begin": iso_utc(one.begins),
        "end": iso_utc(one.ends),
        "whole": one.whole,
        "reasons": [_reason(why) for why in one.reasons],
        "reasonsLeftOut": one.left_out,
        "units": list(one.units),
        "bytes": size,
        "notes": [{"by": note.by, "at": iso_utc(note.at), "text": note.text} for note in one.notes],
        "joined": [incidents.id_of(number) for number in one.joined],
    }


def _reason(why: incidents.Reason) -> IncidentReason:
    return {
        "at": iso_utc(why.at),
        "kind": why.kind,
        "text": why.sentence,
        "unitId": why.unit,
        "ref": why.ref,
        "by": why.by,
    }
