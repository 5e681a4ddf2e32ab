"""What is handed on as apis-web or a device sent it, and the small readings (R2-R8, R22)."""

from typing import Any, Literal, TypedDict

from main_controller.web.shapes.common import ModeWord, UnitId

Sections = dict[str, Any]
"""A unit's data, or a part of them, as apis-web or the device sent it: an open object (R3-R6, R22)."""

Units = dict[UnitId, Sections]
"""The last good data of every unit, in apis-web's order (R2)."""

Deals = list[dict[str, Any]]
"""The deals as apis-web sent them, with the specification's seven fields first and misprints mended (R8, D1-D41)."""


class GlobalMode(TypedDict):
    """`active` as apis-web answers it: the grid shares energy without an error, null where it does not say (R7, T28).

    `mode` is the one in force as the units show it, null where that cannot be told.
    """

    active: bool | None
    mode: ModeWord | None


class Alive(TypedDict):
    """The program answers."""

    alive: Literal[True]


class Ready(TypedDict):
    """So many units are live. `journal`: why the journal is not written, null while it is."""

    ready: Literal[True]
    live: int
    journal: str | None
