"""The checker of replies can fail, and every declaration can be described (OpenAPI is made of them)."""

import json
from typing import Any, get_args

import msgspec
import pytest

from main_controller.domain.orders import ORDERS
from main_controller.web.frame_report import COLUMNS
from main_controller.web.replies import JSON
from main_controller.web.routes import ROUTES, STATUS
from main_controller.web.shapes.failure import Failure
from main_controller.web.shapes.frame import FrameRow
from main_controller.web.shapes.orders import Standing, Succeeded, Wanted
from main_controller.web.shapes.readings import Ready
from tests.domain.made_orders import order_of
from tests.web.declared import difference, fault_of, route_of

READY = {"ready": True, "live": 4, "journal": None}


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (READY, None),
        ({**READY, "messages": [{"text": "a", "code": "b.c", "parameters": {}}]}, None),
        ({**READY, "messages": [{"text": "a"}]}, "messages"),
        ({"ready": True, "alive": 4, "journal": None}, "missing required field `live`"),
        ({**READY, "more": 1}, "undeclared $.more"),
        ({**READY, "live": "4"}, "Expected `int`"),
        ({**READY, "live": None}, "Expected `int`"),
        ({**READY, "ready": False}, "Invalid"),
        ([], "Expected `object`"),
    ],
)
def test_what_is_not_declared_is_seen(reply: Any, fault: str | None) -> None:
    found = difference(reply, (Ready,))
    assert (found is None) if fault is None else (found is not None and fault in found), found


def test_an_undeclared_key_is_seen_at_any_depth() -> None:
    failure = {
        "error": "no",
        "came": [{"id": "c1", "order": "stopAll", "unitId": None, "by": "a", "at": "", "mode": None}],
    }
    assert difference(failure, (Failure,)) is None
    failure["came"][0]["word"] = "0x0000"  # type: ignore[index]
    assert "undeclared $.came[0].word" in str(difference(failure, (Failure,)))


def test_one_of_several_shapes_is_enough() -> None:
    standing = {"command": None, "key": None, "state": "pending", "sent": False}
    assert difference(standing, (Succeeded, Standing)) is None
    assert "Succeeded" in str(difference({"command": "c1"}, (Succeeded, Standing)))


def test_a_status_that_is_not_declared_is_seen() -> None:
    kind = {"content-type": JSON}
    assert fault_of("/healthz", 200, kind, b'{"alive": true}') is None
    assert fault_of("/healthz", 202, kind, b'{"alive": true}') == "getHealthz declares no 202"
    assert fault_of("/healthz", 409, kind, b'{"error": "no"}') == "getHealthz declares no 409"
    assert (
        fault_of("/healthz", 200, {"content-type": "text/html"}, b"<p>") == f"getHealthz declares {JSON}, not text/html"
    )


def test_a_path_is_the_route_that_bottle_finds() -> None:
    """One without parameters comes first; an id may hold slashes."""
    found = [route_of(path) for path in ("/set/dcdc", "/set/dcdc/E1/a", "/set/E001", "/share/end", "/nowhere")]
    assert [route and route.name for route in found] == ["setDcdcOf", "setDcdc", "setUnit", "endShare", None]


def test_every_route_declares_what_it_gives() -> None:
    """JSON by status, anything else by its kind alone; every shape has a schema of JSON."""
    for route in ROUTES:
        assert bool(route.reply.shapes) is (route.reply.media_type == JSON), route.name
    shapes = [shape for route in ROUTES for several in route.reply.shapes.values() for shape in several]
    schemas, named = msgspec.json.schema_components([*shapes, Failure])
    assert len(schemas) == len(shapes) + 1
    without = [name for name, schema in named.items() if "properties" in schema and not schema.get("description")]
    assert without == [], "each says in its docstring what it is"
    json.dumps(named)


def test_a_row_of_a_frame_has_a_measure_for_each_column() -> None:
    assert len(get_args(FrameRow)) == len(COLUMNS)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_what_each_order_wants_is_declared(order: Any) -> None:
    assert difference(order_of(order.name, "E001").content(), (Wanted,)) is None


def test_a_reading_that_others_hold_already_is_304_where_it_is_tagged() -> None:
    assert STATUS.reply.statuses == (200, 304)
