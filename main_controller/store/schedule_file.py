"""One schedule's file: its name, its content, and the line that the program adds (Z11).

A file is named `<unitId>-<operation>`, for the cluster `-<operation>`; in an id every character but letters, digits,
`_`, `-`, `.`, kana and kanji is written as its UTF-8 bytes in the form %2F, and so is a `.` at its beginning: one name
for each id, one id for each name. Its first line is the time in ISO 8601 with its
offset; its date is when it was set. The program may add a second line, which keeps the file's date:
`sent <time>` (a Run that was sent) or `failed <time> <sentence>` (given up; an operator has to clear it), where a tab
and a JSON object with the sentence's code and parameters may follow.
Used by the schedule folder; `check_unit_id` also by the order that sets a schedule. What is no schedule raises
BadRequest with the reason, a fault of the disk OSError.
"""

import json
import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.schedule import Failure, Operation, Schedule
from main_controller.domain.timestamps import iso_utc, parse_schedule_value
from main_controller.errors import BadRequest
from main_controller.sentence import Sentence, messages, said_again, say

LARGEST_FILE = 4096
LONGEST_SENTENCE = 300
LONGEST_CODES = 2048
"""Characters of the JSON beside a sentence; of a longer one the text alone is kept."""

Fingerprint = tuple[int, ...]
"""What changes when a file does."""

LONGEST_NAME = 241
"""Bytes of a file's name: what the file systems have, 255, less what an unfinished file's name has more."""

_TO_ENCODE = re.compile(r"^\.|[^A-Za-z0-9_.\-\u3041-\u30ff\u4e00-\u9fff]")
_ENCODED = re.compile(rb"%([0-9A-F]{2})")
_HALVES = "surrogatepass"  # JSON can carry half of a surrogate pair, and so can an id
_MARK = re.compile(r"(?P<word>sent|failed) (?P<at>\S+)(?: (?P<sentence>.*))?")


def check_unit_id(unit_id: str) -> None:
    """Refuse a unit id of which no file name can be made (BadRequest)."""
    longest = max(len(operation.value) for operation in Operation) + 1
    if not unit_id or len(os.fsencode(_encoded(unit_id))) > LONGEST_NAME - longest:
        no_name = say(
            "store.noScheduleFor",
            "The unit id {unit!r} cannot have a schedule: it is empty, or too long for a file's name.",
            unit=unit_id[:64],
        )
        raise BadRequest(no_name)


def file_name(unit_id: str | None, operation: Operation) -> str:
    """The name of a schedule's file, checked before it can touch the file system."""
    if unit_id is not None:
        check_unit_id(unit_id)
    return f"{_encoded(unit_id or '')}-{operation.value}"


def _encoded(unit_id: str) -> str:
    """A unit id as the part of a file name: no slash, no point at its beginning, nothing unseen in it."""
    return _TO_ENCODE.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), unit_id)


def _decoded(name: str) -> str:
    """The unit id of a part of a file name. Raises BadRequest for one that this program would write otherwise."""
    try:
        unit_id = _ENCODED.sub(lambda found: bytes.fromhex(found[1].decode()), _bytes(name)).decode(errors=_HALVES)
    except UnicodeDecodeError:
        unit_id = ""
    if not unit_id or _encoded(unit_id) != name:
        raise BadRequest(say("store.noIdInName", "No unit id is written {name!r} in a file's name.", name=name[:64]))
    check_unit_id(unit_id)
    return unit_id


def _bytes(text: str) -> bytes:
    return text.encode(errors=_HALVES)


def sent_mark(at: datetime) -> str:
    """The line that says when a Run was sent."""
    return f"sent {iso_utc(at)}"


def failed_mark(at: datetime, sentence: str) -> str:
    """The line that says when and why a schedule was given up; half a surrogate pair is written out."""
    text = " ".join(sentence.split())[:LONGEST_SENTENCE].encode(errors="backslashreplace").decode()
    return f"failed {iso_utc(at)} {text}{_codes(sentence)}"


def _codes(sentence: str) -> str:
    """What follows a sentence that has a code; in ASCII, since it must stay one line."""
    for message in messages([sentence]) if isinstance(sentence, Sentence) else []:
        kept = json.dumps({"code": message["code"], "parameters": message["parameters"]})
        return f"\t{kept}" if len(kept) <= LONGEST_CODES else ""
    return ""


def fingerprint(found: os.stat_result) -> Fingerprint:
    """What tells a file's state from an earlier one."""
    return (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)


def read_schedule(path: Path, zone: BaseTzInfo) -> tuple[Fingerprint, Schedule]:
    """A file's fingerprint and the schedule in it; `zone` is the site's, for a time written without an offset."""
    unit_id, operation = _split(path.name)
    content, found = _read_file(path)
    lines = [line.strip() for line in content.splitlines()]
    while lines and not lines[-1]:
        lines.pop()
    if not 1 <= len(lines) <= 2:
        one_line = say(
            "store.notOneLine", "It must hold one line with a date and time such as 2026-05-13T12:00:00+09:00."
        )
        raise BadRequest(one_line)
    due = parse_schedule_value(lines[0], zone)
    sent_at, failure = _read_mark(lines[1]) if len(lines) == 2 else (None, None)
    set_at = datetime.fromtimestamp(found.st_mtime_ns / 1e9, UTC)
    return fingerprint(found), Schedule(unit_id, operation, due, set_at, lines[0], found.st_mtime_ns, sent_at, failure)


def _split(name: str) -> tuple[str | None, Operation]:
    """The unit id (None: the cluster) and the operation that a file's name says. Raises BadRequest."""
    unit_id, dash, status = name.rpartition("-")
    if not dash or status not in [operation.value for operation in Operation]:
        endings = [f"-{operation.value}" for operation in Operation]
        raise BadRequest(say("store.otherEnding", "Its name does not end in {endings}.", endings=endings))
    return _decoded(unit_id) if unit_id else None, Operation(status)


def _read_file(path: Path) -> tuple[str, os.stat_result]:
    """A small plain file's text and status, without following a link or waiting for a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise BadRequest(say("store.noPlainFile", "It is not a plain file."))
        content = os.read(descriptor, LARGEST_FILE + 1)
    finally:
        os.close(descriptor)
    if len(content) > LARGEST_FILE:
        raise BadRequest(say("store.tooLarge", "It is larger than {most} bytes.", most=LARGEST_FILE))
    try:
        return content.decode("utf-8-sig"), found
    except UnicodeDecodeError:
        raise BadRequest(say("store.noText", "It is not text.")) from None


def _read_mark(line: str) -> tuple[datetime | None, Failure | None]:
    """What the program's own second line says: when it was sent, or when and why it was given up."""
    match = _MARK.fullmatch(line)
    if match is None:
        raise BadRequest(
            say("store.otherMark", "Its second line is neither 'sent <time>' nor 'failed <time> <sentence>'.")
        )
    at = parse_schedule_value(match["at"], pytz.utc)
    if match["word"] == "sent":
        return at, None
    sentence, _, codes = (match["sentence"] or "").partition("\t")
    return None, Failure(at, _said(sentence, codes) if sentence else say("store.itFailed", "It failed."))


def _said(text: str, codes: str) -> Sentence:
    """The sentence of a line, by its code where that stands beside it."""
    try:
        kept = json.loads(codes)
    except (ValueError, RecursionError):
        kept = None
    return said_again(text, [{**kept, "text": text}] if isinstance(kept, dict) else None)
