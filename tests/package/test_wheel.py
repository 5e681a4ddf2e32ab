"""The wheel holds the whole program: installed apart, started from elsewhere, asked for its page, stopped (M11)."""

import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.version import Version

BUILT_FROM = ("main_controller", "views", "js", "css", "img")
FILES = ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "NOTICE.md", "logging.conf")
LIMIT = 120.0


def unfit(charts: Path) -> str:
    """Why this machine cannot build a wheel without a network; empty where it can."""
    if not charts.is_dir():
        return "The chart library is not installed: run `npm ci`, as `make test` does."
    for name, oldest in (("pip", "0"), ("setuptools", "70.1")):
        try:
            found = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            return f"There is no {name} here, so no wheel can be built: run `sh venv.sh dev`."
        if Version(found) < Version(oldest):
            return f"setuptools {found} builds no wheel by itself ({oldest} does): run `sh venv.sh dev`."
    return ""


def run_pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it without a network."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=LIMIT, env={**os.environ, "PIP_NO_INDEX": "1"}
    )


def pip(*arguments: str) -> None:
    """Run it, which must go well."""
    done = run_pip(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def wheel_in(source: Path) -> tuple[str, ...]:
    """What has pip build the wheel into its `dist`."""
    return ("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(source / "dist"), str(source))


@pytest.fixture(scope="module")
def source(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel is built from, but the chart library."""
    charts = root / "node_modules" / "uplot"
    if why := unfit(charts):
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(why)
        pytest.skip(why)
    source = tmp_path_factory.mktemp("source")
    for name in BUILT_FROM:
        shutil.copytree(root / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy2(root / name, source)
    return source


@pytest.fixture(scope="module")
def refused(source: Path) -> str:
    """What is said when the chart library is missing."""
    done = run_pip(*wheel_in(source))
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def chartless(source: Path, refused: str) -> list[str]:
    """The files of a wheel that was told to do without."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WITHOUT_CHARTS", "1")
        pip(*wheel_in(source))
    [wheel] = (source / "dist").iterdir()
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    wheel.unlink()
    return names


@pytest.fixture(scope="module")
def installed(root: Path, source: Path, chartless: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed, made read-only, as a system's own would be."""
    target = tmp_path_factory.mktemp("installed")
    shutil.copytree(root / "node_modules" / "uplot", source / "node_modules" / "uplot")
    pip(*wheel_in(source))
    [wheel] = (source / "dist").iterdir()
    pip("install", "--no-deps", "--target", str(target), str(wheel))
    shutil.rmtree(source)
    for folder in (target, *(path for path in target.rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    return target


def environ_of(installed: Path, home: Path) -> dict[str, str]:
    """As of a user whose home this is."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("APIS_MC_", "XDG_"))}
    return {**ours, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(home)}


def command_of(installed: Path) -> list[str]:
    """The console script, by this Python."""
    return [sys.executable, str(installed / "bin" / "apis-main-controller")]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder to start from."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    return folder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user's home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def program(installed: Path, elsewhere: Path, home: Path) -> Iterator[subprocess.Popen[str]]:
    """The simulation, started from `elsewhere` on a free port."""
    process = subprocess.Popen(
        [*command_of(installed), "--simulate", "2", "--b_port", "0"],
        cwd=elsewhere, env=environ_of(installed, home), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    yield process
    process.kill()
    process.communicate(timeout=30)


def fetched(address: str) -> bytes:
    """What is answered there with 200."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert answer.status == 200
        return bytes(answer.read())


def test_a_build_without_the_chart_library_says_what_to_run(refused: str) -> None:
    assert "The chart library is missing: run `npm ci --omit=dev` in this folder, then build again; or set" in refused


def test_a_build_that_is_told_so_does_without_the_charts(chartless: list[str]) -> None:
    assert "main_controller/page/js/charts/library.js" in chartless
    assert [name for name in chartless if "uplot" in name.lower()] == []


def test_it_runs_from_anywhere_and_writes_into_the_users_state(
    program: subprocess.Popen[str], installed: Path, elsewhere: Path, home: Path
) -> None:
    before = sorted(installed.rglob("*"))
    assert program.stdout is not None
    found = re.fullmatch(r"Open http://localhost:(\d+)/\n", program.stdout.readline())
    assert found is not None
    address = f"http://127.0.0.1:{found[1]}"
    assert b"SIMULATED" in fetched(f"{address}/")
    for name in (
        "js/main.js",
        "js/i18n/said/program.js",
        "css/main.css",
        "css/screens.css",
        "js/jquery.js",
        "js/uplot.js",
        "css/uplot.css",
    ):
        assert fetched(f"{address}/{name}"), name
    program.send_signal(signal.SIGTERM)
    assert program.wait(timeout=60) == 0
    logs = home / ".local" / "state" / "apis-main-controller" / "log" / "simulated"
    assert f"and writes its log to {logs}," in (logs / "main_controller.log").read_text("utf-8")
    assert list(elsewhere.iterdir()) == []
    assert sorted(installed.rglob("*")) == before


def check_config(installed: Path, cwd: Path, home: Path, **environ: str) -> str:
    """What `--check-config` says."""
    done = subprocess.run(
        [*command_of(installed), "--check-config", "--database", "mine.sqlite3"],
        cwd=cwd, env={**environ_of(installed, home), **environ}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_its_data_are_where_xdg_says_and_relative_paths_count_from_the_folder_of_the_start(
    installed: Path, elsewhere: Path, home: Path
) -> None:
    said = check_config(installed, elsewhere, home, XDG_STATE_HOME=str(home / "state"))
    data = home / "state" / "apis-main-controller"
    assert f"data = {data}  (default)" in said
    assert f"schedules = {data / 'schedules'}  (default)" in said
    assert f"database = {elsewhere / 'mine.sqlite3'}  (the command line)" in said
    ignored = check_config(installed, elsewhere, home, XDG_STATE_HOME="relative")
    assert f"data = {home / '.local' / 'state' / 'apis-main-controller'}  (default)" in ignored
