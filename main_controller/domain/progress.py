"""How far an order is, as data: each kind of order tells its own (Z6c, Z9, Z9a, N13).

Pure and frozen. Kept in a `Command` by whoever sees the order through; it stands in its JSON as `progress`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from main_controller.domain.transfer import Step, StepStanding
from main_controller.errors import Sent
from main_controller.sentence import Sentence

Drained = bool | Literal["superseded"] | None
"""Whether no deal is left and every live converter is in Wait; None where that cannot be told, "superseded" when
another mode was ordered since (Z9a)."""


@dataclass(frozen=True, slots=True)
class UnitsShow:
    """At `shown` of `of` units the order is seen."""

    shown: int
    of: int


@dataclass(frozen=True, slots=True)
class ModeShows(UnitsShow):
    """The same of a mode; `deals` is how many stand, None where that cannot be told."""

    deals: int | None
    drained: Drained

    @property
    def drains(self) -> bool:
        """Whether a Soft Stop may still have deals."""
        return self.drained not in (True, "superseded")


@dataclass(frozen=True, slots=True)
class Grace:
    """The `units` that get Wait only in `wait_in` s, and why."""

    units: tuple[str, ...]
    wait_in: float
    why: Sentence


@dataclass(frozen=True, slots=True)
class ForgottenWait:
    """What came of a Wait to a unit of which a person said that it has left.

    `shows` is the status that its converter answered, `error` why there is none.
    """

    sent: Sent
    shows: str | None
    error: Sentence | None


@dataclass(frozen=True, slots=True)
class StopAllShows(UnitsShow):
    """The same of Stop all. `stop_in_effect` is None where no mode is sent; `grace` None where nobody is waited for."""

    stop_in_effect: bool | None
    grace: Grace | None
    forgotten: Mapping[str, ForgottenWait] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransferStands:
    """At which step a guided transfer is, how all of them stand, and a sentence on it, if there is one."""

    step: Step
    steps: tuple[StepStanding, ...]
    sentence: Sentence | None


@dataclass(frozen=True, slots=True)
class SchedulesCleared:
    """With a unit that has left so many schedules went."""

    schedules: int


Progress = UnitsShow | TransferStands | SchedulesCleared
