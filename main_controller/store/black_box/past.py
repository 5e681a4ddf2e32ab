"""Finds in the black box what was told at a time, and tells how far it reaches. Used by its front."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from main_controller.domain.timestamps import said_time
from main_controller.errors import NotFound
from main_controller.sentence import Sentence, said_again, say
from main_controller.store.black_box.entries import Mark
from main_controller.store.black_box.rebuilding import Rebuilding, Recorded, by, in_ms
from main_controller.store.black_box.recording import QUIET
from main_controller.store.black_box.segment import BadSegment, Head, Segment, entries
from main_controller.store.black_box.shelf import Kept, Shelf
from main_controller.store.black_box.timeline import Gap, Span, Timeline, gaps_of, stretches_of

MARKS = 2_000
"""How many marks a time line has at most."""

LATE = timedelta(seconds=90)
"""How long after its last frame a segment may hold a mark: longer than one lasts."""

InMemory = Callable[[], tuple[list[Segment], Head | None]]
"""The segments that are not in the folder yet, in their order, and the head of the one under way."""


class Past:
    """What lies on the `shelf` and `in_memory`; `under_way` gives the segment under way, `wall` aware UTC. Moments are
    shown from the `older` shelf too, where there is one; how far the record reaches does not count it."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        in_memory: InMemory,
        under_way: Callable[[], Segment | None],
        wall: Callable[[], datetime],
        older: Shelf | None = None,
    ) -> None:
        self._shelf = shelf
        self._older = older
        self._in_memory = in_memory
        self._under_way = under_way
        self._wall = wall

    def at(self, at: datetime) -> Recorded:
        """What was told at `at` (UTC). Raises NotFound."""
        at = in_ms(at)
        for segment in self._segments_at(at):
            found = self._found(segment, at)
            if found is not None and at - in_ms(found.made) <= QUIET:
                return found
        raise NotFound(self._nothing_at(at))

    def timeline(self, begins: datetime | None, ends: datetime | None, *, fault: Sentence | None) -> Timeline:
        """How far it reaches, with the gaps and marks from `begins` to `ends` (UTC; None: all)."""
        unwritten, kept = self._heads(), self._shelf.kept
        known: list[Head | Kept] = [*kept, *unwritten]
        reach = [span_of(one) for one in known]
        before = ends is not None and not any(one.begins <= ends for one in reach)
        heads: list[Head | Kept] = [*self._all_kept(), *unwritten] if before else known
        spans = [span_of(one) for one in heads]
        marks: list[Mark] = []
        left_out = 0
        for one in reversed(heads):  # where there are too many, the newest are told
            if (ends is not None and one.begins > ends) or (begins is not None and one.ends + LATE < begins):
                continue
            head = self._shelf_of(one).head(one) if isinstance(one, Kept) else one
            if head is not None:
                found = [mark for mark in head.marks if _within(mark.at, begins, ends)]
                told = found[max(0, len(found) - (MARKS - len(marks))) :] if len(marks) < MARKS else []
                left_out += head.left_out + len(found) - len(told)
                marks += told
        return Timeline(
            begins=min((one.begins for one in reach), default=None),
            ends=max((one.ends for one in reach), default=None),
            gaps=[gap for gap in gaps_of(spans) if _touches(gap, begins, ends)],
            marks=sorted(marks, key=lambda mark: mark.at),
            left_out=left_out,
            hours=self._shelf.hours,
            bytes=self._shelf.bytes,
            used=self._shelf.used,
            fault=fault,
        )

    def _all_kept(self) -> Sequence[Kept]:
        """What is on the disk, in the order of writing, what is on the shelf no more first."""
        kept = self._shelf.kept
        if self._older is None:
            return kept
        names = {one.path.name for one in kept}
        return [*(one for one in self._older.kept if one.path.name not in names), *kept]

    def _shelf_of(self, one: Kept) -> Shelf:
        older = self._older
        return older if older is not None and one.path.parent == older.folder else self._shelf

    def _heads(self) -> list[Head]:
        """Of the segments that are not in the folder yet, in their order."""
        unwritten, under_way = self._in_memory()
        return [*(one.head for one in unwritten), *([] if under_way is None else [under_way])]

    def _segments_at(self, at: datetime) -> list[Segment | Kept]:
        """Those in which `at` lies, the newest first: a clock that was set back shows a time twice."""
        unwritten, head = self._in_memory()
        found: list[Segment | Kept] = []
        after: Span | None = None
        if head is not None:
            after = span_of(head)
            if in_ms(head.begins) <= at <= self._wall():
                under_way = self._under_way()
                found += [] if under_way is None else [under_way]
        segments: list[Segment | Kept] = [*self._all_kept(), *unwritten]
        for one in reversed(segments):
            span = span_of(one.head if isinstance(one, Segment) else one)
            if after is not None and span.start == after.start and span.number >= after.number:
                continue  # it went to the disk between two looks
            if in_ms(span.begins) <= at <= span.ends:
                found.append(one)
        return found

    def _found(self, one: Segment | Kept, at: datetime) -> Recorded | None:
        """The frame told at `at` by this segment; None where the file is broken, and set aside with that."""
        segment = self._shelf_of(one).read(one) if isinstance(one, Kept) else one
        if segment is None:
            return None
        head = segment.head
        try:
            found = Rebuilding().frame_at(entries(segment.packed, head.raw), at)
        except BadSegment as bad:
            if isinstance(one, Kept):
                self._shelf_of(one).set_aside(one.path, bad)
                return None
            raise
        return None if found is None else by(found, head.version, head.start)

    def _nothing_at(self, at: datetime) -> Sentence:
        """The sentence that nothing is recorded of this time, with the nearest recorded times: to the second, the later
        one rounded up, so that what is typed from it is recorded."""
        spans: list[Head | Kept] = [*self._all_kept(), *self._heads()]
        stretches = stretches_of([span_of(one) for one in spans])
        before = max((ends for _, ends in stretches if ends <= at), default=None)
        after = min((begins for begins, _ in stretches if begins > at), default=None)
        if before is None and after is None:
            return say("store.nothingRecorded", "The black box holds nothing yet.")
        after = None if after is None else _next_second(after)
        if before is None or after is None:
            return say(
                "store.notRecordedBeyond",
                "Nothing is recorded of {at}: the nearest recorded time is {nearest}.",
                at=said_time(at),
                nearest=said_time(before or after or at),
            )
        return say(
            "store.notRecorded",
            "Nothing is recorded of {at}: the nearest recorded times are {before} and {after}.",
            at=said_time(at),
            before=said_time(before),
            after=said_time(after),
        )


def _next_second(at: datetime) -> datetime:
    return at if at.microsecond == 0 else at.replace(microsecond=0) + timedelta(seconds=1)


def span_of(one: Head | Kept) -> Span:
    """Of a segment what tells where the gaps are."""
    lost = None if one.lost is None else said_again(str(one.lost.get("text")), [one.lost])
    place = one.place if isinstance(one, Kept) else None
    return Span(one.begins, one.ends, one.start, one.number, lost, one.gaps, place)


def _touches(gap: Gap, begins: datetime | None, ends: datetime | None) -> bool:
    return (ends is None or gap.begins <= ends) and (begins is None or gap.ends >= begins)


def _within(at: datetime, begins: datetime | None, ends: datetime | None) -> bool:
    return (begins is None or at >= begins) and (ends is None or at <= ends)
