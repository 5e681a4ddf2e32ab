"""What can be practised on a simulated cluster."""

from typing import TypedDict


class PracticeShown(TypedDict):
    """The kinds of alarms that can be pressed, and the one that is (null: none)."""

    kinds: list[str]
    pressed: str | None
