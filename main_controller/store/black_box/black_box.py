"""The black box as the program sees it: news is handed over and nobody waits; any recorded moment is given back.

Used by the cache, the frames, the journal, the alarms and the collectors, each of which tells it of its news in its own
thread, and by the readings of the past. Two workers call `record_once`, which writes entries in memory, and
`write_once`, which takes whole segments to the disk: a disk that hangs holds up neither the entries nor anybody else.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs

from main_controller.domain.snapshot import Snapshot
from main_controller.sentence import Sentence, foreign, messages, say
from main_controller.store.black_box.entries import Mark, Note, ToldFrame
from main_controller.store.black_box.past import Past
from main_controller.store.black_box.rebuilding import Recorded
from main_controller.store.black_box.recording import Recording, content_of
from main_controller.store.black_box.segment import Head, Segment, repacked
from main_controller.store.black_box.shelf import Kept, Shelf
from main_controller.store.black_box.timeline import Timeline

log = logging.getLogger(__name__)

SNAPSHOTS, NOTES = 60, 5_000
"""How many snapshots and frames, and how many notes, wait for the worker at most: each snapshot may hold megabytes."""

UNWRITTEN = 32_000_000
"""How many bytes of whole segments wait for the disk at most; then the oldest are lost."""

AGAIN = 10.0
"""How long (s) after a refusal the disk is tried again."""


Marked = Callable[[datetime], Mark | None]
"""Makes the mark, if there is one, of what happened at a time (UTC)."""


class BlackBox:
    """On this `shelf`. `version` is the program's, `start` names this run; `clock` is monotonic s, `wall` UTC. Moments
    that are on the shelf no more are shown from what is on the `older` one."""

    def __init__(
        self,
        shelf: Shelf,
        *,
        version: str,
        start: str,
        wall: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        older: Shelf | None = None,
    ) -> None:
        self._shelf = shelf
        self._wall = wall
        self._clock = clock
        self._queueing = threading.Lock()  # protects the next five; held for moments, since everybody comes here
        self._snapshots: deque[Snapshot | ToldFrame] = deque()
        self._notes: deque[tuple[datetime, str, Any, Marked | None]] = deque()
        self._left_out = 0
        self._notes_left_out = 0
        self._closed = False
        self._recording_lock = threading.Lock()  # held while entries are written, or read out while they are
        self._recording = Recording(version=version, start=start)
        self._handing = threading.Lock()  # protects the segments that wait for the disk, and their number of bytes
        self._unwritten: deque[Segment] = deque()
        self._dropped = 0
        self._tried_at = float("-inf")
        self._fault: Sentence | None = None
        self._writing_since: float | None = None  # by the clock; None while nothing is written
        self._refused: OSError | None = None  # what the disk said last, None while it takes all
        self._past = Past(shelf, older=older, in_memory=self._in_memory, under_way=self._under_way, wall=wall)

    @property
    def fault(self) -> Sentence | None:
        """Why the black box is not written, None while it is."""
        since = self._writing_since
        if since is None or self._clock() - since <= AGAIN:
            return self._fault
        return say(
            "store.blackBoxHangs",
            "The disk does not answer: the black box waits to be written into {folder}.",
            folder=str(self._shelf.folder),
        )

    # Whoever has news

    def snapshot_told(self, snapshot: Snapshot) -> None:
        """Every snapshot, in their order; at once, and never raises."""
        self._hand_over(snapshot)

    def frame_told(self, told: ToldFrame) -> None:
        """Every frame, in their order, each after its snapshot; at once, and never raises."""
        self._hand_over(told)

    def note(self, kind: str, content: Any, mark: Marked | None = None) -> None:
        """What else happened; at once, and never raises. `content`, or what makes it, becomes JSON later, so nobody
        edits it any more; and `mark` is asked later for what stands on the time line."""
        at = self._wall()
        with self._queueing:
            if len(self._notes) >= NOTES or self._closed:
                self._notes_left_out += 1
            else:
                self._notes.append((at, kind, content, mark))

    def _hand_over(self, news: Snapshot | ToldFrame) -> None:
        with self._queueing:
            if len(self._snapshots) >= SNAPSHOTS or self._closed:
                self._left_out += 1
            else:
                self._snapshots.append(news)

    # The workers

    def record_once(self) -> None:
        """Write what waits as entries, in memory."""
        with self._recording_lock:
            self._record()
            self._hand_to_disk(self._recording.take_sealed())

    def write_once(self) -> None:
        """Take whole segments to the disk. Raises OSError where it refuses: they wait, and it is tried again, after
        `AGAIN` s; until then this raises what was said last."""
        if self._refused is not None and self._clock() - self._tried_at < AGAIN:
            raise OSError(*self._refused.args)
        self._tried_at = self._writing_since = self._clock()
        try:
            if not self._shelf.loaded:
                self._shelf.load()
            while (segment := self._next_unwritten()) is not None:
                self._shelf.add(repacked(segment))
                with self._handing:
                    if self._unwritten and self._unwritten[0] is segment:
                        self._unwritten.popleft()
        except OSError as error:
            self._refused = error
            self._fault = say(
                "store.blackBoxRests",
                "The black box rests, as {folder} refuses: {why}.",
                folder=str(self._shelf.folder),
                why=foreign(error.strerror or str(error)),
            )
            raise
        finally:
            self._writing_since = None
        self._fault = self._refused = None
        if self._dropped:
            log.error("%d minutes of the black box were lost while its folder could not be written", self._dropped)
            self._dropped = 0

    def end(self) -> None:
        """Write all that was told, at the end of the program. Raises OSError."""
        with self._queueing:
            self._closed = True
        with self._recording_lock:
            self._record()
            self._recording.seal(self._wall())
            self._hand_to_disk(self._recording.take_sealed())
        self._tried_at = float("-inf")
        self.write_once()

    def _record(self) -> None:
        """Write all that waits; the caller holds the lock. What cannot be written is a gap that is told."""
        with self._queueing:
            snapshots, self._snapshots = self._snapshots, deque()
            notes, self._notes = self._notes, deque()
            left_out, self._left_out = self._left_out, 0
            notes_left_out, self._notes_left_out = self._notes_left_out, 0
        try:
            for at, kind, content, mark in notes:
                note = Note(at=at, kind=kind, content=content_of(content() if callable(content) else content))
                self._recording.note(note, None if mark is None else mark(at))
            for news in snapshots:
                if isinstance(news, Snapshot):
                    self._recording.snapshot(news)
                else:
                    self._recording.frame(news)
        except Exception:
            self._recording.broken(say("store.notWritable", "something that was told has no form in the black box"))
            raise
        if left_out or notes_left_out:
            why = say(
                "store.tooBusy",
                "the machine was too busy: {count} pieces of news were left out",
                count=left_out + notes_left_out,
            )
            log.error("the black box has a gap: %s", why)
            self._recording.broken(why)

    def _hand_to_disk(self, sealed: Sequence[Segment]) -> None:
        with self._handing:
            self._unwritten.extend(sealed)
            while len(self._unwritten) > 1 and sum(len(one.packed) for one in self._unwritten) > UNWRITTEN:
                self._unwritten.popleft()
                self._dropped += 1
                after, lost = self._unwritten[0], say("store.diskRefused", "its folder could not be written")
                head = structs.replace(after.head, lost=messages([lost])[0])
                self._unwritten[0] = Segment(head, after.packed)

    def _next_unwritten(self) -> Segment | None:
        """The oldest segment that waits."""
        with self._handing:
            return self._unwritten[0] if self._unwritten else None

    # The readings

    def at(self, at: datetime) -> Recorded:
        """What was told at `at` (UTC): the last frame made until then. Raises NotFound where none was, with the nearest
        recorded times."""
        self.record_once()
        return self._past.at(at)

    def timeline(self, begins: datetime | None = None, ends: datetime | None = None) -> Timeline:
        """How far it reaches, with the gaps and marks from `begins` to `ends` (UTC; None: all)."""
        self.record_once()
        return self._past.timeline(begins, ends, fault=self.fault)

    # The incidents

    @property
    def loaded(self) -> bool:
        """Whether its folder has been looked through since the start."""
        return self._shelf.loaded

    def on_disk(self, begins: datetime, ends: datetime) -> list[Kept]:
        """The segments in its folder that hold some of this time (UTC), in the order of writing."""
        return [one for one in self._shelf.kept if one.begins <= ends and one.ends >= begins]

    def in_memory(self, begins: datetime, ends: datetime) -> list[Segment]:
        """Those that are not there yet, the one under way as it is now."""
        self.record_once()
        unwritten, _ = self._in_memory()
        under_way = self._under_way()
        found = [*unwritten, *([] if under_way is None else [under_way])]
        return [one for one in found if one.head.begins <= ends and one.head.ends >= begins]

    def _in_memory(self) -> tuple[list[Segment], Head | None]:
        with self._recording_lock, self._handing:
            return list(self._unwritten), self._recording.head

    def _under_way(self) -> Segment | None:
        with self._recording_lock:
            return self._recording.under_way()
