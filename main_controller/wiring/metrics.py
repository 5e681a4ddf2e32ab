"""Builds the figures for Prometheus: what is counted, and the situation that a rendering tells."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from main_controller import __version__
from main_controller.clock import utc_now
from main_controller.errors import ControllerError
from main_controller.history.totals import Totals
from main_controller.metrics.exposition import Exposition, Rendered
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import LoopStanding, Situation, counted
from main_controller.settings import Settings
from main_controller.web.metrics import BEAT, Metrics
from main_controller.web.status_report import title_of
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.loops import Loops
from main_controller.wiring.notification import Notification
from main_controller.wiring.operations import Operations
from main_controller.wiring.stores import Stores
from main_controller.workers.health import Health
from main_controller.workers.periodic import Periodic

LOOKED_AT = 10.0
"""How long ago (s) the alarms were looked at, at most, that are told."""


class Metering:
    """Asks everybody for what a rendering tells; `requests` is how many requests wait, by their lane."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        does: Operations,
        loops: Loops,
        alarms: Alarms,
        notification: Notification,
        instruments: Instruments,
        *,
        requests: Callable[[], Mapping[str, int]],
    ) -> None:
        self._settings, self._stores, self._does, self._loops = settings, stores, does, loops
        self._alarms, self._notification, self._requests = alarms, notification, requests
        self._exposition = Exposition(instruments, of_units=settings.unitmetrics)
        stores.commands.listen(instruments.order_changed)
        alarms.watch.listen(instruments.alarms_changed)
        self.page = Metrics(self._rendered)
        making = Periodic("metrics", BEAT, self.page.make)
        self.page.wakes(making.wake)
        loops.collector.listen(self.page.polled)
        loops.add([making])

    def _rendered(self) -> Rendered:
        return self._exposition.render(self._situation())

    def _situation(self) -> Situation:
        does, loops, stores = self._does, self._loops, self._stores
        grid = does.desk.grid()
        answered, now = grid.snapshot.answered_at, utc_now()
        looking = _standing("alarms", self._alarms.looking.health, now)
        looked_at = looking.age is not None and looking.age <= LOOKED_AT
        overview = self._alarms.watch.overview
        return Situation(
            grid,
            version=__version__,
            wall=time.time(),
            simulated=self._settings.simulate is not None,
            title=self._settings.title or title_of(grid.snapshot),
            answered_age=None if answered is None else max(0.0, grid.now - answered),
            interval=self._settings.datacollectorinterval,
            peers={"emulatorEmulator": loops.collecting.health.up, "budoEmulator": loops.watching.health.up},
            loops=[
                looking,
                _standing("data collector", loops.collecting.health, now),
                _standing("grid watcher", loops.watching.health, now),
                _standing("recorder", loops.recording.health, now),
                _standing("scheduler", loops.scheduling.health, now),
            ],
            findings=[str(one.condition.kind) for one in does.bus_events.standing()],
            alarms=counted(self._alarms.watch.book.alarms.values()) if looked_at else None,
            unread=overview.unacknowledged,
            away=overview.away,
            open_orders=len(stores.commands.open()),
            queues={
                **self._requests(),
                "journal": stores.journal.waiting,
                "history": loops.recorder.waiting,
                **{f"channel {one.name}": self._notification.waiting(one.name) for one in self._settings.channels},
            },
            locks=len(stores.locks.all()),
            estop=does.estop.standing() is not None,
            journal_written=stores.journal.fault is None,
            history_written=loops.recorder.fault is None,
            totals=self._totals(),
            written_until=loops.recorder.written_until,
            flexibility=does.bus_view.flexibility(grid),
        )

    def _totals(self) -> Totals | None:
        """None where the file cannot be read: its series are then absent, and `history_up` or the alarms say why."""
        try:
            return self._stores.history.totals()
        except ControllerError:
            return None


def _standing(name: str, health: Health, now: datetime) -> LoopStanding:
    last = health.last_success
    age = None if last is None else max(0.0, (now - datetime.fromisoformat(last)).total_seconds())
    return LoopStanding(name, health.alive and health.up, age)
