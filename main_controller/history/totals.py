"""What was recorded in all since a record began: totals that only grow, for who watches them from outside (V8).

Pure. The store keeps them beside the minutes, and takes nothing out of them; the metrics tell them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from main_controller.history.ledger_deal import End
from main_controller.history.slot import Energies


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of one record.

    `record` names it: when it began (s since 1970). A file that is begun anew and one that was put back from a backup
    have another, so that within one record no total ever falls. `units` are the energies (Wh) by unit, the cluster's
    under `CLUSTER`: the sums of all minutes that were ever written. `ended` is how many deals ended how, `out` and
    `into` (Wh) what those gave to and took from the bus of which both ends were told.
    """

    record: int
    units: Mapping[str, Energies] = field(default_factory=dict)
    ended: Mapping[End, int] = field(default_factory=dict)
    out: float = 0.0
    into: float = 0.0
