"""What a row of the journal is about, as a person chooses among rows: orders, the grid by itself, deals, faults.

A row may be of several. Used by the questions asked of the journal and, by name, by the route.
"""

from enum import StrEnum

from main_controller.rules.bus_condition import ConditionKind


class Subject(StrEnum):
    """What somebody wants to see of the journal."""

    ORDERS = "orders"
    GRID = "grid"
    DEALS = "deals"
    FAULTS = "faults"


KINDS: dict[Subject, tuple[str, ...]] = {
    Subject.ORDERS: ("order", "refusal", "override", "intent", "schedule", "lock"),
    Subject.DEALS: ("deal",),
    Subject.FAULTS: (*map(str, ConditionKind), "gridError", "unwatched", "converter", "estop", "lost"),
}
"""The kinds of rows of each subject."""

GRID_BUT = ("deal",)
"""What the grid did by itself is everything by it but these kinds."""
