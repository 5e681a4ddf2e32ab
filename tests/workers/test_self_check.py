"""The costly checks are made when somebody asks, seldom, and the longer they take the more seldom."""

from datetime import UTC, datetime, timedelta

import pytest

from main_controller.selfcheck.facts import Answer, Checked
from main_controller.sentence import foreign
from main_controller.workers.self_check import REST, SHARE, SelfCheck

WELL = Answer(True, foreign("well"))


class Looks:
    """Looks that take `takes` s each, by a clock of its own."""

    def __init__(self, takes: float = 1.0) -> None:
        self.now, self.takes, self.count, self.fails = 1000.0, takes, 0, False
        self.check = SelfCheck(self.look, clock=lambda: self.now)

    def look(self) -> Checked:
        self.now += self.takes
        self.count += 1
        if self.fails:
            raise OSError
        return Checked(datetime(2026, 5, 13, tzinfo=UTC) + timedelta(seconds=self.now), WELL, WELL, WELL)


def test_nobody_asks_so_nothing_is_read() -> None:
    looks = Looks()
    looks.check.run_once()
    assert looks.count == 0


def test_it_is_not_told_before_it_was_looked_and_then_soon() -> None:
    looks = Looks()
    assert looks.check.found() is None
    looks.check.run_once()
    found = looks.check.found()
    assert found is not None
    assert looks.count == 1


@pytest.mark.parametrize(("takes", "rest"), [(1.0, REST), (60.0, 60 * SHARE)])
def test_it_rests_after_a_look(takes: float, rest: float) -> None:
    looks = Looks(takes)
    looks.check.found()
    looks.check.run_once()
    looks.check.found()
    looks.now += rest - 0.1
    looks.check.run_once()
    assert looks.count == 1
    looks.now += 0.2
    looks.check.run_once()
    assert looks.count == 2
    looks.now += 10 * rest
    looks.check.run_once()
    assert looks.count == 2, "nobody asked since"


def test_a_look_that_fails_leaves_what_was_found_and_is_not_tried_again_at_once() -> None:
    looks = Looks()
    looks.check.found()
    looks.check.run_once()
    before = looks.check.found()
    looks.now, looks.fails = looks.now + REST, True
    with pytest.raises(OSError, match=r"^$"):
        looks.check.run_once()
    assert looks.check.found() is before
    looks.check.run_once()
    assert looks.count == 2
