"""What is measured of one drill: what happened when, and since when the grid is safe (docs/drills.md says what is).

Pure. Every time is in seconds since the fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from main_controller.domain.modes import ConverterStatus

GRAVE = 2
"""Alarms up to this priority are those at which the book has an operator act, and which sound on a page."""


def at_work(now: Mapping[str, Any]) -> list[str]:
    """The converters that are on the bus, of how all really stands (`now` of the simulator's `/truth`)."""
    return [
        unit_id for unit_id, one in now["converters"].items() if one["status"] != ConverterStatus.WAIT or one["amps"]
    ]


def unheard(now: Mapping[str, Any]) -> list[str]:
    """Those of them that answer nobody, so that no order can take them off."""
    return [unit_id for unit_id in at_work(now) if not now["converters"][unit_id]["answers"]]


def safe(now: Mapping[str, Any], dead_bus: float) -> bool:
    """Whether every converter that can be heard is off the bus, or the bus is down: below `dead_bus` (V), held by
    nobody, and without current."""
    working = at_work(now)
    if len(working) == len(unheard(now)):
        return True
    current = any(one["amps"] for one in now["converters"].values())
    return not now["heldBy"] and now["volts"] < dead_bus and not current


class Happened(NamedTuple):
    """One line of the course."""

    at: float
    what: str


@dataclass(slots=True)
class Held:
    """Since when something holds (`since`, None while it does not), when it `first` did, how often it was `lost`."""

    first: float | None = None
    since: float | None = None
    lost: int = 0

    def look(self, at: float, holds: bool) -> bool:
        """Take note of how it is now; whether that is another than before."""
        if holds is (self.since is not None):
            return False
        self.since = at if holds else None
        self.lost += not holds
        if self.first is None:
            self.first = self.since
        return True


@dataclass(slots=True)
class Course:
    """One drill from its fault on, put together as it happens: whoever tells it something gives the time.

    `truth` is whether the grid is safe by the simulated hardware itself, `waits` whether every converter that can be
    heard is in Wait, by the same; `console` whether the program knows that it is safe.
    """

    happened: list[Happened] = field(default_factory=list)
    alarm: float | None = None
    grave: float | None = None
    ordered: float | None = None
    left: float | None = None
    ended: float | None = None
    outcome: str = ""
    truth: Held = field(default_factory=Held)
    waits: Held = field(default_factory=Held)
    console: Held = field(default_factory=Held)
    unheard: Sequence[str] = ()

    def note(self, at: float, what: str) -> None:
        """Take in a line of the course."""
        self.happened.append(Happened(at, what))

    def take_alarm(self, at: float, priority: int, text: str) -> None:
        """An alarm was raised."""
        self.note(at, f"Alarm, priority {priority}: {text}")
        if self.alarm is None:
            self.alarm = at
        if self.grave is None and priority <= GRAVE:
            self.grave = at

    def take_order(self, at: float, command: str, by: str) -> None:
        """A Stop all was ordered; only the first counts."""
        if self.ordered is None:
            self.ordered = at
            self.note(at, f"Stop all is ordered by {by} ({command}).")

    def take_left(self, at: float) -> None:
        """The order was taken by whom it went to first."""
        if self.left is None:
            self.left = at
            self.note(at, "The first of whom it was sent to has taken it.")

    def take_outcome(self, at: float, state: str, error: str | None) -> None:
        """The order ended."""
        if self.ended is None:
            self.ended, self.outcome = at, state
            self.note(at, f"Stop all ended: {state}.{f' {error}' if error else ''}")

    def stands(self, at: float, now: Mapping[str, Any], dead_bus: float, *, known: bool) -> None:
        """How all really stands now, and whether the program knows that it is safe."""
        self.unheard = unheard(now)
        self.waits.look(at, len(at_work(now)) == len(self.unheard))
        if self.truth.look(at, safe(now, dead_bus)):
            working = f"{', '.join(at_work(now)) or 'something unlisted'} on a bus of {now['volts']:.0f} V"
            told = "safe" if self.truth.since is not None else f"no longer safe: {working}"
            self.note(at, f"In truth: {told}.")
        if self.console.look(at, known):
            told = "it is safe" if known else "it is not known to be safe any more"
            self.note(at, f"By the console: {told}.")

    def settled(self, at: float, holds: float) -> bool:
        """Whether the order has ended, and the safe state has held for `holds` and is known."""
        held = self.truth.since is not None and at - self.truth.since >= holds
        return self.ended is not None and held and self.console.since is not None

    def reached(self, at: float, holds: float) -> bool:
        """Whether a safe state was reached: Stop all was ordered, and it is safe in truth, for `holds` already."""
        return self.ordered is not None and self.truth.since is not None and at - self.truth.since >= holds
