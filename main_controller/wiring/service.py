"""Builds what tells the service manager how the program does; without one there is nothing to build."""

import faulthandler
from collections.abc import Callable

from main_controller import __version__
from main_controller.disk_waits import DiskWaits
from main_controller.server import Server
from main_controller.service_manager import ServiceManager
from main_controller.web.status_report import data_of
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.loops import Loops
from main_controller.wiring.operations import Operations
from main_controller.workers.periodic import Periodic
from main_controller.workers.service_watch import LOOKS_EVERY, ServiceWatch, Watched

STATUS_EVERY = 2.0


class Service:
    """The loops that tell `manager`; `ending` says whether the program was told to end."""

    def __init__(
        self,
        manager: ServiceManager,
        does: Operations,
        loops: Loops,
        alarms: Alarms,
        server: Server,
        *,
        ending: Callable[[], bool],
    ) -> None:
        self._manager = manager
        self._does = does
        self._collecting = loops.collecting
        self._alarms = alarms
        self._server = server
        self._ending = ending
        self._told = ""
        self.loops: list[Periodic] = []
        if not manager.listens:
            return
        watched = [
            Watched("the server's loop", 1.0, lambda: server.idle),
            *(
                Watched(f"the {loop.name}", loop.interval, lambda loop=loop: loop.idle)  # type: ignore[misc]  # bound now
                for loop in (loops.collecting, loops.scheduling)
            ),
        ]
        self.watch = ServiceWatch(
            manager, watched,
            stops=lambda: does.stop_all.running or does.transfer.running,
            disk_hangs=DiskWaits().hang,
            has_data=lambda: loops.collecting.health.last_success is not None,
        )  # fmt: skip
        self.loops = [
            Periodic("service status", STATUS_EVERY, self._tell_status),
            Periodic("service watchdog", LOOKS_EVERY, self.watch.run_once),
        ]

    def begin(self) -> None:
        """Have every thread's place told where the service manager ends a program that stands still."""
        if self._manager.listens:
            faulthandler.enable()

    def tell_ending(self) -> None:
        """The program was told to end."""
        self._manager.tell(STOPPING=1, STATUS=self.status())

    def _tell_status(self) -> None:
        """Tell how it is, where that is news."""
        status = self.status()
        if status != self._told:
            self._told = status
            self._manager.tell(STATUS=status)

    def status(self) -> str:
        """How it is, in one line."""
        does, health = self._does, self._collecting.health
        parts = [f"{__version__} at {self._server.address}"]
        if self._ending():
            parts.append("told to end")
        if does.stop_all.running:
            parts.append("a Stop all runs")
        if does.transfer.running:
            parts.append("a guided sharing runs or ends safely")
        if self.loops and self.watch.still:
            parts.append(f"{', '.join(self.watch.still)} stands still")
        counts = data_of(does.desk.grid())
        if health.last_success is None:
            parts.append("no data from apis-web yet")
        elif not health.up:
            parts.append(f"apis-web does not answer since {health.since}")
        parts.append(f"units: {counts['live']} live, {counts['stale']} stale, {counts['silent']} silent")
        unread = self._alarms.watch.overview.unacknowledged
        if unread:
            parts.append(f"alarms to be read: {unread}")
        return "; ".join(parts)
