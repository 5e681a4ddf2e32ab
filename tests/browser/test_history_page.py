"""A known night as an operator sees it next morning: chart, table and CSV tell the same, and it is true (V8).

The record is written by the program's own store before the program starts; what is expected is worked out here.
"""

import csv
import io
import re
from collections import defaultdict
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from tests.browser.conftest import OpenPage, Plant, pages
from tests.browser.known_night import (
    GIVING,
    MINUTES,
    MOVED,
    NOT_RUNNING,
    SAID,
    SILENT,
    TAKING,
    Known,
    Night,
    known,
)
from tests.browser.stage import to_picture
from tests.browser.test_everyone import violations

pytestmark = pytest.mark.usefixtures("patient")

COLUMNS = ("pvW", "loadW", "gridW", "chargePercent")
"""What the chart of a unit shows of each slot, by the names of the file."""


def figures(one: Known | None, *, signed: bool = True) -> list[str]:
    """What the page shows of a minute, in the order of `COLUMNS`, without units."""
    if one is None:
        return ["--"] * 4
    grid = f"{one.grid:+.1f}" if signed and one.grid else f"{one.grid:.1f}"
    return [f"{one.pv:.1f}", f"{one.load:.1f}", grid, f"{one.charge:.1f}"]


def shown(records: Locator) -> list[str]:
    """The figures beside a chart, in the order of `COLUMNS`, without units."""
    texts = [records.locator(f".chart > .chart-figures [data-figure={name}] dd").inner_text() for name in COLUMNS]
    return [text.split(" ")[0] for text in texts]


def point(page: Page, records: Locator, minute: float) -> None:
    """Put the pointer on the middle of a minute that the chart shows."""
    over = records.locator(".u-over").first
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    begin, end = range_of(records)
    at = (minute + 0.5 - begin) / (end - begin)
    page.mouse.move(box["x"] + at * box["width"], box["y"] + box["height"] / 2)


def range_of(records: Locator) -> tuple[float, float]:
    """The minutes of the night at which the chart begins and ends, as its link to the file says."""
    night = int(records.get_attribute("data-night") or "0")
    query = parse_qs(urlsplit(records.locator(".chart-tools a").get_attribute("href") or "").query)
    begin, end = (records.page.evaluate("Date.parse", query[name][0]) / 1000 for name in ("from", "to"))
    return (begin - night) / 60, (end - night) / 60


def marked(records: Locator, night: Night) -> Locator:
    """The same with the night's beginning, for `point`."""
    records.evaluate("(element, begin) => element.setAttribute('data-night', begin)", str(night.begin))
    return records


def file_of(page: Page, link: Locator) -> list[dict[str, str]]:
    """The rows of the CSV to which a link leads."""
    answer = page.request.get(f"{page.url.split('?')[0].rsplit('/', 1)[0]}/{link.get_attribute('href')}")
    assert answer.ok, answer.text()
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig"))))


def rounded(text: str, *, signed: bool = False) -> str:
    """A cell of the file as the page shows it."""
    if text == "":
        return "--"
    value = float(text)
    return f"{value:+.1f}" if signed and value else f"{value:.1f}"


def cells(rows: Locator) -> list[list[str]]:
    """The texts of a table's rows."""
    found: list[list[str]] = rows.evaluate_all(
        "all => all.map(row => [...row.children].map(cell => cell.textContent.trim()))"
    )
    return found


def test_chart_table_and_file_tell_the_same_figures_of_each_minute(open_night: OpenPage, night: Night) -> None:
    """And those are the night's: read with the pointer, by rows, and off the file."""
    page = open_night(f"history.html?unitId=E001&{night.query}")
    records = marked(page.locator("#history-records"), night)
    expect(records.locator("canvas")).to_have_count(3)
    for minute in (5, GIVING.start, 100, NOT_RUNNING.start + 9, TAKING.start + 5, SILENT.start + 4, MINUTES - 1):
        point(page, records, minute)
        expect(records.locator(".chart-time")).to_have_text(night.told(minute))
        assert shown(records) == figures(known(minute)), minute
        covered = records.locator(".chart > .chart-figures [data-figure=coverage] dd")
        expect(covered).to_have_text("100 %" if known(minute) else "0 %")
        frame = records.locator(".chart-frame")
        expect(frame).to_have_attribute("aria-valuetext", re.compile(re.escape(night.told(minute))))

    records.get_by_role("button", name="Table").click()
    rows = cells(records.locator(".chart-table tbody tr"))
    assert [row[0] for row in rows] == [night.told(minute) for minute in range(MINUTES)]
    assert [row[2:] for row in rows] == [figures(known(minute)) for minute in range(MINUTES)]

    lines = file_of(page, records.locator(".chart-tools a"))
    told = [[rounded(line[name], signed=name == "gridW") for name in COLUMNS] for line in lines]
    assert told == [row[2:] for row in rows]
    assert [line["start"][:16] for line in lines] == [f"{night.at(minute):%Y-%m-%dT%H:%M}" for minute in range(MINUTES)]


def test_what_the_night_came_to_stands_above_the_chart(open_night: OpenPage, night: Night) -> None:
    """Nothing is counted across the gaps."""
    page = open_night(f"history.html?unitId=E001&{night.query}")
    minutes = [one for one in map(known, range(MINUTES)) if one is not None]
    sums = page.locator("#history-records .chart-sums")

    def text_of(key: str) -> Locator:
        return sums.locator(f"[data-figure={key}] dd")

    expect(text_of("pvWh")).to_have_text(f"{sum(one.pv for one in minutes) / 60:.1f} Wh")
    expect(text_of("loadWh")).to_have_text(f"{sum(one.load for one in minutes) / 60_000:.2f} kWh")
    expect(text_of("gridOutWh")).to_have_text("700.0 Wh")
    expect(text_of("gridInWh")).to_have_text("475.0 Wh")
    expect(text_of("charge")).to_have_text(f"80.0 % → {minutes[-1].charge:.1f} %")
    expect(text_of("coverage")).to_have_text(f"{round(100 * len(minutes) / MINUTES)} %")
    expect(page.locator(".chart-range").first).to_have_text(f"{night.told(0)} to {night.told(MINUTES)}")
    expect(page.locator("h1")).to_contain_text("History E001")


INK = """(canvas, [left, right, top, bottom, role]) => {
  const plot = canvas.closest('.uplot').querySelector('.u-over').getBoundingClientRect();
  const own = canvas.getBoundingClientRect();
  const ratio = canvas.width / own.width;
  const wide = (at) => Math.round((plot.left - own.left + at * plot.width) * ratio);
  const high = (at) => Math.round((plot.top - own.top + at * plot.height) * ratio);
  const [x, y] = [wide(left), high(top)];
  const size = [Math.max(1, wide(right) - x), Math.max(1, high(bottom) - y)];
  const copy = Object.assign(document.createElement('canvas'), { width: size[0], height: size[1] }).getContext('2d');
  copy.drawImage(canvas, -x, -y);
  const { data } = copy.getImageData(0, 0, ...size);
  const colour = getComputedStyle(document.documentElement).getPropertyValue('--' + role).trim();
  const wanted = colour.match(/[0-9a-f]{2}/g).map((part) => parseInt(part, 16));
  let count = 0;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] > 200 && wanted.every((part, n) => Math.abs(data[i + n] - part) < 24)) count += 1;
  }
  return count / (data.length / 4);
}"""
"""Which part of a canvas' piece is painted in a role's colour; edges are parts of its plot."""


def ink(
    records: Locator, pane: int, minutes: tuple[float, float], role: str, high: tuple[float, float] = (0, 1)
) -> float:
    """Which part (0 to 1) of a pane from one minute to another has the colour of a role; `high` from its top down."""
    begin, end = range_of(records)
    edges = [(minute - begin) / (end - begin) for minute in minutes]
    found: float = records.locator("canvas").nth(pane).evaluate(INK, [*edges, *high, role])
    return found


def test_gaps_are_gaps_deals_are_bars_and_events_are_marks(open_night: OpenPage, night: Night) -> None:
    """On the canvas itself: no line crosses a gap, and each deal stands in its time."""
    page = open_night(f"history.html?unitId=E001&{night.query}")
    records = marked(page.locator("#history-records"), night)
    expect(records.locator("canvas")).to_have_count(3)
    page.mouse.move(1, 1)
    for gap in (NOT_RUNNING, SILENT):
        inside, before = (gap.start + 2.0, gap.stop - 2.0), (gap.start - 22.0, gap.start - 2.0)
        for pane, role in ((0, "load"), (0, "bus"), (1, "charge")):
            assert ink(records, pane, inside, role) == 0, (gap, role)
            assert ink(records, pane, before, role) > 0, (gap, role)

    bar = (0.15, 0.45)  # of the lane, without its edges
    assert ink(records, 2, (GIVING.start + 2.0, GIVING.stop - 2.0), "bus", bar) > 0.95
    assert ink(records, 2, (GIVING.stop + 3.0, TAKING.start - 3.0), "bus") == 0
    middle = (TAKING.start + 4.0, TAKING.stop - 4.0)
    assert ink(records, 2, middle, "charge") > 0.05
    assert ink(records, 2, middle, "charge", (0.3, 0.4)) == 0
    assert ink(records, 2, middle, "bus") == 0

    point(page, records, GIVING.start + 5)
    notes = records.locator(".chart-notes li")
    times = f"{night.told(GIVING.start, '%H:%M')} to {night.told(GIVING.stop, '%H:%M')}"
    expect(notes).to_have_text([f"{times} gives to E002: 700.0 Wh"])
    point(page, records, TAKING.start + 5)
    expect(notes).to_have_text([re.compile("takes from E002: 475.0 Wh$")])
    point(page, records, MOVED)
    expect(notes.first).to_have_text(re.compile(f"^▼ .*JST {re.escape(SAID)}$"))
    point(page, records, MOVED + 20)
    expect(notes).to_have_count(0)
    assert ink(records, 0, (MOVED - 1.5, MOVED + 1.5), "edge") > 0
    assert ink(records, 0, (MOVED + 6.0, MOVED + 9.0), "edge") == 0


def test_the_keyboard_reads_every_slot_and_changes_the_span(open_night: OpenPage, night: Night) -> None:
    page = open_night(f"history.html?unitId=E001&{night.query}")
    records = page.locator("#history-records")
    frame, time = records.locator(".chart-frame"), records.locator(".chart-time")
    expect(records.locator("canvas")).to_have_count(3)
    frame.focus()
    for key, minute in (
        ("Home", 0), ("ArrowRight", 1), ("PageDown", 11), ("ArrowLeft", 10), ("PageUp", 0), ("ArrowLeft", 0),
        ("End", MINUTES - 1), ("ArrowRight", MINUTES - 1),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(time).to_have_text(night.told(minute))
        expect(frame).to_have_attribute("aria-valuenow", str(minute))
    assert shown(records) == figures(known(MINUTES - 1))
    page.keyboard.press("+")
    expect(records.get_by_role("button", name="6 h", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile(f"to={night.at(MINUTES):%Y-%m-%dT%H}"))
    expect(frame).to_be_focused()
    page.keyboard.press("-")
    expect(records.get_by_role("button", name="1 d", exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_details_of_a_unit_hold_its_night_too(open_night: OpenPage, night: Night) -> None:
    """From the page, by pointer alone: its details, a day, the day before; and the link shows the same in full."""
    page = open_night("?unit=E001")
    records = marked(page.locator("#details-records"), night)
    records.get_by_role("button", name="1 d", exact=True).click()
    records.get_by_role("button", name="Earlier").click()
    expect(records.locator("canvas")).to_have_count(3)
    for minute in (100, NOT_RUNNING.start + 5, TAKING.start + 15):
        point(page, records, minute)
        begin, end = range_of(records)
        box = records.locator(".u-over").first.bounding_box()
        assert box is not None
        off = (end - begin) / box["width"]  # minutes in a pixel
        told = [night.told(minute + step) for step in range(-int(off) - 1, int(off) + 2)]
        expect(records.locator(".chart-time")).to_have_text(re.compile("|".join(map(re.escape, told))))
        at = told.index(records.locator(".chart-time").inner_text()) - int(off) - 1
        assert shown(records) == figures(known(minute + at))
    page.locator("#details-all").click()
    expect(page).to_have_url(re.compile(r"history\.html\?unitId=E001&from="))
    expect(page.locator("#history-records .chart-sums [data-figure=gridOutWh] dd")).to_have_text("700.0 Wh")


def test_energy_per_day_and_the_map_tell_what_the_record_holds(open_night: OpenPage, night: Night) -> None:
    """By the site's days, from chart, table and file; the night may lie in two of them."""
    page = open_night(f"history.html?unitId=E001&{night.query}")
    days: dict[str, list[Known]] = defaultdict(list)
    asked = {night.told(minute, "%Y-%m-%d") for minute in range(MINUTES)}  # the night's end may be a day's beginning
    for minute in range(MINUTES + 1):
        day = night.told(minute, "%Y-%m-%d")
        if day in asked and (one := known(minute)) is not None:
            days[day].append(one)
    records = page.locator("#history-days")
    records.get_by_role("button", name="Table").click()
    rows = {row[0]: row[1:] for row in cells(records.locator(".chart-table tbody tr"))}
    lines = {line["start"]: line for line in file_of(page, records.locator(".chart-tools a"))}
    names = ("gridOutWh", "gridInWh", "batteryInWh", "batteryOutWh")
    told = [[rounded(line[name]) for name in names] for line in lines.values()]
    assert told == [row[1:] for row in rows.values()]
    for day, minutes in days.items():
        given, taken = sum(one.given for one in minutes), sum(one.taken for one in minutes)
        into, out = (sum(max(0.0, sign * one.into_battery) for one in minutes) for sign in (1, -1))
        for cell, wanted in zip(rows[day][1:], (given, taken, into, out), strict=True):
            assert float(cell) == pytest.approx(wanted, abs=0.3), day  # a minute is kept to a thousandth of a Wh

    complete = page.locator(".day-map tbody tr").filter(has_text="E001").locator("td")
    told_days = page.locator(".day-map thead th").evaluate_all("all => all.slice(1).map(one => one.title)")
    parts = dict(zip(told_days, complete.all_inner_texts(), strict=True))
    for day, minutes in days.items():
        assert int(parts[day]) == pytest.approx(100 * len(minutes) / 1440, abs=1), day
    records.locator(".chart-frame").focus()
    page.keyboard.press("End")
    last = records.locator(".chart-time").inner_text()
    assert last.split(",")[0] in rows


def test_the_ledger_says_between_whom_how_much_how_sure_and_how_it_ended(open_night: OpenPage, night: Night) -> None:
    page = open_night(f"history.html?{night.query}#ledger")
    rows = page.locator("#ledger-deals tbody tr")
    expect(rows).to_have_count(2)
    (cut, whole) = cells(rows)
    assert cut[1:] == [
        "E002 → E001", f"{night.told(TAKING.start)}, 30 min", "500.0", "475.0", "25.0", "± 1.4",
        "cut · by a stop of all",
    ]  # fmt: skip
    assert whole[1:] == [
        "E001 → E002", f"{night.told(GIVING.start)}, 1 h 10 min", "700.0", "665.0", "35.0", "± 0.9", "delivered",
    ]  # fmt: skip
    lines = file_of(page, page.locator("#ledger-csv"))
    for line, row in zip(lines, (cut, whole), strict=True):
        assert f"{line['dischargingUnit']} → {line['chargingUnit']}" == row[1]
        assert [rounded(line[name]) for name in ("outWh", "inWh", "lossWh")] == row[3:6]
        assert f"± {rounded(line['uncertaintyWh'])}" == row[6]
    assert [line["end"] for line in lines] == ["cut", "delivered"]
    page.locator("#ledger-pair").check()
    page.locator("#ledger-by").select_option("month")
    sums = page.locator("#ledger-sums tbody tr")
    expect(sums.filter(has_text="E001 → E002")).to_contain_text("700.0")
    assert {row[1]: row[3:6] for row in cells(sums)} == {
        "E001 → E002": ["700.0", "665.0", "35.0"],
        "E002 → E001": ["500.0", "475.0", "25.0"],
    }


def test_the_newest_deals_come_as_often_as_the_charts_go_on(open_night: OpenPage) -> None:
    page = open_night("history.html")
    expect(page.locator("#ledger-outcome")).not_to_be_empty()
    for _ in range(2):
        with page.expect_request(
            lambda request: "/ledger?" in request.url and "limit=100" in request.url, timeout=20_000
        ):
            pass


def test_a_minute_that_is_not_over_is_not_told_as_a_gap(open_night: OpenPage) -> None:
    page = open_night("history.html?span=1h")
    records = page.locator("#history-records")
    records.get_by_role("button", name="Table").click()
    last = records.locator(".chart-table tbody tr").last
    expect(last.locator("td").first).to_have_text("not yet")
    expect(records.locator(".chart-table tbody tr").first.locator("td").first).to_have_text("0 %")


def test_the_cluster_sums_its_units_and_a_silent_one_leaves_it_half_covered(open_night: OpenPage, night: Night) -> None:
    page = open_night(f"history.html?{night.query}")
    records = marked(page.locator("#history-records"), night)
    expect(records.locator("canvas")).to_have_count(3)
    covered = records.locator(".chart > .chart-figures [data-figure=coverage] dd")
    for minute, load, shared, part in ((100, 550.0, "10.0", "100 %"), (SILENT.start + 4, 100.0, "0.0", "50 %")):
        point(page, records, minute)
        expect(records.locator(".chart-time")).to_have_text(night.told(minute))
        expect(records.locator(".chart [data-figure=loadW] dd")).to_have_text(f"{load:.1f} W")
        expect(records.locator(".chart [data-figure=gridOutWh] dd")).to_have_text(f"{shared} Wh")
        expect(covered).to_have_text(part)
    expect(page.locator("h1")).to_contain_text("History of the cluster")


@pytest.mark.parametrize(("locale", "says"), [("en-GB", "run sh venv.sh"), ("ja-JP", "sh venv.sh を実行")])
def test_without_the_chart_library_the_page_says_what_to_do_and_shows_tables(
    open_night: OpenPage, night: Night, locale: str, says: str
) -> None:
    page = open_night("help.html", locale=locale, may_fail=True)
    page.route("**/js/uplot.js", lambda route: route.fulfill(status=404))
    page.goto(page.url.replace("help.html", f"history.html?unitId=E001&{night.query}"))
    records = page.locator("#history-records")
    expect(records.locator(".note")).to_contain_text(says)
    expect(records.locator(".chart-frame")).not_to_be_visible()
    expect(records.locator(".chart-keys")).not_to_be_visible()
    rows = records.locator(".chart-table tbody tr")
    expect(rows).to_have_count(MINUTES)
    expect(rows.nth(100).locator("td").nth(1)).to_be_visible()
    assert [row[2:] for row in cells(rows)] == [figures(known(minute)) for minute in range(MINUTES)]
    expect(page.locator("#ledger-deals tbody tr")).to_have_count(2)


def test_a_hostile_id_is_text_wherever_it_stands(open_night: OpenPage, night: Night) -> None:
    """H9: in the head, the chart's name, the form and the ledger; isolated, and once."""
    hostile = "<b>\u05e91</b>"
    deal = {
        "id": 1, "chargingUnit": hostile, "dischargingUnit": "E001", "requester": None, "responder": None,
        "request": None, "masterDeal": False, "startTime": None, "agreedAt": night.at(0).isoformat(), "sawBegin": True,
        "flowedFrom": night.at(1).isoformat(), "flowedTo": night.at(9).isoformat(),
        "endedAt": night.at(9).isoformat(), "end": "delivered", "cause": None, "outWh": 10.0, "inWh": 9.0,
        "lossWh": 1.0, "uncertaintyWh": 0.5, "coverage": 1.0, "method": "measured",
    }  # fmt: skip
    page = open_night("help.html")
    page.route(re.compile(r"/ledger\?"), lambda route: route.fulfill(json={"deals": [deal], "next": None}))
    recorded = re.compile(r"/(history|ledger/sums)\?")  # of a unit that nobody knows it would be 404
    page.route(recorded, lambda route: route.continue_(url=re.sub("unitId=[^&]*", "unitId=E001", route.request.url)))
    page.goto(page.url.replace("help.html", f"history.html?unitId={quote(hostile)}&{night.query}"))
    records = page.locator("#history-records")
    expect(records.locator("canvas")).to_have_count(3)
    assert bare(page.locator("#history-of").inner_text()) == hostile
    for part in (records.locator(".chart-frame"), records.locator(".chart-table")):
        records.locator(".chart-tools button").last.click()
        label = bare(part.get_attribute("aria-label") or "")
        assert label == f"Powers, charge and deals of {hostile}"
    expect(page.locator("#ledger-deals td").nth(1)).to_contain_text(hostile)
    point(page, marked(records, night), 5)
    expect(records.locator(".chart-notes li")).to_contain_text(["E001"])
    expect(page.locator("#history-unit")).to_have_value(hostile)


def bare(text: str) -> str:
    """Without the signs that isolate a text among others."""
    return re.sub("[\u2066-\u2069]", "", text)


def test_nothing_of_the_charts_is_loaded_before_one_is_opened(open_night: OpenPage) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(urlsplit(request.url).path)

    page = open_night("help.html")
    page.on("request", note)
    page.goto(page.url.replace("help.html", ""))
    expect(page.locator("#trust-live b")).to_have_text("2")
    assert [path for path in asked if "uplot" in path or "/charts/" in path] == []
    to_picture(page)
    page.keyboard.press("Enter")
    expect(page.locator("#details-records canvas")).to_have_count(3)
    assert {"/js/uplot.js", "/css/uplot.css"} < set(asked)


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en-GB", "light", 1280), ("en-GB", "dark", 390), ("ja-JP", "dark", 1280), ("ja-JP", "light", 390)],
)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(
    open_night: OpenPage, night: Night, locale: str, scheme: str, width: int
) -> None:
    """With chart, tables and ledger open, in both languages and themes, on a phone too."""
    page = open_night(
        f"history.html?unitId=E001&{night.query}",
        locale=locale, color_scheme=scheme, viewport={"width": width, "height": 844},
    )  # fmt: skip
    for records in (page.locator("#history-records"), page.locator("#history-days")):
        expect(records.locator("canvas").first).to_be_visible()
        records.locator(".chart-tools button").last.click()
        expect(records.locator(".chart-table tbody tr").first).to_be_visible()
    expect(page.locator("#ledger-deals tbody tr")).to_have_count(2)
    expect(page.locator(".day-map td").first).to_be_attached()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_names_the_unit_and_the_times_and_shows_no_controls(open_night: OpenPage, night: Night) -> None:
    page = open_night(f"history.html?unitId=E001&{night.query}", color_scheme="dark")
    expect(page.locator("#history-records canvas")).to_have_count(3)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for control in page.locator("button, select, input, .hint, .chart-tools").all():
        expect(control).not_to_be_visible()
    expect(page.locator("h1")).to_contain_text("E001")
    expect(page.locator(".chart-range").first).to_be_visible()
    assert page.locator("html").get_attribute("data-theme") == "light"


def test_a_record_that_has_just_begun_is_shown_from_its_first_hour(browser: Browser, plant: Plant) -> None:
    """Two minutes in a day are nothing that anybody sees; who asks for a span in the address gets it."""
    with pages(browser, plant.address) as opener:
        page = opener("?unit=E001")
        pressed = "#details-records .spans [aria-pressed=true]"
        expect(page.locator(pressed)).to_have_text("1 h")
        page.locator("#details-records").get_by_role("button", name="6 h", exact=True).click()
        expect(page.locator(pressed)).to_have_text("6 h")
        page = opener("history.html")
        expect(page.locator("#history-records .spans [aria-pressed=true]")).to_have_text("1 h")
        page = opener("history.html?span=1w")
        expect(page.locator("#history-records canvas").first).to_be_visible()
        expect(page.locator("#history-records .spans [aria-pressed=true]")).to_have_text("1 w")
