"""What works by hand, whose Wait comes with it, and how a lease of it stands once no person is heard.

Pure. Used by `procedures/hand_lease.py`. All units are on one bus: apis-web tells of no other.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus, Mode

AT_WORK = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)


class LeaseState(StrEnum):
    """How the lease stands: somebody is heard; nobody is, and that is told; the converters get Wait."""

    HELD = "held"
    WARNED = "warned"
    ENDING = "ending"


def driven_by_hand(grid: GridState, owned: Collection[str]) -> list[UnitAssessment]:
    """The units that obey Manual and may be at work: whoever ordered it, that is by hand.

    Not those `owned` by a guided sharing, nor hardware that nobody watches and that somebody has looked at.
    """
    return [
        unit
        for unit in grid.units.values()
        if unit.obeys is Mode.MANUAL
        and unit.estimate.possibly(*AT_WORK)
        and unit.id not in owned
        and not unit.acknowledged
    ]


def to_wait(grid: GridState, driven: Iterable[UnitAssessment]) -> list[str]:
    """Who gets Wait when the lease of these ends: they, and with a reference among them all followers, whoever's.

    Where another holds the bus, as apis-main does for its deals, its followers are left to it.
    """
    own = list(driven)
    ids = {unit.id for unit in own}
    if any(unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) for unit in own):
        ids |= {
            unit.id
            for unit in grid.units.values()
            if unit.estimate.possibly_current_controlled and not unit.acknowledged
        }
    return sorted(ids)


def lease_state(silent: float, lease: float, warned: float) -> LeaseState:
    """How a lease of `lease` s stands after `silent` s without a person; its Waits come `warned` s after its end."""
    if silent < lease:
        return LeaseState.HELD
    return LeaseState.WARNED if silent < lease + warned else LeaseState.ENDING
