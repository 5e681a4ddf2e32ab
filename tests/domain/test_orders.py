"""Everything that can be ordered, each with what follows from what it is."""

import json

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import (
    ORDERS,
    ConverterOrder,
    EndTransferOrder,
    ModeOrder,
    Order,
    Permission,
    Proof,
    ShutDownOrder,
    StopAllOrder,
    TransferOrder,
)
from main_controller.domain.scope import CLUSTER, Scope
from tests.domain.made_orders import MAKERS, order_of


def test_the_set_is_closed_and_each_has_a_name_of_its_own() -> None:
    assert [kind.name for kind in ORDERS] == list(MAKERS)
    assert {type(order_of(name, "E001")) for name in MAKERS} == set(ORDERS)


@pytest.mark.parametrize("name", MAKERS)
def test_each_has_a_wire_form_and_says_itself_in_a_sentence(name: str) -> None:
    order = order_of(name, "E001")
    assert json.loads(json.dumps(order.content())) == order.content()
    assert str(order).startswith(f"{name} for ")
    assert order.scope == Scope(order.unit_id)


@pytest.mark.parametrize(
    ("order", "stops"),
    [
        (ConverterOrder("E001", ConverterStatus.WAIT, 0.0, 0.0), True),
        (ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.0), False),
        (ModeOrder(None, Mode.STOP), True),
        (ModeOrder("E001", Mode.STOP), True),
        (ModeOrder(None, Mode.HETERONOMOUS), False),
        (ModeOrder("E001", None), False),
        (StopAllOrder(), True),
        (EndTransferOrder("E001", "c1"), True),
        (ShutDownOrder(None), False),
        (TransferOrder("E001", "E003", 1.0, 350.0, 10.0), False),
    ],
)
def test_what_stops_may_be_given_by_whoever_sees_the_page(order: Order, stops: bool) -> None:
    assert order.stops is stops
    assert (order.permission is Permission.STOP) is stops


def test_the_wire_form_of_each() -> None:
    assert order_of("setOperationMode", "E001").content() == {"mode": ""}
    assert ModeOrder(None, Mode.STOP, waits=True).content() == {"mode": "stop", "waits": True}
    assert ConverterOrder("E001", ConverterStatus.CHARGE, 350.0, 1.5).content() == {
        "word": "0x0041",
        "dvg": 350.0,
        "dig": 1.5,
    }
    assert StopAllOrder().content() == {"word": "0x0000"}
    assert ShutDownOrder(None).content() == {"shutDown": True}
    assert ShutDownOrder("E001", ("E001",)).content() == {"shutDown": True, "units": ["E001"]}
    transfer = {"from": "E001", "to": "E003", "current": 1.0, "voltage": 350.0, "wh": 50.0}
    assert TransferOrder("E001", "E003", 1.0, 350.0, wh=50.0).content() == transfer
    assert (
        str(ConverterOrder("E001", ConverterStatus.CHARGE, 350.0, 1.5))
        == "setDcdc for E001: word 0x0041, dvg 350.0, dig 1.5"
    )
    assert str(order_of("clearThen")) == "clearThen for the cluster"


def test_what_leaves_the_grid_as_it_is_needs_no_reading_and_no_bus() -> None:
    quiet = [order_of(name, "E001") for name in MAKERS if not order_of(name, "E001").changes_grid]
    assert {order.proof for order in quiet} == {Proof.OWN_END}
    assert not any(order.moves_bus or order.stops for order in quiet)


def test_scopes_overlap_where_they_have_units_in_common() -> None:
    assert CLUSTER.overlaps(Scope("E001"))
    assert Scope("E001").overlaps(CLUSTER)
    assert Scope("E001").overlaps(Scope("E001"))
    assert not Scope("E001").overlaps(Scope("E002"))
    assert (str(CLUSTER), str(Scope("E001"))) == ("the cluster", "E001")
