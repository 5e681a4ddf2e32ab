"""The energy-sharing screen by itself in a real Chromium: what it draws, and how pointer and keyboard reach a unit."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from benchmarks.draw import served, with_deals
from benchmarks.made_frame import frame_of


@pytest.fixture
def bench(browser: Browser, root: Path) -> Iterator[Page]:
    """The bench's page, watched for faults."""
    faults: list[str] = []
    with served(root) as url:
        page = browser.new_page(viewport=ViewportSize(width=1000, height=600))
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"{url}/benchmarks/draw.html")
        page.wait_for_function("window.bench")
        yield page
        page.close()
    assert faults == []


def feed(page: Page, count: int, *, sharing: bool = True, state: str = "live") -> dict[str, Any]:
    """Show that many units, a third of them in deals that run or none at all; answers their data."""
    units, deals = with_deals(count, 0)
    if not sharing:
        deals = []
        for unit in units.values():
            unit["dcdc"]["meter"] |= {"ig": 0.0, "wg": 0.0}
    frame = frame_of(units, {unit_id: {"state": state, "age": 2.0} for unit_id in units}, deals, {})
    page.evaluate("(given) => window.bench.feed(given)", {"frame": frame})
    frames(page, 3)
    return units


def frames(page: Page, count: int) -> None:
    """Let the browser show so many frames."""
    page.evaluate(
        """(count) => new Promise((done) => {
            const next = (left) => (left === 0 ? done() : requestAnimationFrame(() => next(left - 1)));
            next(count);
        })""",
        count,
    )


def wait_for_y(page: Page, unit_id: str, y: float) -> None:
    """Until the unit stands at that height."""
    page.wait_for_function(
        "([id, y]) => Math.abs(window.bench.scene.spotOf(id).y - y) < 0.01", arg=[unit_id, y], timeout=10_000
    )


def spot(page: Page, unit_id: str) -> dict[str, float]:
    """Where the unit stands."""
    found: dict[str, float] = page.evaluate("(id) => window.bench.scene.spotOf(id)", unit_id)
    return found


def colour(page: Page, x: float, y: float) -> list[int]:
    """The picture's colour there, the upmost layer that shows anything: red, green, blue."""
    found: list[int] = page.evaluate(
        """([x, y]) => {
            for (const canvas of [...document.querySelectorAll('canvas')].reverse()) {
                if (canvas.clientWidth === 0) continue;
                const scale = canvas.width / canvas.clientWidth;
                const [column, row] = [Math.round(x * scale), Math.round(y * scale)];
                const pixel = canvas.getContext('2d').getImageData(column, row, 1, 1).data;
                if (pixel[3] > 200) return [...pixel.slice(0, 3)];
            }
            return [];
        }""",
        [x, y],
    )
    return found


def test_a_cell_is_green_up_to_its_charge_and_grey_once_its_unit_is_stale(bench: Page) -> None:
    """The area tells the charge (V6), and nothing stale looks live."""
    feed(bench, 4, sharing=False)
    at = spot(bench, "E001")
    low = (at["x"] + at["cell"] * 0.3, at["y"] + at["cell"] * 0.6)
    red, green, blue = colour(bench, *low)
    assert green > red + 30
    assert green > blue
    feed(bench, 4, sharing=False, state="stale")
    red, green, blue = colour(bench, *low)
    assert max(red, green, blue) - min(red, green, blue) < 25


def test_units_in_deals_come_towards_the_middle_and_go_back_to_their_own_places(bench: Page) -> None:
    """V2, and the way back; a unit that does not share stays where it is."""
    feed(bench, 20, sharing=False)
    own = {unit_id: spot(bench, unit_id) for unit_id in ("E001", "E002")}
    feed(bench, 20)
    bench.wait_for_function(f"window.bench.scene.spotOf('E001').y > {own['E001']['y'] + 20}", timeout=10_000)
    assert spot(bench, "E002") == own["E002"]
    feed(bench, 20, sharing=False)
    wait_for_y(bench, "E001", own["E001"]["y"])


def test_a_click_and_the_keyboard_open_a_unit(bench: Page) -> None:
    """V7 by click; one tab stop, arrows and Enter for the keyboard."""
    feed(bench, 20, sharing=False)
    at = spot(bench, "E005")
    bench.mouse.click(at["x"], at["y"])
    bench.keyboard.press("Tab")
    bench.keyboard.press("ArrowRight")
    bench.keyboard.press("Enter")
    assert bench.evaluate("window.bench.selected") == ["E005", "E006"]
    assert bench.get_by_role("option", selected=True).inner_text().startswith("E006 house6, live, charge")


def test_a_unit_under_the_pointer_has_an_outline_and_a_target_for_a_finger(bench: Page) -> None:
    """What can be pressed looks so; a small cell is hit 12 px beside its middle."""
    bench.set_viewport_size({"width": 390, "height": 480})
    bench.evaluate("window.bench.scene.setMotion(false)")
    feed(bench, 20, sharing=False)
    at = spot(bench, "E004")
    assert at["cell"] < 22
    edge = (at["x"], at["y"] - at["cell"] * 0.75 - 5)
    before = colour(bench, *edge)
    bench.mouse.move(at["x"], at["y"])
    frames(bench, 3)
    assert min(colour(bench, *edge)) > min(before) + 60
    assert bench.evaluate("document.getElementById('scene').style.cursor") == "pointer"
    bench.mouse.click(at["x"] + 11.5, at["y"])
    assert bench.evaluate("window.bench.selected") == ["E004"]


def test_every_tile_of_a_large_grid_can_be_reached(bench: Page) -> None:
    """From 200 units on they are tiles; the first and the last are where a click finds them."""
    units = feed(bench, 300)
    for unit_id in (list(units)[1], list(units)[-1]):
        at = spot(bench, unit_id)
        bench.mouse.click(at["x"], at["y"])
    assert bench.evaluate("window.bench.selected") == [list(units)[1], list(units)[-1]]


def test_nothing_is_drawn_while_nothing_moves(bench: Page) -> None:
    """Without motion a picture is drawn once per change and not again."""
    bench.evaluate("window.bench.scene.setMotion(false)")
    feed(bench, 20)
    before = bench.evaluate("window.bench.scene.stats().frames")
    frames(bench, 30)
    assert bench.evaluate("window.bench.scene.stats().frames") == before


def test_nothing_is_drawn_while_the_picture_is_scrolled_away(bench: Page) -> None:
    """Nor later than it comes back into sight."""
    feed(bench, 20)
    bench.evaluate("document.body.style.paddingBottom = '3000px'; window.scrollTo(0, 2000)")
    bench.wait_for_timeout(200)
    before = bench.evaluate("window.bench.scene.stats().frames")
    feed(bench, 20, state="stale")
    bench.wait_for_timeout(500)
    assert bench.evaluate("window.bench.scene.stats().frames") == before
    bench.evaluate("window.scrollTo(0, 0)")
    bench.wait_for_function("(before) => window.bench.scene.stats().frames > before", arg=before, timeout=10_000)


def dots(page: Page, deals: int) -> dict[str, float]:
    """Of so many deals across a picture: how many dots they have, and how far apart (px)."""
    found: dict[str, float] = page.evaluate(
        """async (count) => {
            const { dealCurves } = await import('/js/scene/flows.js');
            const spot = (id) => ({ x: id.endsWith('a') ? 0 : 800, y: 300 + parseInt(id) % 50, cell: 30 });
            const deal = (_, n) => ({ from: `${n}a`, to: `${n}b`, running: true, current: 2 });
            const model = { deals: Array.from({ length: count }, deal), spurs: [] };
            const { runs } = dealCurves(model, spot, { x: 400, y: 300, r: 40 }, null);
            return { count: runs.reduce((sum, { length, step }) => sum + length / step, 0), step: runs[0].step };
        }""",
        deals,
    )
    return found


def test_many_deals_have_their_dots_further_apart(bench: Page) -> None:
    """Each dot costs microseconds of painting, so their number has a limit whatever the number of deals."""
    few, many = dots(bench, 5), dots(bench, 500)
    assert few["step"] == pytest.approx(11, abs=2)
    assert few["count"] == pytest.approx(5 * 760 / few["step"], rel=0.1)
    assert many["count"] == pytest.approx(2000)
    assert many["step"] > 10 * few["step"]


def test_a_destroyed_scene_leaves_nothing_behind(bench: Page) -> None:
    """Only the page's own canvas stays."""
    feed(bench, 4)
    bench.evaluate("window.bench.scene.destroy()")
    assert bench.locator("canvas").count() == 1
    assert bench.locator("[role=listbox]").count() == 0


def test_a_deal_that_no_reading_tells_of_has_a_line_of_its_own(bench: Page) -> None:
    """Z6: neither moving dots nor the dashes of an agreed deal without current; the list says so too."""
    curves = bench.evaluate(
        """async () => {
            const { dealCurves } = await import('/js/scene/flows.js');
            const spot = (id) => ({ x: id === 'A' ? 100 : 700, y: 300, cell: 30 });
            const shown = (flow) => {
                const model = { deals: [{ from: 'A', to: 'B', current: null, ...flow }], spurs: [] };
                const drawn = dealCurves(model, spot, { x: 400, y: 300, r: 40 }, null);
                const pen = document.createElement('canvas').getContext('2d');
                pen.lineWidth = 4;
                const has = (path) => pen.isPointInStroke(path, 200, 300);
                return [has(drawn.agreed), has(drawn.untold), drawn.doubts.length, drawn.runs.length];
            };
            return [shown({ running: false, known: true }), shown({ running: false, known: false })];
        }"""
    )
    assert curves == [[True, False, 0, 0], [False, True, 1, 0]]
    feed(bench, 4, state="stale")
    option = bench.get_by_role("option").filter(has_text="E001")
    option.filter(has_text="in a deal, current unknown").wait_for(state="attached", timeout=5_000)


@pytest.mark.parametrize("size", [{"width": 768, "height": 300}, {"width": 360, "height": 440}])
def test_the_charge_stays_readable_in_small_cells(bench: Page, size: ViewportSize) -> None:
    """The figure is inside the cell, on narrow screens too."""
    bench.set_viewport_size(size)
    bench.evaluate("window.bench.scene.setMotion(false)")
    for sharing in (False, True):
        feed(bench, 20, sharing=sharing)
        frames(bench, 3)
        assert bright_in_cell(bench, "E002") > 10
        assert bright_in_cell(bench, "E001") > 10


def bright_in_cell(page: Page, unit_id: str) -> int:
    """How many px inside the unit's cell are as bright as its figure."""
    found: int = page.evaluate(
        """({ x, y, cell }) => {
            const canvas = document.querySelector('canvas[data-layer=cells]');
            const scale = canvas.width / canvas.clientWidth;
            const inside = [x - cell * 0.36, y - cell * 0.4, cell * 0.72, cell * 0.8];
            const frame = inside.map((px) => Math.round(px * scale));
            const { data } = canvas.getContext('2d').getImageData(...frame);
            let bright = 0;
            for (let i = 0; i < data.length; i += 4) bright += Math.min(...data.slice(i, i + 3)) > 170 ? 1 : 0;
            return bright;
        }""",
        spot(page, unit_id),
    )
    return found


def test_supplies_keep_their_dots_in_a_crowd_and_off_the_neighbours(bench: Page) -> None:
    """V5: fewer and closer dots where the current has no room, and none where not even two fit."""
    found = bench.evaluate(
        """async () => {
            const { supplyLines } = await import('/js/scene/flows.js');
            const unit = { id: 'A', state: 'live', pv: 9000, utility: 9000, load: 9000, crown: false };
            const pen = document.createElement('canvas').getContext('2d');
            const lines = (room) => supplyLines([unit], () => ({ x: 100, y: 100, cell: 15, bare: true, room }));
            const reaches = (drawn, x) => {
                pen.lineWidth = 2;
                return drawn.some(({ path }) => pen.isPointInStroke(path, x, 100 + 15 * 1.5 * 0.34));
            };
            const [crowd, dense] = [lines({ x: 36, y: 40 }), lines({ x: 22, y: 33 })];
            return {
                kinds: crowd.map(({ kind }) => kind).sort(), right: reaches(crowd, 112), left: reaches(crowd, 88),
                beyond: [reaches(crowd, 119), reaches(crowd, 81)], dense: dense.length,
            };
        }"""
    )
    assert found == {
        "kinds": ["load", "pv", "utility"],
        "right": True,
        "left": True,
        "beyond": [False, False],
        "dense": 0,
    }


def test_the_label_of_a_silent_unit_lies_above_its_neighbours_cell(bench: Page) -> None:
    """For how long it has been silent stays readable in a crowd, also while hundreds glide and others have no label."""
    alone, crowded, quiet = bench.evaluate(
        """async () => {
            const load = (name) => import(`/js/scene/${name}.js`);
            const names = ['layers', 'sprites', 'theme', 'words'];
            const [layers, sprites, colours, words] = await Promise.all(names.map(load));
            const { buildModel } = await import('/js/lib/model.js');
            const time = '2026-01-01T00:01:15Z';
            const read = (state, readAt, rsoc) => ({ state, readAt, rsoc });
            const silent = read('silent', '2026-01-01T00:00:00Z', null);
            const model = buildModel({ time, units: { A: silent, B: read('live', time, 0) } });
            const spots = { A: { x: 100, y: 60, cell: 40 }, B: { x: 100, y: 138, cell: 40 } };
            const red = (units, options) => {
                const canvas = Object.assign(document.createElement('canvas'), { width: 200, height: 200 });
                const context = canvas.getContext('2d');
                const theme = colours.readTheme(document.body);
                const pen = { context, sprites: sprites.createSprites(), theme, words: words.SCENE_WORDS };
                layers.drawCells(pen, units, (id) => spots[id], options);
                const { data } = context.getImageData(60, 112, 80, 20);
                let count = 0;
                for (let i = 0; i < data.length; i += 4) {
                    if (data[i + 3] > 200 && data[i] > 180 && data[i + 2] < 130) count += 1;
                }
                return count;
            };
            return [red([model.byId.get('A')]), red(model.units), red(model.units, { quiet: true })];
        }"""
    )
    assert alone > 20
    assert crowded > alone * 0.6
    assert quiet == crowded
