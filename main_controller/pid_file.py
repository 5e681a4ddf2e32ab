"""`log/startMain.pid`: the processes that this checkout started, one id per line. stop.sh ends these and no others.

A simulation's is `log/simulated/startMain.pid`, which only `stop.sh simulated` reads. Used by the controller.
"""

import os
from pathlib import Path

NAME = "log/startMain.pid"
SIMULATED_NAME = "log/simulated/startMain.pid"


def write_pid_file(root: Path, *, simulated: bool = False) -> Path:
    """Add this process. Ids of processes that ended without taking theirs out (SIGKILL) are dropped. Raises OSError."""
    path = root / (SIMULATED_NAME if simulated else NAME)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, [*(pid for pid in _read(path) if pid != os.getpid() and _lives(pid)), os.getpid()])
    return path


def remove_pid_file(root: Path, *, simulated: bool = False) -> None:
    """Take this process out, and the file away with the last one. Does nothing where there is no file."""
    path = root / (SIMULATED_NAME if simulated else NAME)
    others = [pid for pid in _read(path) if pid != os.getpid()]
    if others:
        _replace(path, others)
    else:
        path.unlink(missing_ok=True)


def _read(path: Path) -> list[int]:
    try:
        words = path.read_text(encoding="ascii", errors="replace").split()
    except FileNotFoundError:
        return []
    return [int(word) for word in words if word.isdecimal()]


def _replace(path: Path, pids: list[int]) -> None:
    """Whole or not at all, so that stop.sh never reads half an id."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text("".join(f"{pid}\n" for pid in pids), encoding="ascii")
    draft.replace(path)


def _lives(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()
