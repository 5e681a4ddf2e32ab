"""Deals and the global mode are asked live, shared, and never shown as none when it cannot be told (R7, R8, Z2, Z6)."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from main_controller.errors import UpstreamUnreachable
from main_controller.sentence import foreign
from main_controller.store.unit_cache import UnitCache
from main_controller.web.live_readings import LiveReadings
from tests.web.client import Client, Clock

DEAL = {
    "chargingUnit": "E003",
    "dischargingUnit": "E001",
    "isMasterDeal": True,
    "request": "CHARGE",
    "requester": "E003",
    "responder": "E001",
    "startTime": "2020/01/01-01:06:00",
}


@dataclass(frozen=True)
class Status:
    active: bool | None
    error: str | None = None


class ApisWeb:
    def __init__(self) -> None:
        self.calls = 0
        self.found: list[dict[str, Any]] | Exception = [DEAL]
        self.answer = Status(True)

    def deals(self) -> list[dict[str, Any]]:
        self.calls += 1
        if isinstance(self.found, Exception):
            raise self.found
        return self.found

    def status(self) -> Status:
        self.calls += 1
        return self.answer


class Grid:
    def __init__(self) -> None:
        self.clock = Clock()
        self.cache = UnitCache()
        self.apis_web = ApisWeb()
        self.members(("E001", "E003"))
        self.ordered_at = 0.0
        self.client = Client(
            LiveReadings(
                self.apis_web, self.cache, mode=lambda: "autonomous", clock=self.clock,
                ordered_at=lambda: self.ordered_at,
            )
        )  # fmt: skip

    def members(self, unit_ids: tuple[str, ...] | None) -> None:
        self.cache.take_grid(lambda watch: replace(watch, unit_ids=unit_ids))


@pytest.fixture
def grid() -> Grid:
    return Grid()


def test_deals_are_asked_live_and_shared_for_a_second(grid: Grid) -> None:
    for _ in range(100):
        assert grid.client.call("/get/dealsInfo").json == [DEAL]
    assert grid.apis_web.calls == 1
    grid.clock.now += 0.9
    assert grid.client.call("/get/dealsInfo").headers["x-data-age"] == "0.9"
    grid.apis_web.found = []
    grid.clock.now += 1.01
    assert grid.client.call("/get/dealsInfo").json == []
    assert grid.apis_web.calls == 2


@pytest.mark.parametrize("path", ["/get/dealsInfo", "/get/globalmode"])
def test_nothing_from_before_an_order_of_ours_is_told_after_it(grid: Grid, path: str) -> None:
    """Shared for a second, /get/globalmode said what had been."""
    grid.client.call(path)
    grid.clock.now += 0.2
    grid.ordered_at = grid.clock.now - 0.1
    grid.client.call(path)
    grid.client.call(path)
    assert grid.apis_web.calls == 2


def test_deals_have_an_etag(grid: Grid) -> None:
    etag = grid.client.call("/get/dealsInfo").headers["etag"]
    assert grid.client.call("/get/dealsInfo", headers={"If-None-Match": etag}).status == 304


def test_a_long_deal_is_shown_in_the_users_form(grid: Grid) -> None:
    grid.apis_web.found = [{"chargeUnitId": "E003", "dealId": "d"}]
    assert grid.client.call("/get/dealsInfo").json == [{"chargingUnit": "E003", "chargeUnitId": "E003", "dealId": "d"}]


@pytest.mark.parametrize(("unit_ids", "told"), [((), "No Grid Master is known"), (None, "does not tell")])
def test_without_a_known_grid_master_deals_are_502_and_not_asked(grid: Grid, unit_ids: Any, told: str) -> None:
    """K7: apis-web would answer [] or hang."""
    grid.members(unit_ids)
    answer = grid.client.call("/get/dealsInfo")
    assert answer.status == 502
    assert told in answer.error
    assert grid.apis_web.calls == 0


def test_a_failure_is_told_and_shared_too(grid: Grid) -> None:
    grid.apis_web.found = UpstreamUnreachable(foreign("apis-web cannot be reached."), sent=False)
    for _ in range(10):
        answer = grid.client.call("/get/dealsInfo")
        assert (answer.status, answer.error) == (502, "apis-web cannot be reached.")
    assert grid.apis_web.calls == 1
    grid.apis_web.found = [DEAL]
    grid.clock.now += 1.01
    assert grid.client.call("/get/dealsInfo").status == 200


def test_the_global_mode_is_apis_webs_answer_and_the_mode_in_force(grid: Grid) -> None:
    assert grid.client.call("/get/globalmode").json == {"active": True, "mode": "autonomous"}


def test_an_error_in_apis_webs_answer_is_502_with_it(grid: Grid) -> None:
    grid.apis_web.answer = Status(False, "(NO_HANDLERS,-1) No handlers")
    answer = grid.client.call("/get/globalmode")
    assert answer.status == 502
    assert "(NO_HANDLERS,-1) No handlers" in answer.error
