"""The one SQLite file in which everything lies that survives a restart, beside the schedules (Z6a).

`Database` writes for its clients: rows in order, the latest per key, or one transaction while the caller waits.
"""

from main_controller.store.database.database import Database as Database
from main_controller.store.database.faults import DatabaseFault as DatabaseFault
from main_controller.store.database.versions import sqlite_version as sqlite_version
from main_controller.store.database.versions import tables_version as tables_version
