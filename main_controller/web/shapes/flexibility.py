"""What the cluster's batteries could give and take now (VPP)."""

from typing import TypedDict

from main_controller.rules import flexibility
from main_controller.web.shapes.common import WattHours, Watts


class Offer(TypedDict):
    """One way: `power` at the bus by what converters, batteries and the bus bear, `energy` in the batteries down to the
    reserve or up to full, and of how many `units`."""

    power: Watts
    energy: WattHours
    units: int


class Flexibility(TypedDict):
    """What could be given to the bus and taken from it now, by `of` live units that tell mode, charge and energy; null
    where there is none of these. `untold` is how many units cannot be reckoned.

    A unit counts whose mode in force is Run or Manual, that is not locked, has no heavy alarm and no ambiguous
    identity, and whose battery may work that way by the settings.
    """

    give: Offer | None
    take: Offer | None
    of: int
    untold: int


def flexibility_of(found: flexibility.Flexibility) -> Flexibility:
    """As the status and the frame tell it, in whole W and Wh."""
    return {"give": _offer(found.give), "take": _offer(found.take), "of": found.of, "untold": found.untold}


def _offer(found: flexibility.Offer | None) -> Offer | None:
    if found is None:
        return None
    return {"power": round(found.power), "energy": round(found.energy), "units": found.units}
