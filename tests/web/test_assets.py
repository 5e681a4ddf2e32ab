"""The page's files come from their folders with their types, and nothing else ever does (R18-R21, R26, T7, Z18)."""

import gzip
import os
import re
from pathlib import Path

import pytest

from main_controller.web.assets import CHART_FILES, Assets, chart_folder, jquery_file
from tests.web.client import Client

WITH_CHARTS = (
    r"(js|css)/uplot\.|js/charts/|js/history\.js|js/lib/(dealBars|recordReplies|slotFigures|slots|timeTicks)\.js"
)
"""What only a page that shows the record loads."""

OF_BESIDE = (
    r"js/(account|alarms|incidents|journal|beside|help|login|refused|selfcheck)\.js|js/i18n/(beside|past)/en"
    r"|js/lib/(alarmList|alarmReplies|alarmSound|apisLog|incidentReplies|matters|past|pastReplies|selfCheckReplies)\.js"
    r"|js/widgets/(accountRow|alarmHistory|alarmRow|alarmSound|deedDialog|timeMachine|timeStrip|unread)\.js|js/panels/(apisLog|secondPerson)\.js"
)
"""What the main page does without: only the pages beside it load it, who chose a sound for alarms or asks for the past,
and a console on which an override needs two persons."""

SCRIPT = "export const answer = 42;\n" + "export const more = 43;\n" * 100


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Three folders with a file each, and secrets beside and in them."""
    site = tmp_path / "site"
    for folder in ("js/lib", "css", "img"):
        (site / folder).mkdir(parents=True)
    (site / "js" / "main.js").write_text(SCRIPT)
    (site / "js" / "lib" / "deep.js").write_text("deep")
    (site / "css" / "main.css").write_text("body {}")
    (site / "img" / "crown.svg").write_text("<svg/>")
    (site / "img" / "dot.png").write_bytes(b"\x89PNG")
    (site / "js" / ".secret.js").write_text("secret")
    (site / "js" / "notes.txt").write_text("secret")
    (site / "secret.js").write_text("secret")
    (site / "js2").mkdir()
    (site / "js2" / "secret.js").write_text("secret")
    (site / "js" / "link.js").symlink_to(site / "secret.js")
    (site / "js" / "out").symlink_to(site)
    (site / "js" / "loop.js").symlink_to(site / "js" / "loop.js")
    (site / "js" / "inside.js").symlink_to(site / "js" / "main.js")
    return site


@pytest.fixture
def client(site: Path) -> Client:
    return Client(Assets(site / "js", site / "css", site / "img", jquery=jquery_file(), charts=chart_folder(site)))


@pytest.mark.parametrize(
    ("path", "kind", "content"),
    [
        ("/js/main.js", "text/javascript; charset=utf-8", SCRIPT.encode()),
        ("/js/lib/deep.js", "text/javascript; charset=utf-8", b"deep"),
        ("/js/inside.js", "text/javascript; charset=utf-8", SCRIPT.encode()),
        ("/css/main.css", "text/css; charset=utf-8", b"body {}"),
        ("/img/crown.svg", "image/svg+xml", b"<svg/>"),
        ("/img/dot.png", "image/png", b"\x89PNG"),
        ("/css/images/crown.svg", "image/svg+xml", b"<svg/>"),
    ],
)
def test_a_file_comes_with_its_type(client: Client, path: str, kind: str, content: bytes) -> None:
    answer = client.call(path)
    assert (answer.status, answer.headers["content-type"], answer.body) == (200, kind, content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("folder", ["js", "css", "img", "css/images"])
@pytest.mark.parametrize(
    "name",
    [
        "../secret.js",
        "..%2Fsecret.js",
        "%2e%2e/secret.js",
        "%2e%2e%2fsecret.js",
        "..%5Csecret.js",
        "..%252Fsecret.js",
        "lib/../../secret.js",
        "../js2/secret.js",
        "..js2/secret.js",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "main.js%00.png",
        "main.js/",
        "main.js/x.js",
        "lib//deep.js",
        "./main.js",
        ".secret.js",
        "notes.txt",
        "lib",
        "lib/",
        "link.js",
        "out/secret.js",
        "loop.js",
        "x" * 300 + ".js",
        "%E5%AE%B6.js",
        "nothing.js",
    ],
)
def test_nothing_outside_the_folder_and_nothing_unserved_comes(client: Client, folder: str, name: str) -> None:
    answer = client.call(f"/{folder}/{name}")
    assert answer.status == (400 if "%00" in name else 404)
    assert answer.error
    assert answer.body != b"secret"


def test_a_text_is_sent_compressed_and_a_small_or_packed_file_as_it_is(client: Client) -> None:
    headers = {"Accept-Encoding": "gzip"}
    zipped = client.call("/js/main.js", headers=headers)
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == SCRIPT.encode()
    assert zipped.headers["vary"] == "Accept-Encoding"
    for path in ("/js/lib/deep.js", "/img/dot.png"):
        assert "content-encoding" not in client.call(path, headers=headers).headers


def test_what_the_browser_holds_is_304_until_the_file_changes(client: Client, site: Path) -> None:
    first = client.call("/js/main.js")
    held = {"If-None-Match": first.headers["etag"]}
    assert client.call("/js/main.js", headers=held).status == 304
    assert client.call("/js/main.js", headers={**held, "Accept-Encoding": "gzip"}).status == 304
    since = {"If-Modified-Since": first.headers["last-modified"]}
    assert client.call("/js/main.js", headers=since).status == 304
    assert client.call("/js/main.js", headers={**since, "If-None-Match": '"other"'}).status == 200
    assert client.call("/js/main.js", headers={"If-Modified-Since": "yesterday"}).status == 200
    (site / "js" / "main.js").write_text("changed")
    os.utime(site / "js" / "main.js", (2_000_000_000, 2_000_000_000))
    changed = client.call("/js/main.js", headers=held)
    assert (changed.status, changed.body) == (200, b"changed")


def test_jquery_comes_from_its_package_and_is_light(client: Client) -> None:
    answer = client.call("/js/jquery.js", headers={"Accept-Encoding": "gzip"})
    assert answer.status == 200
    assert len(answer.body) < 40_000
    assert b"jQuery" in gzip.decompress(answer.body)


def test_a_script_goes_out_without_the_comments_that_stand_alone_and_keeps_its_lines(tmp_path: Path) -> None:
    script = b"""// What it is.
/*! Licence */
const a = "// no comment"; // beside code

/**
 * Two lines.
 */
function f() {
  // inside
  return a /* there */ + 1;
}
"""
    (tmp_path / "one.js").write_bytes(script)
    (tmp_path / "one.css").write_bytes(b"/* It goes. */\na { } /* It stays. */")
    client = Client(Assets(tmp_path, tmp_path, tmp_path, jquery=tmp_path / "jquery.js", charts=tmp_path))
    sent = client.call("/js/one.js").body
    assert sent.split(b"\n") == [
        b"", b"/*! Licence */", b'const a = "// no comment"; // beside code', b"", b"", b"", b"",
        b"function f() {", b"", b"  return a /* there */ + 1;", b"}", b"",
    ]  # fmt: skip
    assert client.call("/css/one.css").body == b"\na { } /* It stays. */"


def test_files_are_read_only(client: Client) -> None:
    for path in ("/js/main.js", "/js/jquery.js", "/css/main.css"):
        assert client.call(path, "POST").status == 405
        head = client.call(path, "HEAD")
        assert (head.status, head.body) == (200, b"")


def test_a_folder_that_is_not_there_is_404(tmp_path: Path) -> None:
    client = Client(
        Assets(tmp_path / "a", tmp_path / "b", tmp_path / "c", jquery=tmp_path / "jquery.js", charts=tmp_path / "d")
    )
    for path in ("/js/main.js", "/img/x.svg", "/js/jquery.js", "/js/uplot.js", "/css/uplot.css", "/favicon.ico"):
        assert client.call(path).status == 404


@pytest.mark.parametrize("folder", ["uplot", "node_modules/uplot/dist"])
def test_the_chart_library_comes_from_an_installation_or_from_where_npm_puts_it(site: Path, folder: str) -> None:
    (site / folder).mkdir(parents=True)
    for name in CHART_FILES:
        (site / folder / name).write_text(name)
    client = Client(Assets(site / "js", site / "css", site / "img", jquery=jquery_file(), charts=chart_folder(site)))
    script, styles = client.call("/js/uplot.js"), client.call("/css/uplot.css")
    assert (script.headers["content-type"], script.body) == ("text/javascript; charset=utf-8", b"uPlot.iife.min.js")
    assert (styles.headers["content-type"], styles.body) == ("text/css; charset=utf-8", b"uPlot.min.css")


def test_the_whole_page_weighs_little(root: Path) -> None:
    """Every file of the checkout that a browser may load, compressed; apart what is said in Japanese, by the page and
    by the controller, which a page in English never loads, what is loaded with the first chart, and what only the
    pages beside the main one load."""
    client = Client(Assets(root / "js", root / "css", root / "img", jquery=jquery_file(), charts=chart_folder(root)))
    files = [file for folder in ("js", "css", "img") for file in (root / folder).rglob("*") if file.is_file()]
    paths = ["js/jquery.js", "js/uplot.js", "css/uplot.css", *(str(file.relative_to(root)) for file in files)]
    answers = [client.call(f"/{path}", headers={"Accept-Encoding": "gzip"}) for path in paths]
    weights = {path: len(answer.body) for path, answer in zip(paths, answers, strict=True) if answer.status == 200}
    said = sum(weight for path, weight in weights.items() if re.match(r"js/i18n/(said|((beside|past)/)?ja\.js)", path))
    assert 0 < said < 60_000
    charts = sum(weight for path, weight in weights.items() if re.match(WITH_CHARTS, path))
    assert 20_000 < charts < 50_000
    beside = sum(weight for path, weight in weights.items() if re.match(OF_BESIDE, path))
    assert 10_000 < beside < 48_000
    assert sum(weights.values()) - said - charts - beside < 200_000
