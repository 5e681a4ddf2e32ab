"""Rows of the journal (Z13a)."""

from typing import Any, NotRequired, TypedDict

from main_controller.web.shapes.common import CommandId, Message, Time, UnitId


class JournalRow(TypedDict):
    """A row as it was stored: `kind` of matter, by whom, where (`unitId`, null: the cluster or the program), and a
    sentence (`what`).

    `before` and `after` are JSON of the matter, null where there is none; `outcome` is a sentence, empty while it is
    open. `commandId`, `order` and `stage` are for programs; null where the row is of no order.
    """

    id: int
    at: Time
    kind: str
    by: str
    unitId: UnitId | None
    what: str
    before: Any
    after: Any
    outcome: str | None
    commandId: CommandId | None
    order: str | None
    stage: str | None


class JournalPage(TypedDict):
    """Rows, the newest first; `next` is what `before` asks for to get the rows before them, null: there are none.

    `messages`: the sentences in them as they were stored, where codes are asked for.
    """

    rows: list[JournalRow]
    next: int | None
    messages: NotRequired[list[Message]]
