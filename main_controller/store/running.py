"""Owns what is known of what was under way, so that a kill ends none of it unseen.

Used by the guided procedure and by the lease of work by hand.
"""

import json
import logging
import sqlite3
import threading
from typing import Any

from main_controller.store.database import Database

log = logging.getLogger(__name__)

PROCEDURE = "procedure"
"""What a record is that names no `kind`: a guided procedure."""

_PUT = "INSERT OR REPLACE INTO running VALUES (?, ?)"


class RunningProcedures:
    """The records of what runs by their `id`, each on the disk when a call returns.

    Every call raises ControllerError when the disk refuses; the procedure's own safe end must go on all the same.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._changing = threading.Lock()  # protects the mapping; held for dictionary work only
        self._records: dict[str, str] = {}  # what a file that takes the place of the one in use is given (M16)
        database.restored_by(self._restore)

    def save(self, record: dict[str, Any]) -> None:
        """Write a record, a JSON object with a text `id`, in place of the earlier one."""
        text = json.dumps(record)
        with self._changing:
            self._records[record["id"]] = text
        with self._database.writing() as connection:
            connection.execute(_PUT, (record["id"], text))

    def load(self, kind: str = PROCEDURE) -> list[dict[str, Any]]:
        """The records of this `kind` that were not removed, by id; one that cannot be read is told and left out."""
        with self._database.reading() as connection:
            rows = [tuple(row) for row in connection.execute("SELECT id, record FROM running ORDER BY id")]
        with self._changing:
            self._records = {**dict(rows), **self._records}
        records = (_read(record_id, text) for record_id, text in rows)
        return [record for record in records if record is not None and record.get("kind", PROCEDURE) == kind]

    def remove(self, procedure_id: str) -> None:
        """Forget what has ended; what is not there is no fault."""
        with self._changing:
            self._records.pop(procedure_id, None)
        with self._database.writing() as connection:
            connection.execute("DELETE FROM running WHERE id = ?", (procedure_id,))

    def _restore(self, connection: sqlite3.Connection) -> None:
        with self._changing:
            rows = list(self._records.items())
        connection.executemany(_PUT, rows)


def _read(procedure_id: str, text: str) -> dict[str, Any] | None:
    try:
        record = json.loads(text)
    except ValueError as fault:
        log.error("the record of the running procedure %s is broken: %s", procedure_id, fault)
        return None
    return record if isinstance(record, dict) else None
