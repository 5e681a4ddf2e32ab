"""The schedule folder as a mapping: names, atomic changes, files by hand, bad files (Z11, B3, B5)."""

import errno
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytz

from main_controller.domain.schedule import Operation
from main_controller.errors import BadRequest, ControllerError
from main_controller.sentence import joined, messages, say
from main_controller.store import atomic_file
from main_controller.store.schedules import Schedules

SOFT, FORCE, RUN = Operation.SOFT_STOP, Operation.FORCE_STOP, Operation.RUN
DUE = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "schedules"


@pytest.fixture
def schedules(folder: Path) -> Schedules:
    made = Schedules(folder)
    made.prepare()
    return made


@pytest.mark.parametrize(
    ("unit_id", "operation", "name"),
    [
        (None, SOFT, "-softStop"), ("E001", SOFT, "E001-softStop"), ("E001", RUN, "E001-run"),
        ("a-b-run", FORCE, "a-b-run-forceStop"), ("-", SOFT, "--softStop"), ("x.y_Z-", RUN, "x.y_Z--run"),
        ("u" * 64, SOFT, "u" * 64 + "-softStop"),
    ],
)  # fmt: skip
def test_a_schedule_is_one_file_that_a_person_can_read(
    schedules: Schedules, folder: Path, unit_id: str | None, operation: Operation, name: str
) -> None:
    put = schedules.put(unit_id, operation, DUE)
    assert (folder / name).read_text() == "2026-05-13T03:00:00.000+00:00\n"
    assert schedules.list() == (put,)
    assert (put.unit_id, put.operation, put.due) == (unit_id, operation, DUE)
    assert put.key == (unit_id or "", operation.value)
    assert abs(datetime.now(UTC) - put.set_at) < timedelta(seconds=10)
    assert schedules.has(unit_id, operation)
    assert schedules.remove(unit_id, operation) is True
    assert schedules.remove(unit_id, operation) is False
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("unit_id", "name"),
    [
        (".", "%2E-softStop"),
        ("..", "%2E.-softStop"),
        (".hidden", "%2Ehidden-softStop"),
        ("A/1", "A%2F1-softStop"),
        ("../x", "%2E.%2Fx-softStop"),
        ("/etc/passwd", "%2Fetc%2Fpasswd-softStop"),
        ("a\\b c", "a%5Cb%20c-softStop"),
        (" ", "%20-softStop"),
        ("a\x00b\n", "a%00b%0A-softStop"),
        ("50%#?+&", "50%25%23%3F%2B%26-softStop"),
        ("%2e%2e", "%252e%252e-softStop"),
        ("\u00e9", "%C3%A9-softStop"),
        ("東棟ハウス", "東棟ハウス-softStop"),
        ("\U0001f3e0\u200d\U0001f525", "%F0%9F%8F%A0%E2%80%8D%F0%9F%94%A5-softStop"),
        ("E1\u202e", "E1%E2%80%AE-softStop"),
        ("\ud800", "%ED%A0%80-softStop"),
        ("a-softStop", "a-softStop-softStop"),
        ("棟" * 64, "棟" * 64 + "-softStop"),
    ],
)
def test_an_id_of_any_characters_has_one_file_of_a_safe_name(
    schedules: Schedules, folder: Path, unit_id: str, name: str
) -> None:
    """H10: what is shown can be scheduled, and never leaves the folder."""
    put = schedules.put(unit_id, SOFT, DUE)
    assert [path.name for path in folder.iterdir()] == [name]
    assert put.unit_id == unit_id
    assert schedules.list() == (put,)
    assert schedules.unreadable() == ()
    assert schedules.mark_failed(put, DUE, "It failed.")
    assert schedules.remove(unit_id, SOFT) is True
    assert list(folder.iterdir()) == []
    assert [path.name for path in folder.parent.iterdir()] == ["schedules"]


@pytest.mark.parametrize(
    "name",
    ["A%2f1", "A 1", "%41", "%", "%2", "A%2", "%FF", "%C3", "\u00e9", "%00%", "x" * 236],
)
def test_a_file_name_that_another_one_stands_for_is_no_schedule(schedules: Schedules, folder: Path, name: str) -> None:
    """One name for each id: two files never hold the same unit's schedule."""
    (folder / f"{name}-softStop").write_text("2026-05-13T03:00:00.000+00:00\n")
    listing = schedules.scan()
    assert listing.schedules == ()
    assert [entry.file for entry in listing.unreadable] == [f"{name}-softStop"]


@pytest.mark.parametrize("unit_id", ["", "u" * 232, "u" * 10_000, "\U0001f3e0" * 30])
def test_an_id_without_a_file_name_never_touches_the_file_system(
    schedules: Schedules, folder: Path, unit_id: str
) -> None:
    for order in (
        lambda: schedules.put(unit_id, SOFT, DUE),
        lambda: schedules.remove(unit_id, SOFT),
        lambda: schedules.has(unit_id, SOFT),
    ):
        with pytest.raises(BadRequest, match="cannot have a schedule") as refusal:
            order()
        assert len(refusal.value.sentence) < 800
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "due"),
    [
        (b"2026-05-13T12:00:00+09:00", DUE),
        (b"\xef\xbb\xbf2026-05-13T03:00:00.000+00:00\r\n\r\n", DUE),
        (b"2026-05-13T12:00\n", DUE),  # without an offset: the site's zone
    ],
)
def test_a_file_written_by_hand_is_read(folder: Path, content: bytes, due: datetime) -> None:
    schedules = Schedules(folder, zone=pytz.timezone("Asia/Tokyo"))
    schedules.prepare()
    (folder / "E001-softStop").write_bytes(content)
    assert [schedule.due for schedule in schedules.list()] == [due]
    assert schedules.unreadable() == ()


def test_a_disk_that_refuses_the_folder_is_told_and_it_is_made_later(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """M10: the program starts; nothing is pending meanwhile that anybody could tell."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    schedules = Schedules(folder)
    with monkeypatch.context() as full_disk:
        full_disk.setattr(Path, "mkdir", full)
        schedules.prepare()
        with pytest.raises(ControllerError, match="cannot be read"):
            schedules.scan()
    assert "cannot be written: No space left on device" in caplog.text
    assert schedules.list() == ()
    assert folder.is_dir()


BAD_FILES = {
    "E001-softStop": b"tomorrow",
    "E002-softStop": b"",
    "E003-softStop": b"\xff\xfe2\x00",
    "E004-softStop": b"2026-05-13T12:00Z\nx",
    "E005-softStop": b"2026-05-13T12:00Z\n\n2026-05-13T12:00Z",
    "E006-softStop": b"9" * 10_000,
    "E007-softStop": b"2026-05-13T12:00Z\nsent yesterday",
    "E008-softstop": b"2026-05-13T12:00Z",
    "softStop": b"2026-05-13T12:00Z",
    "a b-softStop": b"2026-05-13T12:00Z",
    "E001-softStop~": b"2026-05-13T12:00Z",
    "README": b"notes",
}


def test_a_file_that_is_no_schedule_is_reported_left_alone_and_hides_no_other(
    schedules: Schedules, folder: Path
) -> None:
    schedules.put(None, FORCE, DUE)
    schedules.put("E999", RUN, DUE)
    for name, content in BAD_FILES.items():
        (folder / name).write_bytes(content)
    (folder / "E010-softStop").mkdir()
    (folder / "E011-softStop").symlink_to(folder / "-forceStop")
    os.mkfifo(folder / "E012-softStop")
    (folder / ".gitkeep").touch()
    schedules.prepare()
    listing = schedules.scan()
    assert [schedule.key for schedule in listing.schedules] == [("", "forceStop"), ("E999", "run")]
    odd = {*BAD_FILES, "E010-softStop", "E011-softStop", "E012-softStop"}
    assert {each.file for each in listing.unreadable} == odd
    assert all(each.sentence.endswith(".") and str(folder) not in each.sentence for each in listing.unreadable)
    why = {each.file: each.sentence for each in listing.unreadable}
    assert (why["E012-softStop"], why["E011-softStop"]) == (
        "It is not a plain file.",
        "It cannot be read: it is a link.",
    )
    assert {path.name for path in folder.iterdir()} == odd | {"-forceStop", "E999-run", ".gitkeep"}


def test_an_operator_may_remove_a_bad_file_by_its_name(schedules: Schedules, folder: Path) -> None:
    (folder / "E001-softStop").write_bytes(b"tomorrow")
    assert schedules.has("E001", SOFT)
    assert schedules.remove("E001", SOFT) is True
    assert schedules.unreadable() == ()


def test_a_change_by_hand_shows_at_once(schedules: Schedules, folder: Path) -> None:
    path = folder / "-softStop"
    for hour in range(10, 20):
        path.write_text(f"2026-05-13T{hour}:00Z")
        assert [schedule.due.hour for schedule in schedules.list()] == [hour]
    path.unlink()
    assert schedules.list() == ()


def test_an_old_file_is_parsed_once_and_again_when_it_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schedules = Schedules(folder, wall_ns=lambda: time.time_ns() + 60_000_000_000)
    schedules.prepare()
    schedules.put(None, SOFT, DUE)
    first = schedules.list()
    opened: list[object] = []
    real = os.open

    def noted(path: Path, flags: int) -> int:
        opened.append(path)
        return real(path, flags)

    monkeypatch.setattr(os, "open", noted)
    assert schedules.list() == first
    assert opened == []
    (folder / "-softStop").write_text("2026-05-14T03:00:00Z")
    assert [schedule.due.day for schedule in schedules.list()] == [14]
    assert len(opened) == 1
    fresh = Schedules(folder)
    assert fresh.list() == fresh.list()
    assert len(opened) == 3, "a file changed just now is read again, since its date may not tell two changes apart"


def test_marks_keep_the_date_and_stay_with_their_setting(schedules: Schedules, folder: Path) -> None:
    put = schedules.put("E001", RUN, DUE)
    assert schedules.mark_sent(put, DUE + timedelta(seconds=1)) is True
    (sent,) = schedules.list()
    assert (sent.stamp, sent.set_at, sent.sent_at) == (put.stamp, put.set_at, DUE + timedelta(seconds=1))
    assert schedules.mark_failed(put, DUE + timedelta(seconds=2), "It did\nnot take effect.") is True
    (failed,) = Schedules(folder).list()
    assert failed.stamp == put.stamp
    assert failed.failure is not None
    assert (failed.failure.at, failed.failure.sentence) == (DUE + timedelta(seconds=2), "It did not take effect.")
    assert schedules.unmark(put) is True
    assert schedules.list() == (put,)
    schedules.mark_failed(put, DUE, "x" * 10_000)
    schedules.put("E001", RUN, DUE)
    assert schedules.list()[0].failure is None


def test_why_it_was_given_up_keeps_its_code(schedules: Schedules, folder: Path) -> None:
    why = joined([say("workers.noEffect", "Its order {id} was\naccepted.", id="c7"), say("a.b", "{n} times", n=3)])
    schedules.mark_failed(schedules.put(None, RUN, DUE), DUE, why)
    line = (folder / "-run").read_text().splitlines()[1]
    assert line.startswith("failed 2026-05-13T03:00:00.000+00:00 Its order c7 was accepted. 3 times\t{")
    (failed,) = Schedules(folder).list()
    assert failed.failure is not None
    (told,), (meant,) = messages([failed.failure.sentence]), messages([why])
    assert (told["text"], told["code"]) == ("Its order c7 was accepted. 3 times", "joined")
    assert told["parameters"] == meant["parameters"]


@pytest.mark.parametrize("codes", ["", "\t", "\tat night", "\t[]", "\t{}", '\t{"code": 1}', "\t" + "[" * 3000])
def test_a_line_of_an_older_version_or_by_hand_is_its_text(schedules: Schedules, folder: Path, codes: str) -> None:
    (folder / "-run").write_text(f"2026-05-13T03:00:00Z\nfailed 2026-05-13T03:00:05Z It failed twice.{codes}\n")
    (failed,) = schedules.list()
    assert failed.failure is not None
    assert (failed.failure.sentence, messages([failed.failure.sentence])) == ("It failed twice.", [])


@pytest.mark.parametrize("unit_id", ["日" * 300, "\ud800" * 300, "x\u2028y\ttab", "E001" * 1000])
def test_whatever_a_sentence_holds_its_file_can_be_read(schedules: Schedules, folder: Path, unit_id: str) -> None:
    why = say("a.b", "{unit} did not answer.", unit=unit_id)
    assert schedules.mark_failed(schedules.put(None, RUN, DUE), DUE, why)
    (failed,) = Schedules(folder).list()
    assert failed.failure is not None
    assert failed.failure.sentence[:1] in (unit_id[0], "\\")


def test_a_schedule_set_anew_is_not_removed_or_marked_by_what_became_of_the_old_one(
    schedules: Schedules, folder: Path
) -> None:
    old = schedules.put(None, SOFT, DUE)
    new = schedules.put(None, SOFT, DUE + timedelta(days=1))
    assert schedules.unchanged(new)
    assert not schedules.unchanged(old)
    assert schedules.discard(old) is False
    assert schedules.mark_failed(old, DUE, "no") is False
    assert schedules.list() == (new,)
    again = schedules.put(None, SOFT, DUE)
    assert schedules.discard(old) is False, "the same time set a second time is another setting"
    assert schedules.discard(again) is True
    assert schedules.discard(again) is False
    assert schedules.mark_sent(again, DUE) is False
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_a_full_or_read_only_disk_is_a_clear_error_and_the_old_schedule_stands(
    schedules: Schedules, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    old = schedules.put(None, SOFT, DUE)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(fault, os.strerror(fault), str(folder))

    with monkeypatch.context() as patch:
        patch.setattr(atomic_file, "_write_new", refuse)
        patch.setattr(Path, "unlink", refuse)
        for change in (
            lambda: schedules.put(None, SOFT, DUE + timedelta(days=1)),
            lambda: schedules.mark_failed(old, DUE, "x"),
            lambda: schedules.remove(None, SOFT),
            lambda: schedules.discard(old),
        ):
            with pytest.raises((ControllerError, OSError)) as error:
                change()
            assert isinstance(error.value, ControllerError), error.value
            assert os.strerror(fault) in error.value.sentence
            assert str(folder) not in error.value.sentence
            assert error.value.status == 500
    assert schedules.list() == (old,)


def test_a_folder_that_is_gone_or_none_is_a_clear_error_and_never_an_empty_one(tmp_path: Path) -> None:
    gone = Schedules(tmp_path / "gone")
    for call in (gone.scan, lambda: gone.put(None, SOFT, DUE)):
        with pytest.raises(ControllerError, match="No such file or directory"):
            call()
    (tmp_path / "file").touch()
    with pytest.raises(ControllerError, match="cannot be used"):
        Schedules(tmp_path / "file").prepare()


def test_preparing_removes_half_written_files_and_keeps_schedules(schedules: Schedules, folder: Path) -> None:
    put = schedules.put(None, SOFT, DUE)
    (folder / f"{atomic_file.TEMPORARY}E001-softStop.00aa").write_text("2026-")
    assert schedules.list() == (put,)
    schedules.prepare()
    assert [path.name for path in folder.iterdir()] == ["-softStop"]


def test_many_threads_setting_and_clearing_never_show_half_a_schedule(schedules: Schedules) -> None:
    faults: list[object] = []

    def change(number: int) -> None:
        for turn in range(15):
            schedules.put(None, SOFT, DUE + timedelta(days=number, hours=turn))
            if turn % 5 == 4:
                schedules.remove(None, SOFT)

    def look() -> None:
        for _ in range(100):
            listing = schedules.scan()
            faults.extend(listing.unreadable)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)] + [threading.Thread(target=look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)
    assert faults == []
    assert len(schedules.list()) <= 1
