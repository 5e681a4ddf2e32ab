"""Opens what is remembered: the database and its clients, the schedules, the latest snapshot and the orders."""

import contextlib
import logging
from collections.abc import Mapping
from datetime import timedelta

import pytz

from main_controller.clock import utc_now
from main_controller.domain.freshness import Remembered
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError
from main_controller.orders.moments import new_start
from main_controller.orders.register import Register
from main_controller.settings import Settings
from main_controller.store.data_lock import DataLock, data_folders
from main_controller.store.database import Database
from main_controller.store.history import History
from main_controller.store.journal import Journal
from main_controller.store.known_units import Acknowledgement, KnownUnits
from main_controller.store.locks import LockBook
from main_controller.store.running import RunningProcedures
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.store.unit_cache import UnitCache
from main_controller.watching.journaling import Journaling
from main_controller.wiring import black_box, incidents
from main_controller.workers.admission import within

log = logging.getLogger(__name__)

TOGETHER = 10
"""How many minutes of a small cluster the history takes into its database at once; each is on the disk before."""


def _nobody(_: object) -> None:
    """Who listens where the black box is off."""


class Stores:
    """Everything that is remembered; closed by `stack`. Raises ControllerError or OSError where it cannot start.

    `start` names this run of the program, and `telling` is who tells the black box, where it is not off;
    `reasons` is who has incidents kept, where they are.
    """

    def __init__(self, settings: Settings, timing: Timing, stack: contextlib.ExitStack) -> None:
        self.data_lock = DataLock(wall=utc_now)
        self.data_lock.hold(data_folders(settings.database, settings.schedules))
        stack.callback(self.data_lock.release)
        self.database = Database(settings.database)
        stack.callback(self.database.close)
        self.journal = Journal(self.database, wall=utc_now)
        self.history = History(
            settings.database.with_name("history.sqlite3"), wall=utc_now, megabytes=settings.historymb,
            together=TOGETHER,
        )  # fmt: skip
        stack.callback(self.history.close)
        self.known = KnownUnits(self.database, wall=utc_now, lasts=timedelta(hours=settings.acknowledgetime))
        self.locks = LockBook(self.database)
        self.running = RunningProcedures(self.database)
        self.schedules = Schedules(settings.schedules, zone=pytz.timezone(settings.timezone))
        self.schedules.prepare()
        self.journaling = Journaling(self.journal, timing)
        self.results = ScheduleResults(self.journaling.schedule_result)
        remembered = self._remembered(settings.maxunits)
        self.start = new_start()
        pool = incidents.pool_of(settings)
        self.black_box = black_box.built(settings, self.start, pool)
        self.incidents = (
            None
            if pool is None or self.black_box is None
            else incidents.built(settings, pool, self.black_box, self.journal)
        )
        self.reasons = None if self.incidents is None else incidents.Reasons(self.incidents)
        told = None if self.black_box is None else black_box.Telling(self.black_box)
        self.cache = UnitCache(
            remembered=remembered,
            forgotten=self.known.forgotten(),
            orders_by_address=not settings.emulator,
            told=_nobody if self.black_box is None else self.black_box.snapshot_told,
        )
        self.commands = Register(first_number=self.journaling.next_command_number(wall=utc_now))
        self.commands.listen(self.journaling.command_changed)
        self.telling = told
        if told is not None:
            self.journal.listen(told.row)
            self.commands.listen(told.command)
        if self.reasons is not None:
            self.journal.listen(self.reasons.row)

    def _remembered(self, most: int) -> Mapping[str, Remembered]:
        """What the file kept of the units; a broken file must not keep anybody from stopping the grid."""
        try:
            return within(self.known.load(), most)
        except ControllerError as error:
            log.error("what was known of the units before is lost: %s", error.sentence)
            return {}

    def acknowledgement(self, unit_id: str, status: str | None) -> Acknowledgement | None:
        """By whom and when a unit last seen in this status was acknowledged."""
        return self.known.acknowledgement(unit_id) if self.known.acknowledged(unit_id, status) else None
