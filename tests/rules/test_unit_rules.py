"""Rules (n), (p), (t), (u) and (v): alarms, currents, pace, direct readings, the owner (I5, I7, I11, I12, I16)."""

from collections.abc import Sequence

import pytest

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import person, transfer_actor
from main_controller.domain.freshness import Reading
from main_controller.domain.limits import Pace
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import Answer, Known, Limits, Owner
from main_controller.rules.interlocks import judge
from main_controller.rules.last_look import units_to_read
from main_controller.sentence import Sentence, foreign, say
from tests.assessment.units import NOW, assessed, grid_of, reading, reference

WAIT, CV, CHARGE = (ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE)
TAKE = ConverterOrder("E002", CHARGE, 350.0, 1.0)
START = ConverterOrder("E001", CV, 350.0, 2.3)


def told(
    rule: str, wanted: ConverterOrder, shown: GridState, known: Known | None = None, limits: Limits | None = None
) -> Answer:
    answers = judge(wanted, shown, limits or Limits(), known or Known())
    return next(one for one in answers if one.rule == rule)


def with_alarms(unit_id: str, alarms: str) -> UnitAssessment:
    """A unit in Wait whose readings, 5 s apart, report a heavy alarm ("x") or none (".")."""
    times = [NOW - 2.0 - 5.0 * back for back in reversed(range(len(alarms)))]
    return assessed(
        unit_id,
        readings=[reading(at=at, vg=350.0)._replace(alarm=one == "x") for at, one in zip(times, alarms, strict=True)],
    )


# (n) alarms


@pytest.mark.parametrize(
    ("alarms", "fails"), [("...", False), ("..x", True), (".x.", True), ("x..", False), (".", False), ("x", True)]
)
def test_n_a_heavy_alarm_must_be_gone_in_two_readings(alarms: str, fails: bool) -> None:
    """I5, S12."""
    found = told("n", TAKE, grid_of(reference(), with_alarms("E002", alarms)))
    assert (found.refuses, found.cause) == (fails, "heavy-alarm" if fails else "ok")
    assert not found.overridable


def test_n_asks_the_reference_before_a_current_and_nobody_else() -> None:
    alarmed = reference(readings=[reading(CV, vg=350.0, dvg=350.0, dig=2.3)._replace(alarm=True)])
    assert told("n", TAKE, grid_of(alarmed, assessed("E002", vg=350.0))).cause == "heavy-alarm"
    assert told("n", TAKE, grid_of(reference(), assessed("E002", vg=350.0), with_alarms("E003", "xx"))).cause == "ok"
    assert told("n", START, grid_of(assessed("E001"), with_alarms("E002", "xx"))).cause == "ok"


def test_n_wait_passes_a_unit_with_an_alarm() -> None:
    shown = grid_of(with_alarms("E001", "xxx"))
    assert not any(one.refuses for one in judge(ConverterOrder("E001", WAIT, 0.0, 0.0), shown, Limits()))


# (p) measured currents


def carrying(amps: float | None, unit_id: str = "E002") -> UnitAssessment:
    return assessed(unit_id, readings=[reading(at=NOW - 2.0 - 5.0 * back, vg=350.0, ig=amps) for back in (2, 1, 0)])


@pytest.mark.parametrize(("amps", "fails"), [(2.35, False), (2.36, True), (-2.36, True)])
def test_p_a_unit_that_carries_more_than_its_limit_is_not_ordered_further(amps: float, fails: bool) -> None:
    """I7: apis-main's ig is within 2.35 A either way."""
    assert told("p", TAKE, grid_of(reference(), carrying(amps))).refuses is fails


def test_p_the_sum_of_all_currents_on_the_bus_has_a_limit() -> None:
    shown = grid_of(reference(), carrying(0.0), *(carrying(-2.0, f"E{n:03d}") for n in range(3, 8)))
    limits = Limits(bus_current=10.9)
    assert told("p", TAKE, shown, limits=limits).numbers == {"sum": 11.0, "max": 10.9}
    assert told("p", TAKE, shown, limits=limits).cause == "grid-current-too-large"
    assert told("p", TAKE, shown).cause == "ok"
    assert told("p", TAKE, grid_of(reference(), carrying(None))).cause == "not-told"


# (t) pace and trips


@pytest.mark.parametrize(("ago", "fails"), [(0.0, True), (4.9, True), (5.0, False), (None, False)])
def test_t_5_s_lie_between_two_orders_to_one_converter(ago: float | None, fails: bool) -> None:
    """I11, S20; only its own orders count."""
    at = None if ago is None else NOW - ago
    found = told("t", TAKE, grid_of(reference(ordered_at=NOW), assessed("E002", vg=350.0, ordered_at=at)))
    assert (found.cause, found.overridable) == ("too-soon" if fails else "ok", False)


@pytest.mark.parametrize(("ago", "fails"), [(0.0, True), (29.9, True), (30.0, False), (3601.0, False)])
def test_t_a_unit_is_reference_again_30_s_after_a_trip(ago: float, fails: bool) -> None:
    found = told("t", START, grid_of(assessed("E001"), assessed("E002")), Known(trips={"E001": [NOW - ago]}))
    assert found.cause == ("too-soon" if fails else "ok")
    assert told("t", START, grid_of(assessed("E001")), Known(trips={"E002": [NOW - ago]})).cause == "ok"


def test_t_a_heavy_alarm_that_began_in_the_last_readings_counts_as_a_trip() -> None:
    """Also where nobody keeps trips: the unit's own readings show the last half minute."""
    shown = grid_of(with_alarms("E001", ".x...."))
    assert (told("t", START, shown).cause, told("t", START, shown).numbers["sinceTrip"]) == ("too-soon", 22.0)


@pytest.mark.parametrize(
    ("ago", "cause"),
    [
        ((100, 200, 3600), "too-many-trips"),
        ((100, 200, 3701), "ok"),
        ((90_100, 90_200, 93_600), "too-many-trips"),
        ((100, 200), "ok"),
        ((10, 100, 200, 300), "too-soon"),
    ],
)
def test_t_after_three_trips_within_an_hour_a_person_must_reset_them(ago: Sequence[float], cause: str) -> None:
    """Time alone does not: who looks away for an hour finds it as it was; nor does an override."""
    found = told("t", START, grid_of(assessed("E001")), Known(trips={"E001": [NOW - one for one in ago]}))
    assert (found.cause, found.overridable) == (cause, False)


# (u) the direct reading


def direct(status: ConverterStatus | None = WAIT, **more: float | None) -> Reading:
    return reading(status, at=NOW, **{"vg": 350.0, "dvg": 350.0, "dig": 2.3, **more})


SHOWN = grid_of(reference(), assessed("E002", vg=350.0))


def test_u_reference_and_taker_are_read_before_a_current_and_nobody_before_a_reference() -> None:
    assert [one.id for one in units_to_read(TAKE, SHOWN)] == ["E001", "E002"]
    assert units_to_read(START, grid_of(assessed("E001"), assessed("E002"))) == []
    assert not [one for one in judge(START, grid_of(assessed("E001")), Limits()) if one.rule == "u"]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (direct(CV), direct(), False),
        (direct(CV, vg=343.0), direct(vg=357.0), False),
        (direct(CV, vg=342.9), direct(), True),
        (direct(CV), direct(vg=0.0), True),
        (direct(WAIT), direct(), True),
        (direct(CV), direct(CHARGE), True),
        (direct(CV, dvg=349.0), direct(), True),
        (direct(CV, dig=2.2), direct(), True),
        (direct(CV, dig=5.0), direct(dvg=0.0, dig=0.0), False),
        (direct(CV)._replace(alarm=True), direct(), True),
        (direct(None), direct(None), False),
    ],
)
def test_u_what_contradicts_refuses(first: Reading, second: Reading, refused: bool) -> None:
    """I12."""
    found = told("u", TAKE, SHOWN, Known(direct={"E001": first, "E002": second}))
    assert (found.refuses, found.overridable) == (refused, False)
    assert found.cause == ("direct-reading-contradicts" if refused else "ok")


def test_u_a_converter_that_cannot_be_read_refuses_nothing_and_that_is_said() -> None:
    unreadable: list[dict[str, Reading | Sentence]] = [
        {"E001": foreign("no answer came."), "E002": direct()}, {"E002": direct()}, {},
    ]  # fmt: skip
    for readings in unreadable:
        found = told("u", TAKE, SHOWN, Known(direct=readings))
        assert (found.cause, found.refuses) == ("not-told", False)
        assert "its last reading counts alone" in found.sentence
    mute = Reading(NOW, None, None, None, None)
    assert told("u", TAKE, SHOWN, Known(direct={"E001": mute, "E002": mute})).cause == "not-told"


def test_u_says_why_a_converter_could_not_be_read_and_keeps_that_sentences_code() -> None:
    why = say("unit.late", "no answer came within {limit:g} s.", limit=2.0)
    found = told("u", TAKE, SHOWN, Known(direct={"E001": direct(CV), "E002": why})).sentence.parameters["parts"][1]
    assert found == "E002 could not be read directly (no answer came within 2 s); its last reading counts alone."
    assert (found.parameters["why"].code, found.parameters["why"].parameters) == ("unit.late", {"limit": 2.0})


def test_u_is_left_out_where_the_setting_says_0_s() -> None:
    limits = Limits(pace=Pace(direct_read=0.0))
    assert not [one for one in judge(TAKE, SHOWN, limits) if one.rule == "u"]


# (v) the owner


def test_v_who_owns_the_bus_orders_it_and_others_may_only_stop() -> None:
    """I16."""
    owner = Owner(transfer_actor("c7"), foreign("The bus belongs to c7."))
    assert told("v", TAKE, SHOWN, Known(transfer_actor("c7"), owner)).cause == "ok"
    found = told("v", TAKE, SHOWN, Known(person("192.168.0.9"), owner))
    assert (found.cause, found.refuses, found.overridable) == ("bus-owned", True, False)
    assert not any(
        one.refuses for one in judge(ConverterOrder("E002", WAIT, 0, 0), SHOWN, Limits(), Known(person("x"), owner))
    )
