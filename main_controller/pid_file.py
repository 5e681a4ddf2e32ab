"""`log/startMain.pid` in the data folder: the processes that write there, one id per line. stop.sh ends these alone.

Beside it `startMain.<id>.about` says of each where it answers, where its data are, and since when: by what the system
says of the process's start stop.sh knows it again, whatever its name. A simulation's files are in `log/simulated/`,
which only `stop.sh simulated` reads. Used by the controller.
"""

import contextlib
import fcntl
import os
import re
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from main_controller.open_folder import make_open

NAME = "log/startMain.pid"
SIMULATED_NAME = "log/simulated/startMain.pid"

PATIENCE = 1.0
"""How long (s) one program waits for another that changes the file; then it changes it all the same."""

FOR_ALL = 0o644
"""What everybody may read of this program: whose it is, and where it answers; the rest is the user's (AV18)."""

_ABOUT = re.compile(r"startMain\.(\d+)\.about")


def write_pid_file(data: Path, *, simulated: bool = False, address: str = "", since: str = "") -> Path:
    """Add this process. Ids of processes that ended without taking theirs out (SIGKILL) are dropped. Raises OSError.

    `address` and `since` are what stop.sh tells of it.
    """
    path = data / (SIMULATED_NAME if simulated else NAME)
    make_open(path.parent)
    about = {
        "address": address,
        "data": str(data),
        "since": since,
        "started": started(os.getpid()) or "",
    }
    with _alone(path.parent):
        pids = [*(pid for pid in _read(path) if pid != os.getpid() and _lives(path, pid)), os.getpid()]
        _replace(path, "".join(f"{pid}\n" for pid in pids))
        for left in path.parent.iterdir():
            found = _ABOUT.fullmatch(left.name)
            if found and int(found[1]) not in pids:
                left.unlink(missing_ok=True)
        _replace(about_file(path, os.getpid()), _lines(about))
    return path


def remove_pid_file(data: Path, *, simulated: bool = False) -> None:
    """Take this process out, and the file away with the last one. Does nothing where there is none. Raises OSError."""
    path = data / (SIMULATED_NAME if simulated else NAME)
    if not path.parent.is_dir():
        return
    with _alone(path.parent):
        others = [pid for pid in _read(path) if pid != os.getpid()]
        if others:
            _replace(path, "".join(f"{pid}\n" for pid in others))
        else:
            path.unlink(missing_ok=True)
        about_file(path, os.getpid()).unlink(missing_ok=True)


def addresses(data: Path, *, simulated: bool = False) -> list[str]:
    """Where the programs that write there and still run answer; the one that started last comes first. Empty where
    that cannot be read."""
    path = data / (SIMULATED_NAME if simulated else NAME)
    found: list[str] = []
    try:
        pids = _read(path)
    except OSError:
        return found
    for pid in reversed(pids):
        if _lives(path, pid):
            with contextlib.suppress(OSError):  # it ended meanwhile, or is another user's
                lines = about_file(path, pid).read_text("utf-8", errors="replace").splitlines()
                found += [line.removeprefix("address=") for line in lines if line.startswith("address=http")]
    return found


def about_file(path: Path, pid: int) -> Path:
    """The file that says what the process of this id is, beside the pid file `path`."""
    return path.with_name(f"startMain.{pid}.about")


def started(pid: int) -> str | None:
    """When the system started this process, in its own ticks after this very boot; None for what it does not tell."""
    try:
        ticks = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
        return f"{ticks} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
    except (OSError, IndexError):
        return None


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


def _lines(about: Mapping[str, str]) -> str:
    """One line for each, whatever is in a path."""
    return "".join(f"{name}={value if value.isprintable() else ascii(value)}\n" for name, value in about.items())


def _replace(path: Path, text: str) -> None:
    """Whole or not at all, so that stop.sh never reads half an id."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", errors="replace")
        draft.chmod(FOR_ALL)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def _lives(path: Path, pid: int) -> bool:
    """Whether this process runs, and is the one that was written down where that is known."""
    if not Path(f"/proc/{pid}").exists():
        return False
    try:
        about = about_file(path, pid).read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return True
    told = next((line.removeprefix("started=") for line in about if line.startswith("started=")), "")
    return not told or started(pid) in (None, told)
