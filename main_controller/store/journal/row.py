"""One row of the journal: what it holds, how it is stored, and the hash that chains it to the row before.

Used by the journal, its queue, its reader and its check.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Self

import msgspec

from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, encoded, messages
from main_controller.store.journal.stages import Stage

FIRST_COLUMNS = ("id", "at", "kind", "by", "unit_id", "what", "before", "after", "outcome", "command_id")
"""What is chained of rows from before version 4 of the tables."""

FOURTH_COLUMNS = (*FIRST_COLUMNS, "order_name", "stage")
"""What is chained of rows from version 4, and of later ones that hold no sentence with a code."""

CHAINED = (*FOURTH_COLUMNS, "messages")
"""What is chained of every other row."""

COLUMNS = (*CHAINED, "hash")
"""The columns in the order in which they are asked for."""

GENESIS = "0" * 64
"""What stands for the hash of a row before the first."""

ANCHOR = "anchor"
"""The kind of the row that pruning leaves: `after` holds firstId, lastId, lastHash and rows of what was pruned."""

LARGEST_VALUE = 1 << 20
"""The longest `before` or `after` in characters; a longer one is left out, and the row says so; also of `messages`."""

LONGEST_TEXT = 4000

_NO_JSON = (TypeError, ValueError, RecursionError, NotImplementedError)  # UnicodeEncodeError is a ValueError


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its id (0: none) and hash."""

    id: int
    hash: str


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A row before it has its place; `at` is ISO 8601 UTC in ms, `before`, `after`, `messages` JSON texts or None.

    `messages` are the sentences in the row by code and parameters, as `sentence.messages` lists them.
    """

    at: str
    kind: str
    by: str
    unit_id: str | None
    what: str
    before: str | None
    after: str | None
    outcome: str
    command_id: str | None
    order: str | None
    stage: str
    messages: str | None

    @classmethod
    def of(
        cls,
        at: datetime,
        kind: str,
        *,
        by: str,
        unit_id: str | None,
        what: str,
        before: Any = None,
        after: Any = None,
        outcome: str = "",
        command_id: str | None = None,
        order: str | None = None,
        stage: Stage = Stage.EVENT,
    ) -> Self:
        """The row of these texts and JSON values, whatever they hold, as it can be stored; `at` is aware."""
        before_text, said_before = value_text(before)
        after_text, said_after = value_text(after)
        said = [text for text in (what, outcome) if isinstance(text, Sentence)]
        return cls(
            at=iso_utc(at),
            kind=storable(kind),
            by=storable(by),
            unit_id=None if unit_id is None else storable(unit_id),
            what=storable(what),
            before=before_text,
            after=after_text,
            outcome=storable(outcome),
            command_id=None if command_id is None else storable(command_id),
            order=None if order is None else storable(order),
            stage=str(stage),
            messages=messages_text([*said, *said_before, *said_after]),
        )

    def message_of(self, text: str) -> dict[str, Any] | None:
        """The sentence in this row that reads `text`, as `sentence.messages` lists it; None where it has no code."""
        found = [] if self.messages is None else json.loads(self.messages)
        return next((one for one in found if one["text"] == text), None)

    @property
    def wanted(self) -> dict[str, Any]:
        """What the order of this row wants, as `/commands` tells it; empty where it is of none, or left out."""
        after = None if self.after is None else json.loads(self.after)
        if not isinstance(after, dict) or self.order is None or "leftOut" in after:
            return {}
        told = after if self.stage in (Stage.CAME, Stage.INTENT, Stage.NOTE) else after.get("wanted")
        return told if isinstance(told, dict) else {}

    def chained(self, row_id: int, previous: str) -> tuple[Any, ...]:
        """The row's columns at this place in the chain."""
        values = (row_id, *astuple(self))
        return (*values, chain_hash(previous, values))


def chain_hash(previous: str, values: tuple[Any, ...]) -> str:
    """SHA-256 over the hash of the row before and the canonical JSON of this row's chained columns, in hex."""
    named = dict(zip(CHAINED, values, strict=False))  # of a row from an older file, the first of them
    if named.get("messages") is None:
        named.pop("messages", None)
    canonical = json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


def storable(text: str, longest: int = LONGEST_TEXT) -> str:
    """A text as SQLite can hold it: half a surrogate pair is written out, and what is too long is cut."""
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return whole if len(whole) <= longest else f"{whole[:longest]}..."


def value_text(value: Any) -> tuple[str | None, list[Sentence]]:
    """A value as JSON text (NaN is null), None for None, and the sentences in it.

    What JSON cannot hold is written as Python shows it.
    """
    if value is None:
        return None, []
    try:
        in_bytes, said = encoded(value)
        text = in_bytes.decode()
    except _NO_JSON:
        text, said = json.dumps(storable(repr(value))), []
    return (text, said) if len(text) <= LARGEST_VALUE else (json.dumps({"leftOut": f"{len(text)} characters"}), [])


def messages_text(said: Iterable[Sentence]) -> str | None:
    """Each of these sentences once by its code, as JSON text; None where none has a code, or it cannot be stored."""
    found = messages({str(sentence): sentence for sentence in said}.values())
    try:
        text = msgspec.json.encode(found).decode() if found else None
    except _NO_JSON:
        return None
    return text if text is None or len(text) <= LARGEST_VALUE else None


def row_json(row: sqlite3.Row) -> dict[str, Any]:
    """A stored row in the wire form of `GET /journal`."""
    return {
        "id": row["id"],
        "at": _text(row["at"]),
        "kind": _text(row["kind"]),
        "by": _text(row["by"]),
        "unitId": _text(row["unit_id"]),
        "what": _text(row["what"]),
        "before": _value(row["before"]),
        "after": _value(row["after"]),
        "outcome": _text(row["outcome"]),
        "commandId": _text(row["command_id"]),
        "order": _text(row["order_name"]),
        "stage": _text(row["stage"]),
    }


def row_messages(row: sqlite3.Row) -> list[dict[str, Any]]:
    """A stored row's sentences by code; none where there are none, or where somebody put something else there."""
    found = _value(row["messages"])
    return [one for one in found if _is_message(one)] if isinstance(found, list) else []


def anchored(row: Mapping[str, Any] | sqlite3.Row) -> tuple[int, str] | None:
    """The id and hash of the last row that this anchor says was pruned, or None when it is no anchor."""
    value = _value(row["after"])
    if not isinstance(value, dict):
        return None
    last_id, last_hash = value.get("lastId"), value.get("lastHash")
    return (last_id, last_hash) if isinstance(last_id, int) and isinstance(last_hash, str) else None


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(name), str) for name in ("text", "code"))
        and isinstance(value.get("parameters"), dict)
    )


def _text(stored: Any) -> str | None:
    """A stored text; what somebody put in its place is shown as Python does, and keeps nobody from starting."""
    return stored if stored is None or isinstance(stored, str) else repr(stored)


def _value(text: Any) -> Any:
    """A stored value, or the text itself where somebody changed it into what is no JSON."""
    if text is None:
        return None
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return str(text)
