"""The table of alarms is whole: each kind has its words in both languages, its priority and roots that exist."""

import pytest

from main_controller.alarms.alarm import AlarmKind
from main_controller.alarms.kinds import BY_CODE, KINDS
from main_controller.rules.bus_condition import ConditionKind


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_kind_says_what_it_leads_to_and_what_to_do(kind: AlarmKind) -> None:
    assert kind.consequence.endswith(".")
    assert kind.action.endswith(".")
    assert (kind.consequence.code, kind.action.code) == (f"alarms.{kind.code}Means", f"alarms.{kind.code}Do")
    assert kind.priority in (1, 2, 3, 4)
    assert kind.on >= 0
    assert kind.off >= 0
    assert all(root in BY_CODE for root in (*kind.roots, *kind.floods))
    assert kind.code not in kind.roots


def test_every_condition_of_the_bus_has_its_kind() -> None:
    assert {str(kind) for kind in ConditionKind} <= BY_CODE.keys()


def test_no_root_is_explained_by_another() -> None:
    """So that what is hidden is always hidden by something that is shown."""
    roots = {root for kind in KINDS for root in (*kind.roots, *kind.floods)}
    assert all(not BY_CODE[root].roots and not BY_CODE[root].floods for root in roots)


def test_a_code_is_one_row() -> None:
    assert len(BY_CODE) == len(KINDS)
