"""The alert rules: those of the table of alarms, and what they say over the recorded faults of the real system."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.alarms.alarm import AlarmKind, Deed
from main_controller.alarms.book import Transition
from main_controller.alarms.kinds import BY_CODE, HAPPENINGS, KINDS
from main_controller.domain.timing import Timing
from main_controller.metrics import alert_rules
from main_controller.metrics.alert_rules import alert_of
from main_controller.metrics.exposition import Exposition
from main_controller.metrics.instruments import Instruments
from main_controller.metrics.situation import Situation, counted
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.orders.trips import Trips
from main_controller.rules.interlock_terms import Limits
from main_controller.store.chronicle import Chronicle
from main_controller.watching.alarm_situation import Surroundings
from main_controller.watching.alarm_watch import AlarmWatch
from main_controller.watching.bus_events import BusEvents
from main_controller.watching.deal_watch import DealWatch
from main_controller.workers.troubles import of_peers
from tests.metrics.tools import promtool
from tests.orders.bench import Acknowledged, LockBook
from tests.workers.recording import Replay

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "prometheus" / "alerts.yml"
EVERY = 5
"""How often (s of the recording) Prometheus scrapes."""
NAMES = ("apis_mc_alarm_active", "apis_mc_alarms_raised_total", "apis_mc_alarms_up")


def test_the_committed_file_is_made_of_the_table() -> None:
    assert COMMITTED.read_text("utf-8") == alert_rules.text(), (
        "python -m main_controller.metrics.alert_rules > docs/prometheus/alerts.yml"
    )


def test_promtool_takes_all_of_them() -> None:
    assert f"{len(KINDS) + 4} rules found" in promtool("check", "rules", str(COMMITTED))


def test_every_kind_has_one_alert_with_its_words_and_its_severity() -> None:
    groups = dict(alert_rules.rules())
    by_kind = {rule.labels["apis_mc_kind"]: rule for rule in groups["apis-mc-alarms"]}
    assert list(by_kind) == [kind.code for kind in KINDS]
    for kind in KINDS:
        rule = by_kind[kind.code]
        assert rule.labels["severity"] == {1: "critical", 2: "major", 3: "minor", 4: "info"}[kind.priority]
        assert kind.consequence in rule.description
        assert kind.action in rule.description
        assert ("increase(" in rule.expression) is (kind.code in HAPPENINGS)
    assert by_kind["apisMainError"].labels["hearsay"] == "true"


# Over the recorded faults


class Kept:
    """Nothing outlives this test."""

    def load(self, kinds: object) -> tuple[list[object], int]:
        return [], 1

    def note(self, transitions: object) -> None:
        pass

    def keep(self, transition: Transition, deed: Deed) -> None:
        raise AssertionError("nobody does anything")


def scrapes(path: Path) -> Iterator[tuple[int, str]]:
    """The recording through collector, assessment, alarms and exposition: what is scraped each time, and when (s)."""
    replay = Replay(path)
    clock, wall = replay.recording.clock, replay.recording.wall
    desk = Desk(replay.cache, Register(), Acknowledged(), LockBook(), timing=Timing(), clock=clock, wall=wall)
    deals = DealWatch(desk, record=lambda *_: None)
    chronicle = Chronicle(record=lambda *_: None, wall=wall)
    events = BusEvents(desk, chronicle, Trips(), limits=Limits(), accounts=deals.accounts)
    peers = [
        lambda: of_peers({"Emulator Emulator": replay.collecting.health, "Budo Emulator": replay.watching.health})
    ]  # fmt: skip
    surroundings = Surroundings(desk, lambda: [one.condition for one in events.standing()], peers)
    kinds: dict[str, AlarmKind] = dict(BY_CODE)
    watch = AlarmWatch(surroundings.situation, Kept(), kinds, clock=clock, wall=wall)  # type: ignore[arg-type]
    instruments = Instruments()
    watch.listen(instruments.alarms_changed)
    exposition = Exposition(instruments, of_units=False)
    for second, _ in replay.until(replay.recording.seconds):
        deals.run_once()
        events.run_once()
        watch.run_once()
        if second % EVERY == 0:
            told = Situation(desk.grid(), "0", wall().timestamp(), alarms=counted(watch.book.alarms.values()))
            yield second, exposition.render(told).text.decode()


def series(path: Path) -> dict[str, list[str]]:
    """The values of each series that the alerts rest on, one for each scrape; "_" where it was absent."""
    found: dict[str, list[str]] = {}
    for number, (_, text) in enumerate(scrapes(path)):
        for line in text.splitlines():
            if line.startswith(NAMES):
                name, _, value = line.rpartition(" ")
                values = found.setdefault(name, ["_"] * number)
                values.append(value)
        for values in found.values():
            values += ["_"] * (number + 1 - len(values))
    return found


def hold(path: Path, moments: dict[int, set[str]], folder: Path) -> None:
    """Hold the rules to which alerts fire at each moment (s of the recording), of all alerts of alarms."""
    known = series(path)
    lines = ["rule_files:", f"  - {COMMITTED}", f"evaluation_interval: {EVERY}s", "tests:", f"  - interval: {EVERY}s",
             "    input_series:"]  # fmt: skip
    for name, values in known.items():
        labelled = name.replace("}", ',instance="north"}') if "{" in name else f'{name}{{instance="north"}}'
        lines += [f"      - series: {json.dumps(labelled)}", f"        values: {json.dumps(' '.join(values))}"]
    lines.append("    promql_expr_test:")
    for second, kinds in moments.items():
        lines += ['      - expr: count by (alertname) (ALERTS{alertstate="firing",apis_mc_kind!=""})',
                  f"        eval_time: {second}s", "        exp_samples:"]  # fmt: skip
        for alert in sorted(map(alert_of, kinds)):
            labels = f'{{alertname="{alert}"}}'
            lines += [f"          - labels: {json.dumps(labels)}", "            value: 1"]
    file = folder / "tests.yml"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    promtool("test", "rules", str(file))


FAULTS: dict[int, set[str]] = {
    20: set(),
    55: set(),
    75: {"unwatchedHardware"},  # 60: the process of E004 killed amid a deal
    135: set(),
    150: {"apisWebUnreachable"},  # 140: that of the Grid Master: /get/log hangs
    180: {"unitStale", "unwatchedHardware"},  # no unit's clock moves, the reference's last word was no Wait
    340: set(),
    420: set(),
    450: {"unitStale", "unwatchedHardware"},  # 400: devices stop answering
    600: {"gridError"},  # 580: a global hardware error reported by E002
    640: {"apisWebUnreachable", "gridError"},  # 630: apis-web killed
}
"""What fires when, by what was done to the real system at that second of the recording (its events)."""


def test_each_recorded_fault_fires_its_alert_and_its_end_ends_it(tmp_path: Path) -> None:
    hold(ROOT / "tests" / "recordings" / "faults.jsonl.gz", FAULTS, tmp_path)


def test_minutes_of_a_healthy_grid_fire_none(tmp_path: Path) -> None:
    quiet: dict[int, set[str]] = {second: set() for second in range(20, 361, 20)}
    hold(ROOT / "tests" / "recordings" / "sharing.jsonl.gz", quiet, tmp_path)


def test_a_rule_that_said_something_else_would_be_seen(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="ApisMcGridError"):
        hold(ROOT / "tests" / "recordings" / "sharing.jsonl.gz", {100: {"gridError"}}, tmp_path)
