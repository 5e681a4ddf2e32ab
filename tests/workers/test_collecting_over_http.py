"""Every known fault of the wire leaves the last data in place, is told once, and is over with the next good answer.

With the real HTTP client: `/get/log` of a server that misbehaves, between two good answers.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.periodic import Periodic
from tests.faulty_server import FAULTS, ODDITIES, UNITS, FaultyServer, answering, hanging

QUICK = dict.fromkeys(TIMEOUTS, Timeout(connect=0.3, total=0.3))


def moved(time: str) -> dict[str, Any]:
    return {unit_id: {**unit, "time": time} for unit_id, unit in UNITS.items()}


class Site:
    """A collector and a watcher on a server that can misbehave."""

    def __init__(self, server: FaultyServer, http: HttpJson) -> None:
        self.server = server
        self.cache = UnitCache()
        apis_web = ApisWeb(server.url, server.url, http, http, QUICK)
        self.collecting = Periodic("dataCollector", 1.0, DataCollector(apis_web, self.cache).poll_once)
        self.watching = Periodic("gridWatcher", 5.0, GridWatcher(apis_web, self.cache).poll_once)


@pytest.fixture
def site() -> Iterator[Site]:
    http = HttpJson(reuse_connections=True, user_agent="test", max_bytes=2**20)
    with FaultyServer({"/get/log": answering(moved("a"))}) as server:
        yield Site(server, http)
        http.close()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_keeps_the_data_is_told_once_and_is_over_with_the_next_answer(
    name: str, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site.collecting.run_once()
    before = site.cache.snapshot()
    assert list(before.units) == list(UNITS)
    site.server.answers["/get/log"] = FAULTS[name]
    for _ in range(2):
        site.collecting.run_once()
        assert site.cache.snapshot() is before
        assert not site.collecting.health.up
        assert site.collecting.health.last_error
    site.server.answers["/get/log"] = answering(moved("b"))
    site.collecting.run_once()
    assert site.collecting.health.up
    assert {unit["time"] for unit in site.cache.snapshot().units.values()} == {"b"}
    told = [record for record in caplog.records if record.name.startswith("main_controller.workers")]
    assert [record.levelname for record in told] == ["ERROR", "INFO"]
    assert told[0].exc_info is None, "an outage, not a bug of ours"


@pytest.mark.parametrize("name", ODDITIES)
def test_odd_but_good_data_come_through_as_strict_json(name: str, site: Site) -> None:
    site.collecting.run_once()
    site.server.answers["/get/log"] = ODDITIES[name]
    site.collecting.run_once()
    assert site.collecting.health.up
    snapshot = site.cache.snapshot()
    assert snapshot.units

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} in the reply")

    assert json.loads(snapshot.body.decode(), parse_constant=refuse) == snapshot.units
    assert all(isinstance(unit, dict) for unit in snapshot.units.values())


def test_a_refused_connection_is_over_when_the_server_is_back(site: Site) -> None:
    """K8: refused while apis-web is dead."""
    site.collecting.run_once()
    before = site.cache.snapshot()
    site.server.close()
    for _ in range(3):
        site.collecting.run_once()
    assert site.cache.snapshot() is before
    assert not site.collecting.health.up
    with FaultyServer({"/get/log": answering(moved("b"))}, port=site.server.port):
        site.collecting.run_once()
        assert site.collecting.health.up
        assert site.cache.snapshot().answered_at != before.answered_at


def test_hanging_grid_calls_are_told_and_do_not_touch_the_units(site: Site) -> None:
    """K7: with no Grid Master the three calls hang while `/get/log` answers."""
    site.server.answers |= {
        "/unitIds": answering(["E001", "E002", "E003"]),
        "/getStatus": answering({"active": True}),
        "/deals": answering([]),
    }
    site.watching.run_once()
    assert site.watching.health.up
    assert site.cache.snapshot().grid.unit_ids == ("E001", "E002", "E003")
    site.server.answers |= {"/unitIds": hanging, "/getStatus": answering({"active": False, "error": "NO_HANDLERS"})}
    site.watching.run_once()
    site.collecting.run_once()
    snapshot = site.cache.snapshot()
    assert site.watching.health.up, "one of its calls still answers"
    assert (snapshot.grid.unit_ids, snapshot.grid.status_error) == (None, "NO_HANDLERS")
    assert snapshot.members == ("E001", "E002", "E003")
    assert list(snapshot.units) == list(UNITS)
