"""How deals begin and end is told once each, with what is known of what they gave (G13, Z13a)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timing import Timing
from main_controller.history.apis_account import ApisAccount, Compared
from main_controller.history.ledger_deal import End, LedgerDeal
from main_controller.orders.desk import Desk
from main_controller.watching.deal_watch import KEPT, DealWatch

START = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
ONE = Flow("E001", "E002", running=True, current=2.0, power=700.0)
OTHER = Flow("E003", "E004", running=False)


class Watched:
    """A watch over deals that a test writes; the desk gives no more than what the watch asks it for."""

    timing = Timing()

    def __init__(self) -> None:
        self.seconds = 0.0
        self.deals: tuple[Flow, ...] | None = ()
        self.rows: list[tuple[Any, ...]] = []
        self.watch = DealWatch(cast(Desk, self), record=lambda *row: self.rows.append(row))

    def grid(self) -> GridState:
        deals = self.deals
        state = GridState(now=self.seconds, units={}, mode=None, snapshot=Snapshot(answered_at=self.seconds))
        return state if deals is None else replace(state, deals=len(deals), flows=deals)

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def run(self, seconds: float, *deals: Flow) -> list[str]:
        """These deals for so long, polled every 5 s; the sentences that were told."""
        self.deals = deals
        return self.look(seconds)

    def look(self, seconds: float) -> list[str]:
        self.rows = []
        until = self.seconds + seconds
        while self.seconds < until:
            self.seconds += 5.0
            self.watch.run_once()
        return [row[2] for row in self.rows]


@pytest.fixture
def watched() -> Watched:
    made = Watched()
    made.run(5.0)
    return made


def test_what_is_found_at_the_start_is_no_news_and_its_end_is_at_least() -> None:
    watched = Watched()
    assert watched.run(720.0, ONE) == []
    (text,) = watched.run(5.0)
    assert text == "The deal from E001 to E002 ended after at least 11.9 min of current, at least about 140 Wh given."


def test_a_deal_that_was_watched_from_its_beginning_ends_with_what_it_gave(watched: Watched) -> None:
    assert watched.run(20.0, replace(ONE, running=False, power=None)) == ["A deal from E001 to E002 was agreed."]
    assert watched.run(720.0, ONE) == []
    (account,) = watched.watch.accounts([ONE])
    assert account is not None
    assert account.saw_begin
    (text,) = watched.run(5.0)
    assert text == "The deal from E001 to E002 ended after 11.9 min of current, about 140 Wh given."
    (row,) = watched.rows
    assert row[:2] == ("deal", None)
    assert row[4] == {"giver": "E001", "taker": "E002", "state": "ended"}, "its energy is the ledger's to tell"
    assert [event.text for event in watched.watch.events()][-1] == text
    assert watched.watch.accounts([ONE]) == [None]


@pytest.mark.parametrize(
    ("watts", "given"), [(0.0, "0 Wh"), (70.0, "14 Wh"), (4950.0, "990 Wh"), (5000.0, "1 kWh"), (62_345.0, "12 kWh")]
)
def test_its_energy_is_told_in_two_digits(watched: Watched, watts: float, given: str) -> None:
    """What the ledger settles some seconds later may differ by more than a third digit tells."""
    watched.run(20.0, replace(ONE, running=False, power=None))
    watched.run(720.0, replace(ONE, power=watts))
    (text,) = watched.run(5.0)
    assert text.endswith(f"of current, about {given} given.")


def test_a_deal_without_current_ends_so(watched: Watched) -> None:
    watched.run(60.0, OTHER)
    assert watched.run(5.0) == ["The deal from E003 to E004 ended; no current had flowed."]


def test_of_a_deal_of_which_no_reading_told_nothing_is_claimed(watched: Watched) -> None:
    watched.run(60.0, replace(OTHER, running=None))
    assert watched.run(5.0) == ["The deal from E003 to E004 ended; what it gave cannot be told."]


def test_while_the_deals_cannot_be_told_none_ends_and_none_begins(watched: Watched) -> None:
    watched.run(60.0, ONE)
    watched.deals = None
    assert watched.look(60.0) == []
    assert watched.run(5.0, ONE, OTHER) == ["A deal from E003 to E004 is under way; when it began is not known."]
    (text,) = watched.run(5.0, OTHER)
    assert text.startswith("The deal from E001 to E002 ended after at least ")


def test_the_page_is_shown_the_newest(watched: Watched) -> None:
    for _ in range(KEPT):
        watched.run(5.0, ONE)
        watched.run(5.0)
    events = watched.watch.events()
    assert len(events) == KEPT
    assert events[-1].text.startswith("The deal from E001 to E002 ended")


def test_a_deal_whose_time_moves_from_its_agreement_to_its_start_is_the_same(watched: Watched) -> None:
    """apis-web tells when it was agreed until it has started; one that had current is another when its time differs."""
    agreed = replace(OTHER, since="2020/01/01-09:46:48")
    started = replace(ONE, giver="E003", taker="E004", since="2020/01/01-09:47:10")
    watched.run(60.0, agreed)
    assert watched.run(60.0, started) == []
    next_one = replace(started, since="2020/01/01-09:59:00")
    told = watched.run(5.0, next_one)
    assert [text.split(" ended")[0] for text in told] == [
        "A deal from E003 to E004 was agreed.", "The deal from E003 to E004"
    ]  # fmt: skip


def test_a_count_of_apis_mains_that_the_readings_belie_is_told(watched: Watched) -> None:
    at = watched.wall()
    account = ApisAccount("5cf8", 50.0, 1.0, 51.6, {}, (), Compared(False, 10.0, 30.0, 51.6, 7.0))
    deal = LedgerDeal(
        "E001", "E002", None, None, None, None, True, at, True, at, at, at, End.DELIVERED, None, None,
        None, None, 1.0, False, account,
    )  # fmt: skip
    watched.rows = []
    watched.watch.counted_apart(deal)
    ((kind, unit_id, text, before, after),) = watched.rows
    assert (kind, unit_id, before) == ("deal", None, None)
    assert text.startswith("apis-main counted 51.6 Wh of the deal from E001 to E002 at the battery of E002")
    assert after == {"giver": "E001", "taker": "E002", "state": "countedApart"}
    assert watched.watch.events()[-1].text == text
