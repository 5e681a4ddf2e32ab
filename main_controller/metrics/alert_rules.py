"""Makes Prometheus' alert rules of the table of alarms; run as a program, it prints them.

    python -m main_controller.metrics.alert_rules > docs/prometheus/alerts.yml

The delays are the table's own, or the site's (setting `thresholds`): an alert fires as soon as the program tells its
alarm. What the program cannot tell, that it is not there or does not look, has rules of its own. Pure.
"""

import json
import sys
from collections.abc import Iterator
from typing import NamedTuple

from main_controller.alarms.alarm import AlarmKind
from main_controller.alarms.kinds import HAPPENINGS, HEARSAY, KINDS
from main_controller.metrics.instruments import PREFIX

JOB = "apis-mc"
"""The name of the scrape job that the rules rest on."""

SHOWN = "5m"
"""How long an alert of what happened at one moment is shown."""

SEVERITIES = {1: "critical", 2: "major", 3: "minor", 4: "info"}
"""The severity label of each priority."""

HEAD = """\
# Made of the table of alarms (docs/alarms.md) by python -m main_controller.metrics.alert_rules; do not edit.
groups:
"""


class Rule(NamedTuple):
    """One alert; `wait` is Prometheus' `for`."""

    name: str
    expression: str
    wait: str
    labels: dict[str, str]
    summary: str
    description: str


def rules() -> Iterator[tuple[str, list[Rule]]]:
    """Every group with its alerts."""
    yield "apis-mc-program", list(_of_the_program())
    yield "apis-mc-alarms", [_of_kind(kind) for kind in KINDS]


def alert_of(code: str) -> str:
    """The name of the alert of a kind of alarm."""
    return f"ApisMc{code[:1].upper()}{code[1:]}"


def _of_kind(kind: AlarmKind) -> Rule:
    which = f'{{kind="{kind.code}"}}'
    labels = {"severity": SEVERITIES[kind.priority], "apis_mc_kind": kind.code}
    if kind.code in HEARSAY:
        labels["hearsay"] = "true"
    if kind.code in HAPPENINGS:
        expression = f"increase({PREFIX}_alarms_raised_total{which}[{SHOWN}]) > 0"
        summary = f"{kind.code} was told at {{{{ $labels.instance }}}} in the last {SHOWN}"
    else:
        expression = f"{PREFIX}_alarm_active{which} > 0"
        summary = f"{kind.code} at {{{{ $labels.instance }}}}, of {{{{ $value }}}}"
    return Rule(alert_of(kind.code), expression, "0s", labels, summary, f"{kind.consequence} {kind.action}")


def _of_the_program() -> Iterator[Rule]:
    where = "{{ $labels.instance }}"
    yield Rule(
        "ApisMcDown",
        f'up{{job="{JOB}"}} == 0',
        "1m",
        {"severity": "major"},
        f"{where} tells nothing",
        "Nobody hears of alarms by this way. Look whether the APIS Main Controller runs and is reached; Stop all is "
        "pressed on its page or at the units.",
    )
    yield Rule(
        "ApisMcAlarmsNotLookedAt",
        f"{PREFIX}_alarms_up == 0",
        "30s",
        {"severity": "major"},
        f"{where} does not look at its alarms",
        "That no alarm is told means nothing now. Read its log, and restart it.",
    )
    yield Rule(
        "ApisMcLoopFails",
        f"{PREFIX}_loop_up == 0",
        "1m",
        {"severity": "minor"},
        f"the loop {{{{ $labels.loop }}}} of {where} fails",
        "What it does is not done. Its log says why.",
    )
    yield Rule(
        "ApisMcRequestsWait",
        f'{PREFIX}_queue_length{{queue=~".*request"}} > 0',
        "1m",
        {"severity": "minor"},
        f"requests wait for a thread at {where}",
        "Too many slow callers at once. Stops have threads of their own.",
    )


def text() -> str:
    """The file. Every string is written as JSON, which YAML takes as it is."""
    lines = [HEAD]
    for group, found in rules():
        lines.append(f"  - name: {group}\n    rules:\n")
        for rule in found:
            lines.append(f"      - alert: {rule.name}\n        expr: {json.dumps(rule.expression)}\n")
            lines.append(f"        for: {rule.wait}\n        labels:\n")
            lines += [f"          {name}: {json.dumps(value)}\n" for name, value in rule.labels.items()]
            lines.append(f"        annotations:\n          summary: {json.dumps(rule.summary)}\n")
            lines.append(f"          description: {json.dumps(rule.description)}\n")
    return "".join(lines)


if __name__ == "__main__":
    sys.stdout.write(text())
