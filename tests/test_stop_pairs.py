"""The benchmark of stops has every two troubles together once, and a run that is cut short has had each of them."""

from itertools import combinations

from benchmarks.stop_troubles import TROUBLES, Trouble, pairs


def test_every_two_troubles_that_can_be_had_together_are_had_once() -> None:
    found = [frozenset(one.name for one in pair) for pair in pairs(TROUBLES)]
    wanted = {frozenset((a.name, b.name)) for a, b in combinations(TROUBLES, 2) if not a.family or a.family != b.family}
    assert len(found) == len(set(found))
    assert set(found) == wanted


def test_the_first_pairs_hold_every_trouble() -> None:
    some = [Trouble(str(number)) for number in range(8)]
    assert {one.name for pair in pairs(some)[:4] for one in pair} == {str(number) for number in range(8)}
