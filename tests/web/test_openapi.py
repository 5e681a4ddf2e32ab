"""`/openapi.json` says what the routes' declarations say, in words that other programs read: OpenAPI 3.1."""

import re
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from main_controller.web.openapi import OpenApi
from main_controller.web.parameters import FORM, value_of
from main_controller.web.route import Parameter, Route
from main_controller.web.routes import ROUTES
from tests.web.client import Client

PARAMETERS = [(route, one) for route in ROUTES for one in (*route.in_path, *route.taken)]


@pytest.fixture(scope="module")
def document() -> Any:
    return Client(OpenApi()).call("/openapi.json").json


def test_the_document_is_valid(document: Any) -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_it_has_every_route_by_each_of_its_methods(document: Any) -> None:
    told = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert told == {(route.path, method.lower()) for route in ROUTES for method in route.methods}


def test_every_operation_says_who_may_call_it_and_what_it_takes(document: Any) -> None:
    for route in ROUTES:
        told = document["paths"][route.path]["post" if route.changes else "get"]
        assert told["x-permission"] == ("none" if route.permission is None else route.permission)
        in_body = told["requestBody"]["content"][FORM]["schema"]["properties"] if route.changes and route.taken else ()
        assert {*in_body, *(one["name"] for one in told.get("parameters", ()))} == {
            one.name for one in (*route.in_path, *route.taken)
        }


@pytest.mark.parametrize(("route", "one"), PARAMETERS, ids=lambda it: it.path if isinstance(it, Route) else it.name)
def test_the_example_of_a_parameter_is_right_by_its_reader_and_by_its_schema(
    document: Any, route: Route, one: Parameter
) -> None:
    value_of(one, one.example)
    if route.changes:
        form = document["paths"][route.path]["post"]["requestBody"]["content"][FORM]["schema"]
        written = {"true": True, "false": False}.get(one.example, one.example)
        value = int(one.example) if form["properties"][one.name].get("type") == "integer" else written
        jsonschema.validate(value, form["properties"][one.name])
        return
    told = document["paths"][route.path]["get"]["parameters"]
    (parameter,) = [each for each in told if each["name"] == one.name]
    jsonschema.validate(parameter["example"], parameter["schema"])


def test_no_two_operations_have_the_same_name(document: Any) -> None:
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9]+", name) for name in names)
