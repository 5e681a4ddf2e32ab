"""When the first byte of Stop all leaves, under each trouble and under each two of them.

    python -m benchmarks.stops [--units 64] [--rounds 3] [--minutes 15] [--only NAME [NAME]] [--single]

From just before the connection to our port until the order's first bytes at apis-web and at each device. The troubles
are the rows of `stop_troubles.py`; --only takes one or two of them by the beginning of their names and says each press.
The tables are Markdown. Ends with 1 when a first byte was later than 1 s, or the reference's than 4 s.
"""

import argparse
import contextlib
import math
import statistics
import sys
import time
from collections.abc import Sequence

from benchmarks.stop_scene import Press, Start, scene
from benchmarks.stop_troubles import TROUBLES, Trouble, pairs

LIMIT = 1.0
REFERENCE_LIMIT = 4.0
"""1 s, and the 3 s for which it is kept behind a follower that hangs."""


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measure(troubles: Sequence[Trouble], units: int) -> Press:
    """One press under these troubles."""

    def prepare(start: Start) -> None:
        for trouble in troubles:
            trouble.prepare(start)

    with scene(units, prepare) as made:
        for trouble in troubles:
            with contextlib.suppress(TimeoutError, ConnectionError):  # one that another trouble keeps from being whole
                trouble.set_up(made)
        return made.press()


def good(press: Press) -> bool:
    """Whether it left in time."""
    return press.worst <= LIMIT and press.reference <= REFERENCE_LIMIT


def shown(seconds: float) -> str:
    """A time for the table."""
    return "never" if math.isinf(seconds) else f"{seconds * 1e3:.0f} ms"


def row(name: str, presses: Sequence[Press]) -> str:
    """A line of the table: medians and the worst of all presses."""
    web, device = [each.web for each in presses], [each.device for each in presses]
    cells = [
        name,
        shown(statistics.median(web)),
        shown(max(web)),
        shown(statistics.median(device)),
        shown(max(device)),
        shown(max(each.reference for each in presses)),
    ]
    return f"| {' | '.join(cells)} |"


def head(what: str) -> None:
    """The table's head."""
    say(f"| {what} | apis-web, median | apis-web, worst | last follower, median | last follower, worst | reference |")
    say("|---|---|---|---|---|---|")


def singles(units: int, rounds: int) -> bool:
    """Each trouble alone; whether all left in time."""
    head("trouble")
    well = True
    for trouble in [Trouble("none"), *TROUBLES]:
        presses = [measure([trouble], units) for _ in range(rounds)]
        well &= all(good(each) for each in presses)
        say(row(trouble.name, presses))
    return well


def both(units: int, deadline: float) -> bool:
    """Each two troubles once, until the time is over; whether all left in time."""
    found: list[tuple[str, Press]] = []
    wanted = pairs(TROUBLES)
    for a, b in wanted:
        if time.monotonic() > deadline:
            break
        found.append((f"{a.name} + {b.name}", measure([a, b], units)))
    late = [one for one in found if not good(one[1])]
    say(f"\n{len(found)} of {len(wanted)} pairs were had, {len(late)} of them late; the worst:\n")
    head("pair")
    for name, press in sorted(found, key=lambda one: one[1].worst, reverse=True)[: max(5, len(late))]:
        say(row(name, [press]))
    if found:
        times = [press.worst for _, press in found]
        say(f"\nover all pairs: median {shown(statistics.median(times))}, worst {shown(max(times))}")
    return not late


def chosen(names: Sequence[str]) -> list[Trouble]:
    """The troubles whose names begin so."""
    found = [next((each for each in TROUBLES if each.name.startswith(name)), None) for name in names]
    if None in found:
        raise SystemExit("the troubles are: " + "; ".join(each.name for each in TROUBLES))
    return [each for each in found if each is not None]


def main(argv: Sequence[str]) -> int:
    """0 when every stop left in time."""
    parser = argparse.ArgumentParser(description="When the first byte of Stop all leaves.")
    parser.add_argument("--units", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--single", action="store_true", help="no pairs")
    given = parser.parse_args(argv)
    deadline = time.monotonic() + given.minutes * 60 - 15
    if given.only:
        troubles = chosen(given.only)
        presses = [measure(troubles, given.units) for _ in range(given.rounds)]
        head("trouble")
        for press in presses:
            say(row(" + ".join(each.name for each in troubles), [press]))
        return 0 if all(good(each) for each in presses) else 1
    well = singles(given.units, given.rounds)
    return 0 if (given.single or both(given.units, deadline)) and well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
