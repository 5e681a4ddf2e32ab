"""Everything that a rendering tells besides what is counted as it happens, at one moment, as data.

Made by the wiring, which asks everybody; pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from main_controller.alarms.alarm import Alarm
from main_controller.assessment.grid_state import GridState
from main_controller.history.totals import Totals
from main_controller.rules.flexibility import Flexibility


@dataclass(frozen=True, slots=True)
class LoopStanding:
    """One loop of this program: whether its thread runs and its last run went well, and how long ago (s) it last did
    (None: never)."""

    name: str
    up: bool
    age: float | None


@dataclass(frozen=True, slots=True)
class Situation:
    """One moment; `wall` is s since 1970.

    `answered_age` is how long ago (s) apis-web last answered a poll, None where it never did, `interval` (s) how often
    it is asked; `peers` are its two programs, and whether the last call to each went well. `findings` are the kinds of
    what is wrong on the bus now. `alarms` is how many things each kind of alarm is of now, None where nobody has looked
    of late; `unread` and `away` are how many alarms wait for a reader, and are shelved or out of service. `totals` are
    None where they cannot be read; `written_until` (s since 1970) is up to when minutes are.
    """

    grid: GridState
    version: str
    wall: float
    simulated: bool = False
    title: str = ""
    answered_age: float | None = None
    interval: float = 1.0
    peers: Mapping[str, bool] = field(default_factory=dict)
    loops: Sequence[LoopStanding] = ()
    findings: Sequence[str] = ()
    alarms: Mapping[str, int] | None = None
    unread: int = 0
    away: int = 0
    open_orders: int = 0
    queues: Mapping[str, int] = field(default_factory=dict)
    locks: int = 0
    estop: bool | None = None
    journal_written: bool = True
    history_written: bool = True
    totals: Totals | None = None
    written_until: int | None = None
    flexibility: Flexibility | None = None


def counted(alarms: Iterable[Alarm]) -> Counter[str]:
    """Of how many things each kind of alarm is that holds now and is told: not put away, and explained by no other."""
    found: Counter[str] = Counter()
    for alarm in alarms:
        if alarm.inhibited_by is None and alarm.shelf is None and not alarm.out_of_service:
            found[alarm.kind.code] += sum(member.active for member in alarm.members.values())
    return found
