"""Every command of the sections on systemd, container, logs and bundle is one that a test runs, or does the same as."""

import importlib
import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import page, section

INSTALL, CONTAINER, BUNDLE = (
    "tests.package.test_install", "tests.package.test_container", "tests.system.test_bundle",
)  # fmt: skip
UPGRADE = (INSTALL, "test_upgrade_and_downgrade_keep_the_data_and_say_what_to_do")
UNIT = (INSTALL, "test_systemd_takes_the_unit")
COMMANDS = (INSTALL, "test_the_commands_of_the_service")
STEPS = (CONTAINER, "test_every_step_works_in_clean_roots_of_debian")
ROOM = (CONTAINER, "test_what_it_starts_runs_on_a_read_only_root_and_says_that_it_lives")
PLANTED = (BUNDLE, "test_secrets_planted_everywhere_are_nowhere_in_it")

RUN_BY = {
    "sudo make install": UPGRADE,  # below a folder of its own
    "sudo systemctl enable --now apis-main-controller": UNIT,  # no test starts services: the unit, and its command
    "systemctl status apis-main-controller": (
        "tests.system.test_service", "test_it_says_when_it_is_ready_that_it_lives_how_it_is_and_that_it_ends",
    ),
    "sudo systemctl stop apis-main-controller": UPGRADE,  # SIGTERM, as the unit has it
    "sudo systemctl start apis-main-controller": UPGRADE,
    "sudo make uninstall": (INSTALL, "test_what_is_uninstalled_leaves_data_settings_and_its_neighbours"),
    'apis() { sudo -u apis-mc /opt/apis-main-controller/bin/apis-main-controller "$@" '
    "--config /etc/apis-main-controller/site.toml --data /var/lib/apis-main-controller; }": COMMANDS,
    "apis --check-config": COMMANDS,
    "apis user add anna administrator": COMMANDS,
    "sudo install -d -o apis-mc -g apis-mc -m 700 /var/backups/apis": COMMANDS,  # a folder of the test's own
    "apis backup /var/backups/apis/2026-11-27.zip": COMMANDS,
    "apis --verify-journal": COMMANDS,
    "podman build -t apis-main-controller .": STEPS,
    "podman run --rm --read-only --tmpfs /tmp --cap-drop all --stop-timeout 150 -v apis-data:/data "
    "-p 127.0.0.1:4382:4382 apis-main-controller --apis_host 10.0.0.5": ROOM,
    "docker compose up --build": STEPS,
    "sudo -u apis-mc /opt/apis-main-controller/bin/apis-main-controller bundle /tmp/apis-bundle.zip "
    "--config /etc/apis-main-controller/site.toml --data /var/lib/apis-main-controller": PLANTED,
    "./startMain.py bundle /tmp/apis-bundle.zip": PLANTED,
}  # fmt: skip
SECTIONS = ("## systemd", "## Container", "## Logs", "## Support bundle")
FILES = ("[", "/var/lib/apis-main-controller/log/main_controller.log {")
"""How the blocks begin that are parts of files."""


def blocks(root: Path) -> list[str]:
    """The blocks of these sections that are commands."""
    text = "\n".join(section(page(root, "deployment.md"), title) for title in SECTIONS)
    found = re.findall(r"^```\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [block for block in found if not block.startswith(FILES)]


def test_each_command_is_run_by_a_test(root: Path) -> None:
    commands = {line for block in blocks(root) for line in block.splitlines()}
    assert commands == set(RUN_BY)
    for module, name in RUN_BY.values():
        assert callable(getattr(importlib.import_module(module), name)), name


def test_the_formatter_of_json_is_logging_confs_with_one_line_more(root: Path) -> None:
    text = section(page(root, "deployment.md"), "## Logs")
    (block,) = re.findall(r"^```\n(\[formatter_infoFileFormatter\]\n.*?)^```$", text, re.MULTILINE | re.DOTALL)
    lines = [line for line in block.splitlines() if not line.startswith("class=")]
    assert len(lines) == len(block.splitlines()) - 1
    assert "\n".join(lines) in (root / "logging.conf").read_text("utf-8")
    assert "class=main_controller.log_lines.JsonLines" in block


def test_reload_is_the_signal_that_is_documented(root: Path) -> None:
    unit = (root / "systemd" / "apis-main-controller.service").read_text("utf-8")
    assert "ExecReload=/bin/kill -USR1 $MAINPID\n" in unit
    assert "SIGUSR1 (`systemctl reload apis-main-controller`)" in page(root, "deployment.md")


@pytest.mark.parametrize("script", ["systemd/install.sh", "tests/package/room.sh"])
def test_the_scripts_are_plain_sh(root: Path, script: str) -> None:
    subprocess.run(["sh", "-n", str(root / script)], check=True, timeout=30)
