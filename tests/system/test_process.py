"""The program as a process: its ends by signal and by kill, disks that fail, bad starts (Z11, Z14, Z20, T31)."""

import contextlib
import http.client
import json
import os
import pty
import random
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from main_controller.domain.timestamps import iso_utc
from tests.faulty_server import Exchange, resetting
from tests.system.console import until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer, call, receive
from tests.system.program import Program, copy_checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("process") / "checkout")


@pytest.fixture
def program(checkout: Path, grid: FakeGrid, tmp_path: Path) -> Iterator[Program]:
    """The running program, once it has seen all units."""
    with Program(checkout, tmp_path / "data", **grid.settings) as running:
        until(lambda: seen(running, len(grid.units)), "the first picture", deadline=60)
        yield running


def seen(program: Program, units: int) -> bool:
    return bool(program.call("/get/status").json["data"]["live"] == units)


# Its ends


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_in_good_order(program: Program, checkout: Path, sign: signal.Signals) -> None:
    """Z20, Z19: exit 0, the pid file gone, the journal whole and its end in it, nothing on the console but its log."""
    pids = checkout / "log" / "startMain.pid"
    assert str(program.process.pid) in pids.read_text().split()
    program.signal(sign)
    assert program.wait(30) == 0, program.errors
    assert not pids.exists()
    assert "Traceback" not in program.errors
    status, text = program.verify_journal()
    assert (status, "holds" in text) == (0, True), text
    named, head = (re.search(pattern, text) for pattern in (r"named row (\d+) with the same hash", r"head (\d+) "))
    assert named is not None
    assert head is not None
    assert named[1] == head[1], "log and file of heads are the witnesses of the very end"


def slow(grid: FakeGrid, path: str, seconds: float) -> threading.Event:
    """Have apis-web take so long for this path; the event says that somebody waits."""
    asked = threading.Event()

    def answer(exchange: Exchange) -> None:
        asked.set()
        exchange._closing.wait(seconds)
        grid._answer(exchange)

    grid.web.answers[path] = answer
    return asked


def test_a_reading_in_flight_is_answered_before_the_end(program: Program, grid: FakeGrid) -> None:
    """Z20: and a new one is turned away with one sentence."""
    asked = slow(grid, "/getStatus", 1.5)
    answers: list[Answer] = []
    caller = threading.Thread(target=lambda: answers.append(program.call("/get/globalmode")))
    caller.start()
    assert asked.wait(10)
    parts = urlsplit(program.address)
    with closing(socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)) as late:
        program.signal(signal.SIGTERM)
        until(lambda: "told to end" in program.errors, "the end begun")
        until(lambda: turned_away(program), "new requests turned away")
        late.close()
    caller.join(20)
    assert [answer.status for answer in answers] == [200], "it was in flight"
    assert program.wait(30) == 0


def cut_off(program: Program, target: str) -> None:
    """A call whose answer never comes, since the program ends first."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        program.call(target)


def turned_away(program: Program) -> bool:
    try:
        answer = program.call("/stopAll")
    except (OSError, http.client.HTTPException):
        return True
    return answer.status == 503 and answer.json["sent"] is False


def test_a_running_stop_all_finishes_first(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    """Z20, Z9: the signal ends its grace time; its Waits go out and its caller gets the answer."""
    grid.mode = "autonomous"
    grid.units["E002"]["dcdc"]["status"]["status"] = "0x0014"
    with Program(checkout, tmp_path / "data", gracetime=60, **grid.settings) as program:
        until(lambda: seen(program, 2), "the first picture")
        answers: list[Answer] = []
        caller = threading.Thread(target=lambda: answers.append(program.call("/stopAll", timeout=90)))
        caller.start()
        until(lambda: "GET /stop" in grid.sent, "the stop")
        assert not [sent for sent in grid.sent if "dcdc" in sent], "apis-main is given its time first"
        program.signal(signal.SIGTERM)
        caller.join(60)
        assert program.wait(60) == 0
        assert "GET /set/dcdc/E002?mode=0x0000&dvg=0&dig=0" in grid.sent
        assert [answer.status for answer in answers] == [200], answers
        assert answers[0].json["stopAll"] == "done."


def test_a_second_signal_ends_it_at_once(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    grid.mode = "autonomous"
    grid.units["E002"]["dcdc"]["status"]["status"] = "0x0014"
    with Program(checkout, tmp_path / "data", gracetime=60, **grid.settings) as program:
        until(lambda: seen(program, 2), "the first picture")
        grid.device.default = lambda exchange: exchange.hang()
        caller = threading.Thread(target=cut_off, args=(program, "/stopAll"))
        caller.start()
        until(lambda: "GET /stop" in grid.sent, "the stop")
        program.signal(signal.SIGTERM)
        until(lambda: "told to end" in program.errors, "the end begun")
        began = time.monotonic()
        program.signal(signal.SIGTERM)
        assert program.wait(10) != 0
        assert time.monotonic() - began < 3
        caller.join(20)
        assert program.verify_journal()[0] == 0


SHARE = "/share?from=E001&to=E002&current=1&minutes=10"
REFERENCE_DOWN = "GET /set/dcdc/E001?mode=0x0000&dvg=0&dig=0"


def begin_sharing(program: Program, grid: FakeGrid) -> None:
    """A guided procedure whose reference is up, and whose bus never rises."""
    until(lambda: program.call("/get/status").json["data"]["live"] == 2, "the first picture", deadline=60)
    until(lambda: program.call(SHARE).status == 200, "the rules' readings")
    until(lambda: any("E001?mode=0x0014" in sent for sent in grid.sent), "the reference")


def test_sighup_ends_a_guided_procedure_safely(program: Program, grid: FakeGrid) -> None:
    """M1: and a second one, which the shell adds to the kernel's when a terminal closes, hastens nothing."""
    begin_sharing(program, grid)
    grid.device.answers["/set/dcdc/E001"] = held = Held(grid)
    program.signal(signal.SIGHUP)
    assert held.asked.wait(20)
    program.signal(signal.SIGHUP)
    program.signal(signal.SIGHUP)
    held.go.set()
    assert program.wait(60) == 0, program.errors
    assert REFERENCE_DOWN in grid.sent
    assert grid.units["E001"]["dcdc"]["status"]["status"] == "0x0000"
    assert program.verify_journal()[0] == 0


class Held:
    """An answer that comes only once it may."""

    def __init__(self, grid: FakeGrid) -> None:
        self._grid = grid
        self.asked, self.go = threading.Event(), threading.Event()

    def __call__(self, exchange: Exchange) -> None:
        self.asked.set()
        self.go.wait(20)
        self._grid._answer(exchange)


def test_sigterm_after_sighup_ends_it_at_once(program: Program, grid: FakeGrid) -> None:
    begin_sharing(program, grid)
    grid.device.answers["/set/dcdc/E001"] = held = Held(grid)
    program.signal(signal.SIGHUP)
    assert held.asked.wait(20)
    program.signal(signal.SIGTERM)
    assert program.wait(20) == 1
    held.go.set()


IN_A_TERMINAL = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal(Program):
    """The program with a terminal of its own in place of the pipes."""

    def start(self, *, wait: bool = True) -> None:
        """As `Program.start`."""
        self._master, slave = pty.openpty()
        self._closing = threading.Event()
        environ = {name: value for name, value in os.environ.items() if not name.startswith("APIS_MC_")}
        command = [sys.executable, "-c", IN_A_TERMINAL, *self.argv]
        self.process = subprocess.Popen(
            command, cwd=self._checkout, env=environ, stdin=slave, stdout=slave, stderr=slave, text=True
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        until(lambda: self.address, "its address", deadline=60)

    def _read(self) -> None:
        while not self._closing.is_set():
            if select.select([self._master], [], [], 0.05)[0]:
                self._lines.append(os.read(self._master, 65536).decode().replace("\r\n", "\n"))

    def freeze(self) -> None:
        """Take nothing more from it, as Ctrl-S or a connection that went down."""
        self._closing.set()
        self._reader.join(10)

    def close(self) -> None:
        """Close the terminal, as its window does."""
        self.freeze()
        master, self._master = self._master, -1
        if master >= 0:
            os.close(master)

    def __exit__(self, *_: object) -> None:
        self.close()
        self.kill()


def test_a_terminal_that_closes_ends_a_guided_procedure_safely(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    """M1: although not one line can be written to it any more; the log file has them."""
    with Terminal(checkout, tmp_path / "data", **grid.settings) as program:
        begin_sharing(program, grid)
        program.close()
        assert program.wait(60) == 0
        assert REFERENCE_DOWN in grid.sent
        assert program.verify_journal()[0] == 0
        assert not (checkout / "log" / "startMain.pid").exists()
        last = (checkout / "log" / "main_controller.log").read_text().splitlines()[-1]
        assert last.endswith(": ended")


def test_a_terminal_that_stands_still_holds_up_no_stop(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    """M1's kind: what the console takes no more is lost there and stands in the file; orders and the end go on."""
    with Terminal(checkout, tmp_path / "data", **grid.settings) as program:
        until(lambda: seen(program, 2), "the first picture", deadline=60)
        program.freeze()
        for number in range(100):  # a terminal takes some kilobytes
            assert program.call(f"/get/unit/E00{number}").status in (200, 404)
        answer = program.call("/stopAll", "POST", timeout=60)
        assert answer.status == 200
        program.signal(signal.SIGTERM)
        assert program.wait(30) == 0
        assert program.verify_journal()[0] == 0
    written = (checkout / "log" / "main_controller.log").read_text()
    assert "/get/unit/E0099" in written
    assert written.splitlines()[-1].endswith(": ended")


@pytest.mark.parametrize("ignored", [signal.SIGHUP, signal.SIGINT])
def test_what_was_ignored_when_it_was_started_stays_ignored(
    checkout: Path, grid: FakeGrid, tmp_path: Path, ignored: signal.Signals
) -> None:
    """nohup ignores the one, a shell the other for what it starts with `&`."""
    before = signal.signal(ignored, signal.SIG_IGN)
    try:
        program = Program(checkout, tmp_path / "data", **grid.settings)
        program.start()
    finally:
        signal.signal(ignored, before)
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(program.kill)
        program.signal(ignored)
        until(lambda: seen(program, 2), "the first picture", deadline=60)
        assert "told to end" not in program.errors
        program.signal(signal.SIGTERM)
        assert program.wait(30) == 0


def test_a_console_that_nobody_reads_any_more_is_no_reason_not_to_start(
    checkout: Path, grid: FakeGrid, tmp_path: Path
) -> None:
    program = Program(checkout, tmp_path / "data", **{**grid.settings, "b_port": free_port()})
    reader, writer = os.pipe()
    os.close(reader)
    program.process = subprocess.Popen(
        program.argv, cwd=checkout, stdin=subprocess.DEVNULL, stdout=writer, stderr=writer, text=True
    )
    os.close(writer)
    address = f"http://127.0.0.1:{program.argv[program.argv.index('--b_port') + 1]}/"
    try:
        until(lambda: answers(address), "an answer", deadline=60)
        program.signal(signal.SIGTERM)
        assert program.wait(30) == 0
    finally:
        program.kill()
    last = (checkout / "log" / "main_controller.log").read_text().splitlines()[-1]
    assert last.endswith(": ended")


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def answers(address: str) -> bool:
    try:
        return call(address, "/healthz").status == 200
    except OSError:
        return False


def test_stop_sh_stops_it(program: Program, checkout: Path) -> None:
    """Z19."""
    done = subprocess.run(["sh", str(checkout / "stop.sh")], capture_output=True, text=True, timeout=60, check=False)
    address = program.address.replace("127.0.0.1", "localhost")
    whose = f"Stopped: {program.process.pid} ({address}, data in {checkout}, since "
    assert (done.returncode, done.stdout.startswith(whose)) == (0, True), done.stdout
    assert program.wait(30) == 0


# One program on its data


def test_a_second_program_on_the_same_data_refuses_and_names_the_first(program: Program, checkout: Path) -> None:
    """M2: exit 2, one sentence; the first goes on, and its data can be checked beside it."""
    settings = {"database": program.data / "journal.sqlite3", "schedules": program.data / "schedules"}
    for name, path in settings.items():
        said = refused_start(checkout, program.data / f"other {name}", **{name: path})
        first = f"another program: process {program.process.pid}, which answers at http://localhost:"
        assert f"(setting {name}) is in use by {first}" in said
        assert program.address.rsplit(":", 1)[1] in said
    assert program.call("/healthz").status == 200
    assert str(program.process.pid) in (checkout / "log" / "startMain.pid").read_text()
    assert program.verify_journal()[0] == 0
    done = subprocess.run([*program.argv, "--check-config"], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, "All settings can be used." in done.stdout) == (0, True), done.stderr


def test_a_killed_program_keeps_its_data_from_nobody(program: Program) -> None:
    program.kill()
    program.start()
    assert program.call("/healthz").status == 200


def test_two_consoles_with_data_of_their_own_run_in_one_checkout(
    program: Program, checkout: Path, tmp_path: Path, grid: FakeGrid
) -> None:
    with Program(checkout, tmp_path / "more data", **grid.settings) as second:
        assert {program.call("/healthz").status, second.call("/healthz").status} == {200}


def test_a_simulation_beside_a_console_has_its_own_log_and_pid(
    program: Program, checkout: Path, tmp_path: Path
) -> None:
    """M19: what ends the console spares the simulation, and the other way round."""
    with Program(checkout, tmp_path / "none", "--simulate", "2") as simulation:
        own, real = checkout / "log" / "simulated", checkout / "log"
        assert (own / "startMain.pid").read_text().split() == [str(simulation.process.pid)]
        assert (real / "startMain.pid").read_text().split() == [str(program.process.pid)]
        assert simulation.call("/healthz?mark=of-the-simulation").status in (200, 400)
        until(lambda: "answers at" in (own / "main_controller.log").read_text(), "its log")
        assert "SIMULATED" not in (real / "main_controller.log").read_text()
        stop = ["sh", str(checkout / "stop.sh")]
        done = subprocess.run([*stop, "simulated"], capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode, done.stdout.startswith(f"Stopped: {simulation.process.pid} (")) == (0, True)
        assert simulation.wait(30) == 0
        assert program.call("/healthz").status == 200


# Killed at any instant


class Operator(threading.Thread):
    """Sets schedules and gives orders without a pause, and notes what was confirmed."""

    def __init__(self, program: Program, rng: random.Random) -> None:
        super().__init__()
        self._program = program
        self._rng = rng
        self.confirmed: dict[str, str] = {}
        self.asked: dict[str, list[str]] = {}
        self.orders: list[str] = []

    def run(self) -> None:
        try:
            while True:
                self._schedule()
                self._order()
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return  # it was killed

    def _schedule(self) -> None:
        unit_id = self._rng.choice(("", "E001", "E002"))
        due = datetime(2090, 1, 1, 0, 0, self._rng.randrange(60), self._rng.randrange(1000) * 1000, tzinfo=UTC)
        name = f"{unit_id}-softStop"
        self.asked.setdefault(name, []).append(iso_utc(due))
        scope = f"&unitId={unit_id}" if unit_id else ""
        answer = self._program.call(f"/setSchedule?operation=softStop{scope}&value={quote(iso_utc(due))}")
        assert answer.status == 200, answer.body
        self.confirmed[name] = iso_utc(due)
        self.asked[name] = []

    def _order(self) -> None:
        answer = self._program.call(f"/set/dcdc/{self._rng.choice(('E001', 'E002'))}?mode=0x0000")
        assert answer.status == 200, answer.body
        self.orders.append(answer.json["command"])


@pytest.mark.parametrize("seed", range(5))
def test_a_kill_at_any_instant_loses_no_schedule_and_breaks_no_file(
    checkout: Path, grid: FakeGrid, tmp_path: Path, seed: int
) -> None:
    """Z11, B5: whole files, every confirmed one there, the journal's chain whole."""
    rng = random.Random(seed)
    with Program(checkout, tmp_path / "data", **grid.settings) as program:
        until(lambda: seen(program, 2), "the first picture")
        operator = Operator(program, rng)
        operator.start()
        until(lambda: len(operator.orders) >= 3, "some orders")
        threading.Event().wait(rng.uniform(0.0, 0.3))
        program.kill()
        operator.join(30)
        held = {path.name: path.read_text() for path in (program.data / "schedules").iterdir()}
        for name, due in operator.confirmed.items():
            allowed = [due, *operator.asked.get(name, [])]
            assert held[name] in [f"{each}\n" for each in allowed], (name, held[name], allowed)
        status, text = program.verify_journal()
        assert status == 0, text

        program.start()
        assert set(program.call("/schedules").json) == {
            name.removesuffix("-softStop") for name in held if name[0] != "."
        }
        assert not [each for each in (program.data / "schedules").iterdir() if each.name.startswith(".")], "swept"
        assert program.call("/get/status").json["schedules"]["unreadable"] == []
        rows = program.call("/journal?limit=500").json["rows"]
        assert set(operator.orders[:-3]) <= {row["commandId"] for row in rows}
        again = program.call("/set/dcdc/E001?mode=0x0000")
        assert again.json["command"] not in {row["commandId"] for row in rows}, "no number twice in the journal"


def test_a_kill_between_sending_and_recording_is_told_after_the_restart(program: Program, grid: FakeGrid) -> None:
    """Z8b: the intent is on the disk before the order leaves, and it counts until a reading says."""
    asked = threading.Event()

    def take(exchange: Exchange) -> None:
        asked.set()
        exchange.hang()

    grid.device.answers["/set/dcdc/E001"] = take
    order = "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2"
    caller = threading.Thread(target=cut_off, args=(program, order))
    caller.start()
    assert asked.wait(20)
    program.kill()
    caller.join(20)
    grid.device.answers.clear()
    program.start()
    until(lambda: "unknown" in str(program.call("/journal?unit=E001").json), "the unknown outcome told")
    assert len(grid.device.seen("/set/dcdc/E001")) == 1, "not sent again"
    assert program.verify_journal()[0] == 0


def test_the_waits_of_a_stop_all_that_a_kill_broke_off_go_on_after_the_restart(
    program: Program, grid: FakeGrid
) -> None:
    """S13: whoever works on was ordered to stop, and nobody else would ever say so again."""
    grid.units["E001"]["dcdc"]["status"]["status"] = "0x0041"
    grid.device.answers["/set/dcdc/E001"] = resetting
    assert program.call("/stopAll?wait=no").status == 202
    until(lambda: grid.device.seen("/set/dcdc/E001"), "its first Wait")
    until(lambda: "intent" in str(program.call("/journal").json), "its row")
    program.kill()
    grid.device.answers.clear()
    program.start()
    until(lambda: grid.units["E001"]["dcdc"]["status"]["status"] == "0x0000", "its Wait after the restart", deadline=30)
    assert "its Waits go on" in program.errors


# Disks


def limit_files(program: Program, limit: int) -> None:
    """No file of the process may grow beyond `limit` bytes from now on: as a full disk, every write fails."""
    resource.prlimit(program.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def test_a_full_disk_stops_no_order_and_is_told(program: Program, grid: FakeGrid) -> None:
    """Orders go out, the console says ERROR, `/readyz` tells; the old schedule stays."""
    value = "2090-01-01T00:00:00.000+00:00"
    assert program.call(f"/setSchedule?operation=softStop&value={quote(value)}").status == 200
    limit_files(program, 0)
    answer = program.call("/setSchedule?operation=softStop&value=2091-01-01T00:00:00Z")
    assert answer.status == 500
    assert "-softStop could not be written" in answer.error
    assert program.call("/schedules").json == {"": {"softStop": value}}
    for target in ("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2", "/set/dcdc/E001?mode=0x0000", "/stopAll"):
        assert program.call(target).status == 200, target
    assert len([sent for sent in grid.sent if "mode=0x0014" in sent]) == 1
    until(lambda: program.call("/readyz").json["journal"], "readyz telling")
    assert program.call("/get/status").json["journal"]["fault"]
    until(lambda: "ERROR" in program.errors and "journal" in program.errors, "the ERROR on the console")
    limit_files(program, resource.RLIM_INFINITY)
    until(lambda: program.call("/readyz").json["journal"] is None, "the end of it")
    rows = program.call("/journal?limit=500").json["rows"]
    assert any("0x0014" in row["what"] for row in rows), "what waited was written"
    assert program.call("/setSchedule?operation=softStop&value=2091-01-01T00:00:00Z").status == 200


def test_a_journal_moved_aside_is_told_at_once_and_no_lock_is_lost(program: Program) -> None:
    """M16: the log at ERROR and the page within a beat or two; the lock holds after a restart."""
    assert program.call("/setLock?name=Ito&reason=fuse", "POST").status == 200
    program.data.joinpath("journal.sqlite3").rename(program.data / "aside.sqlite3")

    def told() -> list[str]:
        events = program.call("/get/status").json["gridEvents"]
        return [event["text"] for event in events if event["kind"] == "database"]

    until(told, "the event on the page", deadline=10)
    assert "journal.sqlite3 was removed or replaced while the program ran" in told()[0]
    assert "ERROR" in program.errors
    program.kill()
    program.start()
    assert program.call("/locks").json[""]["name"] == "Ito"
    assert program.call("/setOperationMode?value=autonomous").status == 409
    assert program.verify_journal()[0] == 0
    assert "replaced" in {row["stage"] for row in program.call("/journal").json["rows"]}


def test_a_schedules_folder_that_is_gone_is_a_clear_error(program: Program) -> None:
    """Z11: nothing else suffers, and it comes back when the folder does."""
    folder = program.data / "schedules"
    folder.rmdir()
    folder.write_text("not a folder")
    answer = program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z")
    assert answer.status == 500
    assert "could not be written" in answer.error
    assert program.call("/schedules").status == 500
    assert "folder" in program.call("/schedules").error
    for target in ("/", "/get/logInfo", "/healthz", "/stopAll"):
        assert program.call(target).status == 200, target
    status = program.call("/get/status").json["schedules"]
    assert (status["pending"], "cannot be read" in status["fault"]) == (None, True)
    assert program.call("/setOperationMode?value=stop").status == 200, "what is due cannot be cleared, and stop passes"
    until(lambda: "scheduler fails" in program.errors, "the ERROR")
    folder.unlink()
    folder.mkdir()
    assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 200
    until(lambda: "scheduler works again" in program.errors, "the end in the log")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: nothing is read-only to it")
def test_a_read_only_schedules_folder_is_a_clear_error(program: Program) -> None:
    folder = program.data / "schedules"
    folder.chmod(0o500)
    answer = program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z")
    folder.chmod(0o700)
    assert answer.status == 500
    assert "ermission" in answer.error


# Starts


def refused_start(checkout: Path, data: Path, *flags: str, **given: object) -> str:
    """What it says when it cannot start, in one sentence and without a traceback."""
    program = Program(checkout, data, *flags, **given)
    program.start(wait=False)
    assert program.wait(30) == 2, program.errors
    assert "Traceback" not in program.errors
    return program.errors


def test_a_start_that_cannot_work_says_why(checkout: Path, tmp_path: Path) -> None:
    """Z14, Z11: exit 2 and the name of what is wrong."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    assert "schedules" in refused_start(checkout, tmp_path / "a", schedules=blocked)
    assert "staleafter" in refused_start(checkout, tmp_path / "c", staleafter="NaN")
    assert "b_port" in refused_start(checkout, tmp_path / "d", b_port=70000)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        errors = refused_start(checkout, tmp_path / "e", b_port=port)
    assert "b_port" in errors
    assert "being served" not in errors, "of a program that never served anything"


def test_without_a_journal_it_starts_says_so_and_stops_the_grid(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    """Evidence comes after the grid's safety; what it cannot know it takes as forbidden."""
    blocked = tmp_path / "blocked"
    blocked.write_text("a file")
    with Program(checkout, tmp_path / "data", database=blocked / "journal.sqlite3", **grid.settings) as program:
        until(lambda: seen(program, 2), "the first picture")
        assert "ERROR" in program.errors
        assert program.call("/readyz").json["journal"]
        assert program.call("/stopAll").status == 200
        assert program.call("/setOperationMode?value=autonomous").status == 409, (
            "there may be locks that it cannot read"
        )
        assert program.call("/journal").status in (500, 503)


def test_it_starts_and_serves_without_apis_web(checkout: Path, tmp_path: Path) -> None:
    """T31: no apis-web is no reason not to start; and it says so."""
    with FakeGrid() as grid:
        urls = grid.settings
    with Program(checkout, tmp_path / "data", **urls) as program:
        assert program.call("/healthz").status == 200
        assert program.call("/").status == 200
        until(lambda: "data collector fails" in program.errors, "the ERROR")
        assert program.process.poll() is None


def test_simulate_says_so_everywhere(checkout: Path, tmp_path: Path) -> None:
    """Z17: every page and log says SIMULATED; the schedules and journal are throw-away ones."""
    data = tmp_path / "data"
    with Program(checkout, data, "--simulate", "2", "--log-level", "INFO") as program:
        until(lambda: seen(program, 2), "two units", deadline=60)
        assert program.call("/get/status").json["simulated"] is True
        assert b"SIMULATED" in program.call("/").body
        assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 200
        assert not (data / "schedules").exists()
        assert not (data / "journal.sqlite3").exists()
        lines = [line for line in program.errors.splitlines() if not line.startswith("Open http://")]
        assert lines
        assert all(line.startswith("SIMULATED") for line in lines), lines[:3]
        program.signal(signal.SIGTERM)
        assert program.wait(30) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_it_listens_where_it_is_told(checkout: Path, grid: FakeGrid, tmp_path: Path, host: str) -> None:
    """Z15: open to a network, as somebody wanted it, it says at WARNING what is not protected."""
    flags = ["--insecure"] if host == "0.0.0.0" else []
    with Program(checkout, tmp_path / "data", *flags, b_host=host, **grid.settings) as program:
        assert program.call("/healthz").status == 200
        assert program.call("/get/status").json["config"]["insecure"] is bool(flags)
        assert ("WARNING" in program.errors and "no accounts" in program.errors) == (host == "0.0.0.0")
        program.signal(signal.SIGTERM)
        assert program.wait(30) == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "gridbox"])
def test_open_to_a_network_it_does_not_start_unless_somebody_wants_it(
    checkout: Path, tmp_path: Path, host: str
) -> None:
    """Nobody has to log in: whoever reached it could order everything."""
    program = Program(checkout, tmp_path / "data", b_host=host)
    program.start(wait=False)
    assert program.wait(60) == 2
    assert "b_host: " in program.errors
    assert "--insecure" in program.errors
    assert program.errors.count("\n") == 1


# Static files (R18-R21, R26)

OUTSIDE = [
    *("/js/../startMain.py", "/js/..%2fstartMain.py", "/js/%2e%2e/startMain.py", "/js/%2e%2e%2fstartMain.py"),
    *("/css/..%2f..%2f..%2f..%2fetc%2fpasswd", "/img/....//....//etc/passwd", "/css/images/../../startMain.py"),
    *("/js//etc/passwd", "/js/%2fetc%2fpasswd", "/js/..\\startMain.py", "/js/..%5cstartMain.py", "/js/secret.js"),
    *("/js/.hidden.js", "/js/folder.js", "/js/main.js%00.png", "/css/main.css/", "/js/./main.js", "/../startMain.py"),
    *("/js/..%252fstartMain.py", "/js/%c0%ae%c0%ae/startMain.py", "/js", "/js/", "/css/images/"),
]


def test_no_file_outside_its_folder_is_ever_served(checkout: Path, grid: FakeGrid, tmp_path: Path) -> None:
    """Also no link that leads out, no hidden file, no folder, and no kind of file that the page does not need."""
    own = copy_checkout(tmp_path / "own")
    (own / "js").unlink()
    (own / "js").mkdir()
    (own / "js" / "main.js").write_text("ours();\n")
    (own / "js" / ".hidden.js").write_text("// hidden\n")
    (own / "js" / "folder.js").mkdir()
    (tmp_path / "secret.js").write_text("// secret\n")
    (own / "js" / "secret.js").symlink_to(tmp_path / "secret.js")
    with Program(own, tmp_path / "data", **grid.settings) as program:
        assert program.call("/js/main.js").body == b"ours();\n"
        for target in OUTSIDE:
            answer = program.call(target)
            assert answer.status in (400, 404), (target, answer.body[:100])
            assert answer.error
            raw = call(program.address, target, headers={"Accept-Encoding": "gzip"})
            assert b"secret" not in raw.body.replace(b"secret.js", b"")
        until(lambda: "Unsupported Web API call" in program.errors, "R24's ERROR")


def test_half_sent_requests_hold_up_nobody(program: Program) -> None:
    """Idle and half-sent connections; the next caller is answered as ever."""
    parts = urlsplit(program.address)
    where = (parts.hostname or "", parts.port or 0)
    waiting = [socket.create_connection(where, timeout=10) for _ in range(300)]
    try:
        for number, connection in enumerate(waiting):
            connection.sendall(
                [b"", b"GET /get/lo", b"POST /stopAll HTTP/1.1\r\nContent-Length: 9\r\n\r\na"][number % 3]
            )
        for _ in range(20):
            began = time.monotonic()
            assert program.call("/get/logInfo").status == 200
            assert time.monotonic() - began < 2
        waiting[1].sendall(b"gInfo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        assert receive(waiting[1]).status == 200, "a slow caller is answered when it has asked"
    finally:
        for connection in waiting:
            connection.close()
