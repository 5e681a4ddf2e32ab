"""What comes with an order from the page besides the order itself: its key, its moment, its page (H1, H2).

Pure. Read by the web, carried through the orders, judged by the desk. A script that sends none of it is judged as
if it had been pressed when it arrived.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """When an order was pressed, told so that no clock of a browser is believed.

    `serial` and `start` are those of the status that the page held when the question was opened; `age` (s) is how long
    before the sending that status had arrived.
    """

    serial: int
    start: str
    age: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """`key` names one press of a control; `request` is what was asked with it, so that a key used for something else
    is found; `page` names the page that asks."""

    key: str | None = None
    request: str = ""
    moment: Moment | None = None
    page: str | None = None


UNSTAMPED = Stamp()
"""What an order has that carries nothing: a script's, a schedule's."""
