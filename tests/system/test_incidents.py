"""Incidents of the real program: what it keeps by itself, its file, and that file shown elsewhere without any grid."""

import hashlib
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import console_on
from tests.system.console import ROOT, Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer, call
from tests.system.test_replay_served import CODES, served


class Shown:
    """A file shown by the real program, in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", address: str) -> None:
        self.process = process
        self.address = address

    def call(self, target: str, method: str = "GET", **more: Any) -> Answer:
        return call(self.address, target, method, **more)


def argv(file: Path) -> list[str]:
    return [sys.executable, str(ROOT / "startMain.py"), "--replay", str(file)]


def environ(folder: Path) -> dict[str, str]:
    """With `folder` for temporary files, and for a site's data in it."""
    return {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT), "APIS_MC_DATA": str(folder / "data")}


@contextmanager
def shown(file: Path, folder: Path) -> Iterator[Shown]:
    """The file shown, with `folder` for temporary files and `folder/data` as the site's data."""
    folder.mkdir()
    with again(file, folder) as program:
        yield program


@contextmanager
def again(file: Path, folder: Path) -> Iterator[Shown]:
    """The file shown in a folder that is there."""
    process = subprocess.Popen(
        argv(file), cwd=folder, env=environ(folder),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        found = re.fullmatch(r"Open http://localhost:(\d+)/\n", process.stdout.readline())
        assert found is not None, process.communicate(timeout=10)
        yield Shown(process, f"http://127.0.0.1:{found[1]}/")
    finally:
        process.kill()
        process.communicate(timeout=10)


def reasons(console: Console) -> list[str]:
    """Of which kinds the reasons of the one incident are."""
    found = console.get("/incidents")["incidents"]
    return [why["kind"] for one in found for why in one["reasons"]]


def sorted_messages(frame: Any) -> Any:
    return {**frame, "messages": sorted(map(str, frame["messages"]))} if "messages" in frame else frame


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[Any]]:
    """The file of an incident with a grid error and a Stop all in it, and frames that were told in its time."""
    frames = []
    with FakeGrid(mode="autonomous") as grid, console_on(grid, tmp_path_factory.mktemp("site")) as console:
        frames.append(served(console))
        assert reasons(console) == []
        grid.error = True
        until(lambda: reasons(console) == ["gridError"], "the grid error")
        console.call("/stopAll?wait=no", "POST")
        until(lambda: {"stop", "gridError"} <= set(reasons(console)), "both reasons")
        frames.append(served(console))
        (one,) = console.get("/incidents")["incidents"]
        assert [one["whole"], one["reasons"][1]["text"]] == [False, "Stop all was ordered by 127.0.0.1."]
        noted = console.call(f"/incidents/{one['id']}/note", "POST", form="text=looked&name=anna")
        assert noted.json["notes"][0]["by"] == "anna"
        kept = console.call("/incidents/keep", "POST", form="reason=odd&name=anna")
        assert (kept.json["id"], kept.json["reasons"][-1]["kind"]) == (one["id"], "kept")
        until(lambda: served(console)["serial"] > frames[-1]["serial"], "a later frame")
        told = [mark for mark in console.get("/timeline")["marks"] if mark["kind"] == "incident"]
        assert [mark["ref"] for mark in told] == [one["id"]]
        journal = [row["what"] for row in console.get("/journal")["rows"] if row["kind"] == "incident"]
        assert [what.partition(",")[0] for what in journal] == [
            f"Incident {one['id']} is kept", f"Note on incident {one['id']}: looked"
        ]  # fmt: skip
        for refused in ("/incidents/keep?reason=x&from=2020-01-01T00:00:00Z", "/incidents/keep?reason=x&at=soon"):
            assert console.call(refused, "POST").status == 400
        file = console.call(f"/incidents/{one['id']}.zip")
        assert file.headers["content-type"] == "application/zip"
    return file.body, frames


def test_the_file_holds_everything_with_its_digest_and_no_secret(recorded: tuple[bytes, list[Any]]) -> None:
    content, _ = recorded
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        manifest = json.loads(file.read("manifest.json"))
        listed = {part["name"]: part["sha256"] for part in manifest["files"]}
        assert {*file.namelist()} == {*listed, "manifest.json"}
        for name, digest in listed.items():
            assert hashlib.sha256(file.read(name)).hexdigest() == digest
        about = json.loads(file.read("about.json"))
        rows = json.loads(file.read("journal.json"))["rows"]
    assert about["settings"]["incidentdays"] == "365"
    assert about["packages"]["bottle"]
    assert [row["order"] for row in rows if row["stage"] == "came"] == ["stopAll"]
    assert any(name.startswith("segments/") for name in listed)


def test_it_is_shown_elsewhere_as_it_was_and_nothing_can_be_ordered(
    recorded: tuple[bytes, list[Any]], tmp_path: Path
) -> None:
    content, frames = recorded
    file = tmp_path / "incident.zip"
    file.write_bytes(content)
    with shown(file, tmp_path / "elsewhere") as program:
        for frame in frames:
            at = frame["time"].replace("+", "%2B")
            again = program.call(f"/get/frame?at={at}", headers=CODES).json
            told = {name: value for name, value in sorted_messages(again).items() if name not in ("moment", "replay")}
            assert told == {name: value for name, value in sorted_messages(frame).items() if name != "moment"}
        page = program.call("/").body.decode()
        assert "there is no grid behind it" in page
        reach = program.call("/timeline").json
        for name, told in (("begin", reach["reachesBackTo"]), ("end", reach["until"])):
            assert f'data-{name}="{told}"' in page, "from where to where it is a recording: what is there"
        (one,) = program.call("/incidents").json["incidents"]
        with zipfile.ZipFile(file) as packed:
            made = datetime.fromisoformat(json.loads(packed.read("manifest.json"))["made"])
        assert not one["whole"], "it was fetched while it went on, so it ends there"
        assert abs(datetime.fromisoformat(one["end"]) - made) < timedelta(milliseconds=1)
        assert "while the incident went on" in page
        assert [note["text"] for note in one["notes"]] == ["looked"]
        assert program.call("/incidents.html").status == 200
        assert [row["what"] for row in program.call("/journal?limit=1").json["rows"]]
        for order in ("/stopAll", "/set/dcdc/E001?mode=0x0000", "/incidents/keep?reason=x", "/login?name=a&password=b"):
            assert program.call(order, "POST").status in (400, 409), order
        refused = program.call("/stopAll", "POST")
        assert (refused.status, refused.json["sent"]) == (409, False)
        assert "there is no grid behind it" in refused.json["error"]
        assert program.call("/alarms").status == 404
        for page in ("alarms", "journal", "history", "account", "selfcheck"):
            read = program.call(f"/{page}.html", headers={"Accept": "text/html"})
            assert read.status == 404
            assert "it does not hold this" in read.body.decode(), "a person reads a page, and no JSON"
            assert read.headers["content-type"].startswith("text/html")
        assert not (tmp_path / "elsewhere" / "data").exists()
        program.process.send_signal(signal.SIGTERM)
        assert program.process.wait(10) == 0
    assert [*(tmp_path / "elsewhere").iterdir()] == []


def test_what_came_while_it_was_fetched_is_told_too(recorded: tuple[bytes, list[Any]], tmp_path: Path) -> None:
    """It is written as it is fetched, on a slow way for minutes; its manifest bears the time of the request."""
    file = tmp_path / "incident.zip"
    with zipfile.ZipFile(io.BytesIO(recorded[0])) as packed, zipfile.ZipFile(file, "w") as written:
        for name in packed.namelist():
            content = packed.read(name)
            if name == "manifest.json":
                told = json.loads(content)
                made = datetime.fromisoformat(told["made"]) - timedelta(seconds=0.5)
                content = json.dumps({**told, "made": made.isoformat()}).encode()
            written.writestr(name, content)
    with shown(file, tmp_path / "elsewhere") as program:
        until = program.call("/timeline").json["until"]
        assert datetime.fromisoformat(until) > made
        assert f'data-end="{until}"' in program.call("/").body.decode()


def test_what_a_kill_left_goes_with_the_next_start_and_nothing_else(
    recorded: tuple[bytes, list[Any]], tmp_path: Path
) -> None:
    file, folder = tmp_path / "incident.zip", tmp_path / "elsewhere"
    file.write_bytes(recorded[0])
    with shown(file, folder) as killed:
        (left,) = folder.glob("apis-replay-*")
        with again(file, folder) as other:
            assert other.call("/timeline").status == 200
            assert len([*folder.glob("apis-replay-*")]) == 2, "one that is shown stays"
            killed.process.kill()
            killed.process.wait(10)
            os.utime(left, (0, 0))  # one that just begins is let be
            foreign = folder / "apis-replay-notes"
            foreign.mkdir()
            with again(file, folder) as third:
                assert third.call("/timeline").status == 200
                assert not left.exists()
                assert foreign.is_dir()


def test_a_file_that_is_none_is_one_sentence_and_the_status_2(
    recorded: tuple[bytes, list[Any]], tmp_path: Path
) -> None:
    file = tmp_path / "incident.zip"
    file.write_bytes(recorded[0][:-100])
    done = subprocess.run(
        argv(file), env=environ(tmp_path), capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "incident.zip cannot be shown: it is no zip file, or its end is missing.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["incident.zip"]
