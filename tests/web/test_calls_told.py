"""Whoever reaches the port can flood the log neither with refused calls nor with any others (M17)."""

import logging

import pytest

from main_controller.errors import Refused
from main_controller.sentence import foreign
from main_controller.web.calls_told import MOST, PERIOD, CallsTold
from tests.web.client import Client
from tests.web.test_replies import Routes


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_so_many_calls_a_minute_are_told_and_the_others_counted(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    calls = CallsTold(3, clock)
    assert [calls.tells() for _ in range(10)] == [True] * 3 + [False] * 7
    clock.now += PERIOD
    assert calls.tells()
    assert [record.getMessage() for record in caplog.records] == [
        "more than 3 calls within 60 s: of the others within them only orders that are accepted are told",
        "7 calls within a minute were not told one by one",
    ]


@pytest.mark.parametrize("target", ["/call?step={}", "/nothing/{}"], ids=["refused", "unknown"])
def test_a_flood_of_calls_each_with_another_text_is_bounded(target: str, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(Routes({}))
    with caplog.at_level(logging.INFO):
        for number in range(MOST + 200):
            assert client.call(target.format(f"{number}{'x' * 3000}")).status in (400, 404)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) <= 2 * MOST + 1
    assert max(map(len, lines)) < 500


def test_an_order_that_is_accepted_is_told_in_a_flood_too(caplog: pytest.LogCaptureFixture) -> None:
    routes = Routes({})
    client = Client(routes)
    with caplog.at_level(logging.INFO):
        for number in range(MOST + 1):
            client.call(f"/nothing/{number}")
        caplog.clear()
        client.call("/order", "POST")
        routes.outcome = Refused(foreign("Not now."))
        client.call("/order", "POST")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("POST '/order' from 127.0.0.1: 200 in ")
