"""What an incident is, which reasons belong to one, and which go when there are too many. Pure; used by their store.

Times are aware UTC.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from msgspec import structs

from main_controller.domain.timestamps import is_moment
from main_controller.sentence import Sentence, messages, said_again
from main_controller.store.black_box.entries import Message

AROUND = timedelta(minutes=10)
"""How long before and after its reason is kept."""

LONGEST = timedelta(hours=6)
"""How long an incident lasts at most: of what goes on for longer another one begins."""

REASONS = 50
"""How many reasons one lists at most; more are counted."""

LESSER = {"order": 1, "kept": 2}
"""The kinds of reasons that give way where there are too many, the later ones first: any that a person or a script
can ask for in any number takes no place from what the grid did, or from a stop."""

NOTES = 200
"""How many notes one takes at most."""

MOST_NUMBER = 10**14
"""Below this an incident's number lies: ours are seconds since 1970, or one more than the last."""


_ID = re.compile(r"i([0-9]{1,15})")


def id_of(number: int) -> str:
    """An incident's id by its number."""
    return f"i{number}"


def number_of(text: str) -> int | None:
    """The number of the incident of this id; None for what is none."""
    found = _ID.fullmatch(text)
    return None if found is None else int(found[1])


class Reason(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why something is kept: when, of which `kind` (of alarm; "estop", "stop", "order"; "kept" by a person; "drill"),
    in words and, where they have a code, as a `message`; at which `unit` (None: the cluster). `ref` is the
    alarm's or order's id, `by` who asked for it, "" where nobody did."""

    at: datetime
    kind: str
    text: str
    message: Message | None = None
    unit: str | None = None
    ref: str | None = None
    by: str = ""

    @property
    def sentence(self) -> Sentence:
        """Its words, with their code where they have one."""
        return said_again(self.text, [] if self.message is None else [self.message])


def reason_of(
    at: datetime, kind: str, text: Sentence, *, unit: str | None = None, ref: str | None = None, by: str = ""
) -> Reason:
    """A reason in these words."""
    return Reason(at=at, kind=kind, text=str(text), message=_message(text), unit=unit, ref=ref, by=by)


def _message(text: Sentence) -> Message | None:
    return next(iter(messages([text])), None)


class PersonsNote(msgspec.Struct, frozen=True):
    """What somebody wrote about it, who and when."""

    at: datetime
    by: str
    text: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept from `begins` to `ends`, and why. `number` is its own for good, and later ones have higher.

    `whole`: nothing more of its time will come. `left_out` reasons are not listed. `joined` are the numbers of those
    that became part of it.
    """

    number: int
    begins: datetime
    ends: datetime
    reasons: tuple[Reason, ...]
    left_out: int = 0
    notes: tuple[PersonsNote, ...] = ()
    whole: bool = False
    joined: tuple[int, ...] = ()

    @property
    def id(self) -> str:
        """What people and addresses call it."""
        return id_of(self.number)

    @property
    def units(self) -> tuple[str, ...]:
        """The units that its reasons name, each once."""
        return tuple(dict.fromkeys(one.unit for one in self.reasons if one.unit is not None))

    @property
    def makes_sense(self) -> bool:
        """Whether what has its form can be one: its number, how many reasons and notes it has, and all its times."""
        times = [self.begins, self.ends, *(why.at for why in self.reasons), *(note.at for note in self.notes)]
        many = 0 < len(self.reasons) <= REASONS and len(self.notes) <= NOTES
        return many and all(map(is_moment, times)) and 0 < self.number < MOST_NUMBER

    def has_taken_in(self, other: "Incident | None") -> bool:
        """Whether that one, which it says was joined, can be part of it: begun later, and of its time."""
        if other is None or other.number <= self.number:
            return False
        return self.begins <= other.begins and other.ends <= self.ends

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether something from `begins` to `ends` is of its time."""
        return begins <= self.ends and ends >= self.begins


class Kept(NamedTuple):
    """What became of a reason: the `incident` that has it now, and those that are no more, since they became part."""

    incident: Incident
    gone: tuple[Incident, ...]


def kept(incidents: Iterable[Incident], reason: Reason, begins: datetime, ends: datetime, number: int) -> Kept:
    """Keep what was from `begins` to `ends`: as part of what overlaps it, all of which becomes one, or as a new one of
    this `number`. What would become longer than `LONGEST`, or have more than `NOTES` notes, stays apart."""
    one = Incident(number=number, begins=begins, ends=ends, reasons=(reason,))
    parts: list[Incident] = []
    notes = 0
    for other in sorted(incidents, key=lambda other: other.begins, reverse=True):
        if other.covers(one.begins, one.ends):
            begins, ends = min(one.begins, other.begins), max(one.ends, other.ends)
            if ends - begins <= LONGEST and notes + len(other.notes) <= NOTES:
                one = structs.replace(one, begins=begins, ends=ends)
                notes += len(other.notes)
                parts.append(other)
    if not parts:
        return Kept(one, ())
    first = min(parts, key=lambda part: part.number)
    gone = tuple(part for part in parts if part is not first)
    reasons = (*(each for part in parts for each in part.reasons), reason)
    listed = sorted(reasons, key=lambda each: (LESSER.get(each.kind, 0), each.at))[:REASONS]
    return Kept(
        Incident(
            number=first.number,
            begins=one.begins,
            ends=one.ends,
            reasons=tuple(sorted(listed, key=lambda each: each.at)),
            left_out=sum(part.left_out for part in parts) + len(reasons) - len(listed),
            notes=tuple(sorted((each for part in parts for each in part.notes), key=lambda each: each.at)),
            whole=first.whole and not gone and (first.begins, first.ends) == (one.begins, one.ends),
            joined=(*first.joined, *(number for part in gone for number in (part.number, *part.joined))),
        ),
        gone,
    )


def next_to_go(incidents: Iterable[Incident], now: datetime, *, lasts: timedelta, over: bool) -> Incident | None:
    """Which has to go next, None for none: the one that ended first, where that is longer than `lasts` ago, or where
    what is kept is `over` what it may be. One that still grows never goes; a note or a person's wish keeps none."""
    oldest = min((one for one in incidents if one.whole), key=lambda one: (one.ends, one.number), default=None)
    return oldest if oldest is not None and (over or now - oldest.ends > lasts) else None


def newest_first(incidents: Iterable[Incident]) -> Sequence[Incident]:
    """As a person reads them."""
    return sorted(incidents, key=lambda one: one.number, reverse=True)
