"""A machine of its own below one folder, on which `make install` puts the program, for this folder's tests."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.package.test_wheel import BUILT_FROM, FILES, unfit

MORE = ("docs", "benchmarks", "systemd", "Makefile", "venv.sh", "CHANGELOG.md", "SECURITY.md")
NAME = "apis-main-controller"


@dataclass(frozen=True)
class Site:
    """A machine of its own below one folder; `older` and `newer` are two checkouts."""

    root: Path
    older: Path
    newer: Path

    @property
    def program(self) -> Path:
        return self.root / "opt" / NAME / "bin" / NAME

    @property
    def conf(self) -> Path:
        return self.root / "etc" / NAME

    @property
    def unit(self) -> Path:
        return self.root / "etc" / "systemd" / "system" / f"{NAME}.service"

    @property
    def data(self) -> Path:
        return self.root / "var" / "lib" / NAME

    @property
    def environ(self) -> dict[str, str]:
        """With what the program needs, which no package index is asked for here."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("APIS_MC_", "MAKE"))}
        return {**ours, "PYTHONPATH": sysconfig.get_paths()["purelib"], "PIP_NO_INDEX": "1"}

    def make(self, what: str, checkout: Path, **given: str) -> str:
        """What it said; it must go well."""
        given = {
            "DESTDIR": "/",
            "PREFIX": str(self.root / "opt" / NAME),
            "CONFDIR": str(self.conf),
            "UNITDIR": str(self.unit.parent),
            "SYSUSERSDIR": str(self.root / "etc" / "sysusers.d"),
            "PIP_FLAGS": "--no-deps --no-build-isolation --no-compile",
            "BUILT_WITH": sys.executable,
            **given,
        }
        words = [f"{key}={text}" for key, text in given.items()]
        done = subprocess.run(
            ["make", "-C", str(checkout), "--no-print-directory", what, *words],
            capture_output=True, text=True, timeout=120, env=self.environ,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def command(self, *more: str) -> list[str]:
        """What the unit starts, on a free port, with data of its own and no apis-web."""
        return [
            str(self.program), "--config", str(self.conf / "site.toml"), "--data", str(self.data), "--b_port", "0",
            "--apis_host", "127.0.0.1", "--apis_emul_port", "9", "--apis_budo_port", "9", *more,
        ]  # fmt: skip

    @contextmanager
    def running(self) -> Iterator[str]:
        """Its address while it runs."""
        process = subprocess.Popen(
            self.command(), cwd="/", env=self.environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            found = re.fullmatch(r"Open http://localhost:(\d+)/\n", process.stdout.readline())
            assert found is not None
            yield f"http://127.0.0.1:{found[1]}"
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.communicate(timeout=30)


def installed_site(root: Path, folder: Path) -> Site:
    """One with the older program."""
    if why := unfit(root / "node_modules" / "uplot"):
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    older, newer = folder / "older", folder / "newer"
    for name in (*BUILT_FROM, *FILES, *MORE):
        from_tree = (root / name).is_dir()
        older.mkdir(exist_ok=True)
        if from_tree:
            shutil.copytree(root / name, older / name, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
        else:
            shutil.copy2(root / name, older)
    (older / "node_modules").mkdir()
    (older / "node_modules" / "uplot").symlink_to((root / "node_modules" / "uplot").resolve())
    shutil.copytree(older, newer, symlinks=True)
    version = newer / "main_controller" / "__init__.py"
    version.write_text(re.sub(r'(__version__ = )"[^"]+"', r'\1"99.0.0"', version.read_text("utf-8")), "utf-8")
    with (newer / "main_controller" / "store" / "database" / "steps.py").open("a", encoding="utf-8") as steps:
        steps.write('\nSTEPS[max(STEPS) + 1] = "CREATE TABLE rehearsal (x INTEGER)"\n')
    site = Site(folder / "machine", older, newer)
    said = site.make("install", older)
    assert "Look at" in said
    return site
