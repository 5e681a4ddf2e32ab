"""Python looks for cycles rarely, and still looks."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from main_controller.workers.cycles import NEW_OBJECTS, look_rarely


@pytest.fixture(autouse=True)
def usual_thresholds() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


class Knot:
    def __init__(self) -> None:
        self.me = self


def test_a_dead_cycle_is_found_after_so_many_new_objects_and_not_before() -> None:
    look_rarely()
    gc.collect()
    dead = weakref.ref(Knot())
    kept: list[list[int]] = [[] for _ in range(NEW_OBJECTS // 2)]
    assert dead() is not None
    kept += [[] for _ in range(NEW_OBJECTS)]
    assert dead() is None
