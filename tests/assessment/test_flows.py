"""Whether a deal carries current, and how much, is what its ends' readings say; what they do not say is not known."""

from typing import Any

import pytest

from main_controller.assessment.figures import Figures, carries
from main_controller.assessment.flows import Flow, Spur, dealing, flows_of, spurs_of
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus
from tests.assessment.units import assessed

CV, CHARGE, DISCHARGE, WAIT = (
    ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.DISCHARGE, ConverterStatus.WAIT,
)  # fmt: skip


def unit(unit_id: str, status: ConverterStatus | None, ig: float | None, **more: Any) -> UnitAssessment:
    wg = more.pop("wg", None if ig is None else ig * 350)
    return assessed(unit_id, status, figures=Figures(ig=ig, wg=wg, carries=carries(wg, ig)), **more)


def flows(deals: list[dict[str, Any]], *units: UnitAssessment) -> tuple[Flow, ...]:
    return flows_of(deals, {one.id: one for one in units})


def deal(giver: object = "A", taker: object = "B", **more: Any) -> dict[str, Any]:
    return {"dischargingUnit": giver, "chargingUnit": taker, **more}


def test_a_deal_keeps_what_was_sent_of_it_in_either_form() -> None:
    sent = {
        "chargeUnitId": "B", "dischargeUnitId": "A", "type": "charge", "requestUnitId": "B", "acceptUnitId": "A",
        "createDateTime": "2020/01/01-09:53:20", "isMasterDeal": True, "dealGridCurrentA": 2,
    }  # fmt: skip
    (flow,) = flows([sent])
    assert (flow.giver, flow.taker, flow.master, flow.agreed) == ("A", "B", True, 2.0)
    assert (flow.request, flow.requester, flow.responder) == ("CHARGE", "B", "A")
    assert flow.since == "2020/01/01-09:53:20"
    assert (flow.running, flow.current, flow.power) == (None, None, None), "no reading tells"
    assert flows([deal("A", None), deal("", "B"), {}]) == ()


@pytest.mark.parametrize(
    ("giver", "taker", "running"),
    [
        ((CV, -2.0), (CHARGE, 2.0), True),
        ((CV, 0.0), (CHARGE, 2.0), True),  # the reference only balances the others (K2)
        ((CV, -2.0), (CHARGE, 0.0), False),
        ((DISCHARGE, -2.0), (CV, 2.0), True),
        ((DISCHARGE, 2.0), (CV, 2.0), False),  # it flows the other way
        ((WAIT, 0.0), (WAIT, 0.0), False),
        ((CV, -2.0), (CHARGE, None), True),  # the reference alone tells
        ((CV, None), (CHARGE, None), None),
        ((None, -2.0), (None, 2.0), None),
    ],
)
def test_the_current_controlled_end_tells_whether_it_flows(giver: Any, taker: Any, running: bool | None) -> None:
    (flow,) = flows([deal()], unit("A", *giver), unit("B", *taker))
    assert flow.running is running


def test_what_is_not_live_tells_nothing() -> None:
    old = {"state": UnitState.STALE, "age": 60.0}
    (flow,) = flows([deal()], unit("A", CV, -2.0, **old), unit("B", CHARGE, 2.0, **old))
    assert flow.running is None
    (flow,) = flows([deal()], unit("A", CV, -2.0, **old), unit("B", CHARGE, 2.0))
    assert (flow.running, flow.current, flow.power) == (True, 2.0, 700.0)


def test_one_reading_is_shared_by_the_agreed_currents_of_its_deals() -> None:
    units = [unit("A", CV, -4.0), unit("B", CHARGE, 3.0), unit("C", CHARGE, 1.0)]
    found = flows([deal("A", "B", dealGridCurrentA=2.0), deal("A", "B", dealGridCurrentA=1.0), deal("A", "C")], *units)
    assert [(flow.current, flow.power) for flow in found] == [(2.0, 700.0), (1.0, 350.0), (1.0, 350.0)]


def test_a_unit_that_carries_current_without_a_deal_is_a_spur() -> None:
    units = [unit("A", DISCHARGE, -2.0), unit("B", CHARGE, 2.0), unit("C", WAIT, 0.0), unit("D", CHARGE, 0.1, wg=None)]
    assert spurs_of(units, frozenset({"B"})) == (Spur("A", True, 2.0, 700.0), Spur("D", False, 0.1, None))
    assert dealing(flows([deal(), deal("C", "A")])) == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("wg", "ig", "flows"),
    [
        (39.9, 5.0, False),
        (40.0, None, True),
        (-40.0, 0.0, True),
        (None, 0.09, False),
        (None, -0.1, True),
        (None, None, 0),
    ],
)
def test_current_flows_from_40_w_on_or_from_a_tenth_of_an_ampere(
    wg: float | None, ig: float | None, flows: bool
) -> None:
    """A15-5."""
    assert carries(wg, ig) is bool(flows)
