"""Facts of a console of which nothing is wrong, for the tests to spoil."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from main_controller.channel import Channel, Sort
from main_controller.selfcheck.facts import (
    Answer,
    Backed,
    Checked,
    Chosen,
    Facts,
    FileMode,
    Kind,
    Room,
    Running,
    Schema,
)
from main_controller.sentence import foreign

NOW = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)

CHOSEN = Chosen(
    host="127.0.0.1", networks=(), accounts=True, anonymous="none", one_time_codes=True, read_only=False,
    get_orders=False, real_devices=False, unit_networks=(),
    channels=(Channel("mail", Sort.MAIL),), simulated=False, root=False,
)  # fmt: skip
GOOD = Facts(
    now=NOW,
    chosen=CHOSEN,
    synchronised=True,
    files=(FileMode("/j/journal.sqlite3", Kind.DATA, 0o600), FileMode("/j", Kind.FOLDER, 0o700)),
    rooms=(Room("/j", 50_000_000_000, 100_000_000_000),),
    schema=Schema(8, 8),
    backup=Backed(NOW - timedelta(days=1), "/b.zip"),
)
WELL = Answer(True, foreign("It is well."))
RUNS = Running(jump=None, not_kept=(), checked=Checked(NOW, WELL, WELL, WELL))


def chosen(**other: Any) -> Facts:
    """The good facts, with other settings."""
    return replace(GOOD, chosen=replace(CHOSEN, **other))
