"""The one table of what counts as verified (Z6c, Z9a, Z9b)."""

from collections.abc import Mapping
from typing import Any

import pytest

from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import UNCONFIRMED, Command, CommandState, UnitOutcome
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ModeOrder, Proof
from main_controller.rules.evidence import Lags, drained, mode_now, outcomes, verified
from tests.assessment.units import NOW, answer, assessed, grid_of, never_seen, order, reading, reference, silent
from tests.domain.made_orders import MAKERS
from tests.domain.test_commands import command

LAGS = Lags()
WAIT, CV, CHARGE = (ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE)
OK, PENDING = CommandState.VERIFIED, CommandState.PENDING


def states(ordered: Command, shown: GridState) -> dict[str, str]:
    return {unit_id: outcome.state for unit_id, outcome in outcomes(ordered, shown, LAGS, {}).items()}


def mode(wanted: Mode | None, *, ago: float, unit_id: str | None = None) -> Command:
    """A mode order that was answered `ago` seconds before NOW."""
    return command("setOperationMode", unit_id, wanted={"mode": wanted or ""}, entered=NOW - ago, settled=NOW - ago)


@pytest.mark.parametrize(("ago", "state"), [(14.0, OK), (13.9, PENDING)])
def test_a_mode_is_seen_by_a_reading_that_arrived_the_lag_after_the_order(ago: float, state: str) -> None:
    """The readings are 2 s old; Z6c: 12 s."""
    shown = grid_of(assessed("E001", mode=Mode.MANUAL), assessed("E002", mode=Mode.MANUAL))
    assert states(mode(Mode.MANUAL, ago=ago), shown) == {"E001": state, "E002": state}


@pytest.mark.parametrize(("ago", "state"), [(32.0, OK), (31.9, PENDING)])
def test_a_force_stop_is_seen_by_waits_that_count_late_whatever_the_mode_was(ago: float, state: str) -> None:
    """S3: also from Run and Soft Stop; the readings are 2 s old, K9: Wait shows up to 27 s late."""
    shown = grid_of(assessed("E001", mode=Mode.STOP), assessed("E002", mode=Mode.STOP))
    assert states(mode(Mode.STOP, ago=ago), shown) == {"E001": state, "E002": state}
    working = grid_of(assessed("E001", CHARGE, mode=Mode.STOP), assessed("E002", mode=Mode.STOP))
    assert states(mode(Mode.STOP, ago=300.0), working)["E001"] == PENDING


def test_the_cluster_shows_it_by_global_and_a_unit_by_its_own_mode() -> None:
    shown = grid_of(assessed("E001", mode=Mode.AUTONOMOUS, local=Mode.STOP), assessed("E002", mode=Mode.STOP))
    assert states(mode(Mode.STOP, ago=60), shown) == {"E001": PENDING, "E002": OK}
    assert states(mode(Mode.STOP, ago=60, unit_id="E001"), shown) == {"E001": OK}
    assert states(mode(None, ago=60, unit_id="E002"), shown) == {"E002": OK}
    assert states(mode(None, ago=60, unit_id="E001"), shown) == {"E001": PENDING}


def test_what_is_not_live_shows_nothing() -> None:
    shown = grid_of(
        silent("E001", mode=Mode.STOP), assessed("E002", mode=Mode.STOP, age=31.0), assessed("E003", mode=Mode.STOP)
    )
    assert states(mode(Mode.STOP, ago=60), shown) == {"E001": UNCONFIRMED, "E002": UNCONFIRMED, "E003": OK}


@pytest.mark.parametrize(
    ("units", "so"),
    [([], False), ([UNCONFIRMED], False), ([OK], True), ([OK, UNCONFIRMED], True), ([OK, PENDING], False)],
)
def test_verified_is_one_that_shows_it_and_none_that_could_and_does_not(units: list[str], so: bool) -> None:
    assert verified({str(i): UnitOutcome(state) for i, state in enumerate(units)}) is so


# Force Stop in Manual: Wait too (Z9a)


def stop_with_waits(ago: float) -> Command:
    wanted = {"mode": Mode.STOP, "waits": True}
    return command("setOperationMode", wanted=wanted, entered=NOW - ago, settled=NOW - ago)


@pytest.mark.parametrize(("ago", "state"), [(32.0, OK), (31.9, PENDING)])
def test_after_a_stop_telemetry_tells_of_wait_only_from_30_s_on(ago: float, state: str) -> None:
    """K9: it was 27 s; the readings are 2 s old."""
    shown = grid_of(assessed("E001", mode=Mode.STOP))
    assert states(stop_with_waits(ago), shown) == {"E001": state}


def test_the_converters_own_answer_tells_of_it_at_once() -> None:
    waited = order(WAIT, entered=NOW - 14, returned=NOW - 14, sent=True, answer=answer(WAIT, 0.0, 0.0))
    early = grid_of(assessed("E001", mode=Mode.STOP, readings=[reading(CV, at=NOW - 2.5)], orders=[waited], age=2.5))
    assert states(stop_with_waits(14.1), early) == {"E001": PENDING}, "the mode is not seen yet"
    later = grid_of(assessed("E001", mode=Mode.STOP, readings=[reading(WAIT, at=NOW - 2.0)], orders=[waited]))
    assert states(stop_with_waits(14.1), later) == {"E001": OK}, "telemetry agrees with its own answer"
    before = grid_of(assessed("E001", mode=Mode.STOP, readings=[reading(WAIT, at=NOW - 2.0)], orders=[waited]))
    assert states(stop_with_waits(13.9), before) == {"E001": PENDING}, "an answer from before the stop is none"
    contrary = grid_of(assessed("E001", mode=Mode.STOP, readings=[reading(CV, at=NOW - 2.0)], orders=[waited]))
    assert states(stop_with_waits(40.0), contrary) == {"E001": PENDING}


def test_a_unit_that_is_not_live_must_have_answered_wait_itself() -> None:
    waited = order(WAIT, entered=NOW - 50, returned=NOW - 50, sent=True, answer=answer(WAIT, 0.0, 0.0))
    for unit in (silent("E001", WAIT, mode=Mode.STOP), silent("E001", CV, mode=Mode.STOP), never_seen("E001")):
        assert states(stop_with_waits(60), grid_of(unit)) == {"E001": PENDING}
    done = silent("E001", CV, mode=Mode.STOP, orders=[waited])
    assert states(stop_with_waits(60), grid_of(done)) == {"E001": UNCONFIRMED}


# Converters


def converter(status: ConverterStatus, *, dvg: float = 350.0, dig: float = 1.0, ago: float = 60.0) -> Command:
    wanted = {"word": str(status), "dvg": dvg, "dig": dig}
    return command("setDcdc", "E001", wanted=wanted, entered=NOW - ago, settled=NOW - ago)


@pytest.mark.parametrize(
    ("dvg", "dig", "state"),
    [(350.0, 1.0, OK), (350.5, 1.005, OK), (350.6, 1.0, PENDING), (350.0, 1.01, PENDING), (None, 1.0, PENDING)],
)
def test_a_converter_shows_its_word_voltage_and_current(dvg: float | None, dig: float, state: str) -> None:
    shown = grid_of(assessed("E001", CHARGE, dvg=dvg, dig=dig))
    assert states(converter(CHARGE), shown) == {"E001": state}
    assert states(converter(CV), shown) == {"E001": PENDING}


def test_wait_needs_the_word_alone_and_the_lag() -> None:
    shown = grid_of(assessed("E001", WAIT, dvg=350.0, dig=2.0))
    assert states(converter(WAIT), shown) == {"E001": OK}
    assert states(converter(WAIT, ago=13.9), shown) == {"E001": PENDING}


def test_a_unit_silent_between_acceptance_and_verification_confirms_nothing() -> None:
    """Z9b: it cannot tell."""
    assert states(converter(CHARGE), grid_of(silent("E001", CHARGE, dvg=350.0, dig=1.0))) == {"E001": UNCONFIRMED}
    assert not verified({"E001": UnitOutcome(UNCONFIRMED)})


# Shut Down


def shut_down(*units: str, unit_id: str | None = None) -> Command:
    return command("shutDown", unit_id, wanted={"shutDown": True, "units": list(units)}, settled=NOW - 40)


def test_a_unit_is_shut_down_when_it_falls_silent_while_others_speak() -> None:
    shown = grid_of(silent("E001"), assessed("E002"))
    assert states(shut_down("E001", unit_id="E001"), shown) == {"E001": OK}
    assert states(shut_down("E002", unit_id="E002"), shown) == {"E002": PENDING}
    assert states(shut_down("E009", unit_id="E009"), shown) == {"E009": OK}
    stale = grid_of(assessed("E001", age=31.0), assessed("E002"))
    assert states(shut_down("E001", unit_id="E001"), stale) == {"E001": OK}


def test_all_silent_at_once_proves_nothing_of_one_unit() -> None:
    """apis-web has died, or the whole network."""
    shown = grid_of(silent("E001"), assessed("E002", age=31.0))
    assert states(shut_down("E001", unit_id="E001"), shown) == {"E001": PENDING}
    assert states(shut_down("E001", "E002"), shown) == {"E001": PENDING, "E002": PENDING}, "S26: nor of all"
    speaks = grid_of(silent("E001"), assessed("E002", age=31.0), heard_at=NOW - 28.0)
    assert states(shut_down("E001", "E002"), speaks) == {"E001": OK, "E002": OK}, "all were to fall silent"
    before = grid_of(silent("E001"), assessed("E002", age=31.0), heard_at=NOW - 28.1)
    assert states(shut_down("E001", "E002"), before) == {"E001": PENDING, "E002": PENDING}


# UPS


def test_a_ups_mode_is_seen_in_the_units_own_data() -> None:
    units = {
        "E001": UnitOutcome("accepted", True),
        "E002": UnitOutcome("failed", False),
        "E003": UnitOutcome("accepted"),
    }
    ordered = command("upsMode", wanted={"upsMode": 2}, units=units, settled=NOW - 60)
    told = outcomes(ordered, grid_of(assessed("E001"), assessed("E002")), LAGS, {"E001": 2.0, "E002": 2.0})
    assert {unit_id: outcome.state for unit_id, outcome in told.items()} == {
        "E001": "verified",
        "E002": "failed",
        "E003": "accepted",
    }
    early = command("upsMode", wanted={"upsMode": 2}, units=units, settled=NOW - 13)
    assert outcomes(early, grid_of(assessed("E001")), LAGS, {"E001": 2.0})["E001"].state == PENDING
    other = outcomes(ordered, grid_of(assessed("E001")), LAGS, {"E001": None})["E001"]
    assert (other.state, other.shows) == (PENDING, None)


# Soft Stop drains


def test_a_soft_stop_has_drained_when_no_deal_is_left_and_every_converter_waits() -> None:
    soft = mode(Mode.HETERONOMOUS, ago=60)

    def told(*units: Any, deals: int | None) -> bool | None:
        return drained(soft.order, grid_of(*units, deals=deals, no_deals_at=None if deals else NOW))

    assert told(assessed("E001"), silent("E002"), deals=0) is True
    assert told(assessed("E001"), deals=1) is False
    assert told(reference(), deals=0) is False
    assert told(assessed("E001"), deals=None) is None, "no answer is not none"
    assert drained(soft.order, grid_of(assessed("E001"), deals=0)) is None, (
        "without a Grid Master the list is empty too (K7)"
    )
    assert drained(ModeOrder(None, Mode.STOP), grid_of(assessed("E001"), deals=0, no_deals_at=NOW)) is None


def test_how_many_show_a_mode_counts_without_lag_and_only_the_live() -> None:
    shown = grid_of(assessed("E001", mode=Mode.STOP), assessed("E002"), silent("E003", mode=Mode.STOP))
    assert mode_now(ModeOrder(None, Mode.STOP), shown) == (1, 2)
    assert mode_now(ModeOrder("E002", None), shown) == (1, 1)


@pytest.mark.parametrize("name", MAKERS)
def test_readings_tell_of_those_whose_proof_they_are_and_of_no_other(name: str) -> None:
    """What is ended by whoever carries it out stays as that left it."""
    left = {"E001": UnitOutcome(CommandState.VERIFIED, True, "as it was left")}
    ordered = command(name, "E001", units=left, settled=NOW - 60)
    told = outcomes(ordered, grid_of(assessed("E001")), LAGS, {})
    assert (told == left) is (ordered.order.proof is Proof.OWN_END)


def test_every_live_state_is_the_only_one_that_confirms() -> None:
    wanted: Mapping[UnitState, str] = {UnitState.LIVE: OK, UnitState.STALE: UNCONFIRMED, UnitState.SILENT: UNCONFIRMED}
    for state, expected in wanted.items():
        shown = grid_of(assessed("E001", mode=Mode.STOP, state=state))
        assert states(mode(Mode.STOP, ago=60), shown) == {"E001": expected}
