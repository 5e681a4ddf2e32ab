"""A guided sharing of current between two units as data: its steps in their order and how each stands (N13).

Pure and frozen; `procedures/guided_transfer.py` moves it on and `store/running.py` keeps it over a kill. What ends it
is decided in `rules/transfer_watch.py`, what it carried is counted in `rules/transfer_energy.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from main_controller.domain.actor import Actor, transfer_actor
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.units import number, text
from main_controller.sentence import Sentence, messages, said_again, say


class Step(StrEnum):
    """The steps in their order; the last two are the end, also the safe end."""

    REFERENCE_UP = "referenceUp"
    BUS_STABLE = "busStable"
    CURRENT_ON = "currentOn"
    SHARING = "sharing"
    CURRENT_OFF = "currentOff"
    REFERENCE_DOWN = "referenceDown"

    @property
    def label(self) -> Sentence:
        """The step in a sentence."""
        return _LABELS[self]


_LABELS: dict[Step, Sentence] = {
    Step.REFERENCE_UP: say("domain.referenceUp", "referenceUp"),
    Step.BUS_STABLE: say("domain.busStable", "busStable"),
    Step.CURRENT_ON: say("domain.currentOn", "currentOn"),
    Step.SHARING: say("domain.sharing", "sharing"),
    Step.CURRENT_OFF: say("domain.currentOff", "currentOff"),
    Step.REFERENCE_DOWN: say("domain.referenceDown", "referenceDown"),
}

ENDING = (Step.CURRENT_OFF, Step.REFERENCE_DOWN)


class TransferState(StrEnum):
    """How the whole procedure stands."""

    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class StepState(StrEnum):
    """How one step stands; a step that was not come to before the end is skipped."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class StepStanding:
    """One step, how it stands, and how it ended (None: it has not)."""

    step: Step
    state: StepState
    sentence: str | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Unit `giver` gives `current` A at `voltage` V to unit `taker`; the giver is the voltage reference.

    `since` (monotonic s) is when the present step began; `reason` says why it ends or ended; `touched` whether an
    order that may have been carried out has left; `notes` keeps a sentence per finished step; `failed_step` is the one
    at which it failed, `interrupted_step` the one in which a kill left it; `safe`: it is over and nothing of it runs
    any more. It lasts `minutes` from `current_at` on (monotonic s; `current_since` in UTC), or until `wh` are carried,
    whichever comes first; None is no such limit.
    `begun` (UTC; `entered`, monotonic s) and `page`: when it was ordered, and by which page, if one. `alarmed` are the
    units that had a heavy alarm when it began.
    """

    id: str
    giver: str
    taker: str
    current: float
    voltage: float
    limit: float
    by: str
    step: Step
    since: float
    state: TransferState = TransferState.RUNNING
    reason: Sentence | None = None
    failed: bool = False
    failed_step: Step | None = None
    interrupted_step: Step | None = None
    touched: bool = False
    notes: Mapping[str, Sentence] = field(default_factory=dict)
    began_end: float | None = None
    safe: bool = False
    minutes: float | None = None
    wh: float | None = None
    begun: datetime | None = None
    page: str | None = None
    entered: float = 0.0
    alarmed: frozenset[str] = frozenset()
    reference_at: float | None = None
    current_at: float | None = None
    current_since: datetime | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more happens by itself."""
        return self.state is not TransferState.RUNNING

    @property
    def unended(self) -> bool:
        """Whether it is over though something of it may still run: its end failed."""
        return self.state is TransferState.FAILED and self.touched and not self.safe

    @property
    def owner(self) -> Actor:
        """In whose name its own converter orders are given."""
        return transfer_actor(self.id)

    @property
    def ends_at(self) -> datetime | None:
        """When (UTC) its minutes will be over; None where it has none, or no current flows."""
        flows = self.state is TransferState.RUNNING and self.step is Step.SHARING
        if not flows or self.minutes is None or self.current_since is None:
            return None
        return self.current_since + timedelta(minutes=self.minutes)

    def to(self, step: Step, now: float, note: Sentence) -> "Transfer":
        """The same, in the next step; `note` says how the last one ended."""
        return replace(self, step=step, since=now, notes={**self.notes, str(self.step): note})

    @property
    def steps(self) -> tuple[StepStanding, ...]:
        """How each step stands, in their order."""
        steps = list(Step)
        place = steps.index(self.step)
        return tuple(
            StepStanding(step, self._step_state(index, place), self.notes.get(str(step)))
            for index, step in enumerate(steps)
        )

    def _step_state(self, index: int, place: int) -> StepState:
        if self.state is TransferState.ENDED and self.step not in ENDING:
            return StepState.SKIPPED  # ended before an order had left: no step was done, and none is to come
        if index == place and not self.over:
            return StepState.RUNNING
        if index == place and not (self.safe and str(self.step) in self.notes):
            return StepState.DONE if self.state is TransferState.ENDED else StepState(self.state)
        if list(Step)[index] is self.failed_step:
            return StepState.FAILED
        if list(Step)[index] is self.interrupted_step:
            return StepState.INTERRUPTED
        if index > place:
            return StepState.WAITING
        return StepState.DONE if str(list(Step)[index]) in self.notes else StepState.SKIPPED

    def as_record(self) -> dict[str, Any]:
        """What a restart needs to show it and to end it."""
        return {
            "id": self.id, "giver": self.giver, "taker": self.taker, "current": self.current,
            "voltage": self.voltage, "limit": self.limit, "by": self.by, "step": str(self.step),
            "touched": self.touched, "reason": self.reason,
            "notes": dict(self.notes), "messages": messages(self.notes.values()),
            "minutes": self.minutes, "wh": self.wh, "page": self.page,
            "begun": None if self.begun is None else iso_utc(self.begun),
            "currentSince": None if self.current_since is None else iso_utc(self.current_since),
        }  # fmt: skip


def interrupted(record: Mapping[str, Any], now: float) -> Transfer:
    """The procedure that a record from before the restart describes: nothing of it goes on, it can only be ended.

    Records of older versions hold fewer fields. Raises KeyError, TypeError or ValueError for what is no record.
    """
    return Transfer(
        id=str(record["id"]),
        giver=str(record["giver"]),
        taker=str(record["taker"]),
        current=float(record["current"]),
        voltage=float(record["voltage"]),
        limit=float(record["limit"]),
        by=str(record["by"]),
        step=Step(record["step"]),
        since=now,
        state=TransferState.INTERRUPTED,
        reason=say(
            "domain.interrupted",
            "The program ended while this ran; what its converters do is as shown. End it from here.",
        ),
        touched=True,
        notes={
            step: said_again(str(note), record.get("messages")) for step, note in dict(record.get("notes", {})).items()
        },
        minutes=number(record.get("minutes")),
        wh=number(record.get("wh")),
        begun=_moment(record.get("begun")),
        page=text(record.get("page")),
        current_since=_moment(record.get("currentSince")),
    )


def _moment(value: object) -> datetime | None:
    written = text(value)
    if written is None:
        return None
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None:
        raise ValueError(f"{written} says no zone")
    return moment
