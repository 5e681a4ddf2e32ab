"""`make install` and `make uninstall`, as docs/deployment.md has them: the unit, upgrade and downgrade with data."""

import json
import os
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.docs.test_pages import lost
from tests.package.site import NAME, Site
from tests.system.console import until

EXPOSURE = 15
"""What `systemd-analyze security` may find at most, in tenths."""


def test_the_checkout_stays_as_it_was(site: Site) -> None:
    assert not list(site.older.glob("*.egg-info"))
    assert not (site.older / "build").exists()


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says."""
    if shutil.which("systemd-analyze") is None:
        why = "There is no systemd-analyze here (Debian: apt-get install systemd)."
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)


def test_systemd_takes_the_unit(site: Site) -> None:
    done = analyzed("verify", "--man=no", str(site.unit))
    ours = [line for line in done.stderr.splitlines() if NAME in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_a_unit_that_is_wrong_is_seen(site: Site, tmp_path: Path) -> None:
    wrong = tmp_path / f"{NAME}.service"
    wrong.write_text(site.unit.read_text("utf-8").replace("bin/apis", "bin/no-apis"))
    assert analyzed("verify", "--man=no", str(wrong)).returncode != 0


def test_the_unit_is_hardened(site: Site) -> None:
    def found(threshold: int) -> int:
        return analyzed("security", "--offline=true", f"--threshold={threshold}", str(site.unit)).returncode

    assert found(EXPOSURE) == 0
    assert found(1) != 0, "nothing is without any exposure"


def test_the_unit_leaves_time_for_a_safe_end(site: Site) -> None:
    """docs/operation.md: 120 s in all."""
    told = dict(line.split("=", 1) for line in site.unit.read_text("utf-8").splitlines() if re.match(r"\w+=", line))
    assert int(told["TimeoutStopSec"]) > 120
    assert (told["Type"], told["Restart"], told["RestartPreventExitStatus"]) == ("notify", "always", "2")
    assert (told["KillMode"], told["User"], int(told["WatchdogSec"])) == ("mixed", "apis-mc", 60)
    assert told["ExecStart"].split()[0] == str(site.program)


def test_the_documents_lead_to_each_other(site: Site) -> None:
    """And what the unit names, the alert rules and the dashboard are among them; pictures are left out of this site."""
    documents = site.root / "opt" / NAME / "share" / "doc" / NAME
    pages = sorted(documents.rglob("*.md"))
    dead = [f"{page.name}: {link}" for page in pages for link in lost(page, page.read_text("utf-8"))]
    assert [link for link in dead if not link.endswith(".png")] == []
    told = re.search(r"^Documentation=file:(.+)$", site.unit.read_text("utf-8"), re.MULTILINE)
    assert told is not None
    assert Path(told[1]) in pages
    assert (documents / "docs" / "prometheus" / "alerts.yml").is_file()
    assert (documents / "docs" / "grafana" / "apis-main-controller.json").is_file()


def test_the_user_can_be_made(site: Site, tmp_path: Path) -> None:
    """systemd-sysusers makes it in a root of its own."""
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("There is no systemd-sysusers here.")
    (tmp_path / "etc").mkdir()
    conf = site.root / "etc" / "sysusers.d" / f"{NAME}.conf"
    subprocess.run(["systemd-sysusers", f"--root={tmp_path}", str(conf)], check=True, capture_output=True, timeout=30)
    assert re.search(r"^apis-mc:.*:/usr/sbin/nologin$", (tmp_path / "etc" / "passwd").read_text(), re.MULTILINE)


def told(address: str, path: str) -> Any:
    """The JSON of a reading."""
    with urllib.request.urlopen(f"{address}{path}", timeout=30) as answer:
        return json.load(answer)


def test_upgrade_and_downgrade_keep_the_data_and_say_what_to_do(site: Site) -> None:
    with site.running() as address:
        asked = urllib.request.Request(
            f"{address}/setSchedule?operation=softStop&value=2099-01-01T00:00Z", method="POST"
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert answer.status == 200
        before = told(address, "/schedules")
        assert before
        remedies = " ".join(str(one["remedy"]) for one in told(address, "/selfcheck")["findings"])
        assert f"Run {site.program} --" in remedies, "what a remedy names can be called as it stands there"
    conf = site.conf / "site.toml"
    conf.write_text('title = "the site\'s own"\n')
    lines = site.conf / "logging.conf"
    lines.write_text(
        lines.read_text("utf-8").replace(
            "[formatter_infoFileFormatter]", "[formatter_infoFileFormatter]\nclass=main_controller.log_lines.JsonLines"
        )
    )

    assert "99.0.0 is installed" in site.make("install", site.newer)
    with site.running() as address:
        assert told(address, "/schedules") == before
        status = told(address, "/get/status")
        assert (status["version"], status["title"]) == ("99.0.0", "the site's own")
    log = (site.data / "log" / "main_controller.log").read_text("utf-8").splitlines()
    assert "99.0.0 answers at" in json.dumps([json.loads(line)["message"] for line in log if line.startswith("{")])
    database = site.data / "journal" / "journal.sqlite3"
    (copy,) = database.parent.glob("journal.sqlite3.v*")

    site.make("install", site.older)
    with site.running() as address:
        said = str(until(lambda: told(address, "/get/status")["journal"]["fault"], "what is wrong with the journal"))
    assert said.startswith("journal.sqlite3 was written by a newer version of this program")
    assert f"Start version 99.0.0 of the program again, or end this one and put {copy.name}" in said

    for left in database.parent.glob("journal.sqlite3*"):
        if left.name in (database.name, f"{database.name}-wal", f"{database.name}-shm"):
            left.unlink()
    shutil.copy2(copy, database)
    with site.running() as address:
        assert told(address, "/schedules") == before
        status = told(address, "/get/status")
        assert status["version"] != "99.0.0"


def test_the_commands_of_the_service(site: Site, tmp_path: Path) -> None:
    """Those that docs/deployment.md has: settings and data by option, after the words."""

    def said(*words: str, data: str = "data", typed: str = "") -> str:
        done = subprocess.run(
            [str(site.program), *words, "--config", str(site.conf / "site.toml"), "--data", str(tmp_path / data)],
            input=typed, capture_output=True, text=True, timeout=60, cwd="/", env=site.environ,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "All settings can be used." in said("--check-config")
    assert said("user", "add", "anna", "administrator", typed="correct horse battery\n").startswith("anna may log in")
    assert "The journal holds: 0 rows" in said("--verify-journal")
    said("backup", str(tmp_path / "backup.zip"))
    (tmp_path / "empty").mkdir()
    said("restore", str(tmp_path / "backup.zip"), data="empty")
    assert "anna" in said("user", "list", data="empty")


def test_what_is_uninstalled_leaves_data_settings_and_its_neighbours(site: Site) -> None:
    (site.program.parents[1] / "lib" / "other").mkdir()
    data, conf = sorted(site.data.rglob("*")), sorted(site.conf.rglob("*"))
    assert data
    assert conf
    said = site.make("uninstall", site.older)
    assert f"Left as they are: {site.conf}, /var/lib/{NAME} and the user apis-mc" in said
    assert (sorted(site.data.rglob("*")), sorted(site.conf.rglob("*"))) == (data, conf)
    left = [path for path in site.root.rglob("*") if not {site.data, site.conf} & {path, *path.parents}]
    assert [path for path in left if path.is_file()] == []
    assert (site.root / "opt" / NAME / "lib" / "other").is_dir()
    assert not site.program.parent.exists()


@pytest.mark.parametrize(("name", "value"), [("PREFIX", "opt"), ("DESTDIR", "/tmp/a b"), ("CONFDIR", "/etc/%i")])
def test_a_place_that_cannot_be_used_is_refused(site: Site, name: str, value: str) -> None:
    done = subprocess.run(
        ["make", "-C", str(site.older), "install", f"{name}={value}"],
        capture_output=True, text=True, timeout=60, env=site.environ,
    )  # fmt: skip
    assert done.returncode != 0
    assert value in done.stderr
