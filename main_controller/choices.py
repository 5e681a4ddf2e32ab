"""What the settings mean for the parts: which upstream, which times, which limits, which simulation (C2, Z14-Z17).

Used by the controller alone; the flags `apis` and `emulator` are each read once, here, and become an object.
"""

import contextlib
import logging
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from main_controller import __version__
from main_controller.domain.interlock_terms import Limits
from main_controller.domain.limits import BatteryLimits, Pace
from main_controller.domain.share_watch import Bounds
from main_controller.operations.timing import Timing
from main_controller.settings import Settings
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.devices import Devices
from main_controller.upstream.emulator import Emulator
from main_controller.upstream.http_json import HttpJson
from main_controller.upstream.node_drivers import NodeDrivers
from main_controller.web.status_report import About

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upstream:
    """The other end of the wire as the two flags `apis` and `emulator` chose it."""

    apis_web: ApisWeb
    devices: Devices


def chosen_upstream(settings: Settings, stack: contextlib.ExitStack) -> Upstream:
    """Whom readings and orders go to; the connections are closed by `stack`."""
    agent = f"APIS-Main-Controller/{__version__}"
    readings = HttpJson(reuse_connections=True, user_agent=agent)
    orders = HttpJson(reuse_connections=False, user_agent=agent)
    stack.callback(readings.close)
    stack.callback(orders.close)
    budo = settings.apis_budo_url if settings.apis else settings.budo_url
    emul = settings.apis_emul_url if settings.apis else settings.emul_url
    devices: Devices
    if settings.emulator:
        devices = Emulator(settings.emul_url, readings, orders, ups_set_url=settings.ups_set_url)
    else:
        devices = NodeDrivers(settings.set_url, settings.url, settings.ups_set_url, readings, orders)
    return Upstream(ApisWeb(budo, emul, readings, orders), devices)


def simulated(settings: Settings, stack: contextlib.ExitStack) -> Settings:
    """With `--simulate`, the settings of a throw-away cluster on loopback ports of its own (Z17)."""
    if settings.simulate is None:
        return settings
    from main_controller.simulator import SimulatedCluster  # here, since it costs a real start 70 ms

    cluster = SimulatedCluster(settings.simulate, speed=settings.speed)
    cluster.start()
    stack.callback(cluster.stop)
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="apis-simulated-", ignore_cleanup_errors=True))
    )
    log.info("SIMULATED: %d units at %g times real time", settings.simulate, settings.speed)
    return replace(
        settings,
        apis=True,
        emulator=True,
        apis_emul_url=cluster.emul_url,
        apis_budo_url=cluster.budo_url,
        emul_url=cluster.device_url,
        ups_set_url=f"{cluster.device_url}/{{id}}/ups1/operation/mode",
        schedules=folder / "schedules",
        journal=folder / "journal.sqlite3",
    )


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
    *("wordtime", "chargereserve", "chargehysteresis", "chargefull", "batteryvoltagemin", "batteryvoltagemax"),
    *("batteryvoltagemargin", "maxbatterycurrent", "temperaturemin", "temperaturemax"),
)
"""The settings that the status tells as limits, for the figures beside the form."""


def bounds_of(settings: Settings) -> Bounds:
    """What a guided transfer must keep."""
    limits = limits_of(settings)
    return Bounds(limits, step_time=settings.steptime, lag=settings.readinglag, battery=limits.battery)


def about(settings: Settings) -> About:
    """What the status tells of the program itself."""
    return About(
        version=__version__,
        simulated=settings.simulate is not None,
        title=settings.title,
        timezone=settings.timezone,
        limits={name: getattr(settings, name) for name in SHOWN_LIMITS},
        config={
            "readOnly": settings.read_only,
            "emulator": settings.emulator,
            "upsModes": bool(settings.ups_set_url),
            "staleafter": settings.staleafter,
            "readinglag": settings.readinglag,
            "upstreamTimezone": settings.upstream_timezone or None,
        },
        stale_after=settings.staleafter,
        mode_time=settings.modetime,
    )
