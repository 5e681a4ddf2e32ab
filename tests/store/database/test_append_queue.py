"""Rows that wait for the disk: in their order, bounded, the lost ones counted, and nobody waits longer than he may."""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from main_controller.sentence import foreign
from main_controller.store.database import DatabaseFault
from main_controller.store.database.append_queue import BATCH, AppendQueue

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Disk:
    """Where rows go; `full` refuses them, and what a transaction holds counts only when it has ended."""

    def __init__(self, limit: int = 10_000) -> None:
        self.full = False
        self.now = 100.0
        self.roused = threading.Event()
        self.transactions: list[list[str]] = []
        self._open: list[str] = []
        self.queue: AppendQueue[str] = AppendQueue(
            foreign("The book"), limit, insert=self.insert, rouse=self.roused.set, wall=lambda: NOON,
            lost=lambda count, since: f"{count} lost since {since:%H:%M}", clock=lambda: self.now,
        )  # fmt: skip

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(":memory:")
        self._open = []
        try:
            yield connection
        finally:
            connection.close()
        if self.full:
            raise DatabaseFault(foreign("the disk is full."))
        self.transactions.append(self._open)

    def insert(self, connection: sqlite3.Connection, rows: Sequence[str]) -> None:
        self._open += rows

    def write(self) -> int:
        return self.queue.write(self.writing)

    @property
    def rows(self) -> list[str]:
        return [row for rows in self.transactions for row in rows]


def test_rows_are_written_in_their_order_so_many_in_each_transaction() -> None:
    disk = Disk()
    expected = [str(number) for number in range(BATCH + 7)]
    for row in expected:
        assert disk.queue.append(row) is False, "nobody knows yet"
    assert disk.write() == BATCH + 7
    assert disk.rows == expected
    assert [len(rows) for rows in disk.transactions] == [BATCH, 7]
    assert disk.write() == 0


def test_what_the_disk_refuses_waits_in_its_order() -> None:
    disk = Disk()
    disk.queue.append("one")
    disk.full = True
    with pytest.raises(DatabaseFault):
        disk.write()
    assert disk.queue.fault == "the disk is full."
    disk.queue.append("two")
    disk.full = False
    assert disk.write() == 2
    assert disk.rows == ["one", "two"]
    assert disk.queue.fault is None


def test_rows_beyond_the_limit_are_lost_and_counted_where_they_would_have_stood() -> None:
    disk = Disk(limit=2)
    for number in range(5):
        disk.queue.append(str(number))
    disk.write()
    disk.queue.append("after")
    disk.write()
    assert disk.rows == ["0", "1", "3 lost since 12:00", "after"]


def test_whoever_waits_is_told_when_it_is_written_and_at_once_when_it_is_not() -> None:
    for full in (False, True):
        disk = Disk()
        disk.full = full
        answers: list[bool] = []
        thread = threading.Thread(target=lambda disk=disk, answers=answers: answers.append(disk.queue.append("x", 600)))
        thread.start()
        assert disk.roused.wait(10)
        try:
            disk.write()
        except DatabaseFault:
            assert full
        thread.join(10)
        assert answers == [not full]


def test_rows_that_nobody_takes_are_a_fault_after_a_while() -> None:
    disk = Disk()
    disk.queue.append("waits")
    disk.now += 10.0
    assert disk.queue.fault is None
    disk.now += 0.1
    assert disk.queue.fault == "The book has not been written for more than 10 s."
    disk.write()
    assert disk.queue.fault is None
