"""What a drill tells at its end, in plain English: the course, the figures, the journal, the incident, the verdict."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from main_controller.drills.measure import Course

MOST_ROWS = 60
"""How many of the journal's rows are told; the others are counted."""


ON_THE_WAY = ("came", "intent", "accepted", "started", "ended")
"""Stages that are told beside a row to which nothing has come yet, since its sentence is that of the others."""


def figures(course: Course) -> list[tuple[str, float | None]]:
    """What was measured, in s; None where it did not come."""
    return [
        ("fault to the first alarm", course.alarm),
        ("fault to the first alarm of priority 1 or 2", course.grave),
        ("fault to Stop all ordered", course.ordered),
        ("Stop all ordered to first taken", _between(course.ordered, course.left)),
        ("Stop all ordered to its outcome", _between(course.ordered, course.ended)),
        ("fault to safe in truth, first", course.truth.first),
        ("fault to safe in truth, and held", course.truth.since),
        ("fault to every converter in Wait, and held", course.waits.since),
        ("fault to the console knowing that it is safe", course.console.since),
    ]


def report(
    name: str, course: Course, rows: Sequence[Mapping[str, Any]], *, reached: bool, why: str, incident: Iterable[str]
) -> str:
    """The whole text; `why` is what kept it from a safe state, `incident` are lines on what was kept of it."""
    lines = [f"Drill {name}, on a SIMULATED cluster. Times are seconds since the fault.", ""]
    lines += [f"{one.at:8.1f}  {one.what}" for one in sorted(course.happened, key=lambda one: one.at)]
    lines += ["", "Figures:"]
    lines += [f"  {what:<48}{'not seen' if value is None else f'{value:.1f} s':>8}" for what, value in figures(course)]
    lines += ["", "What the journal shows:"]
    lines += [f"  {_row(row)}" for row in rows[:MOST_ROWS]] or ["  nothing"]
    if len(rows) > MOST_ROWS:
        lines.append(f"  and {len(rows) - MOST_ROWS} rows more")
    lines += ["", *incident, "", verdict(course, reached=reached, why=why)]
    return "\n".join(lines) + "\n"


def verdict(course: Course, *, reached: bool, why: str) -> str:
    """Whether a safe state was reached, and what is to be known of it."""
    if not reached:
        return f"A safe state was NOT reached: {why}"
    told = ["A safe state was reached."]
    if course.truth.lost:
        told.append(f"It was lost {_times(course.truth.lost)} before it held.")
    if course.unheard:
        told.append(f"{', '.join(course.unheard)} cannot be heard and may still drive the bus: switch off on the spot.")
    if course.console.since is None:
        told.append("The console does not know it.")
    if course.outcome and course.outcome != "verified":
        told.append(f"Stop all itself ended as {course.outcome}: the course says what was not seen.")
    return " ".join(told)


def _between(begin: float | None, end: float | None) -> float | None:
    return None if begin is None or end is None else end - begin


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _row(row: Mapping[str, Any]) -> str:
    time = str(row["at"])[11:19]
    unit = f"{row['unitId']}: " if row["unitId"] else ""
    stage = row["outcome"] or (row["stage"] if row["stage"] in ON_THE_WAY else "")
    came = f" [{stage}]" if stage else ""
    return f"{time} {row['by']}: {unit}{row['what']}{came}"
