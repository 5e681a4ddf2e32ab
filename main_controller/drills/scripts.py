"""The drills: each one fault of the simulated cluster, whom it befalls, and who mends it when.

Pure data; the faults are the simulator's own (`simulator/__init__.py` lists them).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Befalls(StrEnum):
    """Whom a fault befalls: a unit that works by what another's converter holds, that one, or no unit by name."""

    FOLLOWER = "follower"
    REFERENCE = "reference"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Drill:
    """`says` is its line for people; `fault` with its `args` is what happens, after `befalls` says to whom.

    `mended` is how long after Stop all (s of the programs' time) somebody who was sent there has mended it, None where
    nobody does.
    """

    says: str
    fault: str
    befalls: Befalls = Befalls.NOBODY
    args: Mapping[str, str] = field(default_factory=dict)
    mended: float | None = None


DRILLS: Mapping[str, Drill] = {
    "stuck-node": Drill(
        "the node of a unit that gives or takes dies, and its converter goes on as it was: nobody watches it",
        "node-dies",
        Befalls.FOLLOWER,
    ),
    "lost-grid-master": Drill(
        "the Grid Master's node dies amid deals: apis-web hangs for 30 s, and another unit serves after 60 s",
        "grid-master-dies",
        args={"takeover": "60"},
    ),
    "tripped-reference": Drill(
        "the converter that holds the bus trips, and the bus falls away under those who give and take",
        "trips",
        Befalls.REFERENCE,
    ),
    "dead-apis-web": Drill(
        "apis-web dies amid deals: nothing is seen, no mode can be ordered; it is started again 30 s after Stop all",
        "apis-web-dies",
        mended=30.0,
    ),
}
"""By their names."""


def listed() -> str:
    """All of them, a line each."""
    longest = max(map(len, DRILLS))
    return "".join(f"{name:<{longest}}  {drill.says}\n" for name, drill in DRILLS.items())
