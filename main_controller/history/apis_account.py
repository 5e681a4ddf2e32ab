"""apis-main's own account of a deal beside ours, and whether the two can both be true (K18, K19).

Pure. Used by the ledger when a deal is over. apis-main counts at a battery, by the units' clock, once in 5 s, so ours
is what our readings say of the same battery over the same time, by that clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from main_controller.domain.deal_lines import How, Stage
from main_controller.history.heard_deals import HeardDeal
from main_controller.sentence import Sentence, say

BEAT = 5.0
"""How often (s) apis-main counts."""


class Compared(NamedTuple):
    """Ours and apis-main's count (Wh by the units' clock) of one battery, how unsure both together are (Wh), and how
    fast that clock runs by ours. `by_giver`: the giver's battery, else the taker's."""

    by_giver: bool
    rate: float
    ours: float
    counted: float
    unsure: float

    @property
    def difference(self) -> float:
        """By how much (Wh) apis-main counted more."""
        return self.counted - self.ours

    @property
    def apart(self) -> bool:
        """Whether the two differ by more than both may be wrong."""
        return abs(self.difference) > self.unsure


@dataclass(frozen=True, slots=True)
class ApisAccount:
    """What apis-main's log told of a deal; None: not heard.

    `agreed` and `counted` are Wh by the units' clock, `amps` the current that was agreed (A), `stages` when (by our
    clock) each was heard, `breaks` how it was ended before it was done, and why.
    """

    deal_id: str
    agreed: float | None
    amps: float | None
    counted: float | None
    stages: Mapping[Stage, datetime]
    breaks: tuple[tuple[How, str], ...]
    compared: Compared | None


def account_of(heard: HeardDeal, compared: Compared | None) -> ApisAccount:
    """The account that stands in the ledger."""
    stages = {stage: heard.stages[stage] for stage in Stage if stage in heard.stages}
    return ApisAccount(
        heard.deal_id, heard.agreed, heard.amps, heard.counted, stages, tuple(heard.breaks), compared
    )  # fmt: skip


def compared(heard: HeardDeal, wh: float, unsure: float, seconds: float, ours: float) -> Compared | None:
    """Our Wh at the battery at which apis-main counts, sure to `unsure` (Wh), beside its count.

    They are by the units' clock, by which they took so many seconds, and `ours` by our own. None where it counted
    nothing.
    """
    if heard.counted is None or seconds <= 0 or ours <= 0:
        return None
    rate = seconds / ours
    uncounted = 2 * BEAT * rate * wh / seconds  # what flowed before its first round and after its last
    return Compared(heard.by_giver, rate, wh, heard.counted, unsure + uncounted)


def apart_sentence(giver: str, taker: str, found: Compared) -> Sentence:
    """What is told where the two cannot both be true."""
    return say(
        "history.countsApart",
        "apis-main counted {counted:.1f} Wh of the deal from {giver} to {taker} at the battery of {unit}, and the "
        "readings say {ours:.1f} Wh (by the units' clock): they differ by more than the {unsure:.1f} Wh by which both "
        "may be wrong.",
        counted=found.counted,
        giver=giver,
        taker=taker,
        unit=giver if found.by_giver else taker,
        ours=found.ours,
        unsure=found.unsure,
    )
