"""Builds what may be ordered, what takes several steps, and what is seen and told."""

import time
from collections.abc import Mapping

import pytz

from main_controller.clock import utc_now
from main_controller.domain.actor import HAND_TIME, LEASE
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import parse_converter_status
from main_controller.domain.timing import Timing
from main_controller.domain.units import number
from main_controller.orders.acknowledge import Acknowledge
from main_controller.orders.desk import Desk
from main_controller.orders.direct_readings import DirectReadings, RepeatedReadings
from main_controller.orders.dispatcher import Dispatcher
from main_controller.orders.force_stop import ForceStop
from main_controller.orders.forget import Forget
from main_controller.orders.locks import SetLock
from main_controller.orders.mode_sender import ModeSender
from main_controller.orders.schedules import SetSchedule
from main_controller.orders.set_converter import SetConverter
from main_controller.orders.set_mode import SetMode
from main_controller.orders.shut_down import ShutDown
from main_controller.orders.trips import ResetTrips, Trips
from main_controller.orders.ups_mode import UpsMode
from main_controller.orders.waits import Waits
from main_controller.procedures.estop import EStop
from main_controller.procedures.guided_transfer import GuidedTransfer
from main_controller.procedures.hand_end import HandEnd
from main_controller.procedures.hand_lease import HandLease
from main_controller.procedures.hand_time import HandTime
from main_controller.procedures.pages_heard import PagesHeard
from main_controller.procedures.safe_end import SafeEnd
from main_controller.procedures.second_person import SecondPersonRule
from main_controller.procedures.stop_all import StopAll
from main_controller.procedures.then_mode import ThenMode
from main_controller.procedures.transfer_record import TransferRecord
from main_controller.procedures.transfer_watcher import TransferWatcher
from main_controller.sentence import Sentence
from main_controller.settings import Settings
from main_controller.store.journal import Stage
from main_controller.store.latch_file import LatchFile
from main_controller.watching.answers import Answers
from main_controller.watching.bus_events import BusEvents
from main_controller.watching.bus_view import BusView
from main_controller.watching.deal_watch import DealWatch
from main_controller.watching.grid_events import GridEvents
from main_controller.watching.stop_follower import StopFollower
from main_controller.watching.verification import Verification
from main_controller.wiring.choices import Upstream, bounds_of, limits_of
from main_controller.wiring.stores import Stores
from main_controller.wiring.threads import DIRECT_READERS, ORDERERS, READERS, STOPPERS, WAITERS, Threads
from main_controller.wiring.thresholds import watched_limits


class Operations:
    """Every operation, each with the collaborators that it needs."""

    def __init__(
        self, settings: Settings, timing: Timing, stores: Stores, upstream: Upstream, threads: Threads
    ) -> None:
        clock, limits, bounds = time.monotonic, limits_of(settings), bounds_of(settings)
        self._stores = stores
        self.orderers = threads.executor(ORDERERS, "order")
        self.desk = desk = Desk(
            stores.cache, stores.commands, stores.known, stores.locks,
            timing=timing, clock=clock, wall=utc_now,
            bus_limits=BusLimits(settings.gridvoltagemin, settings.gridvoltagemax, settings.deadbus),
            start=stores.start,
        )  # fmt: skip
        self.events = GridEvents(desk, record=stores.journaling.record)
        chronicle = self.events.chronicle
        self.deals = DealWatch(desk, record=stores.journaling.record)
        self.trips = Trips()
        self.pages = PagesHeard(clock)
        readers = threads.executor(READERS, "read")
        waits = Waits(desk, upstream.devices, threads.crew(WAITERS, "wait"))

        self.set_schedule = SetSchedule(
            desk, stores.schedules, stores.results,
            known=lambda: stores.cache.snapshot().members, wall=utc_now, zone=pytz.timezone(settings.timezone),
            told=stores.journaling.schedule_set,
        )  # fmt: skip
        dispatcher = Dispatcher(desk, stores.journaling.intent)
        sender = ModeSender(desk, upstream.apis_web, person_ordered=self._clear_due)
        force_stop = ForceStop(desk, sender, waits, threads.crew(WAITERS, "stop"))
        self.set_mode = SetMode(desk, dispatcher, sender, force_stop, dead_bus=settings.deadbus)
        self.then_mode = ThenMode(desk, self.set_mode, self.pages, submit=threads.executor(1, "then").submit)
        direct = DirectReadings(
            upstream.devices, threads.executor(DIRECT_READERS, "direct"), clock=clock, limit=settings.directread
        )
        self.set_converter = SetConverter(
            desk, dispatcher, upstream.devices, waits, limits=limits, direct=direct, trips=self.trips.moments
        )
        self.second_person = SecondPersonRule(desk, self.set_converter, on=settings.twopersons)
        self.shut_down = ShutDown(desk, dispatcher, upstream.apis_web)
        self.ups_mode = UpsMode(desk, dispatcher, upstream.devices, self.orderers, enabled=bool(settings.ups_set_url))
        self.set_lock = SetLock(desk, stores.locks, told=stores.journaling.lock)
        self.reset_trips = ResetTrips(desk, self.trips, pause=settings.triptime)
        self.acknowledge = Acknowledge(desk, stores.known, chronicle=chronicle, dead_bus=settings.deadbus)

        self.stop_all = StopAll(
            desk, upstream.apis_web, upstream.devices, waits,
            executor=threads.crew(STOPPERS, "stop all"), readers=readers,
            forgotten=None if settings.emulator else threads.executor(READERS, "forgotten"),
        )  # fmt: skip
        self.transfer = GuidedTransfer(
            desk, self.set_converter, TransferRecord(desk, stores.running),
            SafeEnd(desk, waits, RepeatedReadings(upstream.devices, readers, clock), bounds=bounds),
            TransferWatcher(desk, self.pages, unattended=settings.unattended * 60),
            bounds=bounds, longest=settings.sharelongest,
        )  # fmt: skip
        self.stop_all.also_ends(self.transfer.overtaken)
        self.estop = EStop(
            desk, self.stop_all, LatchFile(settings.estopfile),
            executor=threads.crew(STOPPERS, "estop"), chronicle=chronicle,
        )  # fmt: skip
        hands = threads.crew(WAITERS, "by hand")
        self.hand_time = HandTime(
            desk, chronicle, limit=settings.handtime * 60,
            end=HandEnd(desk, self.set_converter, HAND_TIME, executor=hands) if settings.handtimewait else None,
        )  # fmt: skip
        self.hand_lease = HandLease(
            desk, chronicle, self.pages, stores.running,
            end=HandEnd(desk, self.set_converter, LEASE, executor=hands),
            executor=threads.crew(1, "lease kept"), lease=settings.lease,
        )  # fmt: skip
        self.forget = Forget(
            desk, stores.known, transfer=lambda: self.transfer.last, clear_schedules=self.set_schedule.clear_left
        )

        self.verification = Verification(desk)
        self.answers = Answers(desk)
        earlier = stores.journaling.earlier_stops(now=clock(), wall=utc_now())
        self.stop_follower = StopFollower(desk, waits, earlier)
        watched, own = watched_limits(settings, limits)
        self.bus_events = BusEvents(desk, chronicle, self.trips, limits=watched, own=own, accounts=self.deals.accounts)
        self.bus_view = BusView(desk, self.bus_events, limits=limits)
        stores.known.tell_back(self.events.came_back)
        stores.database.replaced_is_told(self._tell_replaced)

    def _tell_replaced(self, text: Sentence) -> None:
        """Another file is where the database's was; where its folder was moved, that is to be held too."""
        self._stores.data_lock.follow()
        self.events.chronicle.show("database", None, text)

    def _clear_due(self, unit_id: str | None) -> None:
        self.set_schedule.clear_due(unit_id)

    def count_unfinished(self) -> None:
        """Orders of which a kill left open whether they were sent count as in force until a reading says so (Z8b)."""
        stores = self._stores
        for row in stores.journaling.tell_unfinished():
            if row["stage"] is not Stage.INTENT:
                continue
            wanted, now = row["after"], self.desk.clock()
            status = parse_converter_status(wanted.get("word")) if isinstance(wanted, Mapping) else None
            if status is None:
                continue
            dvg, dig = number(wanted.get("dvg")) or 0.0, number(wanted.get("dig")) or 0.0
            for unit_id in [row["unitId"]] if row["unitId"] is not None else stores.cache.snapshot().members:
                effect = ConverterEffect(str(row["commandId"]), unit_id, status, dvg, dig, entered=now, returned=now)
                stores.commands.effects.note_converter(effect)
