"""The series of the cluster as a whole, and of this program. What is not told is absent, never 0 and never old.

Used by the exposition.
"""

import platform
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from main_controller.alarms.kinds import BY_CODE
from main_controller.domain.freshness import UnitState
from main_controller.history.slot import CLUSTER
from main_controller.metrics.instruments import PREFIX
from main_controller.metrics.situation import Situation
from main_controller.rules.bus_condition import ConditionKind
from main_controller.rules.flexibility import Offer

J_PER_WH = 3600.0
PERCENT = 100.0

Labelled = tuple[tuple[str, ...], float | None]


def families(situation: Situation) -> Iterator[Metric]:
    """All of them but those of single units."""
    yield from _program(situation)
    yield from _cluster(situation)
    yield from _deals(situation)
    yield from _energy(situation)
    yield from _flexibility(situation)
    yield from _alarms(situation)


def _gauge(name: str, text: str, value: float | None) -> GaugeMetricFamily:
    return _gauges(name, text, (), [((), value)])


def _gauges(name: str, text: str, labels: tuple[str, ...], values: Iterable[Labelled]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=labels)
    for told, value in values:
        if value is not None:
            family.add_metric(told, value)
    return family


def _counters(
    name: str, text: str, labels: tuple[str, ...], values: Iterable[Labelled]
) -> CounterMetricFamily:  # fmt: skip
    family = CounterMetricFamily(f"{PREFIX}_{name}", text, labels=labels)
    for told, value in values:
        if value is not None:
            family.add_metric(told, value)
    return family


def _info(name: str, text: str, told: Mapping[str, str]) -> InfoMetricFamily:
    return InfoMetricFamily(f"{PREFIX}_{name}", text, value=dict(told))


def _by(values: Mapping[str, float]) -> Iterator[Labelled]:
    return (((name,), value) for name, value in values.items())


def _program(told: Situation) -> Iterator[Metric]:
    yield _info(
        "build", "The program that tells these figures.",
        {"version": told.version, "python": platform.python_version()},
    )  # fmt: skip
    yield _info(
        "cluster", "The cluster: its title, and whether it is only a simulated one.",
        {"title": told.title, "simulated": str(told.simulated).lower()},
    )  # fmt: skip
    yield _gauge("rendered_timestamp_seconds", "When these figures were made, since 1970.", told.wall)
    yield _gauge("poll_interval_seconds", "How often apis-web is polled.", told.interval)
    yield _gauge("poll_age_seconds", "How long ago apis-web last answered a poll.", told.answered_age)
    yield _gauges(
        "apis_web_up", "Whether the last call to this program of apis-web went well.", ("program",),
        _by({name: float(up) for name, up in told.peers.items()}),
    )  # fmt: skip
    yield _gauges(
        "loop_up", "Whether this loop of the program runs and its last run went well.", ("loop",),
        [((one.name,), float(one.up)) for one in told.loops],
    )  # fmt: skip
    yield _gauges(
        "loop_age_seconds", "How long ago this loop last ran well.", ("loop",),
        [((one.name,), one.age) for one in told.loops],
    )  # fmt: skip
    yield _gauges("queue_length", "How much waits in this queue.", ("queue",), _by(told.queues))
    yield _gauge("journal_up", "Whether the journal is being written.", float(told.journal_written))
    yield _gauge("history_up", "Whether the history is being written.", float(told.history_written))
    until = told.written_until
    yield _gauge("history_written_timestamp_seconds", "Up to when minutes are in the history, since 1970.", until)
    yield _gauge("orders_open", "Orders that may still change.", told.open_orders)
    yield _gauge("locks", "Maintenance locks in force.", told.locks)
    yield _gauge("estop_latched", "Whether the E-stop is latched.", None if told.estop is None else float(told.estop))


def _cluster(told: Situation) -> Iterator[Metric]:
    grid, totals, bus = told.grid, told.grid.totals, told.grid.bus
    states = Counter(str(unit.state) for unit in grid.units.values())
    yield _gauges(
        "units", "Units by how far their data are of now.", ("state",), [((one,), states[one]) for one in UnitState]
    )
    yield _gauge("units_unwatched", "Units that are live hardware which nobody watches.", len(grid.unwatched))
    yield _gauges(
        "cluster_mode", "The mode in force, as a label; mixed where units differ.", ("mode",),
        [((grid.mode_word,), 1.0)] if grid.mode_word is not None else [],
    )  # fmt: skip
    yield _gauge(
        "cluster_error", "Whether apis-web reports an error of the whole grid.",
        None if grid.error is None else float(grid.error),
    )  # fmt: skip
    yield _gauge(
        "grid_master_known", "Whether a Grid Master is known.",
        None if grid.grid_master_known is None else float(grid.grid_master_known),
    )  # fmt: skip
    yield _gauges(
        "cluster_power_watts", "Sums over the live units that tell it.", ("flow",),
        [(("pv",), totals.pv), (("load",), totals.load), (("utility",), totals.utility)],
    )  # fmt: skip
    charge = None if totals.rsoc is None else totals.rsoc / PERCENT
    yield _gauge("cluster_charge_ratio", "Mean charge of the live units' batteries, 0 to 1.", charge)
    stored = None if totals.remaining is None else totals.remaining * J_PER_WH
    yield _gauge("cluster_stored_energy_joules", "Energy in the live units' batteries.", stored)
    yield _gauge("bus_voltage_volts", "The reference's own reading, else the median of the live units.", bus.voltage)
    yield _gauge("bus_target_volts", "What the voltage reference is set to.", bus.target)
    yield _gauge("bus_voltage_references", "Units that hold the bus' voltage; more than one is wrong.",
                 len(bus.references))  # fmt: skip


def _deals(told: Situation) -> Iterator[Metric]:
    grid = told.grid
    known = grid.deals is not None
    running = [flow for flow in grid.flows if flow.running]
    powers = [flow.power for flow in running if flow.power is not None]
    watts = sum(powers) if known and (powers or not running) else None
    at = grid.snapshot.grid.deals_at
    age = None if at is None else max(0.0, grid.now - at)
    yield _gauge("deals", "Deals in apis-web's list; absent while it cannot be told.", grid.deals)
    yield _gauge("deals_running", "Deals in which current flows.", len(running) if known else None)
    yield _gauge("deals_power_watts", "Power of the deals in which current flows.", watts)
    yield _gauge("deals_age_seconds", "How long ago apis-web last told its deals.", age)
    if told.totals is None:
        return
    record = str(told.totals.record)
    yield _counters(
        "deals_ended", "Deals that are over, by how they ended, since this record began.", ("end", "record"),
        [((end, record), count) for end, count in told.totals.ended.items()],
    )  # fmt: skip
    yield _counters(
        "deals_energy_joules", "Energy at both ends of the deals that are over, where both are told, since this record "
        "began.", ("end", "record"),
        [(("giver", record), told.totals.out * J_PER_WH), (("taker", record), told.totals.into * J_PER_WH)],
    )  # fmt: skip


def _energy(told: Situation) -> Iterator[Metric]:
    if told.totals is None:
        return
    record, cluster = str(told.totals.record), told.totals.units.get(CLUSTER)
    values = {} if cluster is None else cluster._asdict()
    yield _counters(
        "cluster_energy_joules", "Sums over all units: into and out of them at the bus, and into and out of their "
        "batteries, in whole minutes since this record began.", ("flow", "record"),
        [((name, record), None if wh is None else wh * J_PER_WH) for name, wh in values.items()],
    )  # fmt: skip


def _flexibility(told: Situation) -> Iterator[Metric]:
    found = told.flexibility
    if found is None:
        return
    ways: dict[str, Offer] = {
        way: offer for way, offer in (("give", found.give), ("take", found.take)) if offer is not None
    }
    yield _gauges(
        "flexibility_power_watts", "What the batteries could give to the bus, or take from it, now.", ("way",),
        _by({way: offer.power for way, offer in ways.items()}),
    )  # fmt: skip
    yield _gauges(
        "flexibility_energy_joules", "How much they could, down to the reserve or up to full.", ("way",),
        _by({way: offer.energy * J_PER_WH for way, offer in ways.items()}),
    )  # fmt: skip
    yield _gauges(
        "flexibility_units", "How many units could.", ("way",), _by({way: offer.units for way, offer in ways.items()})
    )
    yield _gauge("flexibility_untold_units", "Units of which it cannot be told.", found.untold)


def _alarms(told: Situation) -> Iterator[Metric]:
    yield _gauge("alarms_up", "Whether the alarms were looked at of late; else they are absent.",
                 float(told.alarms is not None))  # fmt: skip
    if told.alarms is not None:
        yield _gauges(
            "alarm_active", "Of how many things this alarm holds now; not counted: what is shelved, out of service or "
            "explained by another alarm.", ("kind", "priority"),
            [((code, str(kind.priority)), told.alarms.get(code, 0)) for code, kind in BY_CODE.items()],
        )  # fmt: skip
        yield _gauge("alarms_unread", "Alarms that a person still has to read.", told.unread)
        yield _gauge("alarms_away", "Alarms that are shelved or out of service.", told.away)
    findings = Counter(told.findings)
    yield _gauges(
        "finding_active", "Conditions of the bus that hold now.", ("kind",),
        [((str(kind),), findings[kind]) for kind in ConditionKind],
    )  # fmt: skip
