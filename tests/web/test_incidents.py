"""The routes of the incidents: pages of them, their time, and what may be kept."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.domain.timestamps import iso_utc
from main_controller.domain.timing import Timing
from main_controller.errors import BadRequest, NoDataYet, NotFound, Refused
from main_controller.orders.register import Register
from main_controller.store.incidents import Incidents
from main_controller.web import incidents as web_incidents
from main_controller.web import routes
from main_controller.web.incidents import IncidentPages
from main_controller.web.ordering import Asked, Ordering
from tests.store.incidents.site import NOON, Site

HOUR = timedelta(hours=1)


def pages_of(store: Incidents | None, site: Site) -> IncidentPages:
    threads = ThreadPoolExecutor(1)  # it begins no thread before something is handed to it
    ordering = Ordering(Register(), Timing(), executor=threads, stoppers=threads, stop_alls=threads)
    return IncidentPages(
        store, ordering, journalled=lambda by, what: None, title=str, version="0.1.0", wall=site.wall, zone=pytz.utc
    )


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Three incidents, an hour apart, the last at the third hour."""
    made = Site(tmp_path)
    made.polls(10)
    for hour in (1, 2, 3):
        made.now = hour * 3600.0
        made.keep(f"{hour}")
    return made


def told(page: Any) -> list[str]:
    return [one["reasons"][0]["text"] for one in page["incidents"]]


def test_pages_go_from_the_newest_to_the_oldest(site: Site) -> None:
    pages = pages_of(site.incidents, site)
    first = pages.page({"limit": 2})
    assert told(first) == ["3", "2"]
    second = pages.page({"limit": 2, "before": first["next"]})
    assert (told(second), second["next"]) == (["1"], None)


def test_those_of_a_time_are_those_that_touch_it(site: Site) -> None:
    pages = pages_of(site.incidents, site)
    at = [iso_utc(NOON + HOUR * hours) for hours in (1.9, 2.1)]
    assert told(pages.page({"from": at[0], "to": at[1]})) == ["2"]
    assert told(pages.page({"from": at[1]})) == ["3", "2"]
    assert told(pages.page({"to": at[0]})) == ["2", "1"]


@pytest.mark.parametrize("identity", ["i1", "1", "i", "ix", "i1.zip", "i" + "9" * 16])
def test_one_that_there_is_not_is_404(site: Site, identity: str) -> None:
    pages = pages_of(site.incidents, site)
    for handler in (pages.one, pages.file):
        with pytest.raises(NotFound, match="There is no incident"):
            handler({"id": identity})


def test_where_none_are_kept_that_is_said(site: Site) -> None:
    pages = pages_of(None, site)
    reading: list[tuple[Callable[[Any], Any], dict[str, Any]]] = [(pages.page, {}), (pages.one, {"id": "i1"})]
    for handler, given in reading:
        with pytest.raises(NotFound, match=r"settings blackboxhours, incidentdays"):
            handler(given)


def ago(hours: float) -> str:
    return iso_utc(NOON + 3 * HOUR - HOUR * hours)


@pytest.mark.parametrize(
    ("given", "fault", "says"),
    [
        ({"from": ago(1)}, BadRequest, "go together"),
        ({"from": ago(7), "to": ago(0)}, BadRequest, "at most 6 hours"),
        ({"from": ago(2), "to": ago(1), "at": ago(0.5)}, BadRequest, "between from and to"),
        ({"at": ago(-1)}, BadRequest, "must have come"),
        ({"from": ago(1), "to": ago(-1)}, BadRequest, "20 min ahead"),
        ({"from": ago(2), "to": ago(1)}, NotFound, "Nothing is recorded of that time"),
        ({"at": "yesterday"}, BadRequest, "yesterday"),
    ],
)
def test_what_cannot_be_kept_is_said_and_not_kept(
    site: Site, given: dict[str, Any], fault: type[Exception], says: str
) -> None:
    before = site.incidents.all()
    with pytest.raises(fault, match=says):
        pages_of(site.incidents, site).keep(Asked({"reason": "odd", **given}, None, {}, ""))
    assert site.incidents.all() == before


def test_wishes_have_an_end_and_what_the_grid_does_has_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that asks for one after the other filled the list: 2,000 in a minute."""
    monkeypatch.setattr(web_incidents, "WISHES", 1)
    pages, known = pages_of(site.incidents, site), {one.number for one in site.incidents.all()}
    asked = Asked({"reason": "odd"}, None, {}, "")
    site.now += 10 * 3600.0
    made = pages.keep(asked)
    assert made["id"] not in {f"i{number}" for number in known}
    site.now += 3600.0
    with pytest.raises(Refused, match="1 incidents are kept because somebody wished it"):
        pages.keep(asked)
    assert site.keep("the grid broke").number not in known


def test_beyond_its_bound_a_wish_that_joins_what_is_kept_is_taken(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_incidents, "WISHES", 0)
    (newest, *_), before = site.incidents.all(), len(site.incidents.all())
    made = pages_of(site.incidents, site).keep(Asked({"reason": "odd"}, None, {}, ""))
    assert (made["id"], len(site.incidents.all())) == (newest.id, before)


def test_those_who_keep_and_note_use_up_no_threads_where_the_disk_hangs(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forty held all threads of the server, so that no reading was answered any more."""
    monkeypatch.setattr(web_incidents, "WRITING", 1)
    monkeypatch.setattr(web_incidents, "WAITING", 0)
    pages = pages_of(site.incidents, site)
    keep = pages.handlers()[routes.INCIDENT_KEEP]
    monkeypatch.setattr(pages._ordering, "asked", lambda *_: Asked({"reason": "odd"}, None, {}, ""))
    monkeypatch.setattr(IncidentPages, "_by", staticmethod(lambda _: "anna"))
    free, held = threading.Event(), threading.Event()

    def hang() -> None:
        held.set()
        free.wait(20)

    monkeypatch.setattr(site.incidents, "written", hang)
    first = threading.Thread(target=keep)
    first.start()
    assert held.wait(10)
    with pytest.raises(NoDataYet, match="Others keep or note incidents already"):
        keep()
    free.set()
    first.join(10)
