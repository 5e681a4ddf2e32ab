"""What was decided at start, and from where.

Read by the controller and by `choices.py`; every other part is given plain values.
"""

from main_controller.settings.check import found_at_start
from main_controller.settings.exposure import insecure, refuse_exposed, takes_stops_alone, unguarded
from main_controller.settings.places import ROOT, make_data_folder
from main_controller.settings.sources import LIST_DRILLS, ON_COMMAND_LINE, Faults, build_settings, read_settings
from main_controller.settings.table import Settings, setting_fields, settings_in_force, value_text

__all__ = [
    "LIST_DRILLS",
    "ON_COMMAND_LINE",
    "ROOT",
    "Faults",
    "Settings",
    "build_settings",
    "found_at_start",
    "insecure",
    "make_data_folder",
    "read_settings",
    "refuse_exposed",
    "setting_fields",
    "settings_in_force",
    "takes_stops_alone",
    "unguarded",
    "value_text",
]
