"""A disk hangs where a thread waits for it at two looks and has not run between them."""

import os
import threading
from pathlib import Path

import pytest

from main_controller.disk_waits import DiskWaits


def thread(tasks: Path, name: str, state: str, switches: int) -> None:
    (tasks / name).mkdir(exist_ok=True)
    (tasks / name / "status").write_text(
        f"Name:\tx: D (y)\nState:\t{state}\nvoluntary_ctxt_switches:\t{switches}\nnonvoluntary_ctxt_switches:\t1\n"
    )


@pytest.mark.parametrize(
    ("before", "after", "hangs"),
    [
        (("D (disk sleep)", 5), ("D (disk sleep)", 5), True),
        (("D (disk sleep)", 5), ("D (disk sleep)", 6), False),
        (("S (sleeping)", 5), ("D (disk sleep)", 5), False),
        (("D (disk sleep)", 5), ("S (sleeping)", 5), False),
        (("S (sleeping)", 5), ("S (sleeping)", 5), False),
    ],
)
def test_only_who_waited_without_a_pause_counts(
    tmp_path: Path, before: tuple[str, int], after: tuple[str, int], hangs: bool
) -> None:
    waits = DiskWaits(tmp_path)
    thread(tmp_path, "8", "R (running)", 1)
    thread(tmp_path, "7", *before)
    assert not waits.hang(), "one look proves nothing"
    thread(tmp_path, "7", *after)
    assert waits.hang() is hangs


def test_this_process_and_a_system_that_tells_nothing_hang_not(tmp_path: Path) -> None:
    waits = DiskWaits()
    assert [waits.hang() for _ in range(2)] == [False, False]
    assert not DiskWaits(tmp_path / "nowhere").hang()
    found = (Path("/proc/self/task") / str(threading.get_native_id()) / "status").read_text()
    assert f"Tgid:\t{os.getpid()}\n" in found
    assert "\nState:\t" in found
    assert "\nvoluntary_ctxt_switches:\t" in found
