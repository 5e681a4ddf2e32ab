"""Sees whether a disk hangs: whether a thread of this process has waited for one without a pause.

Linux names that state D ("uninterruptible"), for local disks and network file systems alike. Used where a loop stands
still: a start anew does not mend a disk, and a process that waits for one cannot even be killed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

TASKS = Path("/proc/self/task")


class DiskWaits:
    """What was seen at the last look; `tasks` is where the system shows this process's threads."""

    def __init__(self, tasks: Path = TASKS) -> None:
        self._tasks = tasks
        self._before: Mapping[str, str] = {}

    def hang(self) -> bool:
        """Whether a thread waits for a disk now, as it did at the last look, and has not run between the two."""
        now = dict(self._waiting())
        stuck = any(self._before.get(thread) == switches for thread, switches in now.items())
        self._before = now
        return stuck

    def _waiting(self) -> Iterator[tuple[str, str]]:
        """The threads that wait for a disk, each with how often it was taken off its core so far."""
        try:
            threads = list(self._tasks.iterdir())
        except OSError:  # no Linux: nobody tells
            return
        for thread in threads:
            try:
                lines = (thread / "status").read_text("utf-8", errors="replace").splitlines()
            except OSError:  # it ended
                continue
            told = dict(line.split(":", 1) for line in lines if ":" in line)
            if told.get("State", "").strip().startswith("D"):
                yield thread.name, told.get("voluntary_ctxt_switches", "").strip()
