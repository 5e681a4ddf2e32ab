"""A program that hangs is asked in bounds, however it hangs."""

import socket
from pathlib import Path

from main_controller.pid_file import addresses
from main_controller.wiring.asking import Answer, asked_at_once
from tests.system.console import Console


def test_one_that_takes_calls_and_never_answers_is_told_as_such() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        found = asked_at_once(f"http://127.0.0.1:{hanging.getsockname()[1]}/", ("/healthz", "/alarms"), within=0.2)
    assert [str(fault) for fault in found.values()] == ["no whole answer within 0.2 s"] * 2


def test_what_answers_and_what_does_not_stand_side_by_side(console: Console) -> None:
    found = asked_at_once(console.address, ("/healthz", "/nothing"))
    assert isinstance(found["/healthz"], Answer)
    assert isinstance(found["/nothing"], Answer)
    assert (found["/healthz"].status, found["/nothing"].status) == (200, 404)


def test_a_file_where_the_logs_folder_was_is_no_program_that_runs(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    assert addresses(tmp_path) == []
