"""`./startMain.py user ...`: the first account, and what is changed beside the running program."""

import contextlib
import io
import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from main_controller.clock import utc_now
from main_controller.settings import Settings
from main_controller.store.journal.check import verify_journal
from main_controller.wiring.users import manage
from tests.conftest import ROOT
from tests.system.console import Console, until
from tests.system.http_call import Answer

PASSWORD = "correct horse battery"


def user(data: Path, *words: str, typed: str = "") -> tuple[int, str]:
    """The exit status of `user ...`, and what it said; `typed` answers its questions, a line for each."""
    out, database = io.StringIO(), data / "journal" / "journal.sqlite3"
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
        mock.patch.object(sys, "stdin", io.StringIO(typed)),
    ):
        status = manage(words, Settings(database=database))
    return status, out.getvalue()


def log_in(console: Console, name: str, password: str = PASSWORD) -> Answer:
    return console.call("/login", "POST", form=f"name={name}&password={password.replace(' ', '+')}")


def test_it_is_asked_for_instead_of_a_start(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "startMain.py"), "user", "add", "anna", "viewer", "--data", str(tmp_path)],
        input=f"{PASSWORD}\n", capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "anna may log in as viewer.\n"), done.stderr
    assert user(tmp_path, "list")[1].splitlines()[1].split() == ["anna", "viewer", "yes", "no", "0", "0"]


def test_what_is_asked_for_is_done_and_said(tmp_path: Path) -> None:
    assert user(tmp_path, "list") == (0, "There are no accounts: make the first one by user add NAME.\n")
    assert user(tmp_path, "add", "anna", "administrator", typed=f"{PASSWORD}\n") == (
        0, "anna may log in as administrator.\n",
    )  # fmt: skip
    assert user(tmp_path, "add", "bert", typed=f"operator\n{PASSWORD}\n")[0] == 0
    assert user(tmp_path, "role", "Bert", "engineer") == (0, "bert is engineer.\n")
    assert user(tmp_path, "disable", "bert")[0] == 0
    _, said = user(tmp_path, "list")
    assert [line.split() for line in said.splitlines()[1:]] == [
        ["anna", "administrator", "yes", "no", "0", "0"],
        ["bert", "engineer", "no", "no", "0", "0"],
    ]
    assert user(tmp_path, "remove", "bert") == (0, "The account bert is removed.\n")


def test_a_journal_on_which_no_program_ran_yet_is_accused_of_nothing(tmp_path: Path) -> None:
    """`user` makes the file, and no row in it: nothing is missing, however old it is."""
    user(tmp_path, "add", "anna", "administrator", typed=f"{PASSWORD}\n")
    (file,) = tmp_path.rglob("journal.sqlite3")
    status, said = verify_journal(file, tmp_path / "log", own=True, wall=lambda: utc_now() + timedelta(days=30))
    assert (status, said.startswith("The journal holds: 0 rows")) == (0, True)
    assert "removed or emptied" not in said


@pytest.mark.parametrize(
    ("words", "typed", "why"),
    [
        ((), "", "Use one of: user add NAME [ROLE]; user list;"),
        (("add",), "", "Use one of"),
        (("befriend", "anna"), "", "Use one of"),
        (("add", "cora", "queen"), PASSWORD, "The role must be one of"),
        (("add", "cora", "viewer"), "short\n", "fewer than 12 characters"),
        (("add", "cora", "viewer"), "password1234\n", "tried first"),
        (("add", "cora", "viewer"), "", "Nothing was changed."),
        (("add", "ANNA", "viewer"), f"{PASSWORD}\n", "There is an account ANNA already."),
        (("passwd", "nobody"), f"{PASSWORD}\n", "There is no such account."),
        (("disable", "anna"), "", "anna is the last administrator."),
        (("role", "anna", "viewer"), "", "anna is the last administrator."),
    ],
)
def test_what_cannot_be_is_one_sentence_and_changes_nothing(
    tmp_path: Path, words: tuple[str, ...], typed: str, why: str
) -> None:
    user(tmp_path, "add", "anna", "administrator", typed=f"{PASSWORD}\n")
    before = user(tmp_path, "list")
    status, said = user(tmp_path, *words, typed=typed)
    assert (status, why in said) == (2, True), said
    assert "Traceback" not in said
    assert user(tmp_path, "list") == before


def test_the_running_program_takes_it_over_and_journals_it(tmp_path: Path) -> None:
    with Console(tmp_path / "console", accounts=True) as console:
        data = console.settings.data
        (first,) = console.log.at(logging.WARNING, "nobody can log in yet")
        assert first.endswith(f"user add NAME administrator --database {console.settings.database}")
        assert log_in(console, "anna").status == 401
        assert user(data, "add", "anna", "administrator", typed=f"{PASSWORD}\n")[0] == 0
        until(lambda: log_in(console, "anna").status == 200, "the new account's log-in", every=1.0)
        cookie = {"Cookie": log_in(console, "anna").headers["set-cookie"].partition(";")[0]}
        rows = console.call("/journal?limit=50", headers=cookie).json["rows"]
        (row,) = [one for one in rows if one["by"] == "the command line"]
        assert row["kind"] == "access"
        assert user(data, "passwd", "anna", typed="another horse battery\n")[0] == 0
        until(lambda: console.call("/get/frame", headers=cookie).status == 401, "the end of the sessions")
        assert log_in(console, "anna", "another horse battery").status == 200


def test_the_same_console_after_a_restart_knows_a_browser_again(tmp_path: Path) -> None:
    with Console(tmp_path / "console", accounts=True) as console:
        user(console.settings.data, "add", "anna", "viewer", typed=f"{PASSWORD}\n")
        until(lambda: log_in(console, "anna").status == 200, "the new account's log-in", every=1.0)
        cookie = log_in(console, "anna").headers["set-cookie"].partition(";")[0]
    with Console(tmp_path / "console", accounts=True) as again:
        assert again.call("/session", headers={"Cookie": cookie}).json["name"] == "anna"
