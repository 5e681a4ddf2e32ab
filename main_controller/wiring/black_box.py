"""Builds the black box: where it lies, who tells it of what, and the loops that write it."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from main_controller import __version__
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import unit_of
from main_controller.alarms.record import record_of
from main_controller.clock import utc_now
from main_controller.domain.commands import Command
from main_controller.sentence import messages
from main_controller.settings import Settings
from main_controller.store.black_box import BlackBox, Mark, Shelf
from main_controller.store.journal import KINDS, OWN, JournalRow, Stage, Subject
from main_controller.workers.health import words_of
from main_controller.workers.periodic import Periodic

log = logging.getLogger(__name__)

FOLDER = "blackbox"
"""Its name, beside the database."""

RECORDS, WRITES = 0.5, 1.0
"""How often (s) what was told is written down in memory, and whole segments go to the disk."""

ENDS = 3.0
"""How long (s) the end of the program waits for the last segment to be written."""

UNMARKED = (Stage.INTENT, Stage.NOTE, Stage.ACCEPTED)
"""Stages on an order's way that are no marks of their own."""

ORDERED = ("order", "refusal", "override")
"""Kinds of rows that are of an order alone; those of locks and schedules have sentences of their own."""

MARKED = (Change.RAISED, Change.RAISED_AGAIN, Change.RETURNED)
"""What becomes of an alarm that is a mark."""


def built(settings: Settings, start: str, older: Shelf | None) -> BlackBox | None:
    """The black box of this run of the program, which `start` names, and which shows moments from the `older` shelf
    too; None where it is off."""
    if not settings.blackboxhours:
        return None
    folder = settings.database.with_name(FOLDER)
    shelf = Shelf(folder, megabytes=settings.blackboxmb, hours=settings.blackboxhours)
    return BlackBox(shelf, version=__version__, start=start, wall=utc_now, older=older)


def loops_of(box: BlackBox) -> list[Periodic]:
    """What writes it."""
    return [
        Periodic("black box", RECORDS, box.record_once),
        Periodic("the black box's folder", WRITES, box.write_once),
    ]


def end(box: BlackBox) -> None:
    """Write what was told last; a disk that hangs holds up the end for a moment only."""

    def write() -> None:
        try:
            box.end()
        except OSError as error:
            log.error("what the black box was told last is lost: %s", error.strerror or error)

    thread = threading.Thread(target=write, name="black box's end", daemon=True)
    thread.start()
    thread.join(ENDS)
    if thread.is_alive():
        log.error("what the black box was told last is lost: the disk does not answer")


class Telling:
    """Tells the black box what happens besides snapshots and frames, each in its teller's own thread, at once."""

    def __init__(self, box: BlackBox) -> None:
        self._box = box

    def row(self, row: JournalRow) -> None:
        """A row of the journal: every order with its stages, locks, acknowledgements, schedules, settings, events."""
        marked = row.by != OWN and row.stage not in UNMARKED
        self._box.note("journal", row, partial(_mark_of_row, row) if marked else None)

    def command(self, before: Command | None, after: Command) -> None:
        """How an order stands, also by converters' own answers; progress alone is told with the frames."""
        if before is None or _standing(before) != _standing(after):
            self._box.note("command", after)

    def call(self, path: str, error: Exception | None) -> None:
        """The outcome of a call of apis-web; what it answered is told as a snapshot."""
        self._box.note("call", {"path": path, "error": None if error is None else words_of(error)})

    def alarms(self, transitions: Sequence[Transition]) -> None:
        """What became of alarms."""
        for one in transitions:
            marked = partial(_mark_of_alarm, one) if one.change in MARKED else None
            self._box.note("alarm", partial(_alarm_told, one), marked)


def _standing(command: Command) -> tuple[Any, ...]:
    return command.state, command.sent, command.settled, command.error, command.note, command.judged


def _mark_of_row(row: JournalRow, at: datetime) -> Mark:
    ordered = row.kind in ORDERED
    return Mark(
        at=at,
        kind="order" if row.order is not None or row.kind in KINDS[Subject.ORDERS] else "event",
        text=row.what,
        unit=row.unit_id,
        ref=row.command_id,
        stage=row.stage,
        message=row.message_of(row.what),
        order=row.order if ordered else None,
        wanted=row.wanted if ordered else {},
    )


def _alarm_told(transition: Transition) -> dict[str, Any]:
    change, alarm, subject = transition
    return {"change": change, "subject": subject, "alarm": record_of(alarm)}


def _mark_of_alarm(transition: Transition, at: datetime) -> Mark:
    alarm, (subject, member) = transition.alarm, transition.of
    text = member.sign.text
    return Mark(
        at=at,
        kind="alarm",
        text=str(text),
        unit=unit_of(alarm.kind, subject),
        ref=alarm.id,
        stage=str(transition.change),
        message=next(iter(messages([text])), None),
    )
