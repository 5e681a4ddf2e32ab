"""What is wrong with the parts of this program, as alarms have it: peers, loops, files, schedules, disk, clock.

Each function looks at what one part tells of itself. Used by the wiring, which hands them to the watch of the alarms.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from main_controller.alarms.situation import Trouble
from main_controller.domain.apis_log import LogLine, error_in
from main_controller.domain.latch import HeldLatch
from main_controller.domain.scope import named_first
from main_controller.domain.transfer import Transfer, TransferState
from main_controller.rules.unit_rules import too_many_trips
from main_controller.selfcheck.facts import Jump
from main_controller.selfcheck.keeping import too_full
from main_controller.sentence import Sentence, foreign, say
from main_controller.store.chronicle import Event
from main_controller.store.schedule_results import ScheduleResult
from main_controller.workers.health import Health
from main_controller.workers.scheduler import ScheduleStatus

JUMP = 5.0
"""By how much (s) the wall clock must have gone another way than the monotonic one."""

JUMP_SHOWN = 60.0
"""For how long (s) a jump shows itself; its alarm stands until somebody has read it."""

RESULT_SHOWN = 60.0
"""For how long (s) a schedule that failed shows itself, by the wall clock."""

LATE_BEATS, LATE = 3.0, 5.0
"""After how many of its beats, and so many seconds more, the collector is late."""

ERROR_SHOWN = 300.0
"""For how long (s) an error of apis-main shows itself: it is repeated while it lasts (K17)."""

EVENT_SHOWN = 60.0
"""For how long (s) a change by others shows itself; its alarm stands until somebody has read it."""


def of_peers(peers: Mapping[str, Health]) -> list[Trouble]:
    """apis-web's programs that do not answer; none of one that was not asked yet."""
    return [
        Trouble(
            "apisWebUnreachable", name,
            say("workers.peerAway", "apis-web's {name} does not answer: {why}", name=name, why=health.last_error),
        )
        for name, health in peers.items()
        if not health.up and health.last_error is not None
    ]  # fmt: skip


def of_loops(loops: Mapping[str, Health]) -> list[Trouble]:
    """Loops that have begun and run no more."""
    return [
        Trouble("workerStopped", name, say("workers.loopStopped", "The {name} does not run.", name=name))
        for name, health in loops.items()
        if not health.alive and health.last_run is not None
    ]


def of_file(code: str, fault: Sentence | None) -> list[Trouble]:
    """A store that is not written."""
    return [] if fault is None else [Trouble(code, "", fault)]


def of_schedules(status: ScheduleStatus, now: datetime) -> list[Trouble]:
    """Schedules that cannot be read, wait, or have failed a moment ago; `now` in aware UTC."""
    found = of_file("schedulesUnreadable", status.fault)
    for one, why in status.waiting:
        text = say(
            "workers.scheduleWaits",
            "{scope}'s {mode} is due and waits: {why}",
            scope=named_first(one.unit_id),
            mode=one.operation.label,
            why=why,
        )
        found.append(Trouble("scheduleWaits", one.unit_id or "", text))
    return [*found, *(_failed(one) for one in status.last if _just_failed(one, now))]


def _just_failed(result: ScheduleResult, now: datetime) -> bool:
    return result.outcome in ("failed", "missed") and 0 <= (now - result.at).total_seconds() < RESULT_SHOWN


def _failed(result: ScheduleResult) -> Trouble:
    schedule = result.schedule
    text = say(
        "workers.scheduleFailed",
        "{scope}'s {mode} was not done: {why}",
        scope=named_first(schedule.unit_id),
        mode=schedule.operation.label,
        why=result.sentence,
    )
    return Trouble("scheduleFailed", schedule.unit_id or "", text)


def of_collector(health: Health, interval: float, now: datetime) -> list[Trouble]:
    """That the collector has not come round for long; `interval` is its beat in s, `now` aware UTC."""
    if health.last_run is None or not health.alive:
        return []
    late = (now - datetime.fromisoformat(health.last_run)).total_seconds()
    if late <= LATE_BEATS * interval + LATE:
        return []
    text = say("workers.collectorLate", "apis-web was asked last {seconds:.0f} s ago.", seconds=late)
    return [Trouble("collectorLate", "", text)]


def of_transfer(transfer: Transfer | None) -> list[Trouble]:
    """A guided sharing of which nobody has seen that it is over: a kill interrupted it, or its safe end failed."""
    if transfer is None or transfer.safe or transfer.state not in (TransferState.INTERRUPTED, TransferState.FAILED):
        return []
    text = say(
        "workers.transferStands",
        "The guided sharing from {giver} to {taker} was not seen to be ended: {why}",
        giver=transfer.giver,
        taker=transfer.taker,
        why=transfer.reason,
    )
    return [Trouble("procedureStands", transfer.id, text)]


def of_estop(latch: HeldLatch | None) -> list[Trouble]:
    """That the E-stop is latched."""
    if latch is None:
        return []
    text = say(
        "workers.estopLatched",
        "The E-stop is latched by {by}: {reason}.",
        by=latch.by,
        reason=latch.reason or say("workers.noReason", "no reason was given"),
    )
    return [Trouble("estopLatched", "", text)]


def of_trips(trips: Mapping[str, Sequence[float]], allowed: int) -> list[Trouble]:
    """Converters that tripped too often within an hour."""
    return [
        Trouble(
            "tooManyTrips", unit_id,
            say("workers.tooManyTrips", "{unit}'s converter tripped {count} times.", unit=unit_id, count=len(moments)),
        )
        for unit_id, moments in trips.items()
        if too_many_trips(moments, allowed)
    ]  # fmt: skip


def of_apis_log(heard: Sequence[tuple[datetime, LogLine]], now: datetime) -> list[Trouble]:
    """Errors that apis-main told of late, one for each unit, category and extent (K17); `now` in aware UTC."""
    found: dict[str, Trouble] = {}
    for at, line in reversed(heard):
        if (now - at).total_seconds() > ERROR_SHOWN:
            break
        error = error_in(line)
        if error is None or error.level == "WARN":
            continue
        subject = f"{error.unit_id} {error.category}:{error.extent}"
        text = say(
            "workers.apisError",
            "apis-main of {unit} tells a {extent} {category} error: {text}",
            unit=error.unit_id,
            extent=error.extent.lower(),
            category=error.category.lower(),
            text=foreign(error.text),
        )
        found.setdefault(subject, Trouble("apisMainError", subject, text))
    return list(found.values())


def of_events(events: Sequence[Event], now: datetime) -> list[Trouble]:
    """That the mode of the cluster or of a unit changed without an order of ours; `now` in aware UTC."""
    return [
        Trouble("changedByOthers", event.unit_id or "", event.text)
        for event in events
        if event.kind == "mode" and 0 <= (now - event.at).total_seconds() < EVENT_SHOWN
    ]


class DiskRoom:
    """Whether there is room on the disks of these folders; asked at every look, since that costs microseconds."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders

    def troubles(self) -> list[Trouble]:
        """The disks that have too little room; one that cannot be asked tells nothing here: who writes to it does."""
        found: dict[tuple[int, int], Trouble] = {}
        for folder in self._folders:
            try:
                total, _, free = shutil.disk_usage(folder)
            except OSError:
                continue
            if too_full(free, total):
                text = say(
                    "workers.diskLow",
                    "The disk of {folder} has {megabytes:.0f} MB left.",
                    folder=str(folder),
                    megabytes=free / 1e6,
                )
                found.setdefault((total, free), Trouble("diskLow", str(folder), text))
        return list(found.values())


class OwnClock:
    """Whether this machine's clock was set: `wall` gives aware UTC, `clock` monotonic s."""

    def __init__(self, *, wall: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._wall = wall
        self._clock = clock
        self._before = (wall(), clock())
        self._told: tuple[float, Trouble] | None = None
        self._jump: Jump | None = None

    @property
    def jump(self) -> Jump | None:
        """The last jump since the start, None where there was none."""
        return self._jump

    def troubles(self) -> list[Trouble]:
        """The last jump, for a minute."""
        wall, now = self._wall(), self._clock()
        was_wall, was = self._before
        self._before = (wall, now)
        jump = (wall - was_wall).total_seconds() - (now - was)
        if abs(jump) >= JUMP:
            text = say("workers.clockSet", "This machine's clock went by {seconds:+.0f} s at once.", seconds=jump)
            self._told = (now, Trouble("ownClock", "", text))
            self._jump = Jump(wall, jump, 1 if self._jump is None else self._jump.count + 1)
        if self._told is None or now - self._told[0] >= JUMP_SHOWN:
            return []
        return [self._told[1]]
