"""The tables of the history's file, as the numbered steps that make each version of the one before.

A step that was released is never changed: another one follows it. Minutes lie in the order in which they come, so that
a transaction touches few pages; half hours lie unit by unit, so that a year of one unit is read in one piece.
"""

from main_controller.store.database.steps import Step
from main_controller.store.history import apis_lines, deals, totals

APPLICATION = 0x41504948
"""Marks the file as a history of ours ("APIH")."""

_COLUMNS = """
  covered INTEGER NOT NULL, pv_w INTEGER, load_w INTEGER, utility_w INTEGER, battery_w INTEGER, grid_w INTEGER,
  grid_in_wh INTEGER, grid_out_wh INTEGER, battery_in_wh INTEGER, battery_out_wh INTEGER,
  lowest_v INTEGER, mean_v INTEGER, highest_v INTEGER, charge INTEGER,
  wait_s INTEGER NOT NULL, reference_s INTEGER NOT NULL, charge_s INTEGER NOT NULL, discharge_s INTEGER NOT NULL,
  other_s INTEGER NOT NULL, run_s INTEGER NOT NULL, soft_stop_s INTEGER NOT NULL, force_stop_s INTEGER NOT NULL,
  manual_s INTEGER NOT NULL, no_mode_s INTEGER NOT NULL
"""

_FIRST = f"""
CREATE TABLE units (ref INTEGER PRIMARY KEY, unit_id TEXT NOT NULL UNIQUE);
CREATE TABLE minutes (
  start INTEGER NOT NULL, unit INTEGER NOT NULL, {_COLUMNS}, PRIMARY KEY (start, unit)
) WITHOUT ROWID;
CREATE TABLE half_hours (
  unit INTEGER NOT NULL, start INTEGER NOT NULL, {_COLUMNS}, PRIMARY KEY (unit, start)
) WITHOUT ROWID;
CREATE TABLE apis_lines (
  id INTEGER PRIMARY KEY, heard INTEGER NOT NULL, at TEXT NOT NULL, program TEXT NOT NULL, unit_id TEXT,
  level INTEGER NOT NULL, source TEXT NOT NULL, message TEXT NOT NULL
);
CREATE INDEX apis_lines_unit ON apis_lines (unit_id, id);
{deals.TABLE};
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE migrations (tables INTEGER PRIMARY KEY, program TEXT NOT NULL, at TEXT NOT NULL)
"""

STEPS: dict[int, Step] = {1: _FIRST, 2: deals.APIS, 3: apis_lines.BY_TIME, 4: apis_lines.bounded, 5: totals.TABLES}
"""Every step by the version that it makes; a new file takes them all."""
