"""startMain.py, stop.sh and venv.sh keep the Hyphae APIS stack's conventions (Z14, Z19, C1)."""

import os
import pwd
import re
import runpy
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller import pid_file
from main_controller.pid_file import NAME, SIMULATED_NAME
from main_controller.settings import Settings, build_settings
from main_controller.settings.table import setting_fields

WAITING = "import sys\nprint('up', flush=True)\nsys.stdin.read()\n"


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Path:
    """A folder with stop.sh and a startMain.py that runs until it is told to stop."""
    folder = tmp_path / "a checkout"
    (folder / "log").mkdir(parents=True)
    shutil.copy(root / "stop.sh", folder)
    (folder / "startMain.py").write_text(WAITING)
    return folder


class Started:
    """Processes that a test started; all are gone after it."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, cwd: Path) -> subprocess.Popen[str]:
        """Start Python with `arguments`, and wait until it says that it is up."""
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            process.kill()
            process.communicate(timeout=30)


@pytest.fixture
def started() -> Iterator[Started]:
    """Starts processes, and ends them after the test."""
    processes = Started()
    yield processes
    processes.end()


def run_stop(checkout: Path, *arguments: str, user: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run its stop.sh from elsewhere, as a user of this id."""
    command = ["sh", str(checkout / "stop.sh"), *arguments]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, user=user)


def stop(checkout: Path, *arguments: str) -> str:
    """Run its stop.sh, which must go well; gives what it said."""
    done = run_stop(checkout, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def name_in_pid_file(checkout: Path, *pids: int, name: str = NAME) -> None:
    """What pid_file.py writes."""
    (checkout / name).parent.mkdir(parents=True, exist_ok=True)
    (checkout / name).write_text("".join(f"{pid}\n" for pid in pids), "ascii")


@pytest.mark.parametrize("absolute", [True, False])
def test_stop_ends_the_program_of_this_checkout(checkout: Path, started: Started, absolute: bool) -> None:
    """However it was started: by its full path, or from its own folder."""
    script = str(checkout / "startMain.py") if absolute else "./startMain.py"
    process = started.start(script, "--simulate", cwd=checkout)
    name_in_pid_file(checkout, process.pid)
    assert stop(checkout) == f"Stopped: {process.pid}\n"
    assert process.wait(timeout=30) == -15


def test_stop_spares_every_other_process(checkout: Path, started: Started, tmp_path: Path) -> None:
    """An id that was given to something else since, and the startMain.py of another checkout."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "startMain.py").write_text(WAITING)
    stranger = started.start("-c", WAITING, cwd=checkout)
    neighbour = started.start("startMain.py", cwd=other)
    name_in_pid_file(checkout, stranger.pid, neighbour.pid, 1)
    *left, last = stop(checkout).splitlines()
    assert last == "No program of this checkout is running."
    assert [line.split(" (")[0] for line in left] == [
        f"Left alone: process {pid}" for pid in (stranger.pid, neighbour.pid, 1)
    ]
    assert all("is another program, though" in line for line in left)
    assert (checkout / NAME).exists()
    assert stranger.poll() is None
    assert neighbour.poll() is None


@pytest.mark.parametrize("text", [None, "", "rubbish\n-1\n\n"])
def test_stop_has_nothing_to_do(checkout: Path, text: str | None) -> None:
    """No file, an empty one, one with rubbish in it."""
    if text is not None:
        (checkout / "log" / "startMain.pid").write_text(text)
    assert stop(checkout) == "No program of this checkout is running.\n"


def test_stop_ends_the_real_program_or_the_simulated_one_and_never_both(checkout: Path, started: Started) -> None:
    """M19: and says which one goes on."""
    real = started.start("startMain.py", cwd=checkout)
    simulated = started.start("startMain.py", "--simulate", cwd=checkout)
    name_in_pid_file(checkout, real.pid)
    name_in_pid_file(checkout, simulated.pid, name=SIMULATED_NAME)
    goes_on = f"A simulated one goes on: process {simulated.pid}; `sh stop.sh simulated` ends it.\n"
    assert stop(checkout) == f"Stopped: {real.pid}\n{goes_on}"
    assert real.wait(timeout=30) == -15
    assert stop(checkout) == f"No program of this checkout is running.\n{goes_on}"
    assert simulated.poll() is None
    assert stop(checkout, "simulated") == f"Stopped: {simulated.pid}\n"
    assert simulated.wait(timeout=30) == -15
    assert stop(checkout, "simulated") == "No simulated program of this checkout is running.\n"


def test_stop_simulated_spares_the_real_program(checkout: Path, started: Started) -> None:
    real = started.start("startMain.py", cwd=checkout)
    name_in_pid_file(checkout, real.pid)
    assert stop(checkout, "simulated") == "No simulated program of this checkout is running.\n"
    assert real.poll() is None


@pytest.mark.parametrize("arguments", [("now",), ("simulated", "simulated"), ("--simulated",), ("",)])
def test_stop_that_is_not_understood_stops_nothing(
    checkout: Path, started: Started, arguments: tuple[str, ...]
) -> None:
    process = started.start("startMain.py", cwd=checkout)
    name_in_pid_file(checkout, process.pid)
    done = run_stop(checkout, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("stop.sh takes nothing, simulated, --data DIR, or both")
    assert process.poll() is None


def describe(data: Path, pid: int, since: str = "now", started: str | None = None) -> None:
    """What pid_file.py writes beside the pid file."""
    name_in_pid_file(data, pid)
    started = started or pid_file.started(pid)
    about = f"address=http://localhost:1/\ndata={data}\nsince={since}\nstarted={started}\n"
    (data / "log" / f"startMain.{pid}.about").write_text(about)


@pytest.mark.parametrize("way", ["option", "equals", "environment", "relative"])
def test_stop_ends_whose_data_are_named_and_says_whose_it_was(
    checkout: Path, started: Started, tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M11, M13: known by the start that it wrote down, whatever it is called."""
    data = checkout / "my data" if way == "relative" else tmp_path / "my data"
    process = started.start("-c", WAITING, cwd=tmp_path)
    describe(data, process.pid)
    if way == "environment":
        monkeypatch.setenv("APIS_MC_DATA", str(data))
    arguments = {
        "option": ["--data", str(data)],
        "equals": [f"--data={data}"],
        "environment": [],
        "relative": ["--data", "my data"],
    }[way]
    user = pwd.getpwuid(os.geteuid()).pw_name
    assert (
        stop(checkout, *arguments)
        == f"Stopped: {process.pid} (http://localhost:1/, data in {data}, since now, user {user})\n"
    )
    assert process.wait(timeout=30) == -15
    assert "No program with its data in" in stop(checkout, *arguments)


def test_stop_leaves_alone_who_has_the_id_of_one_that_was_killed(checkout: Path, started: Started) -> None:
    """Even where that is a startMain.py of this checkout: it did not write this file."""
    process = started.start("startMain.py", "--data", "elsewhere", cwd=checkout)
    describe(checkout, process.pid, started="1 another-boot")
    said = stop(checkout)
    assert f"Left alone: process {process.pid}" in said
    assert said.endswith("No program of this checkout is running.\n")
    assert process.poll() is None


def test_stop_tells_of_a_program_that_no_pid_file_names(checkout: Path, started: Started) -> None:
    """M10: as one whose disk was full; it is no less running."""
    process = started.start("startMain.py", "--datacollectorinterval", "5", cwd=checkout)
    done = run_stop(checkout)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Process {process.pid} of the user" in done.stderr
    assert f"kill {process.pid}" in done.stderr
    assert process.poll() is None
    assert stop(checkout, "simulated") == "No simulated program of this checkout is running.\n"


def test_stop_tells_of_a_program_with_data_elsewhere(checkout: Path, started: Started) -> None:
    process = started.start("startMain.py", "--data", "/elsewhere", cwd=checkout)
    said = stop(checkout)
    assert f"goes on, with data elsewhere: process {process.pid} of the user" in said
    assert "`sh stop.sh --data /elsewhere` ends it" in said
    assert said.endswith("No program of this checkout is running.\n")
    assert process.poll() is None


def test_stop_tells_how_a_simulation_with_data_elsewhere_is_ended(checkout: Path, started: Started) -> None:
    """What it told ended the real program there."""
    process = started.start("startMain.py", "--simulate", "--data", "/elsewhere", cwd=checkout)
    said = stop(checkout, "simulated")
    assert f"process {process.pid} of the user" in said
    assert "`sh stop.sh simulated --data /elsewhere` ends it" in said
    assert process.poll() is None


def test_stop_finds_its_checkout_through_a_link(checkout: Path, started: Started, tmp_path: Path) -> None:
    process = started.start("startMain.py", cwd=checkout)
    name_in_pid_file(checkout, process.pid)
    link = tmp_path / "apis-stop"
    link.symlink_to(checkout / "stop.sh")
    done = subprocess.run(["sh", str(link)], cwd="/", capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, f"Stopped: {process.pid}\n")


NOBODY = 65534


@pytest.fixture
def open_checkout(checkout: Path) -> Iterator[Path]:
    """The same where every user of this machine can look."""
    if os.geteuid() != 0:
        pytest.skip("only root can run something as another user")
    folder = Path(tempfile.mkdtemp(prefix="open-checkout-"))
    try:
        shutil.copytree(checkout, folder, dirs_exist_ok=True)
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("absolute", [True, False])
def test_stop_by_another_user_says_whose_the_program_is(open_checkout: Path, started: Started, absolute: bool) -> None:
    """M13: and that it goes on; where the system hides a relative path's folder too."""
    script = str(open_checkout / "startMain.py") if absolute else "./startMain.py"
    process = started.start(script, cwd=open_checkout)
    name_in_pid_file(open_checkout, process.pid)
    done = run_stop(open_checkout, user=NOBODY)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"Process {process.pid} is of the user root, so it was not stopped: run this as that user.\n"
    assert process.poll() is None


@pytest.mark.parametrize("hidden", ["log", "log/startMain.pid"])
def test_stop_that_may_not_read_the_ids_says_who_may(open_checkout: Path, started: Started, hidden: str) -> None:
    process = started.start("startMain.py", cwd=open_checkout)
    name_in_pid_file(open_checkout, process.pid)
    (open_checkout / hidden).chmod(0o600)
    done = run_stop(open_checkout, user=NOBODY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "by root only: run this as that user." in done.stderr
    assert process.poll() is None


def test_startmain_holds_the_18_parameters_and_their_defaults(root: Path) -> None:
    """C1: under their own names; what stands there is what the program does without it."""
    parameters = runpy.run_path(str(root / "startMain.py"))["parameters"]
    assert list(parameters) == [row.name for row in setting_fields()][:18]
    built = build_settings(parameters, [], {})
    assert all(getattr(built, name) == getattr(Settings(), name) for name in parameters)


def test_startmain_runs_by_itself(root: Path) -> None:
    """Z19: ./startMain.py, from any folder, by whatever Python 3 is there, as long as its packages are."""
    script = root / "startMain.py"
    assert os.access(script, os.X_OK)
    done = subprocess.run(
        [sys.executable, str(script), "--version"], cwd="/", capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stdout) == (0, f"APIS Main Controller {Settings().version}\n")


def test_startmain_says_what_to_do_when_nothing_is_installed(root: Path, tmp_path: Path) -> None:
    """One sentence instead of an ImportError."""
    shutil.copy(root / "startMain.py", tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "startMain.py"], cwd=tmp_path, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "What this program needs is not installed: run `sh venv.sh` first; it builds venv/."
    ]


def test_startmain_takes_its_own_venv(root: Path, tmp_path: Path) -> None:
    """Z19: after `sh venv.sh`, ./startMain.py runs in venv/ whatever Python it was started by."""
    shutil.copy(root / "startMain.py", tmp_path)
    fake = tmp_path / "venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\necho "$0 $@"\n')
    fake.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-I", "-S", "startMain.py", "-e", "true"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout == f"{fake} startMain.py -e true\n"


def test_startmain_says_that_its_venv_is_of_another_python(root: Path, tmp_path: Path) -> None:
    """M20: as after an upgrade of the system's Python; one sentence instead of an ImportError."""
    shutil.copy(root / "startMain.py", tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "venv")], timeout=60, check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    done = subprocess.run([python, "startMain.py"], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "venv/ was not built for this Python" in done.stderr
    assert "run `sh venv.sh`, which mends it." in done.stderr


def test_venv_builds_anew_what_another_python_built(root: Path, tmp_path: Path) -> None:
    """M20: found through a link, from any folder."""
    shutil.copy(root / "venv.sh", tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    write(tmp_path / "venv" / "bin" / "python", "exit 1")
    write(tmp_path / "new", 'if [ "$2" = venv ]; then echo "$*" > built; cp good venv/bin/python; fi')
    write(tmp_path / "good", "exit 0")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "venv.sh")
    environ = {**os.environ, "PYTHON": "./new"}
    done = subprocess.run(["sh", str(link)], cwd="/", env=environ, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "built").read_text() == "-m venv --clear venv\n"


def test_venv_of_a_checkout_that_was_moved_is_set_to_its_new_place(root: Path, tmp_path: Path) -> None:
    """Its command went on naming the old place, or another checkout that stood there by then."""
    first, second = tmp_path / "first", tmp_path / "second"
    (first / "venv" / "bin").mkdir(parents=True)
    shutil.copy(root / "venv.sh", first)
    (first / "pyproject.toml").write_text("")
    write(first / "venv" / "bin" / "python", 'case "$*" in *install*) echo "$*" >>asked ;; esac')

    def installs(checkout: Path) -> list[str]:
        environ = {**os.environ, "PYTHON": "true"}
        done = subprocess.run(["sh", "venv.sh"], cwd=checkout, env=environ, capture_output=True, text=True, timeout=30)
        assert (done.returncode, done.stderr) == (0, "")
        asked = checkout / "asked"
        found = asked.read_text().splitlines() if asked.exists() else []
        asked.unlink(missing_ok=True)
        return found

    assert ["--force-reinstall" in line for line in installs(first)] == [False]
    assert installs(first) == []
    first.rename(second)
    assert ["--force-reinstall" in line for line in installs(second)] == [True]
    assert installs(second) == []


def test_venv_of_another_user_is_left_alone_and_said_whose(root: Path, open_checkout: Path) -> None:
    """M13: but one that stands ready is as good as one's own."""
    shutil.copy(root / "venv.sh", open_checkout)
    (open_checkout / "pyproject.toml").write_text("")
    (open_checkout / "venv" / "bin").mkdir(parents=True)
    write(open_checkout / "venv" / "bin" / "python", "exit 0")
    command = ["sh", str(open_checkout / "venv.sh")]

    def run(user: int | None) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PYTHON": "true"}
        return subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, timeout=30, user=user)

    refused = run(NOBODY)
    assert refused.returncode == 1
    assert "is not this user's to build" in refused.stderr
    assert "is of the user root; run this as that user." in refused.stderr
    assert run(None).returncode == 0
    assert run(NOBODY).returncode == 0


@pytest.mark.parametrize(
    ("python", "argument", "sentence"),
    [
        ("no-such-python", "", "There is no no-such-python"),
        ("sh", "wrong", "venv.sh takes nothing, or dev; not 'wrong'."),
        ("./old", "", "Python 3.8.1 is too old: this needs Python 3.11 or newer"),
        ("./bare", "", "Python's venv module is missing: install python3-venv"),
        ("./offline", "", "With no package index in reach"),
    ],
)
def test_venv_says_what_is_missing(root: Path, tmp_path: Path, python: str, argument: str, sentence: str) -> None:
    """One sentence each."""
    shutil.copy(root / "venv.sh", tmp_path)
    (tmp_path / "pyproject.toml").write_text("")
    write(tmp_path / "old", 'case "$1" in --version) echo Python 3.8.1 ;; *) exit 1 ;; esac')
    write(tmp_path / "bare", 'case "$2" in *ensurepip*) exit 1 ;; *) exit 0 ;; esac')
    write(tmp_path / "offline", 'if [ "$2" = venv ]; then mkdir -p venv/bin && cp in-venv venv/bin/python; fi')
    write(tmp_path / "in-venv", 'case "$*" in *install*) exit 1 ;; *) exit 0 ;; esac')
    done = subprocess.run(
        ["sh", str(tmp_path / "venv.sh"), *([argument] if argument else [])],
        cwd="/",
        env={**os.environ, "PYTHON": python},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("npm", "sentence"),
    [
        (None, "The history's charts need npm: install it"),
        ("exit 1", "The history's charts could not be installed (see venv/npm.log)"),
        ('echo "$*" >called; mkdir -p node_modules/uplot; cp locked node_modules/uplot/package.json', ""),
    ],
)
def test_venv_installs_the_charts_or_says_in_one_line_how_and_goes_on(
    root: Path, tmp_path: Path, npm: str | None, sentence: str
) -> None:
    """M31: nothing but the charts waits for npm; what is installed is not asked for again."""
    for name in ("venv.sh", "package.json"):
        shutil.copy(root / name, tmp_path)
    [version] = re.findall(r'"uplot": "([^"]+)"', (root / "package.json").read_text())
    (tmp_path / "locked").write_text(f'{{\n  "version": "{version}"\n}}\n')
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    write(tmp_path / "venv" / "bin" / "python", "exit 0")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "readlink", "sed", "grep", "cksum", "cat", "stat", "mkdir", "cp", "tail"):
        (tools / name).symlink_to(shutil.which(name) or name)
    if npm is not None:
        write(tools / "npm", npm)

    def run() -> subprocess.CompletedProcess[str]:
        environ = {"PYTHON": "true", "PATH": str(tools)}
        write(tools / "true", "exit 0")
        command = [str(tools / "sh"), str(tmp_path / "venv.sh")]
        return subprocess.run(command, cwd="/", env=environ, capture_output=True, text=True, timeout=30)

    done = run()
    assert done.returncode == 0, done.stderr
    assert len(done.stderr.splitlines()) == (1 if sentence else 0), done.stderr
    assert sentence in done.stderr
    assert (tmp_path / "venv" / ".installed").is_file()
    if not sentence:
        assert "ci --omit=dev" in (tmp_path / "called").read_text()
        (tmp_path / "called").unlink()
        assert (run().stderr, (tmp_path / "called").exists()) == ("", False)


def write(path: Path, body: str) -> None:
    """An executable shell script that plays a Python."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def make(root: Path, folder: Path, port: object) -> subprocess.CompletedProcess[str]:
    """`make run` in a folder whose venv/ stands ready and whose program only says how it was called."""
    if shutil.which("make") is None:
        pytest.skip("There is no make on this machine.")
    shutil.copy(root / "Makefile", folder)
    (folder / "venv.sh").write_text("")
    (folder / "venv" / "bin").mkdir(parents=True)
    (folder / "venv" / "bin" / "python").symlink_to(sys.executable)
    (folder / "startMain.py").write_text("import sys\nsys.stdout.write(' '.join(sys.argv[1:]))\n")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # of `make test`
    return subprocess.run(
        ["make", "run", f"port={port}"], cwd=folder, env=ours, capture_output=True, text=True, timeout=30
    )


def test_make_run_starts_four_simulated_units(root: Path, tmp_path: Path) -> None:
    """On that port; the address to open is the program's to print, once it answers there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = make(root, tmp_path, port)
    assert done.stdout == f"--simulate 4 --b_port {port}"


@pytest.mark.parametrize("port", ["80x", "0", "65536", "99999999999999999999", "-1"])
def test_make_run_says_what_is_no_port(root: Path, tmp_path: Path, port: str) -> None:
    """It said that port 80x was taken."""
    done = make(root, tmp_path, port)
    assert done.returncode != 0
    assert f"'{port}' is no port: use a number from 1 to 65535" in done.stderr
    assert "taken" not in done.stderr


def test_make_run_says_that_the_port_is_taken(root: Path, tmp_path: Path) -> None:
    """And which setting moves it; the program is not started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = make(root, tmp_path, port)
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.startswith(f"Port {port} is taken")
    assert "b_port" in done.stderr.splitlines()[0]
