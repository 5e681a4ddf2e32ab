"""Which units are silent because an order of ours shut them down (Z13a).

Used by the events of the grid and by the alarms.
"""

from main_controller.domain.orders import ShutDownOrder
from main_controller.orders.desk import Desk


def shut_down(desk: Desk, now: float) -> frozenset[str | None]:
    """The scopes (None: the cluster) of each Shut Down of late that was or may have been sent; `now` in monotonic s."""
    return frozenset(
        command.unit_id for command in desk.commands.latest()
        if isinstance(command.order, ShutDownOrder) and command.sent is not False
        and now - command.entered < desk.timing.shut_down_explains
    )  # fmt: skip
