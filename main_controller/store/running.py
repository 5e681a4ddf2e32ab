"""Owns what is known of running guided procedures, so that a killed one is shown after the restart.

Used by the guided procedure alone.
"""

import json
import logging
from typing import Any

from main_controller.store.database import Database

log = logging.getLogger(__name__)


class RunningProcedures:
    """The records of running procedures by their `id`, each on the disk when a call returns.

    Every call raises ControllerError when the disk refuses; the procedure's own safe end must go on all the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, record: dict[str, Any]) -> None:
        """Write a record, a JSON object with a text `id`, in place of the earlier one."""
        text = json.dumps(record)
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO running VALUES (?, ?)", (record["id"], text))

    def load(self) -> list[dict[str, Any]]:
        """The records that were not removed, by id; one that cannot be read is told in the log and left out."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, record FROM running ORDER BY id").fetchall()
        return [record for procedure_id, text in rows if (record := _read(procedure_id, text)) is not None]

    def remove(self, procedure_id: str) -> None:
        """Forget a procedure that has ended; one that is not there is none."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM running WHERE id = ?", (procedure_id,))


def _read(procedure_id: str, text: str) -> dict[str, Any] | None:
    try:
        record = json.loads(text)
    except ValueError as fault:
        log.error("the record of the running procedure %s is broken: %s", procedure_id, fault)
        return None
    return record if isinstance(record, dict) else None
