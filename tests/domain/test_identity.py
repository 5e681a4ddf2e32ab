"""A unit is marked when an order to it could reach another one (Z4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered, Sighting, lost, sight
from main_controller.domain.identity import conflicts

WALL = datetime(2020, 1, 1, tzinfo=UTC)


def seen(unit_id: str, present: bool = True, **oesunit: Any) -> Sighting:
    sighting = sight(None, unit_id, {"oesunit": oesunit}, "clock", 0.0, WALL)
    return sighting if present else lost(sighting, 1.0)


def among(*sightings: Sighting, remembered: tuple[Remembered, ...] = (), by_address: bool = True) -> dict[str, str]:
    return conflicts(
        {one.unit_id: one for one in sightings},
        {one.unit_id: one for one in remembered},
        orders_by_address=by_address,
    )


def test_units_that_say_who_they_are_or_nothing_are_clear() -> None:
    assert among(seen("E001", id="E001", ip="10.0.0.1"), seen("E002", ip="10.0.0.2"), seen("E003", id=None)) == {}


@pytest.mark.parametrize("told", ["E002", "e001", "", 1, ["E001"]])
def test_another_id_inside_is_a_conflict(told: Any) -> None:
    found = among(seen("E001", id=told), seen("E002", id="E002"))
    assert list(found) == ["E001"]
    assert "E001" in found["E001"]


def test_an_id_listed_twice_is_a_conflict() -> None:
    sightings = {"E001": seen("E001"), "E002": seen("E002")}
    found = conflicts(sightings, {}, duplicates={"E002", "left out"}, orders_by_address=False)
    assert found == {"E002": "E002 is listed twice in apis-web's answer."}


def test_two_present_units_with_one_address_are_both_in_conflict() -> None:
    found = among(seen("E001", ip="10.0.0.1"), seen("E002", ip=" 10.0.0.1"), seen("E003", ip="10.0.0.3"))
    assert found == {
        "E001": "E001 has the address '10.0.0.1', which E002 has too.",
        "E002": "E002 has the address '10.0.0.1', which E001 has too.",
    }


def test_addresses_do_not_matter_where_no_order_goes_by_them() -> None:
    assert among(seen("E001", ip="10.0.0.1"), seen("E002", ip="10.0.0.1"), by_address=False) == {}


def test_no_address_is_no_shared_address() -> None:
    assert among(seen("E001", ip="NA"), seen("E002", ip="NA"), seen("E003", ip=""), seen("E004", ip="")) == {}


def test_a_silent_unit_whose_address_another_one_took_is_the_doubtful_one() -> None:
    """Its device may have been replaced: an order to it would reach the other; orders to the present one are clear."""
    assert list(among(seen("E001", present=False, ip="10.0.0.1"), seen("E002", ip="10.0.0.1"))) == ["E001"]


def test_a_unit_remembered_from_before_a_restart_is_silent_too() -> None:
    kept = Remembered("E001", ip="10.0.0.1")
    assert list(among(seen("E002", ip="10.0.0.1"), remembered=(kept,))) == ["E001"]
    assert among(seen("E001", ip="10.0.0.9"), seen("E002", ip="10.0.0.1"), remembered=(kept,)) == {}
