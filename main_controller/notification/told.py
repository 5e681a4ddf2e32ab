"""What a channel was told, as it must be remembered over a restart: nothing is told twice, and each end is told.

Pure. All moments are aware UTC of the wall clock, since they outlive the program; one in the future, after the clock
was set back, counts as long past.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, messages, said_again


@dataclass(frozen=True, slots=True)
class Told:
    """What a channel was told of one alarm: of what it is, how often it had been raised, which live hardware it named,
    when it was told last, and whether that it is over. `cause` is what was seen."""

    kind: str
    subjects: tuple[str, ...]
    times: int
    at: datetime
    hardware: tuple[str, ...]
    cause: Sentence
    over: bool = False


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What one channel was told, by alarm; since when something waits to be told with what else comes; when messages
    of each brake went out within the last hour; and when it had its last digest."""

    told: Mapping[str, Told] = field(default_factory=lambda: MappingProxyType({}))
    gathering: datetime | None = None
    sent: Mapping[str, tuple[datetime, ...]] = field(default_factory=lambda: MappingProxyType({}))
    digested: datetime | None = None


def passed(since: datetime, now: datetime, seconds: float) -> bool:
    """Whether so many seconds have passed; a moment in the future counts as long past."""
    return not timedelta(0) <= now - since < timedelta(seconds=seconds)


def record_of(state: ChannelState) -> dict[str, Any]:
    """The state as a JSON object."""
    return {
        "told": {alarm_id: _told(one) for alarm_id, one in state.told.items()},
        "gathering": None if state.gathering is None else iso_utc(state.gathering),
        "sent": {brake: [iso_utc(at) for at in moments] for brake, moments in state.sent.items()},
        "digested": None if state.digested is None else iso_utc(state.digested),
    }


def state_of(record: Mapping[str, Any]) -> ChannelState:
    """The state of a record. Raises KeyError, TypeError or ValueError for what is none."""
    gathering, digested = record["gathering"], record["digested"]
    return ChannelState(
        {str(alarm_id): _told_of(one) for alarm_id, one in dict(record["told"]).items()},
        None if gathering is None else _moment(gathering),
        {str(brake): tuple(map(_moment, moments)) for brake, moments in dict(record["sent"]).items()},
        None if digested is None else _moment(digested),
    )


def _told(told: Told) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "subjects": list(told.subjects),
        "times": told.times,
        "at": iso_utc(told.at),
        "hardware": list(told.hardware),
        "cause": str(told.cause),
        "messages": messages([told.cause]),
        "over": told.over,
    }


def _told_of(kept: Mapping[str, Any]) -> Told:
    return Told(
        str(kept["kind"]),
        tuple(map(str, kept["subjects"])),
        int(kept["times"]),
        _moment(kept["at"]),
        tuple(map(str, kept["hardware"])),
        said_again(str(kept["cause"]), kept["messages"]),
        bool(kept["over"]),
    )


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment names its zone")
    return moment
