"""Practice on a simulated cluster: each kind of alarm has a press, the cluster's own by faults that there are."""

from unittest import mock

import pytest

from main_controller.alarms.kinds import BY_CODE, KINDS
from main_controller.errors import BadRequest
from main_controller.simulator import PRESSES, SimulatedCluster
from main_controller.wiring.practice import Practice


@pytest.fixture
def cluster() -> SimulatedCluster:
    """One whose time the test moves."""
    return SimulatedCluster(4)


def test_each_kind_has_a_press(cluster: SimulatedCluster) -> None:
    assert list(Practice(cluster).kinds()) == [kind.code for kind in KINDS]
    assert PRESSES.keys() <= BY_CODE.keys()


@pytest.mark.parametrize("kind", PRESSES)
def test_what_the_cluster_does_can_be_begun_whole_and_ended(cluster: SimulatedCluster, kind: str) -> None:
    """Each fault of it with its arguments, also those that come later; afterwards nothing is on."""
    with mock.patch.object(cluster.faults, "begin", wraps=cluster.faults.begin) as begin:
        cluster.press(kind)
        cluster.advance(120)
        wanted = [press.fault for press in sorted(PRESSES[kind], key=lambda press: press.after)]
        assert [call.args[0] for call in begin.call_args_list][-len(wanted) :] == wanted
        cluster.release()
    assert cluster.faults.active == {}
    assert cluster.apis.mode == "autonomous"


def test_what_comes_later_of_an_ended_press_does_nothing(cluster: SimulatedCluster) -> None:
    cluster.press("unitSilent")
    cluster.press("gridError")
    cluster.advance(60)
    assert "node-dies:E004" not in cluster.faults.active


@pytest.mark.parametrize("kind", sorted(BY_CODE.keys() - PRESSES.keys()))
def test_what_is_the_programs_own_is_told_as_practice(cluster: SimulatedCluster, kind: str) -> None:
    practice = Practice(cluster)
    practice.press(kind)
    (trouble,) = practice.troubles()
    assert (trouble.code, trouble.subject) == (kind, "practice")
    assert trouble.text == f"Practice: this is how {kind} is told. Nothing is wrong."
    practice.release()
    assert practice.troubles() == []


def test_what_cannot_be_pressed_is_said() -> None:
    small = Practice(SimulatedCluster(1))
    with pytest.raises(BadRequest, match="there is no E002: secondReference needs a cluster of four units"):
        small.press("secondReference")
    assert small.pressed is None
    with pytest.raises(BadRequest, match="There is no kind of alarm x"):
        small.press("x")
