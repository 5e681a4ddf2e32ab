"""The real program as a process of its own: started by startMain.py, watched, signalled, killed."""

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any, Self

from tests.system.console import ROOT, lay_out, until
from tests.system.http_call import Answer, call


def copy_checkout(folder: Path) -> Path:
    """A checkout of its own, so that its log and its process are nobody else's; the page's files are shared."""
    lay_out(folder)
    ignored = shutil.ignore_patterns("*.tmp")
    shutil.copytree(ROOT / "main_controller", folder / "main_controller", ignore=ignored)
    for name in ("startMain.py", "logging.conf", "stop.sh"):
        shutil.copy2(ROOT / name, folder)
    return folder


class Program:
    """`startMain.py` of `checkout` with these settings, on a free port, its schedules and journal in `data`."""

    def __init__(self, checkout: Path, data: Path, *flags: str, **given: object) -> None:
        self.data = data
        data.mkdir(parents=True, exist_ok=True)
        settings = {
            "b_port": 0,
            "schedules": data / "schedules",
            "database": data / "journal.sqlite3",
            "datacollectorinterval": 0.1,
            "schedulerInterval": 0.1,
            "readinglag": 0.3,
            "staleafter": 5,
            **given,
        }
        self.argv = [sys.executable, str(checkout / "startMain.py"), *flags]
        self.argv += [text for name, value in settings.items() for text in (f"--{name}", _text(value))]
        self._checkout = checkout
        self._lines: list[str] = []
        self._listening: list[threading.Thread] = []
        self.process: subprocess.Popen[str]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self, *, wait: bool = True) -> None:
        """Start it; with `wait` return once it says where it is."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("APIS_MC_")}
        self._lines = []
        self.process = subprocess.Popen(
            self.argv, cwd=self._checkout, env=environ, stdin=subprocess.DEVNULL, stdout=PIPE, stderr=PIPE, text=True
        )
        self._listening = [
            threading.Thread(target=self._listen, args=(each,)) for each in (self.process.stdout, self.process.stderr)
        ]
        for thread in self._listening:
            thread.start()
        if wait:
            until(lambda: self.address or self.process.poll() is not None, "its address", deadline=60)
            assert self.process.poll() is None, self.errors

    def _listen(self, output: IO[str]) -> None:
        """Keep what it writes; a pipe, so that the console goes on when no file can be written."""
        with output:
            for line in output:
                self._lines.append(line)

    @property
    def address(self) -> str:
        """Where it answers, as it printed it; empty before."""
        found = re.search(r"Open http://localhost:(\d+)/\n", self.errors)
        return f"http://127.0.0.1:{found[1]}/" if found else ""

    @property
    def errors(self) -> str:
        """What it wrote on the console."""
        return "".join(list(self._lines))

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def kill(self) -> int:
        """SIGKILL; how it ended."""
        self.process.kill()
        return self.wait()

    def wait(self, timeout: float = 30) -> int:
        """Wait for its end; how it ended. All that it wrote is in `errors` then."""
        status = self.process.wait(timeout)
        for thread in self._listening:
            thread.join(10)
        return status

    def call(self, target: str, method: str = "GET", **more: Any) -> Answer:
        """One request, as `http_call.call`."""
        return call(self.address, target, method, **more)

    def verify_journal(self) -> tuple[int, str]:
        """What `--verify-journal` says of its journal, and the exit status."""
        done = subprocess.run([*self.argv, "--verify-journal"], capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stdout + done.stderr


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
