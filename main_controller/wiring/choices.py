"""What the settings mean for the parts: which upstream, which times, which limits, which simulation (C2, Z14-Z17).

Used by the wiring alone; the flags `apis` and `emulator` are each read once, here, and become an object.
"""

import contextlib
import logging
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from main_controller import __version__
from main_controller.domain.limits import BatteryLimits, Pace
from main_controller.domain.timing import Timing
from main_controller.errors import SettingError
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.transfer_watch import Bounds
from main_controller.settings import Settings, insecure, takes_stops_alone
from main_controller.settings.kinds import Group
from main_controller.store.small_file import SmallFile
from main_controller.upstream.addresses import Addresses
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.devices import Devices
from main_controller.upstream.emulator import Emulator
from main_controller.upstream.http_json import MOST_VALUES, HttpJson, Timeout
from main_controller.upstream.node_drivers import NodeDrivers
from main_controller.upstream.secrets_file import read_credentials
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.upstream.trust import trust
from main_controller.web.status_report import About

if TYPE_CHECKING:
    from main_controller.simulator import LogSender, SimulatedCluster

log = logging.getLogger(__name__)


LIST_EVERY = 5.0
"""How often (s) the emulator is asked which units it has, so that Wait never has to ask first (K11)."""

KEEP_EVERY = 5.0
"""How often (s) it is looked whether there is something to keep over a restart."""

ANSWER_LIMIT = 16 * 2**20
UNIT_LIMIT = 2**12
"""How large (bytes) a reading may be at most, and for each unit that may be known; a unit has 1.3 kB (AV19)."""

UNIT_VALUES = 500
"""How many values a reading may hold at most for each unit that may be known; a unit has some 60 (AV19)."""

ORDER_ANSWER_LIMIT = 2**20
"""How large (bytes) the answer to an order may be at most."""


@dataclass(frozen=True)
class Chore:
    """Something to be done every so many s beside everything else; nothing ever waits for it."""

    name: str
    every: float
    call: Callable[[], None]


@dataclass(frozen=True)
class Upstream:
    """The other end of the wire as the two flags `apis` and `emulator` chose it, and what keeps it ready."""

    apis_web: ApisWeb
    devices: Devices
    chores: tuple[Chore, ...] = ()


def check_upstream(settings: Settings) -> None:
    """Raise SettingError where the authorities or the credentials for apis-web and the devices cannot be read."""
    if settings.cafile is not None:
        trust(settings.cafile)
    read_credentials(settings.credentialsfile)


def chosen_upstream(
    settings: Settings, stack: contextlib.ExitStack, timeouts: Mapping[str, Timeout] = TIMEOUTS
) -> Upstream:
    """Whom readings and orders go to, each call bounded by its row of `timeouts`; closed by `stack`."""
    agent = f"APIS-Main-Controller/{__version__}"
    folder = settings.database.parent
    address_file = SmallFile(folder / "addresses.json")
    addresses = Addresses(kept=address_file.load())
    limit = max(ANSWER_LIMIT, settings.maxunits * UNIT_LIMIT)
    values = max(MOST_VALUES, settings.maxunits * UNIT_VALUES)
    check_upstream(settings)
    authorities, credentials = partial(trust, settings.cafile), read_credentials(settings.credentialsfile)
    readings = HttpJson(
        reuse_connections=True, user_agent=agent, addresses=addresses, max_bytes=limit, max_values=values,
        authorities=authorities, credentials=credentials,
    )  # fmt: skip
    orders = HttpJson(
        reuse_connections=False, user_agent=agent, addresses=addresses, max_bytes=ORDER_ANSWER_LIMIT,
        authorities=authorities, credentials=credentials,
    )  # fmt: skip
    stack.callback(readings.close)
    stack.callback(orders.close)
    budo = settings.apis_budo_url if settings.apis else settings.budo_url
    emul = settings.apis_emul_url if settings.apis else settings.emul_url
    apis_web = ApisWeb(budo, emul, readings, orders, timeouts)
    keep_addresses = Chore(
        "addresses kept", KEEP_EVERY, lambda: address_file.save_if_changed(addresses.changed, addresses.as_json)
    )
    scheme = "https" if settings.device_tls else "http"
    if not settings.emulator:
        drivers = NodeDrivers(
            settings.set_url, settings.url, settings.ups_set_url, readings, orders,
            timeouts=timeouts, networks=settings.unit_networks, scheme=scheme,
        )  # fmt: skip
        return Upstream(apis_web, drivers, (keep_addresses,))
    list_file = SmallFile(folder / "emulator-units.json")
    emulator = Emulator(
        settings.emul_url, readings, orders,
        ups_set_url=settings.ups_set_url, kept=list_file.load(), timeouts=timeouts, networks=settings.unit_networks,
        scheme=scheme,
    )  # fmt: skip
    listed = emulator.listed
    keep_list = Chore(
        "emulator's units kept", KEEP_EVERY, lambda: list_file.save_if_changed(listed.changed, listed.as_json)
    )
    refresh = Chore("emulator's units", LIST_EVERY, emulator.refresh)
    return Upstream(apis_web, emulator, (keep_addresses, keep_list, refresh))


def simulated_log(settings: Settings) -> "tuple[Group | None, LogSender | None]":
    """Where a simulated cluster sends apis-main's log, and who sends it: nowhere where the setting is empty, and to a
    group of its own where it names the real programs' one, so that nobody takes the one for the other."""
    from main_controller.simulator import LogSender, own_group

    at = settings.apislog
    if at is None:
        return None, None
    if at == Settings().apislog:
        at = Group(*own_group())
    try:
        return at, LogSender(at.address, at.port)
    except (OSError, ValueError) as error:
        log.warning("the simulated cluster's log cannot be heard: %s", error)
        return None, None


def simulated(settings: Settings, stack: contextlib.ExitStack) -> "tuple[Settings, SimulatedCluster | None]":
    """With `--simulate`, a throw-away cluster on loopback ports of its own, and the settings that use it (Z17)."""
    if settings.simulate is None:
        return settings, None
    from main_controller.simulator import SimulatedCluster  # here: it costs a real start 70 ms

    log_at, sender = simulated_log(settings)
    cluster = SimulatedCluster(settings.simulate, speed=settings.speed, log=sender)
    cluster.start()
    stack.callback(cluster.stop)
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="apis-simulated-", ignore_cleanup_errors=True))
    )
    log.info("SIMULATED: %d units at %g times real time", settings.simulate, settings.speed)
    used = replace(
        settings,
        apis=True,
        emulator=True,
        apis_emul_url=cluster.emul_url,
        apis_budo_url=cluster.budo_url,
        emul_url=cluster.device_url,
        ups_set_url=f"{cluster.device_url}/{{id}}/ups1/operation/mode",
        schedules=folder / "schedules",
        database=folder / "journal.sqlite3",
        estopfile=folder / "estop",
        apislog=log_at,
    )
    return used, cluster


def timing_of(settings: Settings) -> Timing:
    """The times by which orders are judged."""
    return Timing(
        stale_after=settings.staleafter,
        lag=settings.readinglag,
        stop_lag=settings.stoplag,
        mode_time=settings.modetime,
        grace=settings.gracetime,
        fresh=settings.freshreading,
        order_age=settings.ordertime,
    )


def limits_of(settings: Settings) -> Limits:
    """The thresholds of the interlocks."""
    return Limits(
        voltage_min=settings.gridvoltagemin,
        voltage_max=settings.gridvoltagemax,
        current_max=settings.maxgridcurrent,
        tolerance_percent=settings.bustolerance,
        stable_readings=settings.stablereadings,
        fresh=settings.freshreading,
        dead_bus=settings.deadbus,
        margin=settings.referencemargin,
        unit_current=settings.gridcurrentlimit,
        bus_current=settings.buscurrentlimit,
        skew=settings.busskew,
        offset_min=settings.currentoffsetmin,
        offset_max=settings.currentoffsetmax,
        battery=BatteryLimits(
            reserve=settings.chargereserve,
            hysteresis=settings.chargehysteresis,
            full=settings.chargefull,
            voltage_min=settings.batteryvoltagemin,
            voltage_max=settings.batteryvoltagemax,
            margin=settings.batteryvoltagemargin,
            current_max=settings.maxbatterycurrent,
            temperature_min=settings.temperaturemin,
            temperature_max=settings.temperaturemax,
        ),
        pace=Pace(
            voltage_step=settings.voltagestep,
            current_step=settings.currentstep,
            between_words=settings.wordtime,
            after_trip=settings.triptime,
            trips=settings.tripsperhour,
            direct_read=settings.directread,
        ),
    )


SHOWN_LIMITS = (
    *("gridvoltagemin", "gridvoltagemax", "maxgridcurrent", "bustolerance", "deadbus", "referencemargin"),
    *("gridcurrentlimit", "buscurrentlimit", "currentoffsetmin", "currentoffsetmax", "voltagestep", "currentstep"),
    *("wordtime", "sharelongest", "chargereserve", "chargehysteresis", "chargefull", "batteryvoltagemin"),
    *("batteryvoltagemax", "batteryvoltagemargin", "maxbatterycurrent", "temperaturemin", "temperaturemax"),
)
"""The settings that the status tells as limits, for the figures beside the form."""


def bounds_of(settings: Settings) -> Bounds:
    """What a guided transfer must keep."""
    limits = limits_of(settings)
    return Bounds(limits, step_time=settings.steptime, lag=settings.readinglag, battery=limits.battery)


def check_two_persons(settings: Settings) -> None:
    """Raise SettingError where an override would need a second person and nobody can be told from another."""
    if settings.twopersons and not settings.accounts:
        text = "two persons cannot be told apart on a console without accounts, so that no override would ever be sent"
        raise SettingError("twopersons", text)


def about(settings: Settings) -> About:
    """What the status tells of the program itself."""
    return About(
        version=__version__,
        simulated=settings.simulate is not None,
        title=settings.title,
        timezone=settings.timezone,
        limits={name: getattr(settings, name) for name in SHOWN_LIMITS},
        config={
            "readOnly": settings.read_only or takes_stops_alone(settings),
            "insecure": insecure(settings),
            "emulator": settings.emulator,
            "upsModes": bool(settings.ups_set_url),
            "twoPersons": settings.twopersons,
            "staleafter": settings.staleafter,
            "readinglag": settings.readinglag,
            "upstreamTimezone": settings.upstream_timezone or None,
        },
        trips_allowed=settings.tripsperhour,
    )
