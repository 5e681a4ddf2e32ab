"""The pages beside the main one name their zone and title, and what comes from elsewhere is text in them (V8)."""

from pathlib import Path

import pytest
import pytz

from main_controller.web.beside_pages import BesidePages
from tests.web.client import Client

NAMES = [("/history.html", "History"), ("/alarms.html", "Alarms"), ("/selfcheck.html", "Self-check")]


def page(root: Path, title: str = "", path: str = "/history.html", *, simulated: bool = False) -> str:
    """What is served, whatever the address asks for."""
    part = BesidePages(
        root / "views",
        title=lambda: title,
        zone=pytz.timezone("Asia/Tokyo"),
        version="1.2",
        estop=lambda: None,
        simulated=simulated,
    )
    answer = Client(part).call(f"{path}?unitId=E001&step=nonsense&anything=1")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.body.decode()


@pytest.mark.parametrize(("path", "name"), NAMES)
def test_it_bears_zone_version_and_title(root: Path, path: str, name: str) -> None:
    html = page(root, "oist20", path)
    assert '<html lang="en" data-zone="Asia/Tokyo" data-version="1.2">' in html
    assert f"<title>{name} · APIS Main Controller · oist20</title>" in html


@pytest.mark.parametrize("path", ["/history.html", "/alarms.html", "/selfcheck.html"])
def test_a_hostile_title_is_text(root: Path, path: str) -> None:
    html = page(root, "<script>alert(1)</script>", path)
    assert "<script>alert" not in html


def test_it_loads_no_chart_before_its_script_asks_for_one(root: Path) -> None:
    """And the files are there for whoever has no JavaScript."""
    html = page(root)
    assert "uplot" not in html.lower()
    assert '<noscript><p class="banner">Without JavaScript: <a href="history.csv">' in html


def test_practice_is_offered_on_a_simulated_cluster_alone(root: Path) -> None:
    assert 'id="practice"' in page(root, path="/alarms.html", simulated=True)
    assert "practice" not in page(root, path="/alarms.html")
