"""Where something acts: one unit, or the whole cluster.

Pure. Used by orders, locks, schedules and whoever asks whether two of them concern the same units.
"""

from dataclasses import dataclass
from typing import Literal

from main_controller.sentence import say


@dataclass(frozen=True, slots=True)
class Scope:
    """One unit, or the cluster (`unit_id` None)."""

    unit_id: str | None = None

    def overlaps(self, other: "Scope") -> bool:
        """Whether the two have units in common: a unit's scope lies in the cluster's."""
        return self.unit_id is None or other.unit_id is None or self.unit_id == other.unit_id

    def __str__(self) -> str:
        return named(self.unit_id)


CLUSTER = Scope()
"""Every unit."""


@dataclass(frozen=True, slots=True)
class Lane:
    """In which orders take turns and are overtaken: those of one kind in one scope (Z8b)."""

    kind: Literal["mode", "converter", "ups"]
    scope: Scope = CLUSTER


def named(unit_id: str | None) -> str:
    """A scope in a sentence: the unit's id, or "the cluster"."""
    return unit_id or say("domain.theCluster", "the cluster")


def named_first(unit_id: str | None) -> str:
    """A scope that begins a sentence: the unit's id, or "The cluster"."""
    return unit_id or say("domain.clusterFirst", "The cluster")
