"""What a site's own thresholds change: the alarms and the conditions of the bus, and no rule of an order."""

from dataclasses import replace

import pytest

from main_controller.alarms.kinds import BY_CODE
from main_controller.errors import SettingErrors
from main_controller.rules.interlock_terms import Limits
from main_controller.settings.table import Settings
from main_controller.settings.thresholds import MEASURED, Threshold, thresholds
from main_controller.wiring.choices import limits_of
from main_controller.wiring.thresholds import alarm_kinds, check_thresholds, watched_limits


def settings(*given: Threshold) -> Settings:
    return Settings(thresholds=given)


def test_the_delays_of_a_site_and_of_a_unit() -> None:
    kinds = alarm_kinds(
        settings(Threshold("unitSilent", "E001", off=99.0), Threshold("unitSilent", None, on=30.0)),
    )
    assert kinds["unitSilent"].delays("E001") == (30.0, 99.0)
    assert kinds["unitSilent"].delays("E002") == (30.0, BY_CODE["unitSilent"].off)
    assert kinds["gridError"] is BY_CODE["gridError"]


def test_the_limits_of_a_site_and_of_a_unit() -> None:
    site, own = watched_limits(
        settings(
            Threshold("temperature", None, limits={"above": 40.0}),
            Threshold("temperature", "E003", limits={"above": 50.0, "below": -5.0}),
            Threshold("unitCurrent", "E003", limits={"above": 1.0}),
        ),
        Limits(),
    )
    assert (site.battery.temperature_max, site.battery.temperature_min) == (40.0, 0.0)
    assert own.keys() == {"E003"}
    assert (own["E003"].battery.temperature_max, own["E003"].battery.temperature_min) == (50.0, -5.0)
    assert own["E003"].unit_current == 1.0
    assert own["E003"].battery.full == site.battery.full


def test_each_limit_that_can_be_read_changes_one_limit() -> None:
    for alarm, limits in MEASURED.items():
        for name in limits:
            site, _ = watched_limits(settings(Threshold(alarm, None, limits={name: 7.0})), Limits())
            assert site != Limits()
            assert 7.0 in (*vars_of(site), *vars_of(site.battery))


def vars_of(one: object) -> list[object]:
    return [getattr(one, name) for name in one.__slots__]  # type: ignore[attr-defined]  # both have them


def test_no_rule_of_an_order_sees_them() -> None:
    given = settings(Threshold("temperature", None, limits={"above": 99.0}), Threshold("aboveFull", None, on=0.0))
    assert limits_of(given) == limits_of(replace(given, thresholds=()))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"alarm": "unitSilnet", "on": 3}, "thresholds: there is no alarm 'unitSilnet'; is unitSilent meant?"),
        ({"alarm": "gridError", "on": 61}, "gridError has priority 1: its delay `on` may be 60 s at most, not 61"),
    ],
)
def test_what_there_is_none_of_and_what_puts_a_grave_one_off(raw: dict[str, object], said: str) -> None:
    with pytest.raises(SettingErrors) as refused:
        check_thresholds(settings(*thresholds([raw])))
    assert said in str(refused.value)
