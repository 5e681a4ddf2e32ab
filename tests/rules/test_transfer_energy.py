"""What a guided transfer carried is never counted less than it was (I15)."""

import pytest

from main_controller.rules.transfer_energy import Energy, begun, power_of


def begin() -> Energy:
    return begun(350.0, 2.0, 1000.0, 12.0)


def test_before_a_reading_counts_the_ordered_power_is_reckoned() -> None:
    energy = begin()
    assert energy.total(1036.0) == pytest.approx(7.0)
    assert energy.read(1005.0, 0.0).total(1036.0) == pytest.approx(7.0), "a reading from before the order"
    assert energy.read(1005.0, 1400.0).total(1005.0) == pytest.approx(1400.0 * 5 / 3600)


def test_of_two_readings_the_larger_power_holds_for_the_time_between_them() -> None:
    energy = begin().read(1012.0, 600.0)
    assert energy.wh == pytest.approx(700.0 * 12 / 3600)
    assert energy.read(1048.0, 300.0).wh - energy.wh == pytest.approx(6.0)
    assert energy.read(1048.0, 800.0).wh - energy.wh == pytest.approx(8.0)


def test_a_reading_that_tells_no_power_counts_as_the_ordered_one() -> None:
    assert begin().read(1012.0, 600.0).read(1048.0, None).total(1084.0) == pytest.approx((12 + 36 + 36) * 700 / 3600)


def test_the_total_never_falls_whatever_the_readings_say() -> None:
    energy, last = begin(), 0.0
    for at, watts in ((1001.0, 900.0), (1006.0, 0.0), (1012.0, 0.0), (1017.0, 650.0), (1020.0, 9.0), (1030.0, None)):
        energy = energy.read(at, watts)
        for now in (at, at + 2.0):
            assert energy.total(now) >= last
            last = energy.total(now)


def test_once_stopped_nothing_is_counted_any_more() -> None:
    energy = begin().stopped(1036.0)
    assert energy.total(5000.0) == pytest.approx(7.0)
    assert energy.read(1040.0, 9000.0) is energy
    assert energy.stopped(2000.0) is energy


@pytest.mark.parametrize(
    ("wg", "vg", "ig", "watts"),
    [
        (700.0, 350.0, 2.0, 700.0),
        (0.0, 350.0, 2.0, 700.0),
        (750.0, 350.0, 2.0, 750.0),
        (-700.0, None, None, 700.0),
        (None, 350.0, -2.0, 700.0),
        (None, 350.0, None, None),
    ],
)
def test_of_figures_that_do_not_agree_the_larger_one_counts(
    wg: float | None, vg: float | None, ig: float | None, watts: float | None
) -> None:
    """A meter whose power sticks at 0 W would let a transfer go on for ever."""
    assert power_of(wg, vg, ig) == watts
