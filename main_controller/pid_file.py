"""`log/startMain.pid`: the processes that this checkout started, one id per line. stop.sh ends these and no others.

A simulation's is `log/simulated/startMain.pid`, which only `stop.sh simulated` reads. Used by the controller.
"""

import contextlib
import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

NAME = "log/startMain.pid"
SIMULATED_NAME = "log/simulated/startMain.pid"

PATIENCE = 1.0
"""How long (s) one program waits for another that changes the file; then it changes it all the same."""


def write_pid_file(root: Path, *, simulated: bool = False) -> Path:
    """Add this process. Ids of processes that ended without taking theirs out (SIGKILL) are dropped. Raises OSError."""
    path = root / (SIMULATED_NAME if simulated else NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        _replace(path, [*(pid for pid in _read(path) if pid != os.getpid() and _lives(pid)), os.getpid()])
    return path


def remove_pid_file(root: Path, *, simulated: bool = False) -> None:
    """Take this process out, and the file away with the last one. Does nothing where there is no file."""
    path = root / (SIMULATED_NAME if simulated else NAME)
    if not path.parent.is_dir():
        return
    with _alone(path.parent):
        others = [pid for pid in _read(path) if pid != os.getpid()]
        if others:
            _replace(path, others)
        else:
            path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep two programs that start or end at once from writing each other out of the file."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    pause, end = threading.Event(), time.monotonic() + PATIENCE
    try:
        while time.monotonic() < end:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pause.wait(0.01)
            except OSError:  # a file system without locks
                break
            else:
                break
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> list[int]:
    try:
        statuses = path.read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return []
    return [int(status) for status in statuses if status.isdecimal()]


def _replace(path: Path, pids: list[int]) -> None:
    """Whole or not at all, so that stop.sh never reads half an id."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text("".join(f"{pid}\n" for pid in pids), encoding="ascii")
    draft.replace(path)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
