"""Nothing that `/openapi.json` does not declare: whatever is asked of the program and a simulated cluster (Z1, Z7).

Right and wrong requests to every route are made from the document; each answer must have a declared status, kind and
shape, and a request that breaks the document must be refused.
"""

import functools
import os
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from main_controller import simulator
from main_controller.simulator import SimulatedCluster
from main_controller.web.openapi import document
from main_controller.web.routes import ROUTES
from tests.system.conftest import ready
from tests.system.console import Console, until

TEMPO = 0.02
"""How much shorter the simulated programs' periods are."""

FEW = 5
EXAMPLES = int(os.environ.get("DECLARED_EXAMPLES", str(FEW)))
"""How many requests are made up for each method of each route. `make test-long` makes many more, and also every request
that differs from a right one in one thing, some 9,000; most of these are what test_bad_input asks as well."""

WAITING = ("/stopAll", "/estop")
"""These answer when the whole cluster was seen to stop, for which only `make test-long` waits each time; that answer is
held to its declaration by the curl lines of docs/api.md as well."""

DECLARED = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.unsupported_method,
]
"""Every answer's status, kind and shape are declared. (502, 503 and 504 are: upstream faults are normal weather.)"""

STOPPING = {route.path for route in ROUTES if route.stops is not None}
"""What stands beside a stop never refuses it (S32), so that a request may break the document and yet pass."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    hurried = functools.partial(SimulatedCluster, tempo=TEMPO)
    with (
        mock.patch.object(simulator, "SimulatedCluster", hurried),
        Console(tmp_path_factory.mktemp("declared"), simulate=4, gracetime=0.2, stoplag=0.3) as running,
    ):
        until(lambda: ready(running, 4), "the first picture")
        yield running


schema = schemathesis.openapi.from_dict(document(ROUTES))
schema.config.phases.coverage.enabled = EXAMPLES > FEW


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_declared(console: Console, case: Any) -> None:
    if case.path in WAITING and EXAMPLES <= FEW:
        case.query = {**(case.query or {}), "wait": "no"}
        if isinstance(case.body, dict):
            case.body.pop("wait", None)
    answer = case.call(base_url=console.address, timeout=60)
    wanted = list(DECLARED)
    if case.path not in STOPPING:
        wanted.append(checks.negative_data_rejection)
    case.validate_response(answer, checks=wanted, excluded_checks=[not_a_server_error])
