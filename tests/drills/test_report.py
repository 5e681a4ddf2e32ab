"""What a drill tells at its end names every figure, and says plainly whether a safe state was reached."""

from main_controller.drills.measure import Course
from main_controller.drills.report import MOST_ROWS, figures, report, verdict
from main_controller.drills.scripts import DRILLS, listed
from tests.drills.test_measure import course_until_safe

ROW = {
    "at": "2026-11-27T12:00:04.500+00:00",
    "by": "the grid",
    "unitId": "E002",
    "what": "E002 became silent.",
    "outcome": None,
    "stage": "event",
}


def test_figures_are_from_one_step_to_another() -> None:
    told = dict(figures(course_until_safe()))
    assert told["fault to the first alarm"] == 0.5
    assert told["fault to the first alarm of priority 1 or 2"] == 4.0
    assert told["Stop all ordered to its outcome"] == 9.5
    assert told["fault to safe in truth, first"] == 6.0
    assert told["fault to safe in truth, and held"] == told["fault to every converter in Wait, and held"] == 12.0
    assert told["fault to the console knowing that it is safe"] == 12.0


def test_what_never_came_is_told_so() -> None:
    assert set(dict(figures(Course())).values()) == {None}
    text = report("stuck-node", Course(), [], reached=False, why="it was broken off.", incident=[])
    assert text.count("not seen\n") == len(figures(Course()))
    assert text.endswith("A safe state was NOT reached: it was broken off.\n")
    assert "What the journal shows:\n  nothing\n" in text


def test_the_report_has_the_course_the_journal_and_the_incident() -> None:
    came = {**ROW, "by": "127.0.0.1", "unitId": None, "what": "stopAll for the cluster", "stage": "came"}
    ended = {**came, "outcome": "verified", "stage": "verified"}
    text = report(
        "stuck-node", course_until_safe(), [ROW, came, ended], reached=True, why="", incident=["Incident i7."]
    )
    assert "     4.0  Alarm, priority 1: E002 works on.\n" in text
    assert "  12:00:04 the grid: E002: E002 became silent.\n" in text
    assert "  12:00:04 127.0.0.1: stopAll for the cluster [came]\n" in text
    assert "  12:00:04 127.0.0.1: stopAll for the cluster [verified]\n" in text
    assert "\nIncident i7.\n" in text
    assert text.endswith("A safe state was reached. It was lost once before it held.\n")


def test_rows_that_are_too_many_are_counted() -> None:
    text = report("stuck-node", Course(), [ROW] * (MOST_ROWS + 2), reached=False, why="x", incident=[])
    assert text.count("became silent") == MOST_ROWS
    assert "  and 2 rows more\n" in text


def test_the_verdict_names_who_cannot_be_heard_and_what_the_console_does_not_know() -> None:
    course = course_until_safe()
    course.unheard, course.console.since, course.truth.lost = ["E003"], None, 0
    told = verdict(course, reached=True, why="")
    assert "E003 cannot be heard and may still drive the bus: switch off on the spot." in told
    assert told.endswith("The console does not know it.")


def test_an_order_that_did_not_end_well_is_told_beside_a_safe_state() -> None:
    course = course_until_safe()
    course.outcome = "failed"
    assert "Stop all itself ended as failed" in verdict(course, reached=True, why="")


def test_each_drill_is_listed_on_a_line_of_its_own() -> None:
    lines = listed().splitlines()
    assert [line.split()[0] for line in lines] == list(DRILLS)
    assert set(DRILLS) == {"stuck-node", "lost-grid-master", "tripped-reference", "dead-apis-web"}
