"""SIGUSR1: files of the log opened anew; channels, thresholds and files of secrets read again, or none."""

import grp
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docs.pages import page
from tests.notifiers.servers import Web, web
from tests.system.console import until
from tests.system.fake_grid import FakeGrid
from tests.system.program import Program, copy_checkout

TOLD = "channels and thresholds were read again"


class Site:
    """A running program with a settings file, and what is changed in it."""

    def __init__(self, folder: Path, grid: FakeGrid) -> None:
        self.config = folder / "site.toml"
        self.config.write_text("")
        checkout = copy_checkout(folder / "checkout")
        self.log = folder / "data" / "log" / "main_controller.log"
        self.program = Program(
            checkout, folder / "data", "--config", str(self.config), "--data", str(folder / "data"), **grid.settings
        )

    def reread(self, said: str) -> str:
        """Have everything read again; what it says of it since, once that is among it."""
        before = len(self.program.errors)
        self.program.signal(signal.SIGUSR1)
        until(lambda: said in self.program.errors[before:], said)
        return self.program.errors[before:]

    def channels(self) -> list[str]:
        """The names of those at work."""
        return [one["name"] for one in self.program.call("/notify/channels").json["channels"]]


@contextmanager
def running(folder: Path, grid: FakeGrid) -> Iterator[Site]:
    site = Site(folder, grid)
    with site.program:
        yield site


def hook(name: str, url: Path) -> str:
    return f'[[channels]]\nname = "{name}"\nkind = "webhook"\nurl_file = "{url}"\npriority = 4\n'


def test_channels_come_change_and_go_and_faulty_ones_leave_what_was(grid: FakeGrid, tmp_path: Path) -> None:
    def tested(server: Web, name: str) -> str:
        answer = site.program.call(f"/notify/test?channel={name}", "POST").json["tests"][0]
        assert answer["taken"], answer
        return server.got[-1].path

    url = tmp_path / "url"
    grid.units["E001"]["dcdc"]["meter"]["ig"] = 1.0
    with web() as server, running(tmp_path, grid) as site:
        assert site.channels() == []
        url.write_text(f"http://127.0.0.1:{server.port}/first")
        site.config.write_text(hook("a", url) + hook("b", url))
        assert "2 channels, 0 thresholds" in site.reread(TOLD)
        assert site.channels() == ["a", "b"]
        assert tested(server, "a") == "/first"
        url.write_text(f"http://127.0.0.1:{server.port}/second")
        site.config.write_text(
            'title = "lab"\n' + hook("b", url) + '[[thresholds]]\nalarm = "temperature"\nabove = 1\non = 0\n'
        )
        assert "count from the next start on: title" in site.reread("count from the next start on")
        assert site.channels() == ["b"]
        assert tested(server, "b") == "/second"
        until(lambda: b" to 1 " in site.program.call("/alarms").body, "the alarm of the new threshold")
        for faulty in (
            "[[channels]\n",
            hook("b", url) + '[[thresholds]]\nalarm = "nothing"\non = 1\n',
            hook("c", tmp_path / "nowhere"),
        ):
            site.config.write_text(faulty)
            assert "is faulty, so channels and thresholds stay as they were" in site.reread("is faulty")
            assert site.channels() == ["b"]
        site.config.unlink()
        site.reread("is faulty")
        assert tested(server, "b") == "/second"
        site.config.write_text("")
        site.reread(TOLD)
        assert site.channels() == []


def example(root: Path, first: str) -> str:
    """The block of docs/deployment.md that begins with this line."""
    blocks = page(root, "deployment.md").split("```")
    return next(block.partition("\n")[2] for block in blocks if block.partition("\n")[2].startswith(first))


def test_the_logrotate_example_turns_the_log_and_no_line_is_lost(grid: FakeGrid, tmp_path: Path, root: Path) -> None:
    """With logging.conf changed as the page says."""
    logrotate = shutil.which("logrotate", path=f"{os.environ['PATH']}:/usr/sbin")
    if logrotate is None:
        why = "There is no logrotate here (Debian: apt-get install logrotate)."
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    site = Site(tmp_path, grid)
    conf = tmp_path / "checkout" / "logging.conf"
    lines = iter(conf.read_text("utf-8").splitlines())
    changed = example(root, "[handler_infoFileHandler]")
    written = []
    for line in lines:
        if line == "[handler_infoFileHandler]":
            while line:
                line = next(lines)
            line = changed
        written.append(line)
    conf.write_text("\n".join(written), "utf-8")
    rules = example(root, "/var/lib/apis-main-controller/log/main_controller.log {")
    with site.program:
        told = rules.replace("/var/lib/apis-main-controller/log", str(site.log.parent))
        command = f"kill -USR1 {site.program.process.pid}"
        told = told.replace("systemctl kill --kill-whom=main -s USR1 apis-main-controller", command)
        assert command in told
        user = f"su {pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name}"
        config = tmp_path / "rotate"
        config.write_text(told.replace("su apis-mc apis-mc", user))
        config.chmod(0o644)
        state = tmp_path / "state"
        subprocess.run([logrotate, "-f", "-s", str(state), str(config)], check=True, timeout=30)
        until(lambda: site.log.is_file() and TOLD in site.log.read_text("utf-8"), "the new file")
        first = site.log.with_name("main_controller.log.1").read_text("utf-8")
        assert "answers at http" in first
        assert "answers at http" not in site.log.read_text("utf-8")
        assert "told to read again" in site.log.read_text("utf-8").splitlines()[0]


def test_a_storm_of_signals_ends_nothing(grid: FakeGrid, tmp_path: Path) -> None:
    """A handler that the next signal interrupts, and so on, would end the program by a recursion."""
    url = tmp_path / "url"
    with web() as server, running(tmp_path, grid) as site:
        url.write_text(f"http://127.0.0.1:{server.port}/first")
        site.config.write_text(hook("a", url))
        for number in range(20_000):
            site.program.process.send_signal(signal.SIGUSR1)
            if number % 5_000 == 0:
                assert site.program.call("/stopAll?wait=no", "POST").status == 202
        status = Path(f"/proc/{site.program.process.pid}/status").read_text("utf-8")
        caught = int(dict(line.split(":", 1) for line in status.splitlines())["SigCgt"], 16)
        assert not caught >> (signal.SIGUSR1 - 1) & 1, "nothing is interrupted by it"
        site.config.write_text(hook("b", url))
        site.reread(TOLD)
        until(lambda: site.channels() == ["b"], "what was written last")
        assert site.program.errors.count(TOLD) < 100


def test_a_signal_before_it_answers_ends_nothing(grid: FakeGrid, tmp_path: Path) -> None:
    """logrotate may come while tables are made anew, or an address is waited for."""
    checkout = copy_checkout(tmp_path / "checkout")
    program = Program(checkout, tmp_path / "data", "--insecure", b_host="192.0.2.1", b_port=4382, **grid.settings)
    program.start(wait=False)
    try:
        until(lambda: "192.0.2.1" in program.errors, "that it waits for its address")
        for _ in range(3):
            program.signal(signal.SIGUSR1)
        program.signal(signal.SIGTERM)
        assert program.process.wait(30) == -signal.SIGTERM
    finally:
        program.kill()
