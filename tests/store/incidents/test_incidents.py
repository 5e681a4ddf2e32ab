"""The store of incidents: what the black box lets go stays, also over a kill; full disks, broken files, and pruning."""

import errno
import os
import shutil
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from main_controller.errors import ControllerError, NoDataYet, NotFound
from main_controller.sentence import say
from main_controller.store.black_box.segment import Segment, read_segment
from main_controller.store.incidents import Incident, PersonsNote
from main_controller.store.incidents import incidents as stores
from tests.store.incidents.site import NOON, Site
from tests.system.console import until


def paths(site: Site, one: Incident) -> list[Path]:
    """Where its segments lie that are on the disk."""
    return [each.path for each in site.incidents.segments(one) if not isinstance(each, Segment)]


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def test_what_the_black_box_lets_go_stays_and_is_shown(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(100)
    number = site.keep().number
    site.polls(800)
    one = site.incidents.one(number)
    assert one.whole
    assert site.incidents.size(one) > 0
    empty(site.shelf.folder)
    again = Site(tmp_path, start="b", now=2000)
    again.incidents.write_once()
    assert again.vg(100) == 100
    assert again.incidents.one(number) == one
    assert [path.name for path in again.pool.folder.iterdir()]
    begins = NOON + timedelta(seconds=50)
    assert again.box.timeline().begins is None, "how far the black box reaches does not count what incidents keep"
    assert again.box.timeline(begins, NOON + timedelta(seconds=300)).gaps == []


def test_an_incident_has_whole_segments_of_its_time_and_no_others(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(1500)
    one = site.keep()
    site.polls(1500)
    heads = [read_segment(path).head for path in paths(site, one)]
    assert heads[0].begins <= one.begins < heads[1].begins
    assert heads[-2].ends < one.ends <= heads[-1].ends
    assert [head.number for head in heads] == list(range(heads[0].number, heads[-1].number + 1))


def test_one_under_way_has_what_is_in_memory_too(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(90)
    one = site.keep()
    site.incidents.write_once()
    *files, under_way = site.incidents.segments(one)
    assert files
    assert isinstance(under_way, Segment)
    assert under_way.head.ends == site.wall()


def test_one_under_way_at_a_kill_goes_on(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(100)
    number = site.keep().number
    site.incidents.write_once()
    again = Site(tmp_path, start="b", now=130)
    again.polls(700)
    one = again.incidents.one(number)
    assert one.whole
    runs = {read_segment(path).head.start for path in paths(again, one)}
    assert runs == {"a", "b"}
    assert again.incidents.beside(one)[1].startswith(b'{"rows":[')


def test_one_that_ended_while_the_program_was_away_is_whole_soon_after(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(100)
    number = site.keep().number
    site.incidents.write_once()
    again = Site(tmp_path, start="b", now=5000)
    again.incidents.write_once()
    assert again.incidents.one(number).whole


def test_one_that_became_part_of_another_is_found_by_its_number_also_after_a_restart(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(10)
    first = site.keep().number
    site.polls(1500)
    second = site.keep().number
    site.incidents.write_once()
    assert len(site.incidents.all()) == 2
    site.incidents.keep(site.reason("all"), NOON, site.wall())
    site.incidents.write_once()
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    for incidents in (site.incidents, again.incidents):
        assert [one.number for one in incidents.all()] == [first]
        assert incidents.one(second).number == first
    assert not (tmp_path / "incidents" / f"i{second}.json").exists()


def test_a_note_is_on_the_disk_before_it_is_answered_and_none_is_taken_that_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site(tmp_path)
    number = site.keep().number
    site.incidents.write_once()
    site.incidents.note(number, PersonsNote(site.wall(), "anna", "fuse"))
    again = Site(tmp_path, start="b")
    again.incidents.write_once()
    assert [note.text for note in again.incidents.one(number).notes] == ["fuse"]
    monkeypatch.setattr(stores, "write_whole", refuses)
    with pytest.raises(NoDataYet, match="No space left"):
        again.incidents.note(number, PersonsNote(site.wall(), "anna", "lost"))
    assert [note.text for note in again.incidents.one(number).notes] == ["fuse"]


def refuses(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told_and_nothing_is_lost_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    site.polls(10)
    with monkeypatch.context() as patched:
        patched.setattr(stores, "write_whole", refuses)
        number = site.keep().number
        with pytest.raises(OSError, match="No space left"):
            site.incidents.write_once()
        folder = site.incidents.folder
        said = f"Incidents are not kept on the disk, as {folder} refuses: No space left on device."
        assert str(site.incidents.fault) == said
        with pytest.raises(NoDataYet):
            site.incidents.written()
    site.polls(700)
    assert site.incidents.fault is None
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    assert again.incidents.one(number).whole


def test_over_its_room_the_oldest_goes_with_its_segments_and_no_other(tmp_path: Path) -> None:
    site = Site(tmp_path)
    numbers = []
    for _ in range(2):
        site.polls(700)
        numbers.append(site.keep().number)
        site.polls(1400)
    assert [one.number for one in site.incidents.all()] == numbers[::-1]
    site.pool.bytes = site.incidents.used - 1
    site.incidents.write_once()
    (left,) = site.incidents.all()
    assert left.number == numbers[1]
    assert site.incidents.size(left) == site.incidents.used
    with pytest.raises(NotFound):
        site.incidents.one(numbers[0])


def test_after_its_days_it_goes_whatever_people_wrote(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(10)
    number = site.keep().number
    site.polls(700)
    site.incidents.note(number, PersonsNote(site.wall(), "anna", "fuse"))
    site.now += 366 * 86_400
    site.incidents.write_once()
    assert site.incidents.all() == []
    assert {path.name for path in (tmp_path / "incidents").iterdir()} == {"segments"}
    assert site.incidents.used == 0


def test_where_those_under_way_take_all_room_that_is_told(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.pool.bytes = 1
    site.polls(100)
    site.keep()
    site.incidents.write_once()
    assert "no more of them is kept" in str(site.incidents.fault)


def test_a_broken_segment_is_set_aside_and_its_room_is_taken_first(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(100)
    number = site.keep().number
    site.polls(700)
    path = min(site.pool.folder.iterdir())
    path.unlink()  # else the black box's own file would be the same
    path.write_bytes(b"APISBOX\n")
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    assert path.with_name(path.name + ".damaged").exists()
    again.pool.bytes = again.incidents.used - 1
    again.incidents.write_once()
    assert not path.with_name(path.name + ".damaged").exists()
    assert [one.number for one in again.incidents.all()] == [number]


def test_where_the_disk_has_no_links_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", no_links)
    site = Site(tmp_path)
    site.polls(100)
    site.keep()
    site.incidents.write_once()
    (path,) = site.pool.folder.iterdir()
    assert path.read_bytes() == (site.shelf.folder / path.name).read_bytes()
    assert path.stat().st_nlink == 1


def test_while_a_file_cannot_be_read_none_goes_for_room(tmp_path: Path) -> None:
    """All went, one after the other, as no segment goes before it is known which the unreadable one wants."""
    site = Site(tmp_path)
    site.polls(100)
    for _ in range(3):
        site.keep()
        site.polls(1_500)
    known = {one.number for one in site.incidents.all()}
    assert len(known) == 3
    (tmp_path / "incidents" / "i1.json").write_bytes(b"{broken")
    again = Site(tmp_path, start="b", now=site.now)
    again.pool.bytes = site.pool.used
    again.polls(10)
    again.keep()
    again.polls(200)
    assert known <= {one.number for one in again.incidents.all()}
    fault = str(again.incidents.fault)
    assert "takes all that it may" in fault
    assert "i1.json cannot be read" in fault


@pytest.mark.parametrize("number", ["5", "-5"])
def test_a_file_that_is_named_after_another_stays_and_costs_no_segment(tmp_path: Path, number: str) -> None:
    site = Site(tmp_path)
    site.polls(100)
    one = site.keep()
    site.polls(700)
    file = tmp_path / "incidents" / f"{one.id}.json"
    file.write_text(file.read_text().replace(f'"number":{one.number}', f'"number":{number}'))
    segments = set(site.pool.folder.iterdir())
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    assert str(again.incidents.fault).startswith(f"The incident in {file} cannot be read")
    assert file.exists()
    assert set(again.pool.folder.iterdir()) == segments


def test_one_that_names_itself_or_a_stranger_as_its_part_takes_nothing_away(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(100)
    first = site.keep()
    site.polls(2_000)
    second = site.keep()
    site.polls(700)
    file = tmp_path / "incidents" / f"{first.id}.json"
    file.write_text(file.read_text().replace('"joined":[]', f'"joined":[{first.number},{second.number}]'))
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    assert {one.number for one in again.incidents.all()} == {first.number, second.number}


def test_a_number_beyond_all_of_ours_is_none(tmp_path: Path) -> None:
    """The next one would have got a number that no file name has room for, and was gone at the next start."""
    site = Site(tmp_path)
    site.polls(100)
    one = site.keep()
    site.polls(10)
    content = (tmp_path / "incidents" / f"{one.id}.json").read_text()
    foreign = tmp_path / "incidents" / "i999999999999999.json"
    foreign.write_text(content.replace(f'"number":{one.number}', '"number":999999999999999'))
    again = Site(tmp_path, start="b", now=site.now)
    again.polls(1_300)
    number = again.keep().number
    assert number < 10**12
    again.polls(10)
    third = Site(tmp_path, start="c", now=again.now)
    third.incidents.write_once()
    assert number in {each.number for each in third.incidents.all()}


@pytest.mark.parametrize("what", ["incidents", "incidents/segments"])
def test_a_folder_that_somebody_removed_is_made_again(tmp_path: Path, what: str) -> None:
    """What came after was told as whole, and had no segment."""
    site = Site(tmp_path)
    site.polls(100)
    site.keep()
    site.polls(700)
    shutil.rmtree(tmp_path / what)
    site.polls(1_300)
    one = site.keep()
    site.polls(900)
    found = site.incidents.one(one.number)
    assert found.whole
    assert site.incidents.size(found) > 0
    assert paths(site, found)
    assert site.incidents.fault is None


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("nothing")])
def test_an_odd_entry_in_a_folder_keeps_nothing_else_from_being_kept(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    """A folder, a pipe or a link to nothing of the name of a segment, or of an incident."""
    for folder in ("blackbox", "incidents/segments"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("0000000999-20260513T120000Z.box", "0000000998-20260513T120000Z.box.damaged"):
            make(tmp_path / folder / name)
    make(tmp_path / "incidents" / "i77.json")
    make(tmp_path / "incidents" / ".tmp-x")
    site = Site(tmp_path)
    site.polls(100)
    one = site.keep()
    site.polls(900)
    assert site.incidents.one(one.number).whole
    assert paths(site, one)
    assert "i77.json cannot be read" in str(site.incidents.fault)
    assert site.vg(50.0) == 50


def test_a_disk_that_does_not_answer_holds_nobody_who_asks_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All threads of the server waited for it."""
    monkeypatch.setattr(stores, "PATIENCE", 0.05)
    site = Site(tmp_path)
    site.polls(100)
    one = site.keep()
    site.incidents.write_once()
    free = threading.Event()
    monkeypatch.setattr(stores, "write_whole", lambda *_: free.wait(20))
    site.keep("again")
    worker = threading.Thread(target=site.incidents.write_once)
    worker.start()
    until(lambda: site.incidents._held_since is not None, "the worker to hang")
    for asks in (site.incidents.written, lambda: site.incidents.note(one.number, PersonsNote(NOON, "anna", "x"))):
        with pytest.raises(NoDataYet, match="The disk does not answer"):
            asks()
    site.now += stores.AGAIN + 1
    assert str(site.incidents.fault).startswith("The disk does not answer: incidents wait to be kept in ")
    free.set()
    worker.join(20)
    assert site.incidents.fault is None


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"number":1}', b"\xff", b"[" * 100_000])
def test_a_broken_file_stays_and_costs_no_segment(tmp_path: Path, content: bytes) -> None:
    site = Site(tmp_path)
    site.polls(100)
    number = site.keep().number
    site.polls(700)
    file = tmp_path / "incidents" / f"i{number}.json"
    file.write_bytes(content)
    segments = set(site.pool.folder.iterdir())
    again = Site(tmp_path, start="b", now=site.now)
    again.incidents.write_once()
    assert again.incidents.all() == []
    assert file.read_bytes() == content
    assert str(again.incidents.fault).startswith(f"The incident in {file} cannot be read")
    assert set(again.pool.folder.iterdir()) == segments


def test_without_the_journal_it_is_not_whole_until_that_can_be_read(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(10)
    number = site.keep().number
    site.journal_fault = ControllerError(say("test.no", "no"))
    site.polls(700)
    assert not site.incidents.one(number).whole
    site.journal_fault = None
    site.incidents.write_once()
    assert site.incidents.one(number).whole


def test_of_each_it_is_told_from_when_to_when_moments_can_be_shown(tmp_path: Path) -> None:
    """Ten minutes before and after are what is wanted; what is there may be less, also none."""
    site = Site(tmp_path)
    site.polls(100)
    one = site.keep()
    assert [(begins, ends) for _, begins, ends in site.incidents.reaches()] == [(None, None)]
    site.polls(100)
    ((found, begins, ends),) = site.incidents.reaches()
    held = site.pool.kept
    assert (found.number, begins, ends) == (one.number, held[0].begins, held[-1].ends)
    assert one.begins < held[0].begins < held[-1].ends < one.ends
