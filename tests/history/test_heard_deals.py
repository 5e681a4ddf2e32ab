"""What apis-main's log tells of each deal is put together, though lines get lost and senders are many (K18, K19)."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.assessment.flows import Flow
from main_controller.domain.apis_log import Level, LogLine
from main_controller.domain.deal_lines import How, Stage
from main_controller.history import heard_deals
from main_controller.history.heard_deals import HeardDeal, HeardDeals

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
AGREED = "2020/01/01-00:09:50"


def named(deal_id: str, giver: str = "E001", taker: str = "E002") -> list[tuple[str, str]]:
    return [("AbstractDealExecution", f"dealId : {deal_id}"),
            ("AbstractDealExecution", f"dischargeUnitId : {giver}, chargeUnitId : {taker}")]  # fmt: skip


def reached(what: str, deal_id: str) -> list[tuple[str, str]]:
    return [("DealUtil", f"deal {what}"), ("DealUtil", f"deal updated : {deal_id}")]


def whole(deal_id: str, giver: str = "E001", taker: str = "E002", **more: Any) -> tuple[str, str]:
    deal = {
        "dealId": deal_id, "dischargeUnitId": giver, "chargeUnitId": taker, "type": "charge", "requestUnitId": taker,
        "createDateTime": AGREED, "dealGridCurrentA": 1.0, "dealAmountWh": 50, **more,
    }  # fmt: skip
    return ("DealExecution", f"deals : {json.dumps([deal])}")


class Heard:
    def __init__(self) -> None:
        self.deals = HeardDeals()
        self.at = NOON

    def hear(self, lines: Sequence[tuple[str, str]], sender: str = "E009") -> None:
        for source, message in lines:
            self.at += timedelta(seconds=1)
            line = LogLine("apis-main", sender, self.at, Level.INFO, f"a.{source}", message)
            self.deals.hear([(self.at, line)])

    def find(self, giver: str = "E001", taker: str = "E002", since: str | None = AGREED, **more: Any) -> HeardDeal:
        flow = Flow(giver, taker, request="CHARGE", requester=taker, since=since)
        found = self.deals.find(flow, more.get("agreed_at", NOON))
        assert found is not None
        return found


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_a_line_without_an_id_is_of_the_deal_that_its_sender_named(heard: Heard) -> None:
    heard.hear([*named("a"), *reached("activated", "a")], "E001")
    heard.hear([*named("b", "E003"), *reached("started", "b")], "E005")
    heard.hear([*reached("ramped up", "a")], "E001")
    assert list(heard.find().stages) == [Stage.ACTIVATED, Stage.RAMPED_UP]
    assert list(heard.find("E003").stages) == [Stage.STARTED]


def test_the_line_that_follows_tells_whose_it_was_where_the_naming_one_got_lost(heard: Heard) -> None:
    """All deals are scrammed without being named first."""
    heard.hear([*named("a"), *named("b", "E003")])
    heard.hear([*reached('scrammed; reason : ["x"]', "a"), *reached('scrammed; reason : ["x"]', "b")])
    assert heard.find().breaks == [(How.SCRAMMED, '["x"]')]
    assert heard.find("E003").breaks == [(How.SCRAMMED, '["x"]')]


def test_where_the_following_line_got_lost_it_is_of_the_one_named_last(heard: Heard) -> None:
    heard.hear([*named("a"), ("DealUtil", "deal activated"), ("DealUtil", "deal cumulated : 3.5 / 50"),
                *named("b", "E003")])  # fmt: skip
    assert list(heard.find().stages) == [Stage.ACTIVATED]
    assert heard.find().counted == 3.5


def test_a_pair_that_is_not_the_named_deals_unsays_the_name(heard: Heard) -> None:
    heard.hear([*named("a"), *named("b", "E003")[1:], ("DealUtil", "deal started"), *named("c", "E004")])
    assert heard.find().stages == {}


def test_the_list_tells_what_got_lost_but_not_when_before_it_was_first_heard(heard: Heard) -> None:
    heard.hear([whole("a", activateDateTime="x")])
    assert heard.find().stages == {}
    heard.hear([whole("a", activateDateTime="x", startDateTime="y", cumulateAmountWh=7.5)])
    assert list(heard.find().stages) == [Stage.STARTED]
    assert heard.find().counted == 7.5
    assert heard.find().amps == 1.0


def test_two_deals_of_one_pair_are_told_apart_by_their_time(heard: Heard) -> None:
    heard.hear([whole("a"), whole("b", createDateTime="2020/01/01-00:10:50")])
    assert heard.find().deal_id == "a"
    assert heard.find(since="2020/01/01-00:10:50").deal_id == "b"


def test_two_of_one_pair_and_time_are_each_taken_once(heard: Heard) -> None:
    heard.hear([whole("a"), whole("b")])
    first = heard.find()
    first.taken = True
    assert {first.deal_id, heard.find().deal_id} == {"a", "b"}


def test_where_no_list_was_heard_the_pair_will_do_if_it_is_one(heard: Heard) -> None:
    heard.hear(named("a"))
    assert heard.find().deal_id == "a"
    heard.hear(named("b"))
    assert heard.deals.find(Flow("E001", "E002", since=AGREED), NOON) is None
    assert heard.deals.find(Flow("E001", "E002", since=AGREED), NOON + timedelta(hours=1)) is None


def test_anybody_may_make_up_deals_and_memory_holds(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard_deals, "MOST", 5)
    for number in range(50):
        heard.hear([*named(f"d{number}"), ("DealUtil", "deal activated")], f"E{number:03d}")
    assert len(heard.deals._deals) == 5
    assert len(heard.deals._by_pair["E001", "E002"]) == 5
    assert len(heard.deals._named) <= 5
    assert len(heard.deals._waiting) <= 5
