"""What the settings mean for the rules: each threshold is a setting, with the rules' own default (issue 10)."""

import dataclasses
from typing import Any

from main_controller.choices import about, limits_of
from main_controller.domain.interlock_terms import Limits
from main_controller.settings.table import Settings, setting_fields

OF_LIMITS = (
    *("gridvoltagemin", "gridvoltagemax", "maxgridcurrent", "bustolerance", "stablereadings", "freshreading"),
    *("deadbus", "referencemargin", "gridcurrentlimit", "buscurrentlimit", "busskew", "currentoffsetmin"),
    *("currentoffsetmax", "voltagestep", "currentstep", "wordtime", "triptime", "tripsperhour", "directread"),
    *("chargereserve", "chargehysteresis", "chargefull", "batteryvoltagemin", "batteryvoltagemax"),
    *("batteryvoltagemargin", "maxbatterycurrent", "temperaturemin", "temperaturemax"),
)


def flat(value: Any) -> list[float]:
    if dataclasses.is_dataclass(value):
        return [one for row in dataclasses.fields(value) for one in flat(getattr(value, row.name))]
    return [float(value)]


def test_the_rules_defaults_are_the_settings_defaults() -> None:
    """apis-main's sample limits stand in one place each, and agree."""
    assert limits_of(Settings()) == Limits()


def test_every_threshold_of_the_rules_is_a_setting_of_its_own() -> None:
    """Each setting moves one threshold, and together they move them all."""
    plain = flat(limits_of(Settings()))
    moved: set[int] = set()
    for name in OF_LIMITS:
        default = getattr(Settings(), name)
        changed: Any = {name: default + 1 if isinstance(default, int) else default + 0.5}
        now = flat(limits_of(Settings(**changed)))
        differing = {place for place, pair in enumerate(zip(plain, now, strict=True)) if pair[0] != pair[1]}
        assert len(differing) == 1, name
        moved |= differing
    assert moved == set(range(len(plain)))
    assert set(OF_LIMITS) <= {row.name for row in setting_fields()}


def test_the_status_tells_the_limits_that_figures_are_shown_with() -> None:
    """The page keeps no figure of its own (section 3 of the review)."""
    told = about(Settings(chargereserve=30, currentstep=0.5)).limits
    assert (told["gridvoltagemax"], told["chargereserve"], told["currentstep"]) == (380, 30, 0.5)
    assert set(told) < set(OF_LIMITS)
