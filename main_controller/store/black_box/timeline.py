"""How far the black box reaches, where nothing is in it, and why. Pure; used by the black box and its readings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from main_controller.sentence import Sentence
from main_controller.store.black_box.entries import Mark


class Why(StrEnum):
    """Why nothing was recorded: the program did not run, or was killed before it wrote; no frame was made; something
    was lost, or a file is damaged or gone."""

    NOT_RUNNING = "notRunning"
    PAUSED = "paused"
    LOST = "lost"


class Span(NamedTuple):
    """A segment: the `number`th of the run that `start` names, and the one at this `place` in the folder, None where it
    is not there yet; `lost` says what is missing just before it."""

    begins: datetime
    ends: datetime
    start: str
    number: int
    lost: Sentence | None = None
    gaps: Sequence[tuple[datetime, datetime]] = ()
    place: int | None = None

    def is_next_after(self, before: "Span") -> bool:
        """Whether no segment was between the two: of another run it is then the first."""
        if self.start == before.start:
            return self.number == before.number + 1
        adjoins = self.place is None or before.place is None or self.place <= before.place + 1
        return self.number == 1 and adjoins


class Gap(NamedTuple):
    """A stretch in which nothing was recorded; `text` where more is known."""

    begins: datetime
    ends: datetime
    why: Why
    text: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """From `begins` to `ends` moments can be shown (None: none), but within `gaps`; `marks` are what happened, the
    oldest first, without `left_out` more. `used` are bytes on the disk of at most `bytes`, and of at most
    `hours` of record."""

    begins: datetime | None
    ends: datetime | None
    gaps: Sequence[Gap]
    marks: Sequence[Mark]
    left_out: int
    hours: float
    bytes: int
    used: int
    fault: Sentence | None


def gaps_of(spans: Sequence[Span]) -> list[Gap]:
    """Where nothing is between and within these segments, which stand in the order of writing; the oldest first."""
    found: list[Gap] = []
    for span in spans:
        found += [Gap(begins, ends, Why.PAUSED) for begins, ends in span.gaps]
    for before, after in pairwise(spans):
        if after.begins > before.ends:
            is_between_runs = before.start != after.start and after.is_next_after(before)
            why = Why.NOT_RUNNING if is_between_runs else Why.LOST
            found.append(Gap(before.ends, after.begins, why, after.lost))
    return sorted(found, key=lambda gap: gap.begins)


def stretches_of(spans: Sequence[Span]) -> list[tuple[datetime, datetime]]:
    """What was recorded, without the gaps within."""
    found = []
    for span in spans:
        begins = span.begins
        for gap_begins, gap_ends in span.gaps:
            found.append((begins, gap_begins))
            begins = gap_ends
        found.append((begins, span.ends))
    return found
