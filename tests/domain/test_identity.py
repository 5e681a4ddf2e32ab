"""A unit is marked when an order to it could reach another one (Z4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered, Sighting, lost, sight
from main_controller.domain.identity import conflicts, why_no_id
from main_controller.sentence import Sentence

WALL = datetime(2020, 1, 1, tzinfo=UTC)


def seen(unit_id: str, present: bool = True, **oesunit: Any) -> Sighting:
    sighting = sight(None, unit_id, {"oesunit": oesunit}, "clock", 0.0, WALL)
    return sighting if present else lost(sighting, 1.0)


def among(
    *sightings: Sighting, remembered: tuple[Remembered, ...] = (), by_address: bool = True
) -> dict[str, Sentence]:
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


SPELLINGS = [
    ("10.0.0.5", "::ffff:10.0.0.5"),
    ("10.0.0.5", "::FFFF:a00:5"),
    ("fd00::5", "fd00:0::5"),
    ("fd00::5", "FD00:0000:0000:0000:0000:0000:0000:0005"),
    ("node-7", "Node-7"),
    ("node-7.example.org", "NODE-7.example.org."),
    ("::1", " 0:0:0:0:0:0:0:1 "),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_one_device_under_two_spellings_of_its_address_is_a_conflict(one: str, other: str) -> None:
    """AV12: the order for one unit would reach the other's converter."""
    assert sorted(among(seen("E001", ip=one), seen("E002", ip=other))) == ["E001", "E002"]
    assert list(among(seen("E002", ip=other), remembered=(Remembered("E001", ip=one),))) == ["E001"]


@pytest.mark.parametrize(("one", "other"), [("10.0.0.5", "10.0.0.50"), ("node-7", "node-70"), ("fd00::5", "fd00::50"),
                                            ("10.0.0.5", "::10.0.0.5"), ("a.b", "a.b..")])  # fmt: skip
def test_addresses_that_only_look_alike_are_two(one: str, other: str) -> None:
    assert among(seen("E001", ip=one), seen("E002", ip=other)) == {}


@pytest.mark.parametrize("unit_id", ["E001", "A/1", "50 %", "a?b#c", "蓄電池１", "x" * 64, "é", "🔋", "<b>"])
def test_what_can_be_read_can_be_an_id(unit_id: str) -> None:
    assert why_no_id(unit_id) is None


UNSHOWN = "\n\r\t\0\x1b\x7f\x85\u2028\u2029\u202e\u2066\u200f\ud800"
NO_IDS = [("", "empty"), ("x" * 65, "longer than 64 characters"), *((f"E{sign}1", "not printable") for sign in UNSHOWN)]


@pytest.mark.parametrize(("unit_id", "why"), NO_IDS, ids=range(len(NO_IDS)))
def test_what_cannot_be_shown_safely_is_no_id(unit_id: str, why: str) -> None:
    """AV3, AV4, H9."""
    assert why_no_id(unit_id) == why
