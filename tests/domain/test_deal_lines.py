"""What lines of apis-main's log tell of deals is read, and what is none of it tells nothing (K18, K19)."""

from datetime import UTC, datetime

import pytest

from main_controller.domain.apis_log import Level, LogLine
from main_controller.domain.deal_lines import (
    LONGEST_REASON,
    Breaks,
    Concerns,
    Counts,
    How,
    Names,
    Pairs,
    Reaches,
    Refers,
    Stage,
    Told,
    about_deals,
    told_of_deals,
)

ID = "5cf8199b-b206-43ef-ae30-ad16478c1677"


def line(source: str, message: str, program: str = "apis-main") -> LogLine:
    return LogLine(program, "E001", datetime(2026, 1, 1, tzinfo=UTC), Level.INFO, f"a.b.{source}", message)


@pytest.mark.parametrize(
    ("source", "message", "told"),
    [
        ("AbstractDealExecution", f"dealId : {ID}", Names(ID)),
        ("AbstractDealExecution", "dischargeUnitId : E002, chargeUnitId : E001", Pairs("E002", "E001")),
        ("AbstractDealExecution", "reference side : chargeUnit", Refers(False)),
        ("AbstractDealExecution", "reference side : dischargeUnit", Refers(True)),
        ("DealUtil", f"deal created : {ID}", Reaches(Stage.CREATED, ID)),
        ("DealUtil", "deal ramped up", Reaches(Stage.RAMPED_UP, None)),
        ("DealUtil", f"deal updated : {ID}", Concerns(ID)),
        ("DealUtil", "deal cumulated : 13.9777775 / 50", Counts(13.9777775, 50.0)),
        ("DealUtil", "deal cumulated : 1.0E-4 / 50", Counts(0.0001, 50.0)),
        ("DealUtil", 'deal aborted; reason : ["a\nb"]', Breaks(How.ABORTED, '["a\nb"]')),
        ("DealUtil", "deal scrammed; reason : " + "x" * 9000, Breaks(How.SCRAMMED, "x" * LONGEST_REASON)),
    ],
)
def test_a_line_tells_one_thing(source: str, message: str, told: Told) -> None:
    assert about_deals(line(source, message))
    assert list(told_of_deals(line(source, message))) == [told]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("DealUtil", "deal created : "), ("DealUtil", "deal created : ../../etc"), ("DealUtil", "deal exploded"),
        ("DealUtil", "deal cumulated : nan / 50"), ("DealUtil", "deal cumulated : 1e999 / 50"),
        ("AbstractDealExecution", "dischargeUnitId : , chargeUnitId : E001"),
        ("DealExecution", "deals : [1, 2]"), ("DealExecution", "deals : [{}]"), ("DealExecution", "deals : [" * 9000),
        ("DealExecution", 'deals : [{"dealId":"x y","chargeUnitId":"E1","dischargeUnitId":"E2"}]'),
        ("DealExecution", "sorted deals : [{}]"), ("Other", "deal activated"),
    ],
)  # fmt: skip
def test_what_is_none_of_it_tells_nothing(source: str, message: str) -> None:
    assert list(told_of_deals(line(source, message))) == []


def test_only_apis_main_tells_of_deals() -> None:
    assert not about_deals(line("DealUtil", "deal activated", "apis-web"))
