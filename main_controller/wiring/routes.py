"""Builds what a browser and a script see: the application with its guard, readings and commands."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytz

from main_controller import __version__
from main_controller.clock import utc_now
from main_controller.concurrency.limit import Limit
from main_controller.domain.orders import Permission
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, say
from main_controller.settings import Settings, insecure, takes_stops_alone, unguarded
from main_controller.upstream.this_host import host_names, ipv4
from main_controller.web import routes
from main_controller.web.account_admin import AccountAdmin
from main_controller.web.alarms import AlarmPages
from main_controller.web.apis_log import ApisLogPages
from main_controller.web.application import Application, Part
from main_controller.web.assets import Assets, chart_folder, jquery_file
from main_controller.web.beside_pages import BesidePages
from main_controller.web.by_browser import ByBrowser
from main_controller.web.caller import Callers
from main_controller.web.command_readings import CommandReadings
from main_controller.web.commands import Commands
from main_controller.web.csv_file import CsvFiles
from main_controller.web.frame import Frames
from main_controller.web.frame_report import FrameReport
from main_controller.web.guard import Guard
from main_controller.web.help_page import HelpPage
from main_controller.web.history import HistoryPages
from main_controller.web.incidents import IncidentPages
from main_controller.web.journal import JournalPages
from main_controller.web.ledger import LedgerPages
from main_controller.web.live_readings import LiveReadings
from main_controller.web.log_in import LogIn
from main_controller.web.metrics import Metrics
from main_controller.web.notify import NotifyPages
from main_controller.web.openapi import OpenApi
from main_controller.web.ordering import ORDERS_AT_ONCE, Ordering
from main_controller.web.own_account import OwnAccount
from main_controller.web.page import Page
from main_controller.web.practice import PracticePages
from main_controller.web.readings import Readings
from main_controller.web.recorded_units import RecordedUnits
from main_controller.web.refused_page import RefusedPage
from main_controller.web.replay import Replay
from main_controller.web.replies import Replied
from main_controller.web.schedules_shown import SchedulesShown
from main_controller.web.self_check import SelfCheckPages
from main_controller.web.status_report import Sources, StatusReport, title_of
from main_controller.web.unit_readings import UnitReadings
from main_controller.web.visitors import visitor_of
from main_controller.wiring.access import Accounts
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.choices import Upstream, about
from main_controller.wiring.loops import Loops, waking
from main_controller.wiring.notification import Notification
from main_controller.wiring.operations import Operations
from main_controller.wiring.practice import Practice
from main_controller.wiring.self_check import SelfChecking
from main_controller.wiring.stores import Stores
from main_controller.wiring.threads import STOPPERS, STOPS_ASKED, TESTERS, Threads

WAITING_READINGS = 8
"""How many readings may wait for apis-web or a device at once."""

ENDED_SHOWN = 20
"""How many orders that have ended the page is shown."""


class Routes:
    """The application, and the orders that go on after their answer."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        upstream: Upstream,
        operations: Operations,
        loops: Loops,
        alarms: Alarms,
        notification: Notification,
        self_check: SelfChecking,
        threads: Threads,
        practice: Practice | None,
        accounts: Accounts,
        metrics: Metrics,
        *,
        replied: Replied,
        not_kept: Callable[[], Sequence[Sentence]],
    ) -> None:
        clock, does, cache = time.monotonic, operations, stores.cache
        sources, started = _sources(stores, does, loops, alarms, not_kept), utc_now()
        report = StatusReport(does.desk.grid, about(settings), sources, started=started)
        shown = SchedulesShown(loops.scheduler.status, does.set_schedule.listing, clock=clock)
        box = stores.black_box
        framed = FrameReport(
            does.desk.seen, about(settings), sources, shown.shown, iso_utc(started), kept=box is not None
        )
        replay = Replay(
            box, version=__version__, zone=pytz.timezone(settings.timezone),
            incidents=tuple if stores.incidents is None else stores.incidents.reaches,
        )  # fmt: skip

        def heard(page: str, environ: Mapping[str, Any]) -> None:
            """A page asks; whether of somebody who may order converters, its request tells."""
            may = accounts.visitors.permissions(visitor_of(environ))
            does.pages.heard(page, may_order=Permission.ENGINEER in may and not settings.read_only)

        frames = Frames(
            framed.report, moment=does.desk.moments.serial, start=does.desk.moments.start,
            polled_at=lambda: cache.snapshot().answered_at, beat=settings.datacollectorinterval,
            heard=heard, clock=clock, replay=replay, keep=_nobody if box is None else box.frame_told,
        )  # fmt: skip
        for loop in loops.frames(frames.make, hurry=frames.hurry, looked_at=frames.looked_at, schedules=shown.read):
            stores.commands.listen(waking(loop))
        waiting = Limit(
            WAITING_READINGS,
            say(
                "program.readingsBusy",
                "{limit} requests wait for apis-web or a device already; try again in a moment.",
                limit=WAITING_READINGS,
            ),
            retry_after=1,
        )
        self.ordering = Ordering(
            stores.commands, does.desk.timing,
            executor=threads.executor(ORDERS_AT_ONCE, "asked"),
            stoppers=threads.crew(STOPS_ASKED, "asked stop"),
            stop_alls=threads.crew(STOPPERS, "asked stop all"), clock=clock,
        )  # fmt: skip

        def flush() -> int:
            loops.collector.flush()
            return len(cache.snapshot().units)

        readings = Readings(
            cache, schedules=does.set_schedule.listing, status=report.report, state=does.desk.grid, ipv4=ipv4,
            clock=clock, journal=lambda: stores.journal.fault, heard=heard,
        )  # fmt: skip
        files, zone = CsvFiles(), pytz.timezone(settings.timezone)

        def titled() -> str:
            return settings.title or title_of(cache.snapshot())

        journal_pages = JournalPages(
            stores.journal, settings.root / "views",
            title=titled, simulated=settings.simulate is not None, zone=zone,
            version=__version__,
            estop=does.estop.standing, files=files, insecure=insecure(settings),
        )  # fmt: skip
        log_in = LogIn(
            settings.root / "views", accounts.visitors, accounts.sign_in,
            ends=accounts.end, note=accounts.note, cookie=accounts.cookie, title=titled, version=__version__,
        )  # fmt: skip
        by_browser = ByBrowser(accounts.visitors, accounts.access)
        recorded = RecordedUnits(stores.history, cache)
        parts: list[Part] = [
            Page(settings.root / "views", cache, status=report.report),
            HelpPage(settings.root / "views", insecure=insecure(settings)),
            readings,
            frames,
            replay,
            LiveReadings(
                upstream.apis_web, cache, mode=report.mode, clock=clock,
                ordered_at=stores.commands.effects.last_mode_answer,
            ),
            Commands(
                self.ordering, set_mode=does.set_mode, then_mode=does.then_mode, set_converter=does.set_converter,
                second_person=does.second_person, hand_lease=does.hand_lease,
                stop_all=does.stop_all, estop=does.estop, shut_down=does.shut_down, ups_mode=does.ups_mode,
                schedules=does.set_schedule, acknowledge=does.acknowledge, forget=does.forget,
                reset_trips=does.reset_trips, set_lock=does.set_lock, transfer=does.transfer,
                flush=flush, headroom=does.bus_view.headroom,
            ),
            CommandReadings(stores.commands, set_lock=does.set_lock, transfer=does.transfer),
            UnitReadings(cache, upstream.devices, flush=loops.collector.flush, waiting=waiting, clock=clock),
            journal_pages,
            HistoryPages(
                stores.history, zone=zone, clock=utc_now, files=files, check_unit=recorded.check,
                written_until=lambda: loops.recorder.written_until,
            ),
            BesidePages(
                settings.root / "views", title=titled, zone=zone, version=__version__, estop=does.estop.standing,
                simulated=settings.simulate is not None, insecure=insecure(settings),
            ),
            LedgerPages(stores.history, zone=zone, files=files, check_unit=recorded.check),
            ApisLogPages(stores.history, loops.log_keeper.newest if loops.log_keeper else list, zone=zone),
            AlarmPages(
                alarms.watch, alarms.log, alarms.services, self.ordering,
                check_unit=recorded.check, wall=utc_now, zone=zone, files=files,
            ),
            IncidentPages(
                stores.incidents, self.ordering,
                journalled=lambda by, what: stores.journaling.record("incident", None, what, by=by),
                title=titled, version=__version__, wall=utc_now, zone=zone,
            ),
            NotifyPages(
                notification.senders, self.ordering,
                waiting=notification.waiting, executor=threads.crew(TESTERS, "channel test"),
            ),
            PracticePages(practice, self.ordering),
            log_in,
            OwnAccount(by_browser, shown=log_in.again, issuer=lambda: f"APIS {titled()}".strip()),
            AccountAdmin(by_browser),
            SelfCheckPages(self_check.facts, self_check.running),
            metrics,
            OpenApi(),
            Assets(
                settings.root / "js", settings.root / "css", settings.root / "img",
                jquery=jquery_file(), charts=chart_folder(settings.root),
            ),
        ]  # fmt: skip
        guard = Guard(
            own_names=host_names(),
            allowed_hosts=settings.allowed_hosts,
            allowed_networks=[str(network) for network in settings.allowed_networks] or None,
            read_only=settings.read_only,
            get_orders=settings.get_orders,
            visitors=accounts.visitors,
            unguarded=unguarded(settings),
            stops_alone=takes_stops_alone(settings),
        )
        refused = RefusedPage(settings.root / "views", insecure=insecure(settings)).reply
        self.application = Application(
            guard,
            parts,
            hot={routes.LOG_INFO: readings, routes.FRAME: frames},
            replied=replied,
            pages={
                routes.MAIN: refused,
                routes.HELP_PAGE: refused,
                routes.HISTORY_PAGE: refused,
                routes.ALARM_PAGE: refused,
                routes.INCIDENT_PAGE: refused,
                routes.SELF_CHECK_PAGE: refused,
                routes.JOURNAL_PAGE: journal_pages.explain,
            },
            callers=Callers([str(network) for network in settings.trusted_proxies]),
        )


def _nobody(_: object) -> None:
    """Who is told of frames where the black box is off."""


def _resting(*faults: Sentence | None) -> list[Sentence]:
    """Why something is not recorded."""
    return [fault for fault in faults if fault is not None]


def _sources(
    stores: Stores, does: Operations, loops: Loops, alarms: Alarms, not_kept: Callable[[], Sequence[Sentence]]
) -> Sources:
    resting = [one for one in (stores.black_box, stores.incidents) if one is not None]
    return Sources(
        collector=lambda: loops.collecting.health,
        watcher=lambda: loops.watching.health,
        scheduler=lambda: loops.scheduling.health,
        schedules=loops.scheduler.status,
        acknowledgement=stores.acknowledgement,
        journal=lambda: stores.journal.fault,
        not_kept=lambda: [*not_kept(), *_resting(loops.recorder.fault, *(one.fault for one in resting))],
        orders=stores.commands.open,
        ended_orders=lambda: stores.commands.ended(ENDED_SHOWN),
        grid_events=does.events.events,
        locks=stores.locks.all,
        transfer=does.transfer.standing,
        serial=does.desk.moments.serial,
        start=does.desk.moments.start,
        then=does.then_mode.standing,
        bus_conditions=does.bus_events.standing,
        bus=does.bus_view.figures,
        lease=does.hand_lease.standing,
        flexibility=does.bus_view.flexibility,
        estop=does.estop.standing,
        trips=does.trips.moments,
        deals=does.deals.accounts,
        deal_events=does.deals.events,
        alarms=lambda: alarms.watch.overview,
    )
