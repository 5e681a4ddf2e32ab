"""Everything that an alarm may rest on at one moment, as data: the grid, the conditions of the bus, and this program.

Pure. Taken by whoever looks (`watching/alarm_watch.py`); the rules in `signs.py` see nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from main_controller.alarms.alarm import AlarmKey
from main_controller.assessment.grid_state import GridState
from main_controller.rules.bus_condition import Condition
from main_controller.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about this program, an order or a schedule that deserves an alarm: its kind's code, what it is of (""
    where there is only one), and a whole sentence."""

    code: str
    subject: str
    text: Sentence


@dataclass(frozen=True, slots=True)
class Situation:
    """One look.

    `conditions` are those that stand and were told; `doubtful` the ones that stood and of which nobody can tell now
    whether they still do. `explained` are the units whose silence an order of ours explains. `troubles` are this
    program's own; `untold` the kinds of them that cannot be told now.
    """

    grid: GridState
    conditions: Sequence[Condition] = ()
    doubtful: Mapping[AlarmKey, Sentence] = field(default_factory=dict)
    explained: Collection[str] = ()
    troubles: Sequence[Trouble] = ()
    untold: Collection[str] = ()

    def doubting(self, doubtful: Mapping[AlarmKey, Sentence]) -> "Situation":
        """The same with these conditions of which nobody can tell whether they still hold, and why."""
        return replace(self, doubtful=doubtful)
