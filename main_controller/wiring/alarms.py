"""Builds the alarms: what they rest on, where they are kept, and who looks."""

import time
from collections.abc import Callable, Sequence

from main_controller.alarms.situation import Trouble
from main_controller.clock import utc_now
from main_controller.sentence import Sentence
from main_controller.settings import Settings
from main_controller.store.alarm_log import AlarmLog
from main_controller.store.incidents import Incidents
from main_controller.watching.alarm_services import AlarmServices
from main_controller.watching.alarm_situation import Surroundings
from main_controller.watching.alarm_watch import AlarmWatch
from main_controller.wiring.loops import Loops
from main_controller.wiring.operations import Operations
from main_controller.wiring.stores import Stores
from main_controller.wiring.thresholds import alarm_kinds
from main_controller.workers.periodic import Periodic
from main_controller.workers.troubles import (
    DiskRoom,
    OwnClock,
    of_apis_log,
    of_collector,
    of_estop,
    of_events,
    of_file,
    of_loops,
    of_peers,
    of_schedules,
    of_transfer,
    of_trips,
)

PRUNES_EVERY = 86_400.0
"""How often (s) alarms that were over too long ago are forgotten."""


class Alarms:
    """The watch of the alarms and its loop; `not_kept` says which of log and pid file cannot be written, `untold` what
    people cannot be told, `practised` what is only practised."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        does: Operations,
        loops: Loops,
        *,
        not_kept: Callable[[], Sequence[Sentence]],
        untold: Callable[[], Sequence[Trouble]],
        practised: Callable[[], Sequence[Trouble]],
    ) -> None:
        self.log = AlarmLog(stores.database, wall=utc_now)
        self.services = AlarmServices(self.log, wall=utc_now)
        self.clock = OwnClock(wall=utc_now, clock=time.monotonic)
        room = DiskRoom([stores.database.path.parent, settings.data])
        parts: list[Callable[[], Sequence[Trouble]]] = [
            lambda: of_peers({"Emulator Emulator": loops.collecting.health, "Budo Emulator": loops.watching.health}),
            lambda: of_loops({"data collector": loops.collecting.health, "scheduler": loops.scheduling.health}),
            lambda: of_file("journalNotWritten", stores.journal.fault),
            lambda: of_file("historyNotWritten", loops.recorder.fault),
            lambda: [Trouble("fileNotWritten", str(place), text) for place, text in enumerate(not_kept())],
            lambda: of_file("fileNotWritten", stores.black_box.fault) if stores.black_box else [],
            lambda: _of_incidents(stores.incidents),
            lambda: of_schedules(loops.scheduler.status(), utc_now()),
            lambda: of_collector(loops.collecting.health, settings.datacollectorinterval, utc_now()),
            lambda: of_transfer(standing.transfer if (standing := does.transfer.standing()) is not None else None),
            does.hand_lease.troubles,
            lambda: of_estop(does.estop.standing()),
            lambda: of_trips(does.trips.moments(), settings.tripsperhour),
            lambda: of_apis_log(loops.log_keeper.newest() if loops.log_keeper else [], utc_now()),
            lambda: of_events(does.events.events(), utc_now()),
            untold,
            practised,
            room.troubles,
            self.clock.troubles,
        ]
        surroundings = Surroundings(does.desk, lambda: [one.condition for one in does.bus_events.standing()], parts)
        self.watch = AlarmWatch(
            surroundings.situation, self.log, alarm_kinds(settings),
            clock=time.monotonic, wall=utc_now, out_of_service=self.services.scopes,
        )  # fmt: skip
        if stores.telling is not None:
            self.watch.listen(stores.telling.alarms)
        if stores.reasons is not None:
            self.watch.listen(stores.reasons.alarms)
        self.looking = Periodic("alarms", loops.beats.events, self.watch.run_once)
        self.loops = [
            self.looking,
            Periodic("alarms kept", PRUNES_EVERY, self._prune),
        ]

    def _prune(self) -> None:
        self.log.prune()


def _of_incidents(incidents: Incidents | None) -> list[Trouble]:
    """That incidents are not kept on the disk."""
    fault = None if incidents is None else incidents.fault
    return [] if fault is None else [Trouble("fileNotWritten", "incidents", fault)]
