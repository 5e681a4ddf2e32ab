"""The page for everyone: languages, themes, phone, wall, keyboard, axe, without JavaScript, and its weight."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import OpenPage, Plant
from tests.browser.stage import Stage, deal, moment, to_picture, unit_data, unit_status

MOST_BYTES = 200_000
"""What the page with everything may weigh over the wire, compressed."""


FOCUSED = """(({activeElement: now}) => now.id || now.dataset.act || now.className || now.tagName)(document)"""
"""The name of what has the focus."""

SEEN = """(({activeElement: now}) => now === document.body || now.closest('label') !== null
    || now.className === 'scene-outline' || getComputedStyle(now).outlineStyle !== 'none')(document)"""
"""Whether the focus shows: as an outline, on the label around it, or (the outline list) on the canvas."""


def staged() -> Stage:
    """A busy grid: deals, a reference, locks, an alarm, unwatched hardware, an order under way."""
    stage = Stage.of(8)
    stage.units |= {
        "E001": unit_data("E001", status="0x0014", ig=-2.0, master=True),
        "E002": unit_data("E002", status="0x0041", ig=2.0),
        "E005": unit_data("E005", alarm="Heavy alarm"),
    }
    stage.deals = [deal("E001", "E002", master=True), deal("E003", "E004")]
    stage.states["E006"] = unit_status("stale", age=70.0)
    stage.states["E008"] = unit_status("silent", age=130.0, lastWord="0x0041", unwatched=True)
    stage.kept["E008"] = stage.units.pop("E008")
    stage.states["E007"] = unit_status(
        "silent", age=400.0, lastWord="0x0014", unwatched=True, acknowledged={"by": "10.0.0.2", "at": moment(-60)}
    )
    stage.grid |= {"voltageReference": "E001", "pending": "heteronomous", "deals": 2}
    stage.schedules = {"": {"softStop": moment(50_000)}, "E002": {"forceStop": moment(90_000)}}
    stage.more = {
        "locks": {
            "E003": {"name": "Tanaka", "reason": "fuse exchange", "since": moment(-3600)},
            "": {"name": "Sato", "reason": "inspection", "since": moment(-60)},
        },
        "gridEvents": [{"at": moment(-30), "text": "The Grid Master moved from E004 to E001.", "kind": "gridMaster"}],
        "orders": [
            {
                "id": "c1",
                "order": "setOperationMode",
                "unitId": None,
                "wanted": {"mode": "heteronomous"},
                "by": "10.0.0.2",
                "at": moment(-5),
                "state": "accepted",
                "units": {},
                "progress": {"shown": 3, "of": 6},
            }
        ],
    }
    return stage


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own best practices, one line each."""
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    only_these = ["violations"]  # all that is well, element by element, would take most of the time
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": only_these}).response["violations"]
    return [f"{one['id']}: {node['target']} {node['failureSummary'][:160]}" for one in found for node in one["nodes"]]


CLICKS = {
    "page": (),
    "debug and compact": ("#debug", "#density"),
    "asking": ("#stop-all",),
    "schedule": ("#schedule-set",),
    "schedules": ("#open-schedules",),
    "orders": ("#open-orders",),
    "transfer": ("#open-transfer",),
    "lock": ("#cluster-lock",),
}
"""Each state of the page and what is pressed to come there."""


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("state", [*CLICKS, "details"])
def test_axe_finds_nothing(open_quiet: OpenPage, state: str, scheme: str) -> None:
    """WCAG 2.2 AA: contrast, names, roles, structure, in both themes and in every dialog."""
    page = open_quiet(stage=staged(), color_scheme=scheme)
    expect(page.locator("#trust-live b")).to_have_text("5")
    for control in CLICKS.get(state, ()):
        page.locator(control).click()
    if state == "details":
        to_picture(page)
        page.keyboard.press("Enter")
    assert violations(page) == []


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("", (360, 800)),
        ("?display=wall", (1920, 1080)),
        ("journal.html", (1280, 800)),
        ("help.html", (360, 800)),
        ("alarms.html", (360, 800)),
    ],
)
def test_axe_finds_nothing_on_phone_wall_and_the_other_pages(
    open_quiet: OpenPage, path: str, size: tuple[int, int]
) -> None:
    """The same for the other forms of the page."""
    page = open_quiet(path, stage=staged(), viewport={"width": size[0], "height": size[1]})
    expect(
        page.locator("#trust-live b, #journal-rows tr, .help article:not([hidden]), #alarms-health:not(:empty)").first
    ).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_the_six_figures_stand_in_tidy_columns(open_quiet: OpenPage, width: int, locale: str) -> None:
    """N14: three columns and two rows, each label on one line, also with figures of four digits."""
    stage = Stage.of(4)
    stage.units["E002"] = unit_data("E002", ig=-4.9)
    page = open_quiet(stage=stage, viewport={"width": width, "height": 1000}, locale=locale)
    page.locator('.card[data-unit="E002"]').scroll_into_view_if_needed()
    if page.locator("#density").get_attribute("aria-pressed") == "true":
        page.locator("#density").click()
    six = page.locator('.card[data-unit="E002"] .six')
    expect(six.locator("[data-figure=wg]")).to_have_text("-1715.00")
    boxes = six.locator("dt").evaluate_all("all => all.map(e => e.getBoundingClientRect().toJSON())")
    assert max(box["height"] for box in boxes) < 20
    assert len({round(box["left"]) for box in boxes}) == 3
    assert len({round(box["top"]) for box in boxes}) == 2
    assert six.evaluate("six => six.scrollWidth <= six.clientWidth")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_language_and_theme_follow_the_browser(open_quiet: OpenPage, pictures: Path, locale: str, scheme: str) -> None:
    """By the browser's own wishes, before anybody switches anything."""
    page = open_quiet(stage=staged(), locale=locale, color_scheme=scheme)
    japanese = locale == "ja-JP"
    expect(page.locator("#units-title")).to_have_text("個別ノード情報" if japanese else "Units")
    expect(page.locator("#trust-live")).to_have_text(re.compile("正常受信" if japanese else "live"))
    assert page.locator("html").get_attribute("lang") == ("ja" if japanese else "en")
    assert page.locator("html").get_attribute("data-theme") == scheme
    light = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(242, 244, 246)"
    assert light == (scheme == "light")
    assert page.evaluate(
        "[...document.querySelectorAll('[data-i18n]')].every(e => !/^[a-z]+\\.[a-z.]+$/.test(e.textContent))"
    )
    page.screenshot(path=pictures / f"{locale[:2]}-{scheme}.png")


def test_the_switches_are_kept_over_a_reload(open_quiet: OpenPage) -> None:
    """Language and theme are this browser's choice from then on; cards that stand already change too."""
    page = open_quiet(stage=staged(), color_scheme="dark")
    local = page.locator('.card[data-unit="E001"] [data-figure=local]')
    expect(local).to_have_text("follows global")
    page.locator("#language").select_option("ja")
    expect(local).to_have_text("Global Mode に従う")
    page.locator("#theme").select_option("light")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.reload()
    expect(local).to_have_text("Global Mode に従う")
    assert page.locator("html").get_attribute("data-theme") == "light"
    page.locator("#theme").select_option("auto")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_phone_shows_all_without_sideways_scrolling(open_quiet: OpenPage, pictures: Path) -> None:
    """360 px: nothing is wider than the screen, Stop all stays at the lower edge, the order stays."""
    page = open_quiet(stage=staged(), viewport={"width": 360, "height": 800}, has_touch=True)
    expect(page.locator("#trust-live b")).to_have_text("5")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    parts = ("#unwatched", ".strip", "#global-mode", "#sharing", "#deals", "#units")
    order = [page.locator(one).evaluate("part => part.getBoundingClientRect().top") for one in parts]
    assert order == sorted(order)
    page.screenshot(path=pictures / "phone.png")
    page.locator('.card[data-unit="E002"]').scroll_into_view_if_needed()
    stop = page.locator("#stop-all").bounding_box()
    assert stop is not None
    assert 600 < stop["y"] < 800
    assert stop["height"] >= 44
    page.locator('.card[data-unit="E002"] .opener').tap()
    page.locator('.card[data-unit="E002"] [data-act=schedule-set]').tap()
    box = page.locator("#schedule-dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.screenshot(path=pictures / "phone-dialog.png")


def test_the_wall_has_no_controls(open_quiet: OpenPage, pictures: Path) -> None:
    """`?display=wall`: the bus and the deals fill the screen; nothing can be pressed."""
    page = open_quiet("?display=wall", stage=staged(), viewport={"width": 1920, "height": 1080})
    expect(page.locator("#mode-wall")).to_have_text("Run")
    expect(page.locator("#deals b").first).to_be_visible()
    for control in page.locator("button, select, input, a").all():
        expect(control).not_to_be_visible()
    canvas = page.locator("#scene").bounding_box()
    assert canvas is not None
    assert canvas["width"] * canvas["height"] > 0.55 * 1920 * 1080
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    page.screenshot(path=pictures / "wall.png")


def test_the_wall_shows_the_orders_under_way_whole(open_quiet: OpenPage) -> None:
    """Nobody scrolls a wall: what is under way gives no room to deals that are not there, or to what the grid did."""
    stage = staged()
    stage.deals = []
    told = {"by": "127.0.0.1", "at": moment(-5), "state": "accepted", "sent": True, "key": None, "unitId": None}
    told |= {"error": None, "note": None, "override": None, "acceptedAt": moment(-4), "endedAt": None, "before": {}}
    stage.more["orders"] = [
        {**told, "id": "c1", "order": "stopAll", "wanted": {}, "units": {}, "progress": {}},
        {**told, "id": "c2", "order": "setOperationMode", "wanted": {"mode": "manual"}, "units": {}, "progress": {}},
    ]
    stage.more["gridEvents"] = [
        {"at": moment(-number), "kind": "mode", "unitId": None, "text": f"Event {number}. " * 12, "after": None}
        for number in range(1, 6)
    ]
    page = open_quiet("?display=wall", stage=stage, viewport={"width": 1440, "height": 900})
    expect(page.locator("#under-way > *")).to_have_count(2)
    cut = page.locator("#under-way-block").evaluate("(block) => block.scrollHeight - block.clientHeight")
    assert cut <= 1


@pytest.mark.parametrize(("locale", "said"), [("en-GB", r"and (\d+) more"), ("ja-JP", r"ほか (\d+)")])
def test_the_wall_says_how_many_deals_do_not_fit(open_quiet: OpenPage, locale: str, said: str) -> None:
    """Nobody scrolls a wall: whole rows as far as they go, those with current first, and the number of the rest."""
    stage = Stage.of(60)
    stage.units |= {
        "E059": unit_data("E059", status="0x0014", ig=-2.0),
        "E060": unit_data("E060", status="0x0041", ig=2.0),
    }
    stage.deals = [deal(f"E{n:03d}", f"E{n + 1:03d}") for n in range(1, 61, 2)]
    page = open_quiet("?display=wall", stage=stage, viewport={"width": 1280, "height": 720}, locale=locale)
    rows = page.locator("#deals > li")
    expect(rows).to_have_count(30)
    expect(page.locator("#deals-more")).to_have_text(re.compile(said))
    expect(rows.first).to_contain_text("E059 → E060")
    more = page.locator("#deals-more")
    told = re.search(said, more.inner_text())
    assert told is not None
    edge = page.locator("#deals").bounding_box()
    assert edge is not None
    boxes = rows.evaluate_all("all => all.map(row => row.getBoundingClientRect().toJSON())")
    inside = [box for box in boxes if box["right"] <= edge["x"] + edge["width"] + 1]
    assert len(inside) + int(told[1]) == 30
    assert len(inside) >= 11
    assert max(box["bottom"] for box in inside) <= more.evaluate("more => more.getBoundingClientRect().top") + 1
    assert more.evaluate("more => more.getBoundingClientRect().bottom") <= 720
    stage.deals = stage.deals[-3:]
    expect(more).to_be_empty()


def test_rows_of_the_first_paint_leave_with_the_first_reading(open_quiet: OpenPage) -> None:
    """They have no key; deals that ended long ago would stand in the list for ever."""
    page = open_quiet(stage=Stage.of(2))
    left = page.evaluate("""async () => {
      const { keyed, make } = await import('/js/widgets/text.js');
      const list = make('ul');
      list.append(make('li', 'old'), make('li', 'older'), make('li', 'oldest'));
      keyed(list, ['new'], (item) => item, (item) => make('li', item), () => {});
      return [...list.children].map((row) => row.textContent);
    }""")
    assert left == ["new"]


def test_paper_shows_every_unit_as_it_is_now_and_no_controls(open_quiet: OpenPage, pictures: Path) -> None:
    """A print is taken for a record: cards that were never in view are drawn for it, and no list is cut."""
    stage = Stage.of(60)
    stage.deals = [deal(f"E{n:03d}", f"E{n + 1:03d}") for n in range(1, 61, 2)]
    page = open_quiet(stage=stage)
    expect(page.locator("#deals > li")).to_have_count(30)
    last = page.locator('.card[data-unit="E060"]')
    assert last.locator(".controls").count() == 0
    stage.units["E060"] = unit_data("E060", ig=-3.0)
    stage.units["E001"] = unit_data("E001", ig=-3.0)
    expect(page.locator('.card[data-unit="E001"] [data-figure=wg]')).to_have_text("-1050.00")
    page.pdf(path=pictures / "print.pdf")
    expect(last.locator("[data-figure=wg]")).to_have_text("-1050.00")
    page.emulate_media(media="print")
    controls = page.locator("button, select, input, .hint")
    assert controls.count() > 60
    assert (
        controls.evaluate_all(
            "all => all.filter((one) => one.checkVisibility({ visibilityProperty: true })).map((one) => one.outerHTML)"
        )
        == []
    )
    expect(page.locator("#global-mode")).to_be_visible()
    cluster = page.locator("#cluster")
    assert cluster.evaluate("all => getComputedStyle(all).overflowY") == "visible"
    assert cluster.evaluate("all => all.scrollHeight <= all.clientHeight")


DRAWN = """() => new Promise((done) => {
    const next = (left) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
    next(4);
})"""
"""Settled once the picture has been drawn some times."""


def test_on_paper_the_picture_is_light_and_lies_on_nothing(open_quiet: OpenPage) -> None:
    """H21: also where the page is dark; one canvas shows all of it within its frame, and the page is dark again."""
    page = open_quiet(stage=staged(), color_scheme="dark")
    expect(page.locator("#trust-live b")).to_have_text("5")
    corner = """() => {
        const { width, height } = document.getElementById('scene');
        const shot = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d');
        shot.drawImage(document.getElementById('scene'), 0, 0);
        const { data } = shot.getImageData(0, 0, width, height);
        let greens = 0;
        for (let i = 0; i < data.length; i += 4) greens += data[i + 1] > data[i] + 40 && data[i] < 120 ? 1 : 0;
        return { least: Math.min(...data.slice(0, 3)), greens };
    }"""
    page.wait_for_timeout(1000)  # the units have come to their places
    page.evaluate(DRAWN)
    dark = page.evaluate(corner)
    assert dark["least"] < 60
    assert dark["greens"] < 50
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for _ in range(2):
        light = page.evaluate(corner)
        assert light["least"] > 200
        assert light["greens"] > 500
        page.wait_for_timeout(1200)  # so much longer that a reading has come meanwhile
    frame = page.locator(".scene-frame").bounding_box()
    assert frame is not None
    shown = page.locator(".scene-frame canvas").evaluate_all(
        "all => all.filter(one => one.checkVisibility()).map(one => one.getBoundingClientRect().toJSON())"
    )
    assert len(shown) == 1
    assert shown[0]["bottom"] <= frame["y"] + frame["height"] + 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
def test_a_phone_with_20_units_is_no_page_without_end(open_quiet: OpenPage, locale: str) -> None:
    """6,000 px at most, the stop's bar 8 % of the screen at most with both of its buttons, and no field behind it."""
    stage = Stage.of(20)
    stage.deals = [deal(f"E{n:03d}", f"E{n + 1:03d}") for n in range(1, 21, 2)]
    page = open_quiet(stage=stage, viewport={"width": 390, "height": 844}, has_touch=True, locale=locale)
    expect(page.locator("#trust-live b")).to_have_text("20")
    for card in page.locator(".card").all():
        card.scroll_into_view_if_needed()
    assert page.evaluate("document.documentElement.scrollHeight") <= 6000
    bar = page.locator("#stop-block").bounding_box()
    assert bar is not None
    assert bar["height"] <= 0.08 * 844
    for button in ("#stop-all", "#estop-press"):
        box = page.locator(button).bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert page.locator(button).evaluate("one => one.scrollWidth <= one.clientWidth")
    expect(page.locator("#stop-note .short")).to_be_visible()
    assert page.locator("#stop-note").evaluate("note => note.scrollWidth <= note.clientWidth")
    page.set_viewport_size({"width": 390, "height": 420})  # as with the keyboard open
    page.locator('.card[data-unit="E020"] .opener').tap()
    for field in (page.locator("#find"), page.locator('.card[data-unit="E020"] select[name=local]')):
        field.focus()
        box, bar = field.bounding_box(), page.locator("#stop-block").bounding_box()
        assert box is not None
        assert bar is not None
        assert box["y"] + box["height"] <= bar["y"]


def test_what_is_grave_is_the_largest_on_the_wall_and_a_clock_runs(open_quiet: OpenPage, pictures: Path) -> None:
    """Read from five metres: the gravest sentence in the largest letters and whole, the site's time, the data's age."""
    stage = staged()
    for number in range(9, 15):
        one = f"E{number:03d}"
        stage.kept[one] = unit_data(one)
        stage.states[one] = unit_status("silent", age=130.0, lastWord="0x0041", unwatched=True)
    page = open_quiet("?display=wall", stage=stage, viewport={"width": 1920, "height": 1080})
    expect(page.locator("#unwatched li:not(.acknowledged)")).to_have_count(2)
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    grave = page.locator("#unwatched p").first.evaluate(size)
    assert grave >= 50
    for other in ("#mode-wall", "#deals b", "#wall-clock", "#trust-age"):
        assert page.locator(other).first.evaluate(size) < grave
    assert page.locator("#unwatched-list").evaluate("list => list.scrollHeight <= list.clientHeight")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    clock = page.locator("#wall-clock")
    expect(clock).to_have_text(re.compile(r"^\d\d:\d\d:\d\d UTC$"))
    before = clock.inner_text()
    expect(clock).not_to_have_text(before)
    expect(page.locator("#trust-age")).to_be_visible()
    page.screenshot(path=pictures / "wall-grave.png")


JOURNAL = {
    "at": "2020-01-01T10:00:00+00:00",
    "kind": "gridMaster",
    "by": "operator-7",
    "unitId": "E007",
    "what": "The Grid Master moved from E001 to E007.",
    "before": "E001",
    "after": {"units": {"E007": {"state": "verified", "evidence": "a-word-that-is-longer-than-any-column" * 4}}},
    "outcome": "verified",
    "id": 1,
}
"""A row of the journal with a value that no column holds on one line."""

LINES = """cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size;
}"""
"""On how many lines an element's text stands."""


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_the_journal_breaks_no_word_of_a_row(open_quiet: OpenPage, width: int) -> None:
    """Columns as wide as their words, or, on a phone, each row as a block with its cells' names."""
    page = open_quiet("journal.html", viewport={"width": width, "height": 800})
    body = {"rows": [{**JOURNAL, "id": 2}, {**JOURNAL, "before": None, "after": None}], "next": None}
    page.route(re.compile(r"/journal(\?|$)"), lambda route: route.fulfill(json=body))
    page.reload()
    rows = page.locator("#journal-rows tr")
    expect(rows).to_have_count(2)
    for cell in ("operator-7", "E007", "verified"):
        assert rows.first.get_by_text(cell, exact=True).evaluate(LINES) == 1, cell
    assert rows.first.locator(".what p").evaluate(LINES) <= 3
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    names = rows.last.locator("td:visible").evaluate_all(
        "all => all.map(one => getComputedStyle(one, '::before').content)"
    )
    stacked = ["Time (UTC)", "What", "Who", "Unit", "Outcome"]
    assert names == ([f'"{name}"' for name in stacked] if width == 360 else ["none"] * 5)
    rows.first.locator("summary").click()
    expect(rows.first.locator("dd").first).to_have_text("Grid Master")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("locale", "said"), [("en-GB", "contradicted by the readings"), ("ja-JP", "データと矛盾")])
def test_the_journal_marks_a_row_by_its_stage_and_never_by_its_sentence(
    open_quiet: OpenPage, locale: str, said: str
) -> None:
    page = open_quiet("journal.html", locale=locale)
    sentence = "contradicted: E001 shows charge."
    row: dict[str, Any] = {**JOURNAL, "outcome": sentence, "stage": "contradicted"}
    rows = [
        {**row, "kind": "order", "order": "setDcdc", "commandId": "c1", "id": 2},
        {**row, "stage": "event", "id": 1},
    ]
    page.route(re.compile(r"/journal(\?|$)"), lambda route: route.fulfill(json={"rows": rows, "next": None}))
    page.reload()
    results = page.locator("#journal-rows .result")
    expect(results).to_have_text([re.compile(f"^{said}: .*E001"), re.compile("^contradicted: ")])
    levels = results.evaluate_all("all => all.map(one => one.dataset.level ?? null)")
    assert levels == ["alarm", None]


@pytest.mark.parametrize("density", ["full", "compact"])
def test_a_cards_name_is_never_cut(open_quiet: OpenPage, density: str) -> None:
    """What the state says beside it may be long: it moves to the next line. In a narrow compact card the name wraps."""
    stage = Stage.of(4)
    stage.units["E001"] = unit_data("E001", name="house-of-201", master=True)
    stage.states["E001"] = unit_status("stale", age=4000.0)
    page = open_quiet(stage=stage)
    if density == "compact":
        page.locator("#density").click()
    card = page.locator('.card[data-unit="E001"]')
    expect(card.locator(".state")).to_contain_text("Grid Master")
    expect(card.locator(".uname")).to_have_text(": house-of-201")
    assert card.locator("h3").evaluate(LINES) <= (1 if density == "full" else 2)
    assert card.locator("h3").evaluate("name => name.scrollWidth <= name.clientWidth")


def test_a_compact_card_tells_the_charge_and_wastes_no_row(open_quiet: OpenPage, pictures: Path) -> None:
    """The figure stands beside its bar, what opens the card beside the name."""
    stage = Stage.of(8)
    stage.units["E002"] = unit_data("E002", rsoc=87.0)
    page = open_quiet(stage=stage)
    card = page.locator('.card[data-unit="E002"]')
    expect(card.locator(".percent")).not_to_be_visible()
    page.locator("#density").click()
    expect(card.locator(".percent")).to_have_text("87 %")
    expect(card.locator(".percent")).to_be_visible()
    name, opener = card.locator("h3").bounding_box(), card.locator(".opener").bounding_box()
    assert name is not None
    assert opener is not None
    assert name["y"] - 4 <= opener["y"] + opener["height"] / 2 <= name["y"] + name["height"] + 4
    assert opener["x"] >= name["x"] + name["width"]
    heights = page.locator(".card").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert max(heights) < 115
    page.screenshot(path=pictures / "compact.png")


def test_everything_is_reached_by_keyboard_in_the_specified_order(open_quiet: OpenPage) -> None:
    """G14 and WCAG 2.1.1, 2.4.7: Tab walks the cluster's controls in their order, each with a visible focus."""
    page = open_quiet(stage=Stage.of(2))
    expect(page.locator("#trust-live b")).to_have_text("2")
    walked: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
        assert page.evaluate(SEEN), walked[-1]
    wanted = [
        "global-choice",
        "global-set",
        "schedule-set",
        "open-schedules",
        "debug",
        "flush",
        "stop-all",
        "scene-outline",
        "find",
    ]
    places = [walked.index(one) for one in wanted]
    assert places == sorted(places), walked
    assert "converter" in walked


def test_the_first_paint_is_readable_without_javascript(browser: Browser, plant: Plant, pictures: Path) -> None:
    """R1, N3: the units, the mode and the counts stand in the page itself."""
    place = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = place.new_page()
    page.set_default_timeout(60_000)
    page.goto(plant.address)
    for unit_id in ("E001", "E002", "E003", "E004"):
        unit = page.locator(f'.card[data-unit="{unit_id}"]')
        assert re.search(r"live · \d+ s old", unit.locator(".state").inner_text())
        assert re.search(r"Grid voltage\s*[-\d.]+ V", unit.inner_text())
        assert re.search(r"Effective Mode :\s*(Run|Soft Stop|Force Stop|Manual)", unit.inner_text())
    assert page.locator("#global-mode").inner_text() in ("Run", "Soft Stop")
    assert page.locator("#trust-live").inner_text().split() == ["4", "live"]
    page.screenshot(path=pictures / "no-script.png")
    page.locator("#stop-all").click()
    page.wait_for_url("**/stopAll")
    assert '"stopAll":"done."' in page.locator("body").inner_text().replace(" ", "")
    place.close()


def test_stop_all_stands_on_the_journals_page_too(browser: Browser, open_page: OpenPage, plant: Plant) -> None:
    """Z9: asked once with the confirming button in focus, and ordered by the form itself where there is no script."""
    page = open_page("journal.html")
    expect(page.locator("#journal-rows tr").first).to_be_visible()
    page.locator("#stop-all").click()
    expect(page.locator("#stop-yes")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#stop-dialog")).not_to_be_visible()
    page.locator("#stop-all").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=60_000)
    expect(page.locator("#journal-rows")).to_contain_text("Stop all")
    assert [c["order"] for c in plant.console.get("/commands")["commands"]].count("stopAll") == 1
    place = browser.new_context(java_script_enabled=False)
    plain = place.new_page()
    plain.goto(plant.address + "journal.html")
    plain.locator("#stop-all").click()
    plain.wait_for_url("**/stopAll")
    assert '"stopAll":"done."' in plain.locator("body").inner_text().replace(" ", "")
    place.close()


def test_the_controls_are_off_until_the_script_runs(root: Path) -> None:
    """A press before the page lives would do nothing; only Stop all is never off, and orders by its own form."""
    for name in ("cluster.tpl", "strip.tpl", "units.tpl", "sharing.tpl"):
        text = (root / "views" / name).read_text(encoding="utf-8")
        for control in re.findall(r"<(?:button|select|input)\b[^>]*>", text):
            assert " disabled" in control or 'id="stop-all"' in control, control


def test_the_page_keeps_to_its_policy_and_its_weight(open_quiet: OpenPage, quiet_plant: Plant) -> None:
    """Z18: default-src 'self' without inline script or style; below 200 kB with everything."""
    page = open_quiet()
    expect(page.locator("#trust-live b")).to_have_text("4")
    policy = page.request.get(quiet_plant.address).headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "unsafe" not in policy
    assert page.locator("script:not([src]), style, [style*='expression'], [onclick], [onload]").count() == 0
    urls = page.evaluate(
        "performance.getEntriesByType('resource').map(e => e.name).filter(n => /\\.(js|css|svg)$/.test(n))"
    )
    assert len(urls) > 20
    weight = sum(wire_bytes(url) for url in {quiet_plant.address, *urls})
    assert weight < MOST_BYTES, weight


def wire_bytes(url: str) -> int:
    """How many bytes of body the server sends for a browser that takes gzip."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as reply:
        return len(reply.read())


def test_motion_is_reduced_where_the_person_asks_for_it(open_quiet: OpenPage) -> None:
    """Nothing on the page animates by style; the canvas is told (the scene's own tests hold what it does then)."""
    page = open_quiet(stage=staged(), reduced_motion="reduce")
    expect(page.locator("#trust-live b")).to_have_text("5")
    assert page.evaluate("document.getAnimations().length") == 0


def test_the_journals_address_says_which_rows_are_shown(open_quiet: OpenPage) -> None:
    """A link sent as evidence shows the rows that it names; Show has the address name what is shown."""
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.partition("?")[2])
        route.fulfill(json={"rows": [JOURNAL], "next": None})

    page = open_quiet("journal.html", timezone_id="Asia/Tokyo")
    page.route(re.compile(r"/journal(\?|$)"), answer)
    address = page.url.partition("?")[0]
    page.goto(f"{address}?from=2026-11-27T01:31:29Z&unit=E004&limit=5")
    expect(page.locator("#journal-rows tr")).to_have_count(1)
    assert parse_qs(asked[-1]) == {"from": ["2026-11-27T01:31:29.000Z"], "unit": ["E004"], "limit": ["5"]}
    assert page.locator("#journal-from").input_value() == "2026-11-27T01:31:29"
    page.locator("#journal-unit").fill("E002")
    page.locator("#journal-filter button[type=submit]").click()
    expect(page).to_have_url(re.compile("unit=E002"))
    named = parse_qs(page.url.partition("?")[2])
    assert named == {"from": ["2026-11-27T01:31:29.000Z"], "unit": ["E002"], "limit": ["5"]}
