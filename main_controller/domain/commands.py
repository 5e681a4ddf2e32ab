"""An order's life as data: what was wanted, whether it left, what was answered, what was seen (Z6c, Z8a, Z9b).

Pure and frozen: the register swaps one record for the next. Used by every operation, the verification and the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from main_controller.domain.actor import Actor
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status
from main_controller.domain.orders import ModeOrder, Order
from main_controller.domain.progress import Progress
from main_controller.errors import Sent
from main_controller.sentence import Sentence


class CommandState(StrEnum):
    """Where an order stands.

    Partly verified: all who can show it do, and some cannot tell (S25). Contradicted: the converter's own answer said
    that it was done, and the readings since show something else (S8).
    """

    PENDING = "pending"
    ACCEPTED = "accepted"
    VERIFIED = "verified"
    PARTLY_VERIFIED = "partlyVerified"
    CONTRADICTED = "contradicted"
    FAILED = "failed"
    TIMED_OUT = "timedOut"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        """Whether the order may still change."""
        return self in (CommandState.PENDING, CommandState.ACCEPTED)

    @property
    def in_effect(self) -> bool:
        """Whether the order was seen to be so, by all or by those who can tell."""
        return self in (CommandState.VERIFIED, CommandState.PARTLY_VERIFIED)


UNCONFIRMED = "unconfirmed"
"""A unit's state within an order when it is stale or silent and so cannot show anything (Z9b)."""


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """How an order stands at one unit; `shows` is the mode or status now seen there."""

    state: str
    sent: Sent = False
    shows: str | None = None
    error: Sentence | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries of the same order, one after another, that were not sent before this one (M12).

    `count` of them since `since` (UTC), the last for the reason `why`; `last_id` is the command of the last one where
    nobody was told of it. `tell` says that it is time to tell how many they are.
    """

    count: int
    since: datetime
    why: Sentence
    last_id: str | None = None
    tell: bool = False


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """That an override waits for a second person, who may confirm it until `until` (UTC), `expires` monotonic s.

    `rules` are those that it overrides, and `says` what they answered when it was asked; `by` confirmed it, None while
    nobody has.
    """

    until: datetime
    expires: float
    rules: tuple[str, ...]
    says: tuple[Sentence, ...]
    by: Actor | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """One order from its arrival to its end.

    `entered` (monotonic s) is when it came, `settled` when its answer came or it was given up. `before` is what was in
    force when it came. `key` is the one that it came with; `judged` says that no rule refused it, so that from here on
    it depends on others only. `pressed` (monotonic s) is when it was last given again while it ran. `tries` are those
    before it, where it is tried again by itself. `second` is there where it needs two persons.
    """

    id: str
    order: Order
    by: Actor
    at: datetime
    entered: float
    state: CommandState = CommandState.PENDING
    sent: Sent = False
    settled: float | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    error: Sentence | None = None
    note: Sentence | None = None
    override: str | None = None
    key: str | None = None
    judged: bool = False
    pressed: float | None = None
    tries: Tries | None = None
    second: SecondPerson | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, UnitOutcome] = field(default_factory=dict)
    progress: Progress | None = None

    @property
    def unit_id(self) -> str | None:
        """The unit that it concerns; None: the cluster."""
        return self.order.unit_id

    @property
    def last_given(self) -> float:
        """When (monotonic s) a person or schedule last gave this order."""
        return self.entered if self.pressed is None else max(self.entered, self.pressed)

    @property
    def waits_for_second(self) -> bool:
        """Whether it stands until a second person confirms it; nothing of it is sent before."""
        return self.state.open and self.second is not None and self.second.by is None

    @property
    def given_by(self) -> str:
        """Who gave it, as text: both where a second person confirmed it."""
        confirmed = None if self.second is None else self.second.by
        return str(self.by) if confirmed is None else f"{self.by}, {confirmed}"

    @property
    def tried_quietly(self) -> bool:
        """Whether it is one more try of which nothing is told unless something comes of it (M12)."""
        return self.tries is not None and not self.tries.tell

    def says_nothing_new(self, why: Sentence | None) -> bool:
        """Whether it is such a try that was not sent either, and for the same reason."""
        return self.tries is not None and self.tried_quietly and why == self.tries.why


def stops_or_changes(command: Command) -> bool:
    """Whether it is a stop that came, or another mode that was or may have been sent.

    A stop counts though it could not leave: whoever gave it meant what it says.
    """
    if command.order.stops:
        return True
    return isinstance(command.order, ModeOrder) and (command.state.open or command.sent is not False)


@dataclass(frozen=True, slots=True)
class ConverterEffect:
    """One converter status that was or may have been sent to one unit; `answer` is the `dcdc` object it answered with.

    `returned` (monotonic s) is None while the order is in flight. `seen` is the `dcdc` object that the converter told
    when it was read directly at `seen_at` (monotonic s), after its answer and with another status.
    """

    command_id: str
    unit_id: str
    status: ConverterStatus
    dvg: float
    dig: float
    entered: float
    returned: float | None = None
    sent: Sent = "unknown"
    answer: Mapping[str, Any] | None = None
    seen: Mapping[str, Any] | None = None
    seen_at: float | None = None

    @property
    def answered_status(self) -> ConverterStatus | None:
        """What the converter itself said it does after this order, or None."""
        return told_status(self.answer)

    @property
    def last_told(self) -> Mapping[str, Any] | None:
        """The `dcdc` object that the converter itself told last: in answer, or when it was read since."""
        return self.answer if self.seen is None else self.seen

    def counts_from(self, lag: float) -> float | None:
        """From when (monotonic s) a reading counts as evidence after this order; None while it is in flight (Z6c)."""
        return None if self.returned is None else max(self.returned, self.seen_at or self.returned) + lag


def last_answered(orders: Sequence[ConverterEffect]) -> int | None:
    """The place of the order that the converter answered last; None where it answered none."""
    answered = [
        (order.returned, place)
        for place, order in enumerate(orders)
        if order.answer is not None and order.returned is not None
    ]
    return max(answered)[1] if answered else None


def told_status(dcdc: Any) -> ConverterStatus | None:
    """The status in a `dcdc` object, None where it tells none of the four."""
    status = dcdc.get("status") if isinstance(dcdc, Mapping) else None
    return parse_converter_status(status.get("status")) if isinstance(status, Mapping) else None


@dataclass(frozen=True, slots=True)
class ModeEffect:
    """One mode that was or may have been sent, for the cluster (`unit_id` None) or one unit (`mode` None clears)."""

    command_id: str
    unit_id: str | None
    mode: Mode | None
    entered: float
    before: Mode | None = None
    returned: float | None = None
    sent: Sent = "unknown"
    in_effect: bool = False
    by_person: bool = True
    at: datetime | None = None

    def pending(self, now: float, allowed: float) -> bool:
        """Whether it may still be on its way: in flight, or sent, not seen, and within `allowed` seconds (Z9b)."""
        if self.returned is None:
            return True
        return self.sent is not False and not self.in_effect and now - self.returned <= allowed
