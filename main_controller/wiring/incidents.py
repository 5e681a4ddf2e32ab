"""Builds the incidents: where they lie, what is a reason for one, and the loop that writes them."""

import json
import platform
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from main_controller import __version__
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import unit_of
from main_controller.clock import utc_now
from main_controller.domain.orders import StopAllOrder
from main_controller.sentence import Sentence, joined, said_again, say
from main_controller.settings import Settings, setting_fields, value_text
from main_controller.store.black_box import BlackBox
from main_controller.store.incidents import Incidents, Pool, Reason, reason_of
from main_controller.store.journal import Journal, JournalRow, Stage
from main_controller.wiring.packages import packages
from main_controller.wiring.scrubbing import Scrubber, secrets_of
from main_controller.workers.periodic import Periodic

FOLDER, SEGMENTS = "incidents", "segments"
"""Its name, beside the database, and that of the segments' folder in it."""

WRITES = 1.0
"""How often (s) it is looked whether there is something to keep."""

RAISED = (Change.RAISED, Change.RAISED_AGAIN)

ALARMS = ("noGridMaster",)
"""The kinds of alarms that are a reason besides those of priority 1."""

LATCH = "estop"
"""The kind of the journal's rows of the E-stop: where it is latched they tell what is so after it."""

ENDED_BADLY = (Stage.FAILED, Stage.TIMED_OUT, Stage.CONTRADICTED)
"""What became of an order that is a reason."""


def pool_of(settings: Settings) -> Pool | None:
    """Where the segments of incidents lie; None where none are kept."""
    if not (settings.incidentdays and settings.blackboxhours):
        return None
    return Pool(settings.database.with_name(FOLDER) / SEGMENTS, megabytes=settings.incidentmb)


def built(settings: Settings, pool: Pool, box: BlackBox, journal: Journal) -> Incidents:
    """The incidents of this black box."""
    return Incidents(
        pool, box, days=settings.incidentdays,
        about=lambda: about_of(settings), rows=lambda begins, ends: journal.stream(begins, ends), wall=utc_now,
    )  # fmt: skip


def loop_of(incidents: Incidents) -> Periodic:
    """What writes them; a reason that comes has it look at once."""
    loop = Periodic("the incidents' folder", WRITES, incidents.write_once)
    incidents.listen(loop.wake)
    return loop


def about_of(settings: Settings) -> dict[str, Any]:
    """The program, what it rests on, and its settings, without secrets."""
    scrubber = Scrubber(secrets_of(settings))
    return {
        "version": __version__,
        "python": platform.python_version(),
        "system": sys.platform,
        "packages": dict(packages()),
        "title": settings.title,
        "timezone": settings.timezone,
        "simulated": settings.simulate is not None,
        "settings": {row.name: scrubber.clean(value_text(getattr(settings, row.name))) for row in setting_fields()},
    }


class Reasons:
    """Finds, in what the program tells its journal and of its alarms, what an incident is kept for."""

    def __init__(self, incidents: Incidents) -> None:
        self._incidents = incidents

    def row(self, row: JournalRow) -> None:
        """A row of the journal: a Stop all that came, an E-stop that was latched, an order that ended badly."""
        reason = reason_in(row)
        if reason is not None:
            self._incidents.keep(reason)

    def alarms(self, transitions: Sequence[Transition]) -> None:
        """What became of alarms."""
        for one in transitions:
            kind, since = one.alarm.kind, one.alarm.since
            if one.change not in RAISED or (kind.priority > 1 and kind.code not in ALARMS):
                continue
            subject, member = one.of
            unit = unit_of(kind, subject)
            self._incidents.keep(reason_of(since, kind.code, member.sign.text, unit=unit, ref=one.alarm.id))


def reason_in(row: JournalRow) -> Reason | None:
    """Why this row of the journal is a reason; None where it is none."""
    at = datetime.fromisoformat(row.at)
    if row.kind == LATCH and row.after is not None:
        return reason_of(at, LATCH, _said(row, row.what), by=row.by)
    if row.order is None:
        return None
    if row.order == StopAllOrder.name and row.stage == Stage.CAME:
        why = say("program.incidentStop", "Stop all was ordered by {by}.", by=row.by)
        return reason_of(at, "stop", why, ref=row.command_id, by=row.by)
    if row.stage not in ENDED_BADLY:
        return None
    why = joined([_said(row, row.what), _said(row, row.outcome)], between="; ")
    return reason_of(at, "order", why, unit=row.unit_id, ref=row.command_id, by=row.by)


def _said(row: JournalRow, text: str) -> Sentence:
    return said_again(text, None if row.messages is None else json.loads(row.messages))
