"""A deal reaches users in one form, whichever of the two came over the wire."""

from typing import Any

import pytest

from main_controller.domain.deals import USER_FIELDS, normalise

SEVEN = {
    "chargingUnit": "E003",
    "dischargingUnit": "E001",
    "isMasterDeal": False,
    "request": "CHARGE",
    "requester": "E003",
    "responder": "E001",
    "startTime": "2020/01/01-01:06:00",
}


def test_the_seven_fields_of_the_real_apis_web_come_through_as_they_are() -> None:
    assert normalise(SEVEN) == SEVEN
    assert tuple(normalise(dict(reversed(SEVEN.items())))) == USER_FIELDS


def test_the_long_form_is_mapped_and_keeps_its_other_fields() -> None:
    """D41."""
    long = {
        "unitId": "E001",
        "requestUnitId": "E003",
        "acceptUnitId": "E001",
        "type": "charge",
        "chargeUnitId": "E003",
        "dischargeUnitId": "E001",
        "dealId": "d-1",
        "createDateTime": "2020/01/01-01:06:00",
        "startDateTime": "2020/01/01-01:08:00",
    }
    deal = normalise(long)
    assert deal["chargingUnit"] == deal["requester"] == "E003"
    assert deal["dischargingUnit"] == deal["responder"] == "E001"
    assert deal["request"] == "CHARGE"
    assert deal["startTime"] == "2020/01/01-01:08:00"
    assert long.items() <= deal.items()
    assert "isMasterDeal" not in deal, "a field that was not sent is not invented"


def test_a_long_deal_that_has_not_started_tells_when_it_was_agreed() -> None:
    assert normalise({"createDateTime": "2020/01/01-01:06:00", "startDateTime": None})["startTime"].endswith("01:06:00")


@pytest.mark.parametrize(
    ("misprint", "right"),
    [
        ("chargeingUnit", "chargingUnit"),
        ("acceptPontPerWh", "acceptPointPerWh"),
        ("deactiveateDateTime", "deactivateDateTime"),
    ],
)
def test_a_misprint_of_the_specification_is_read_and_emitted_correctly(misprint: str, right: str) -> None:
    """T1, T10; where both are sent, the correct one counts."""
    assert normalise({misprint: "x"}) == {right: "x"}
    assert normalise({misprint: "x", right: "y"}) == {right: "y"}


@pytest.mark.parametrize("wire", [{}, {"request": None, "type": 3}, {"chargingUnit": ["E001"]}])
def test_odd_deals_never_raise(wire: dict[str, Any]) -> None:
    assert normalise(wire).keys() >= wire.keys()
