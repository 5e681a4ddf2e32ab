"""The real program in this process, on a port of its own, with the real system's times made short for tests.

Everything is built by `Controller` itself; only signals are not taken over, since pytest has its own.
"""

import contextlib
import logging
import runpy
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, TypeVar
from unittest import mock

import waitress.wasyncore

from main_controller.domain.timing import Beats, Timing
from main_controller.settings import Settings, build_settings
from main_controller.upstream.http_json import Timeout
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.wiring import controller as program
from main_controller.wiring.choices import timing_of
from tests.system.http_call import Answer, call
from tests.web.declared import fault_of

Found = TypeVar("Found")

ROOT = Path(__file__).resolve().parents[2]
DEADLINE = 20.0

SHORT: Mapping[str, object] = {
    "b_port": 0,
    "datacollectorinterval": 0.1,
    "schedulerInterval": 0.1,
    "readinglag": 0.3,
    "stoplag": 0.6,
    "modetime": 4,
    "gracetime": 3,
    "staleafter": 2,
    "freshreading": 2,
    "threads": 24,
    "apislog": "",
}
"""Settings under which things happen within tenths of a second."""

READING = Timeout(connect=1.0, total=1.0)
ORDER = Timeout(connect=1.5, total=1.5)


def timeouts() -> dict[str, Timeout]:
    """The table of time-outs, much shorter; a busy machine may still rest for most of a second."""
    orders = ("mode", "budo", "shutdown", "converter", "ups")
    return {name: ORDER if name in orders else READING for name in TIMEOUTS}


BEATS = Beats(watch=0.1, look=0.05, events=0.1, frame=0.1)
CALM = Beats(watch=0.5, look=0.2, events=0.5, frame=0.25)
"""For tests that wait for nothing of the grid's: the loops cost a machine more than the pages do."""


def hurried(settings: Settings) -> Timing:
    """The settings' times, and those that are no settings as short as `SHORT`."""
    return replace(
        timing_of(settings), stop_unheard=1.5, stop_again=0.5, stop_reads=0.2, after_grace=6.0, lease_warned=1.5
    )


def lay_out(folder: Path) -> Path:
    """A checkout's folder that shares the page's files with this one and has its own log, schedules and journal."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("views", "js", "css", "img", "node_modules"):
        link = folder / name
        if not link.is_symlink():
            link.symlink_to(ROOT / name)
    return folder


def settings_for(root: Path, given: Mapping[str, object]) -> Settings:
    """The settings as the command line would make them of startMain.py's parameters and `given`."""
    parameters = runpy.run_path(str(ROOT / "startMain.py"), run_name="startMain")["parameters"]
    argv = [text for name, value in given.items() for text in (f"--{name}", _text(value))]
    return build_settings(parameters, argv, {}, root)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class LogLines(logging.Handler):
    """Keeps every log line of the program."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def at(self, level: int, part: str = "") -> list[str]:
        """The messages of exactly this level that hold `part`, oldest first."""
        return [r.getMessage() for r in list(self.records) if r.levelno == level and part in r.getMessage()]


class Console:
    """The running program; `address` is where it answers, `log` what it logged.

    `given` are settings; with `patient` calls take as long as they really may; `beats` is how often its loops look.
    """

    def __init__(self, folder: Path, *, patient: bool = False, beats: Beats = BEATS, **given: object) -> None:
        self._beats = beats
        self._timeouts = TIMEOUTS if patient else timeouts()
        self.root = lay_out(folder)
        self.settings = settings_for(self.root, {**SHORT, **given})
        self.log = LogLines()
        self._stack = contextlib.ExitStack()
        self._thread = threading.Thread(target=self._serve, name="console")
        self._fault: BaseException | None = None

    def __enter__(self) -> Self:
        root = logging.getLogger()
        root.addHandler(self.log)
        self._stack.callback(root.removeHandler, self.log)
        named = logging.getLogger("main_controller")
        self._stack.callback(named.setLevel, named.level)
        named.setLevel(logging.INFO)
        try:
            self.controller = program.Controller(
                self.settings, self._stack, timing=hurried, beats=self._beats, timeouts=self._timeouts
            )
            self._thread.start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def _serve(self) -> None:
        quiet = SimpleNamespace(signal=lambda *_: None, SIGTERM=signal.SIGTERM, SIGINT=signal.SIGINT)
        try:
            with mock.patch.object(program, "signal", quiet), mock.patch.object(program, "tune_garbage_collector"):
                self.controller.serve()
        except BaseException as fault:
            self._fault = fault
            raise

    def end(self) -> None:
        """End without the ceremony of a signal."""
        server = self.controller.server._server
        server.task_dispatcher.shutdown(timeout=DEADLINE)
        pulled = threading.Event()

        def close() -> None:
            pulled.wait(DEADLINE)  # the loop may be awake already, and must not close what is being pulled
            waitress.wasyncore.close_all(server._map, ignore_all=True)

        server.trigger.pull_trigger(close)
        pulled.set()
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive(), "the server did not end"
        self._stack.close()
        assert self._fault is None

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.controller.server._server.effective_port}/"

    def call(self, target: str | bytes, method: str = "GET", **more: Any) -> Answer:
        """One request, as `http_call.call`; its reply is held to what its route declares."""
        answer = call(self.address, target, method, **more)
        if isinstance(target, str):
            fault = fault_of(target, answer.status, answer.headers, answer.body)
            assert fault is None, (fault, answer.body[:600])
        return answer

    def get(self, target: str) -> Any:
        """The JSON of a reading that must succeed."""
        answer = self.call(target)
        assert answer.status == 200, (target, answer.status, answer.body[:300])
        return answer.json

    @property
    def status(self) -> Any:
        """`/get/status`."""
        return self.get("/get/status")

    def schedules(self) -> dict[str, bytes]:
        """Every file in the schedules folder, hidden and half written ones too; without those that go meanwhile."""
        found: dict[str, bytes] = {}
        for path in self.settings.schedules.iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[path.name] = path.read_bytes()
        return found


def until(look: Callable[[], Found], what: str = "it", deadline: float = DEADLINE, every: float = 0.02) -> Found:
    """Look again and again until the answer is true, and return it; AssertionError after `deadline` s."""
    pause, end = threading.Event(), time.monotonic() + deadline
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < end, f"{what} did not come within {deadline} s; last seen: {found!r}"
        pause.wait(every)
