"""How a site's own thresholds are read, and what is refused."""

import json
from typing import Any

import pytest

from main_controller.settings.thresholds import Threshold, thresholds


def test_delays_and_limits_of_all_or_of_one() -> None:
    raw = [
        {"alarm": "temperature", "unit": "E003", "above": 50, "below": -5},
        {"alarm": "unitSilent", "on": 30, "off": 60},
    ]
    assert thresholds(raw) == (
        Threshold("temperature", "E003", limits={"above": 50, "below": -5}),
        Threshold("unitSilent", None, 30, 60),
    )
    assert thresholds(json.dumps(raw)) == thresholds(raw)
    assert thresholds("") == ()
    assert str(thresholds(raw)[0]) == "temperature of E003: above 50 below -5"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "threshold 1 needs the name of an alarm"),
        ({"alarm": "gridError"}, "threshold 1 of gridError sets nothing"),
        ({"alarm": "gridError", "above": 3}, "'above' is not known of gridError; known are alarm, unit, on, off"),
        ({"alarm": "aboveFull", "above": 101}, "threshold 1: above: 101 is not within 0..100"),
        ({"alarm": "aboveFull", "on": -1}, "threshold 1: on: -1 is not within 0..3600"),
        ({"alarm": "aboveFull", "on": True}, "threshold 1: on: True is not a number"),
        ({"alarm": "aboveFull", "unit": "", "on": 1}, "threshold 1: its unit is '', and no id"),
        ({"alarm": "busCurrent", "unit": "E001", "above": 9}, "busCurrent is of the bus, and of no unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(raw: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        thresholds([raw])
    assert said in str(refused.value)


def test_two_of_the_same() -> None:
    one = {"alarm": "gridError", "on": 3}
    with pytest.raises(ValueError, match="two thresholds are of gridError of all"):
        thresholds([one, one])
