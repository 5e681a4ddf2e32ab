"""The page shows every known unit without a script and lets no text of a unit become markup (R1, N3)."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.domain.freshness import Remembered
from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import site_time
from main_controller.store.known_units import Acknowledgement
from main_controller.store.unit_cache import UnitCache
from main_controller.web.page import Page
from main_controller.web.unit_status import unwatched_sentence
from tests.web.client import NOON, Client, take, unit
from tests.web.test_status_report import Grid, in_word

TOKYO = pytz.timezone("Asia/Tokyo")
EVIL = "<script>alert('x')</script>"


class Site:
    def __init__(self, root: Path, cache: UnitCache | None = None, **sources: Any) -> None:
        self.grid = Grid(cache, title="Some & where", **sources)
        self.page = Page(root / "views", self.grid.cache, status=self.grid.status.report)
        self.client = Client(self.page)

    @property
    def html(self) -> str:
        answer = self.client.call("/")
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        return answer.body.decode()

    def unit(self, unit_id: str) -> Mapping[str, Any]:
        return next(one for one in self.page.variables("")["units"] if one["id"] == unit_id)


def test_the_page_without_any_data_is_a_page(root: Path) -> None:
    html = Site(root).html
    assert "Some &amp; where" in html
    assert html.rstrip().endswith("</html>")


def test_every_unit_of_the_cache_and_of_unit_ids_is_on_it(root: Path) -> None:
    site = Site(root, UnitCache(remembered={"E008": Remembered("E008", status="0x0014", ip="10.0.0.8")}))
    take(site.grid.cache, site.grid.clock, unit("E001"), unit("E002"))
    site.grid.watch(unit_ids=("E001", "E009"))
    for unit_id in ("E001", "E002", "E008", "E009"):
        assert unit_id in site.html
    told = site.unit("E001")
    assert (told["mode"], told["rsoc"], told["age"], told["state"], told["ip"]) == (
        "Run",
        "50.2",
        "0",
        "live",
        "10.0.0.1",
    )
    assert told["six"][2] == ("Grid voltage", "349.50", "V")
    unseen = site.unit("E009")
    assert {unseen[key] for key in ("name", "ip", "mode", "rsoc", "age", "local")} == {"--"}
    assert site.unit("E008")["ip"] == "10.0.0.8"


def test_the_text_of_a_unit_never_becomes_markup(root: Path) -> None:
    site = Site(root)
    data = unit("E001", time=EVIL)
    data["oesunit"] = {"id": "E001", "display": EVIL, "ip": EVIL}
    data["apis"] = {"operation_mode": {"global": EVIL, "local": EVIL, "effective": EVIL}}
    data["dcdc"] = {"status": {"status": EVIL}, "meter": EVIL}
    site.grid.cache.take_log({EVIL: data, "E001": data}, site.grid.clock.now, site.grid.clock.wall())
    site.grid.watch(unit_ids=("E001", EVIL), deals=({"requester": EVIL, "startTime": EVIL},))
    site.grid.clock.now += 60
    assert "<script>alert" not in site.html


def test_a_hostile_id_is_seen_whole_and_isolated_and_stays_itself_for_the_script(root: Path) -> None:
    """H9: the attribute by which the script finds the card keeps the id as it is on the wire."""
    site = Site(root)
    data = unit("E001")
    data["oesunit"] |= {"id": "E1\u202e", "display": "x\u2069"}
    take(site.grid.cache, site.grid.clock, data)
    assert '<bdi class="uid">E1⟨U+202E⟩</bdi> <bdi class="uname">x⟨U+2069⟩</bdi>' in site.html
    assert 'data-unit="E1\u202e"' in site.html
    assert site.html.count("\u202e") == 1


def test_unwatched_hardware_stands_in_a_sentence_until_somebody_knows(root: Path) -> None:
    known: dict[str, Any] = {}
    site = Site(root, acknowledgement=lambda unit_id, status: known.get(unit_id))
    take(site.grid.cache, site.grid.clock, in_word("E001", "0x0014"), unit("E002"))
    assert site.page.variables("")["unwatched"] == []
    site.grid.clock.now += 150
    [line] = site.page.variables("")["unwatched"]
    assert line["id"] == "E001"
    assert line["sentence"] in site.html
    assert "stale" in line["sentence"]
    assert "as voltage reference at 350 V" in line["sentence"]
    known["E001"] = Acknowledgement("10.0.0.7", NOON)
    assert site.page.variables("")["unwatched"] == []


@pytest.mark.parametrize(
    ("last", "age", "expected"),
    [
        ("0x0041", 90.0, "E001 has been silent, last read 90 s ago; last seen charging at 350 V."),
        ("0x9999", 600.0, "E001 has been silent, last read 10 min ago; last seen 0x9999 at 350 V."),
        (None, 9000.0, "E001 has been silent, last read 2 h ago; last seen in a state that is not known at 350 V."),
        (
            "0x0014",
            None,
            "E001 has not been seen since this controller started; last known as voltage reference at 350 V.",
        ),
    ],
)
def test_the_sentence_says_how_long_and_in_what_state(last: str | None, age: float | None, expected: str) -> None:
    status: Any = {"state": "silent", "lastWord": last, "age": age, "lastDvg": 350.0}
    assert unwatched_sentence("E001", status) == expected


LATCH = HeldLatch("the file estop", "estop", EVIL, "2026-05-13T12:00:00.000+00:00", on_file=True)


def test_a_latched_e_stop_stands_first_with_by_whom_why_and_since_when(root: Path) -> None:
    html = Site(root, estop=lambda: LATCH).html
    assert '<h2 id="estop-title" translate="no">E-stop latched by the file estop: &lt;script&gt;' in html
    assert "Since 2026-05-13 21:00 JST. Until it is reset only what stops is sent" in html
    assert "No safety-rated emergency stop" in html
    assert "a restart of this controller forgets it" not in html
    assert "<script>alert" not in html
    assert '<section class="unwatched latch" id="estop-bar" aria-labelledby="estop-title" >' in html
    assert html.index('id="estop-bar"') < min(html.index('id="grave"'), html.index("<header"))


def test_one_that_no_file_holds_says_that_a_restart_forgets_it(root: Path) -> None:
    assert "a restart of this controller forgets it" in Site(root, estop=lambda: LATCH._replace(on_file=False)).html


def test_without_a_latch_there_is_a_form_that_latches_and_no_word_of_a_latch(root: Path) -> None:
    html = Site(root).html
    assert 'id="estop-bar" aria-labelledby="estop-title" hidden>' in html
    assert "E-stop latched by" not in html
    stop, latch = html.index('action="stopAll" id="stop-form"'), html.index('action="estop" id="estop-form"')
    assert stop < latch


def test_a_name_that_turns_the_direction_of_writing_is_seen_whole_in_the_latch(root: Path) -> None:
    html = Site(root, estop=lambda: LATCH._replace(by="x\u202ey", reason="smoke")).html
    assert "E-stop latched by \u2068x⟨U+202E⟩y\u2069: smoke" in html


def test_deals_are_shown_only_while_they_can_be_told(root: Path) -> None:
    site = Site(root)
    deal = {"chargingUnit": "E003", "dischargingUnit": "E001", "isMasterDeal": True, "request": 3}
    site.grid.watch(unit_ids=("E001",), deals=(deal,))
    [shown] = site.page.variables("")["deals"]
    assert (shown["giver"], shown["taker"], shown["master"], shown["request"]) == ("E001", "E003", True, "--")
    site.grid.watch(unit_ids=())
    assert site.page.variables("")["deals"] == []


def test_the_page_asks_no_other_host_and_by_relative_addresses(root: Path) -> None:
    """Z18: a proxy may put it under a path."""
    html = Site(root).html
    for attribute in ('src="', 'href="', 'action="'):
        for address in html.split(attribute)[1:]:
            assert not address.startswith(("/", "http:", "https:", "data:")), address[:60]


@pytest.mark.parametrize(("query", "display"), [("", ""), ("?display=wall", "wall"), (f"?display={EVIL}", "")])
def test_only_known_ways_of_display_reach_the_page(root: Path, query: str, display: str) -> None:
    answer = Site(root).client.call(f"/{query}")
    assert answer.status == 200
    assert f'data-display="{display}"' in answer.body.decode()


def test_the_page_of_an_unchanged_moment_is_304_and_a_large_one_zipped(root: Path) -> None:
    site = Site(root)
    take(site.grid.cache, site.grid.clock, *(unit(f"E{number:03d}") for number in range(1, 200)))
    zipped = site.client.call("/", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert len(zipped.body) < 50_000
    assert site.client.call("/", headers={"If-None-Match": zipped.headers["etag"]}).status == 304


def test_jsonp_and_other_methods_are_refused_on_the_page_too(root: Path) -> None:
    client = Site(root).client
    assert client.call("/?callback=f").status == 400
    assert client.call("/", "POST").status == 405


def test_a_master_is_marked_only_while_unit_ids_answers(root: Path) -> None:
    site = Site(root)
    data = unit("E001")
    take(site.grid.cache, site.grid.clock, {**data, "apis": {**data["apis"], "is_grid_master": True}})
    site.grid.watch(unit_ids=("E001",))
    assert site.unit("E001")["master"] is True
    site.grid.cache.take_grid(lambda watch: replace(watch, unit_ids=()))
    assert site.unit("E001")["master"] is False


def test_a_converters_trips_stand_on_its_panel_with_what_they_mean(root: Path) -> None:
    site = Site(root, trips=lambda: {"E001": (1.0, 2.0, 3.0), "E002": (1.0,)})
    take(site.grid.cache, site.grid.clock, unit("E001"), unit("E002"), unit("E003"))
    assert site.unit("E003")["trips"] is None
    html = site.html
    last = re.escape(site_time(site.grid.unit("E001")["trips"]["last"], TOKYO))
    assert re.search(f"Wait by itself 3 times, last at {last}; it stays there until a person resets its trips.", html)
    assert re.search(r"to Wait by itself once, last at [^;<]+\.</p>", html)
    assert html.count("to Wait by itself") == 2
