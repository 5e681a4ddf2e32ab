"""What is told of the E-stop's latch (I17). Pure; used by whoever holds it, refuses because of it, or shows it."""

from typing import NamedTuple


class HeldLatch(NamedTuple):
    """The latch: `by` whom or what, by which file where one did it, why ("": no reason was given), since when (ISO 8601
    UTC), and whether its file holds it too, so that it stays over a restart."""

    by: str
    by_file: str | None
    reason: str
    since: str
    on_file: bool
