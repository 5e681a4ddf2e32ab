"""The service manager hears that the program lives while it does its work, and always while it stops the grid."""

import logging

import pytest

from main_controller.workers.service_watch import LATE, READY_AFTER, ServiceWatch, Watched


class Bench:
    def __init__(self) -> None:
        self.now = 100.0
        self.idle = {"the server's loop": 0.0, "the data collector": 0.0, "the scheduler": 0.0}
        self.stops = self.hangs = self.data = False
        self.told: list[dict[str, object]] = []
        self.watch = ServiceWatch(
            self,
            [Watched(name, 5.0, lambda name=name: self.idle[name]) for name in self.idle],  # type: ignore[misc]
            stops=lambda: self.stops,
            disk_hangs=lambda: self.hangs,
            has_data=lambda: self.data,
            clock=lambda: self.now,
        )

    def tell(self, **lines: object) -> None:
        self.told.append(lines)

    def look(self) -> list[dict[str, object]]:
        """What is told at one look."""
        self.told = []
        self.watch.run_once()
        return self.told


ALIVE = [{"WATCHDOG": 1}]


def test_it_is_ready_with_the_first_data_and_says_so_once() -> None:
    bench = Bench()
    assert bench.look() == ALIVE
    bench.data = True
    assert bench.look() == [{"READY": 1}, *ALIVE]
    assert bench.look() == ALIVE


def test_without_data_it_is_ready_after_ten_seconds() -> None:
    """An apis-web that is not there yet must not keep it from being there for a stop."""
    bench = Bench()
    bench.now += READY_AFTER - 0.1
    assert bench.look() == ALIVE
    bench.now += 0.1
    assert bench.look() == [{"READY": 1}, *ALIVE]


@pytest.mark.parametrize("name", ["the server's loop", "the data collector", "the scheduler"])
def test_a_loop_that_stands_still_ends_that(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    bench = Bench()
    bench.idle[name] = 5.0 + LATE
    assert bench.look() == ALIVE
    bench.idle[name] += 0.1
    assert [bench.look() for _ in range(2)] == [[], []]
    assert bench.watch.still == (name,)
    assert caplog.text.count(f"{name} stands still") == 1
    bench.idle[name] = 0.0
    assert bench.look() == ALIVE
    assert f"{name} comes round again" in caplog.text


@pytest.mark.parametrize("reason", ["stops", "hangs"])
def test_while_the_grid_is_stopped_or_a_disk_hangs_it_is_told_all_the_same(reason: str) -> None:
    bench = Bench()
    bench.idle["the scheduler"] = 10_000.0
    assert bench.look() == []
    setattr(bench, reason, True)
    assert bench.look() == ALIVE
    setattr(bench, reason, False)
    assert bench.look() == []
