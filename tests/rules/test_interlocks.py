"""Every rule of a converter order at its boundary (Z8, N13)."""

import json
from typing import Any

import pytest

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import CAUSES, RULES, Answer, Limits
from main_controller.rules.interlocks import judge
from main_controller.sentence import foreign
from tests.assessment.units import NOW, answer, assessed, grid_of, never_seen, order, reading, reference, silent

WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)
LIMITS = Limits()
CHARGING: dict[str, Any] = {"vg": 350.0, "dvg": 350.0, "dig": 1.0}


def wanted(status: ConverterStatus, unit_id: str = "E002", *, dvg: float = 350.0, dig: float = 1.0) -> ConverterOrder:
    return ConverterOrder(unit_id, status, dvg, dig)


def start(**more: Any) -> ConverterOrder:
    """E001 is to become the voltage reference."""
    return wanted(CV, "E001", **{"dig": 2.3, **more})


def answers(order_wanted: ConverterOrder, shown: GridState) -> list[Answer]:
    found = judge(order_wanted, shown, LIMITS)
    assert all(one.cause in CAUSES for one in found), "the list of causes is closed"
    json.dumps([dict(one.numbers) for one in found], allow_nan=False)
    return found


def refusing(order_wanted: ConverterOrder, shown: GridState) -> list[tuple[str, str]]:
    return [(one.rule, one.cause) for one in answers(order_wanted, shown) if one.refuses]


def raised(*more: UnitAssessment, dig: float = 2.3) -> GridState:
    """E001 holds the bus at 350 V, E002 waits, the bus shows at both."""
    return grid_of(reference(dig=dig), assessed("E002", vg=350.0), *more)


def test_the_right_procedure_passes_step_by_step() -> None:
    assert refusing(start(), grid_of(assessed("E001"), assessed("E002"))) == []
    assert refusing(wanted(CHARGE), raised()) == []
    assert refusing(wanted(DISCHARGE, dvg=370.0), raised()) == []


def test_every_answer_tells_a_rule_its_cause_a_sentence_and_numbers() -> None:
    told = answers(wanted(CHARGE), raised())
    assert "".join(one.rule for one in told) == "unitabccefhhjklmnqoptu"
    assert all(one.passed and one.sentence for one in told)
    assert {one.cause for one in told[:-1]} == {"ok"}
    assert told[-1].cause == "read-first"
    assert "".join(one.rule for one in answers(start(), raised())) == "unitabcdehhijklmnrpt"
    assert "".join(one.rule for one in answers(wanted(CV, dig=2.3), raised())) == "unitabcdehhiijklmnrpt"
    assert {one.rule for one in told} < set(RULES)


# Who is ordered


def test_a_unit_of_which_no_reading_was_seen_is_sent_nothing_but_wait() -> None:
    shown = grid_of(assessed("E001"), never_seen("E002"))
    assert refusing(wanted(CHARGE), shown) == [("unit", "unknown-unit")]
    assert refusing(wanted(WAIT), shown) == []
    assert refusing(wanted(CHARGE, "E009"), shown) == [("unit", "unknown-unit")]


def test_a_unit_whose_identity_is_ambiguous_is_sent_nothing_but_wait() -> None:
    shown = grid_of(reference(), assessed("E002", vg=350.0, conflict="E002 calls itself E003."))
    assert refusing(wanted(CHARGE), shown) == [("unit", "identity-conflict")]
    assert refusing(wanted(WAIT), shown) == []


# (a) manual


@pytest.mark.parametrize("mode", [Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, None])
def test_a_the_units_effective_mode_must_be_manual(mode: Mode | None) -> None:
    shown = grid_of(assessed("E001", mode=mode), assessed("E002"))
    assert ("a", "mode-not-manual") in refusing(start(), shown)


def test_a_no_mode_change_in_its_scope_may_be_under_way() -> None:
    for scope, refused in (("", True), ("E001", True), ("E002", False)):
        shown = grid_of(assessed("E001"), assessed("E002"), pending_modes={scope: (Mode.MANUAL,)})
        assert (("a", "mode-change-under-way") in refusing(start(), shown)) is refused, scope


# (b) fresh


@pytest.mark.parametrize(("age", "fails"), [(15.0, False), (15.1, True), (31.0, True)])
def test_b_its_reading_is_at_most_15_s_old(age: float, fails: bool) -> None:
    shown = grid_of(assessed("E001", age=age), assessed("E002"))
    assert (("b", "data-not-fresh") in refusing(start(), shown)) is fails
    told = next(one for one in answers(start(), shown) if one.rule == "b")
    assert told.numbers == {"age": age, "limit": 15.0}


def test_b_a_silent_unit_is_not_fresh_however_young_its_last_reading() -> None:
    shown = grid_of(assessed("E001", age=1.0, state=UnitState.SILENT), assessed("E002"))
    assert ("b", "data-not-fresh") in refusing(start(), shown)


# (c) voltage control first, words only through Wait


def test_c_current_needs_another_unit_that_is_surely_the_reference() -> None:
    nobody = grid_of(assessed("E001", vg=350.0), assessed("E002", vg=350.0))
    assert ("c", "no-voltage-reference") in refusing(wanted(CHARGE), nobody)
    itself = grid_of(assessed("E001", vg=350.0), reference("E002"))
    assert ("c", "no-voltage-reference") in refusing(wanted(CHARGE), itself)


def test_c_a_reference_that_is_not_live_or_only_may_be_one_does_not_count() -> None:
    for doubtful in (
        reference(age=31.0),
        silent("E001", CV, dvg=350.0, vg=350.0, dig=2.3),
        reference(orders=[order(WAIT, returned=NOW - 1, sent="unknown")]),
        reference(orders=[order(WAIT, entered=NOW - 1)]),
        assessed("E001", vg=350.0, orders=[order(CV, entered=NOW - 1)]),
    ):
        assert ("c", "no-voltage-reference") in refusing(wanted(CHARGE), grid_of(doubtful, assessed("E002", vg=350.0)))


@pytest.mark.parametrize(
    ("shown", "ordered", "fails"),
    [
        (WAIT, CHARGE, False),
        (CHARGE, CHARGE, False),
        (DISCHARGE, CHARGE, True),
        (CV, CHARGE, True),
        (None, CHARGE, True),
    ],
)
def test_c_a_working_converter_changes_its_word_only_through_wait(
    shown: ConverterStatus | None, ordered: ConverterStatus, fails: bool
) -> None:
    grid = grid_of(reference(), assessed("E002", shown, **CHARGING))
    assert (("c", "not-through-wait") in refusing(wanted(ordered), grid)) is fails


def test_c_a_unit_to_which_another_word_may_have_been_sent_is_not_in_wait() -> None:
    for doubt in (
        order(DISCHARGE, entered=NOW - 1),
        order(DISCHARGE, returned=NOW - 1, sent="unknown"),
        order(DISCHARGE, returned=NOW - 13.9, sent=True),
    ):
        grid = grid_of(reference(), assessed("E002", vg=350.0, orders=[doubt]))
        assert ("c", "not-through-wait") in refusing(wanted(CHARGE), grid), doubt
    grid = grid_of(reference(), assessed("E002", vg=350.0, orders=[order(DISCHARGE, returned=NOW - 14.0, sent=True)]))
    assert refusing(wanted(CHARGE), grid) == [], "a reading that counts says Wait"


# (d) one reference


def test_d_there_is_one_reference_at_a_time_and_whoever_may_be_one_counts() -> None:
    for other in (
        reference("E002", vg=0.0),
        silent("E002", CV),
        never_seen("E002"),
        assessed("E002", None),
        assessed("E002", orders=[order(CV, entered=NOW - 1)]),
        assessed("E002", orders=[order(CV, returned=NOW - 1, sent="unknown")]),
        reference("E002", vg=0.0, orders=[order(WAIT, returned=NOW - 1, sent="unknown")]),
    ):
        assert ("d", "second-voltage-reference") in refusing(start(), grid_of(assessed("E001"), other))
    done = order(WAIT, returned=NOW - 1, sent=True, answer=answer(WAIT, 0.0, 0.0))
    assert refusing(start(), grid_of(assessed("E001"), reference("E002", vg=0.0, orders=[done]))) == []


def test_d_and_i_do_not_bind_the_unit_that_is_the_reference_now() -> None:
    shown = grid_of(reference(), assessed("E002", vg=350.0), silent("E003", CV))
    assert refusing(start(dvg=340.0), shown) == []


@pytest.mark.parametrize("dvg", [340.0, 350.0])
def test_d_of_two_references_at_work_neither_is_set_anew(dvg: float) -> None:
    """I6: somebody else's door, or a unit that came back as one: only Wait mends that."""
    for other in (
        reference("E002"),
        assessed("E002", orders=[order(CV, entered=NOW - 1)]),
        reference("E002", orders=[order(WAIT, returned=NOW - 1, sent="unknown")]),
    ):
        assert ("d", "second-voltage-reference") in refusing(start(dvg=dvg), grid_of(reference(), other))


# (e) the reference's limit


@pytest.mark.parametrize(("limit", "fails"), [(1.625, False), (1.62, True), (1.5, True)])
def test_e_the_reference_carries_the_larger_of_the_two_sums_and_a_margin(limit: float, fails: bool) -> None:
    """S23, I7: 1 A charging is there, 0.5 A is asked: 1.5 A and 0.125 A; 1.2 A discharging is less."""
    others = (assessed("E003", CHARGE, **CHARGING), assessed("E004", DISCHARGE, vg=350.0, dvg=370.0, dig=1.2))
    shown = raised(*others, dig=limit)
    assert (("e", "reference-limit-too-small") in refusing(wanted(CHARGE, dig=0.5), shown)) is fails
    told = next(one for one in answers(wanted(CHARGE, dig=0.5), shown) if one.rule == "e")
    assert told.numbers == {
        "limit": limit, "charging": 1.5, "discharging": 1.2, "net": 0.3, "margin": 0.125, "needed": 1.625,
    }  # fmt: skip
    assert told.overridable is fails


@pytest.mark.parametrize(("current", "fails"), [(2.0, False), (2.1, False), (2.2, True), (2.3, True)])
def test_e_with_the_defaults_at_most_2_1_a_are_shared(current: float, fails: bool) -> None:
    """S23: at a limit of 2.3 A a current of 2.3 A passed, and the reference held no voltage any more."""
    found = refusing(wanted(CHARGE, dig=current), raised())
    assert found == ([("e", "reference-limit-too-small")] if fails else [])


def test_e_binds_the_reference_itself_when_its_limit_is_ordered() -> None:
    shown = raised(assessed("E003", CHARGE, **CHARGING))
    assert refusing(start(dig=1.125), shown) == []
    assert ("e", "reference-limit-too-small") in refusing(start(dig=1.12), shown)


@pytest.mark.parametrize(
    ("dig", "says"),
    [
        (2.3, "The reference's limit is 2.3 A, and it has no current to carry."),
        (0.1, "The reference's limit is 0.1 A, but it needs at least 0.125 A to hold the voltage with."),
    ],
)
def test_e_says_nothing_of_carrying_where_nobody_else_is_at_work(dig: float, says: str) -> None:
    shown = grid_of(assessed("E001", dvg=350.0, vg=350.0), assessed("E002", vg=350.0))
    told = next(one for one in answers(start(dig=dig), shown) if one.rule == "e")
    assert (told.sentence, told.passed) == (says, dig == 2.3)


def test_e_counts_currents_of_silent_units_and_of_orders_that_may_have_been_sent() -> None:
    for other in (
        silent("E003", CHARGE, dig=2.0),
        assessed("E003", vg=350.0, orders=[order(CHARGE, returned=NOW - 1, sent="unknown", dig=2.0)]),
        assessed("E003", CHARGE, vg=350.0, dig=0.1, orders=[order(CHARGE, entered=NOW - 1, dig=2.0)]),
    ):
        assert ("e", "reference-limit-too-small") in refusing(wanted(CHARGE, dig=0.5), raised(other))


def test_e_a_current_that_is_not_told_is_not_none() -> None:
    shown = raised(assessed("E003", CHARGE, vg=350.0, dvg=350.0, dig=None))
    assert ("e", "reference-limit-too-small") in refusing(wanted(CHARGE, dig=0.1), shown)


def test_e_the_smallest_limit_that_the_reference_may_have_counts() -> None:
    shown = grid_of(
        reference(orders=[order(CV, returned=NOW - 1, sent="unknown", dig=0.5)]), assessed("E002", vg=350.0)
    )
    told = next(one for one in answers(wanted(CHARGE, dig=1.0), shown) if one.rule == "e")
    assert (told.passed, told.numbers["limit"]) == (False, 0.5)
    unknown = grid_of(reference(orders=[]), assessed("E002", vg=350.0))
    assert refusing(wanted(CHARGE), unknown) == []
    no_limit = grid_of(assessed("E001", CV, vg=350.0, dvg=350.0, dig=None), assessed("E002", vg=350.0))
    assert ("e", "reference-limit-too-small") in refusing(wanted(CHARGE), no_limit)


# (f) the bus has risen


@pytest.mark.parametrize(
    ("voltage", "fails"), [(343.0, False), (342.9, True), (357.0, False), (357.1, True), (0.0, True)]
)
def test_f_both_units_show_the_bus_within_two_percent(voltage: float, fails: bool) -> None:
    for shown in (
        grid_of(reference(vg=voltage), assessed("E002", vg=350.0)),
        grid_of(reference(), assessed("E002", vg=voltage)),
    ):
        assert (("f", "bus-not-risen") in refusing(wanted(CHARGE), shown)) is fails


def test_f_all_of_the_last_three_readings_count() -> None:
    dip = [reading(vg=vg, at=NOW - 12.0 + 5.0 * i) for i, vg in enumerate((350.0, 300.0, 350.0))]
    shown = grid_of(reference(), assessed("E002", readings=dip))
    assert ("f", "bus-not-risen") in refusing(wanted(CHARGE), shown)
    early = [reading(vg=300.0, at=NOW - 17.0), *[reading(vg=350.0, at=NOW - 12.0 + 5.0 * i) for i in range(3)]]
    assert refusing(wanted(CHARGE), grid_of(reference(), assessed("E002", readings=early))) == []


def test_f_a_reading_without_a_voltage_is_no_evidence() -> None:
    shown = grid_of(reference(), assessed("E002", vg=None))
    assert ("f", "bus-not-risen") in refusing(wanted(CHARGE), shown)


def test_f_waits_for_readings_rather_than_guess() -> None:
    two = [reading(vg=350.0, at=NOW - 7.0), reading(vg=350.0, at=NOW - 2.0)]
    told = next(
        one for one in answers(wanted(CHARGE), grid_of(reference(), assessed("E002", readings=two))) if one.rule == "f"
    )
    assert (told.passed, told.cause, told.refuses, told.overridable) == (None, "awaiting-readings", True, False)


def test_f_readings_from_before_a_silence_do_not_count() -> None:
    """Two from ten minutes ago and a new one are one reading of the bus as it is."""
    old = [reading(vg=350.0, at=at) for at in (NOW - 610.0, NOW - 605.0, NOW - 2.0)]
    shown = grid_of(reference(), assessed("E002", readings=old))
    assert ("f", "awaiting-readings") in refusing(wanted(CHARGE), shown)
    stale = grid_of(reference(age=16.0), assessed("E002", vg=350.0))
    assert ("f", "awaiting-readings") in refusing(wanted(CHARGE), stale)


def test_f_the_voltage_aimed_at_must_be_known() -> None:
    moving = reference(orders=[order(CV, returned=NOW - 1, sent="unknown", dvg=340.0, dig=2.3)])
    assert ("f", "bus-not-risen") in refusing(wanted(CHARGE), grid_of(moving, assessed("E002", vg=350.0)))
    none = grid_of(assessed("E001", CV, vg=350.0, dvg=None, dig=2.3), assessed("E002", vg=350.0))
    assert ("f", "bus-not-risen") in refusing(wanted(CHARGE), none)


# (g) the order of the end


def test_g_wait_passes_always_and_names_who_would_lose_the_reference() -> None:
    followed = raised(assessed("E003", CHARGE, **CHARGING))
    told = answers(wanted(WAIT, "E001"), followed)
    assert [(one.rule, one.passed, one.cause, one.refuses) for one in told] == [
        ("g", False, "followers-still-on", False)
    ]
    assert told[0].numbers == {"units": ["E003"]}
    assert answers(wanted(WAIT, "E003"), followed)[0].passed is True
    assert answers(wanted(WAIT, "E001"), raised())[0].passed is True


def test_g_counts_followers_by_orders_that_may_have_been_sent() -> None:
    doubt = assessed("E003", orders=[order(CHARGE, returned=NOW - 1, sent="unknown")])
    assert answers(wanted(WAIT, "E001"), raised(doubt))[0].cause == "followers-still-on"


@pytest.mark.parametrize("mode", [*Mode, None])
def test_g_wait_passes_in_every_mode_and_state(mode: Mode | None) -> None:
    for unit in (assessed("E001", CV, mode=mode, age=900.0), silent("E001", None, mode=mode), never_seen("E001")):
        shown = grid_of(unit, assessed("E002", CHARGE), mode=mode, pending_modes={"": (Mode.STOP,)})
        assert refusing(wanted(WAIT, "E001"), shown) == []


# (h) limits


@pytest.mark.parametrize(("dvg", "fails"), [(300.0, False), (299.99, True), (380.0, False), (380.01, True)])
def test_h_voltage(dvg: float, fails: bool) -> None:
    shown = grid_of(assessed("E001"), assessed("E002"))
    assert (refusing(start(dvg=dvg), shown) == [("h", "voltage-out-of-limits")]) is fails
    assert (("h", "voltage-out-of-limits") in refusing(wanted(CHARGE, dvg=dvg), raised())) is fails


@pytest.mark.parametrize(
    ("dig", "fails"), [(0.0, False), (2.3, False), (2.31, True), (-0.1, True), (float("nan"), True)]
)
def test_h_current(dig: float, fails: bool) -> None:
    shown = grid_of(assessed("E001"), assessed("E002"))
    found = [(one.rule, one.cause) for one in judge(start(dig=dig), shown, LIMITS) if one.refuses]
    assert (("h", "current-out-of-limits") in found) is fails


# (i) a dead bus, a fixed voltage


@pytest.mark.parametrize(("voltage", "fails"), [(60.0, False), (60.1, True), (350.0, True), (-60.1, True)])
def test_i_a_reference_starts_on_a_dead_bus_whoever_shows_it(voltage: float, fails: bool) -> None:
    for shown in (
        grid_of(assessed("E001", vg=voltage), assessed("E002")),
        grid_of(assessed("E001"), assessed("E002", vg=voltage)),
    ):
        assert (refusing(start(), shown) == [("i", "bus-already-live")]) is fails


def test_i_needs_the_units_own_voltage() -> None:
    assert ("i", "awaiting-readings") in refusing(start(), grid_of(assessed("E001", vg=None), assessed("E002")))
    assert ("i", "bus-already-live") in refusing(
        start(), grid_of(assessed("E001"), assessed("E002", vg=350.0, age=15.0))
    )


@pytest.mark.parametrize("age", [15.1, 24.0, 30.0, 600.0])
def test_i_a_voltage_that_is_not_fresh_is_waited_for_until_it_is_renewed(age: float) -> None:
    """S18: a live unit of 24 s with 350 V was overlooked; one that is silent tells nothing."""
    shown = grid_of(assessed("E001"), assessed("E002", vg=350.0, age=age))
    assert refusing(start(), shown) == [("i", "awaiting-readings")]
    told = next(one for one in answers(start(), shown) if one.rule == "i")
    assert (told.passed, told.numbers["voltages"]) == (None, {"E002": 350.0})
    assert f"E002 showed 350 V {age:.0f} s ago" in told.sentence
    assert refusing(start(), grid_of(assessed("E001"), silent("E002", vg=350.0, age=age))) == []
    assert refusing(start(), grid_of(assessed("E001"), assessed("E002", vg=0.0, age=age))) == []


def test_i_the_references_voltage_is_fixed_while_anybody_may_be_current_controlled() -> None:
    for follower in (
        assessed("E003", CHARGE, **CHARGING),
        silent("E003", DISCHARGE, dig=1.0),
        assessed("E003", orders=[order(CHARGE, entered=NOW - 1)]),
    ):
        shown = raised(follower)
        assert ("i", "reference-voltage-fixed") in refusing(start(dvg=350.1), shown)
        assert refusing(start(dvg=350.0), shown) == [], "its limit may be changed"
    assert refusing(start(dvg=340.0), raised()) == []


def test_i_no_reference_starts_while_a_unit_is_current_controlled() -> None:
    shown = grid_of(assessed("E001"), assessed("E002", CHARGE, dig=1.0))
    assert ("i", "reference-voltage-fixed") in refusing(start(), shown)


# Overriding


def test_what_may_be_overridden_is_a_closed_list_of_causes() -> None:
    """Z8, S7: of (c) only the way through Wait; nothing of what is not known, and no limit of the hardware."""
    grids = (
        grid_of(
            assessed("E001", mode=Mode.STOP, age=20.0, vg=350.0, conflict="?"),
            silent("E002", CV),
            assessed("E003", CHARGE),
        ),
        grid_of(assessed("E001", DISCHARGE), assessed("E002", CHARGE, dig=None)),
        grid_of(reference("E002"), assessed("E001", DISCHARGE, vg=300.0), assessed("E003", CHARGE, dig=2.0, vg=0.0)),
        grid_of(reference("E002"), reference("E003"), assessed("E001", vg=350.0)),
    )
    ordered = (start(dvg=1.0, dig=9.0), wanted(CHARGE, "E001", dvg=1.0, dig=9.0))
    found = [one for shown in grids for each in ordered for one in answers(each, shown) if one.refuses]
    assert {one.cause for one in found if one.overridable} == {
        "not-through-wait", "reference-limit-too-small", "bus-not-risen", "bus-not-one",
    }  # fmt: skip
    assert {one.cause for one in found} >= {"no-voltage-reference", "several-voltage-references", "data-not-fresh"}


def test_a_bus_above_its_limit_or_without_a_reading_is_never_overridden() -> None:
    """S7: one sentence typed for a small limit passed a dead bus and a missing reference with it."""

    def of_f(shown: GridState) -> bool:
        told = next(one for one in answers(wanted(CHARGE), shown) if one.rule == "f")
        assert told.refuses
        return told.overridable

    assert of_f(grid_of(reference(vg=340.0), assessed("E002", vg=350.0)))
    assert not of_f(grid_of(reference(vg=380.5), assessed("E002", vg=350.0)))
    assert not of_f(grid_of(reference(), assessed("E002", vg=381.0)))
    assert not of_f(grid_of(reference(), assessed("E002", vg=None)))
    assert not of_f(grid_of(reference(age=16.0), assessed("E002", vg=350.0)))
    assert not of_f(grid_of(assessed("E001", vg=350.0), assessed("E002", vg=350.0)))


def test_c_two_references_are_not_one() -> None:
    """S14: "E001, E003 is the voltage reference" passed; whoever may be a second one counts, silent or not."""
    for other in (
        reference("E003"),
        silent("E003", CV),
        never_seen("E003"),
        assessed("E003", None, vg=350.0),
        assessed("E003", vg=350.0, orders=[order(CV, entered=NOW - 1, unit_id="E003")]),
        assessed("E003", vg=350.0, orders=[order(CV, returned=NOW - 1, sent="unknown", unit_id="E003")]),
    ):
        told = next(one for one in answers(wanted(CHARGE), raised(other)) if one.rule == "c")
        assert (told.passed, told.cause, told.overridable) == (False, "several-voltage-references", False)
        assert told.numbers == {"units": ["E001", "E003"]}
    assert refusing(wanted(CHARGE), raised(assessed("E003", vg=350.0))) == []


def test_a_dry_run_of_wait_refuses_nothing_also_for_a_unit_that_nobody_knows() -> None:
    """S28: advice only."""
    assert answers(wanted(WAIT, "E009"), raised()) == []


def test_a_waiting_answer_refuses_as_a_failing_one_does_and_advice_never() -> None:
    assert Answer("i", None, "awaiting-readings", foreign("")).refuses
    assert Answer("i", False, "bus-already-live", foreign("")).refuses
    assert not Answer("g", False, "followers-still-on", foreign(""), advice=True).refuses
