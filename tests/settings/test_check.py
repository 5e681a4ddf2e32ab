"""--check-config says what it found, or names what cannot work; run apart, since it sets up logging."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = """
import sys
from pathlib import Path
from main_controller.errors import SettingError
from main_controller.settings import found_at_start, read_settings
try:
    sys.stdout.write(found_at_start(*read_settings({}, sys.argv[2:], {}, Path(sys.argv[1]))))
except SettingError as fault:
    sys.exit(str(fault))
"""


def check(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run the check with `folder` as the checkout."""
    here = Path(__file__).resolve().parents[2]
    return subprocess.run(
        [sys.executable, "-c", CHECK, str(folder), *argv], cwd=here, capture_output=True, text=True, timeout=30
    )


@pytest.fixture
def checkout(tmp_path: Path, root: Path) -> Path:
    """A folder with the real logging.conf in it."""
    (tmp_path / "logging.conf").write_bytes((root / "logging.conf").read_bytes())
    return tmp_path


def test_it_names_each_setting_with_its_source(checkout: Path) -> None:
    """An operator reads what is in force, and who said so."""
    done = check(checkout, "--b_port", "5000", "--allowed_networks", "10.0.0.0/8")
    assert done.returncode == 0
    assert "b_port = 5000  (the command line)" in done.stdout
    assert "allowed_networks = 10.0.0.0/8  (the command line)" in done.stdout
    assert "staleafter = 30 s  (default)" in done.stdout
    assert "upstream_timezone = none  (default)" in done.stdout


def test_it_makes_nothing(checkout: Path) -> None:
    """As root it left a log that the service's own user could not write."""
    assert check(checkout).returncode == 0
    assert [path.name for path in checkout.iterdir()] == ["logging.conf"]
    assert check(checkout, "--data", str(checkout / "new" / "er")).returncode == 0
    assert [path.name for path in checkout.iterdir()] == ["logging.conf"]
    (checkout / "log").mkdir()
    assert check(checkout).returncode == 0
    assert list((checkout / "log").iterdir()) == []


def test_a_file_whose_own_args_say_when_it_is_opened_can_be_used(checkout: Path) -> None:
    """The sixth of them is `delay`."""
    config = checkout / "logging.conf"
    config.write_text(config.read_text("utf-8").replace("1, 30, 'utf-8')", "1, 30, 'utf-8', True)"), "utf-8")
    assert "'utf-8', True)" in config.read_text("utf-8")
    done = check(checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for path in checkout.iterdir()] == ["logging.conf"]


def test_a_log_that_cannot_be_written_is_named(checkout: Path) -> None:
    """A folder stands in the file's place, or a file in the folder's."""
    (checkout / "log" / "main_controller.log").mkdir(parents=True)
    assert "it is a folder" in check(checkout).stderr
    (checkout / "taken").mkdir()
    (checkout / "taken" / "log").write_text("a file")
    assert check(checkout, "--data", "taken").stderr.startswith("logging.conf: the log cannot be written to ")


def test_a_folder_of_another_user_is_said(checkout: Path) -> None:
    """What root may write tells nothing of what the service may."""
    assert "is of the user" not in check(checkout).stdout
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to another user")
    os.chown(checkout, 65533, -1)
    assert f"{checkout} is of the user 65533, and this was looked at as root" in check(checkout).stdout


@pytest.mark.parametrize(
    ("name", "place"), [("schedules", "taken"), ("schedules", "taken/below"), ("database", "taken/j")]
)
def test_a_folder_that_cannot_be_is_named(checkout: Path, name: str, place: str) -> None:
    """Said at start, not when the first schedule is lost."""
    (checkout / "taken").write_text("a file")
    done = check(checkout, f"--{name}", place)
    assert done.returncode == 1
    assert done.stderr.startswith(f"{name}: ")
    assert "is not a folder" in done.stderr


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Only the first was told, so that a file with ten had to be checked ten times."""
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "site.toml").write_text('b_prot = 1\nchargereserve = 90\nchargefull = 80\ngridvoltagemin = "x"\n')
    argv = ["--config", str(tmp_path / "site.toml"), "--b_port", "x", "--staleafter", "-1", "--gridvoltagemax", "200"]
    argv += ["--schedules", "taken", "--database", "taken/j", "--speed", "2"]
    done = check(tmp_path, *argv)
    assert done.returncode == 1
    assert sorted(line.partition(":")[0] for line in done.stderr.splitlines()) == [
        "--b_port", "--speed", "--staleafter", "b_prot", "chargereserve", "database", "gridvoltagemin", "logging.conf",
        "schedules",
    ]  # fmt: skip


def test_what_follows_from_a_fault_is_no_fault_of_its_own(checkout: Path) -> None:
    """A bad `data` says nothing of the folders in it, a bad voltage nothing of its order with another."""
    (checkout / "taken").write_text("a file")
    done = check(checkout, "--data", "taken", "--gridvoltagemin", "x", "--gridvoltagemax", "200")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["--gridvoltagemin", "data"]


def test_a_missing_logging_conf_is_named(tmp_path: Path) -> None:
    """It is one of the things that are read."""
    assert check(tmp_path).stderr.startswith("logging.conf: there is no ")


def test_the_simulation_is_said(checkout: Path) -> None:
    """Z17: never by accident."""
    assert "--simulate: 20 units, 10 times as fast as real time" in check(checkout, "--simulate", "20").stdout


def test_it_refuses_to_be_open_to_everybody_and_tells_what_little_is_taken(checkout: Path) -> None:
    done = check(checkout, "--b_host", "0.0.0.0", "--b_port", "x")
    assert done.returncode == 1
    assert "--b_port: " in done.stderr
    assert "b_host: 0.0.0.0 lets other machines call" in done.stderr
    assert "no order is taken but what stops something" in check(checkout, "--allowed_hosts", "grid.example").stdout
    assert "every page says so" in check(checkout, "--b_host", "0.0.0.0", "--insecure").stdout
