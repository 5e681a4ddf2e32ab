"""What the program knows becomes the JSON of the documentation, key by key and in its order."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain import progress as domain
from main_controller.domain.actor import person, transfer_actor
from main_controller.domain.commands import Command, CommandState, UnitOutcome
from main_controller.domain.latch import HeldLatch
from main_controller.domain.progress import (
    ForgottenWait,
    Grace,
    ModeShows,
    SchedulesCleared,
    StopAllShows,
    TransferStands,
    UnitsShow,
)
from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.transfer import Step, Transfer
from main_controller.errors import Refused
from main_controller.orders.bus_owner import Claim
from main_controller.orders.ups_mode import UpsAnswer
from main_controller.procedures.guided_transfer import TransferStanding
from main_controller.rules.interlock_terms import Answer
from main_controller.sentence import foreign
from main_controller.store.schedule_results import ScheduleResult
from main_controller.web.replies import to_json
from main_controller.web.shapes.failure import Failure, failure_of
from main_controller.web.shapes.orders import Progress, command_of, ended_of, progress_of
from main_controller.web.shapes.rules import rule_of
from main_controller.web.shapes.schedules import schedules_of
from main_controller.web.shapes.sharing import sharing_of
from main_controller.workers.scheduler import ScheduleStatus
from tests.domain.made_orders import order_of
from tests.web.declared import difference

AT = datetime(2026, 5, 13, 3, 0, 0, 123456, tzinfo=UTC)
SINCE = "2026-05-13T03:00:00.123+00:00"
ORDER = order_of("setDcdc", "E001")
COMMAND = Command("c1", ORDER, person("127.0.0.1"), AT, entered=900.0, sent=True, settled=900.0)


def written(value: Any) -> Any:
    """The value as it is sent."""
    return json.loads(to_json(value))


def test_an_order_is_told_whole_with_times_in_utc() -> None:
    units = {"E001": UnitOutcome(CommandState.VERIFIED, True, "0x0000", None, "converter")}
    told = command_of(replace(COMMAND, units=units, accepted_at=AT, override="test"))
    assert list(written(told).items()) == list(
        {
            "id": "c1",
            "key": None,
            "order": "setDcdc",
            "unitId": "E001",
            "wanted": {"word": "0x0041", "dvg": 0.0, "dig": 0.0},
            "by": "127.0.0.1",
            "at": "2026-05-13T03:00:00.123+00:00",
            "state": "pending",
            "sent": True,
            "acceptedAt": "2026-05-13T03:00:00.123+00:00",
            "endedAt": None,
            "error": None,
            "note": None,
            "override": "test",
            "second": None,
            "before": {},
            "units": {
                "E001": {"state": "verified", "sent": True, "shows": "0x0000", "error": None, "evidence": "converter"}
            },
            "progress": {},
        }.items()
    )


def test_the_progress_of_each_kind_is_told_by_its_own_keys() -> None:
    grace, waits = Grace(("E003",), 41.5, foreign("later")), {"E009": ForgottenWait("unknown", None, foreign("none"))}
    steps = Transfer("c7", "E001", "E003", 2.0, 350.0, 2.3, "me", Step.REFERENCE_UP, 0.0).steps
    told: dict[str, domain.Progress | None] = {
        '{"shown":1,"of":2}': UnitsShow(1, 2),
        '{"shown":1,"of":2,"deals":null,"drained":"superseded"}': ModeShows(1, 2, None, "superseded"),
        '{"shown":1,"of":2,"stopInEffect":null,"grace":null}': StopAllShows(1, 2, None, None),
        '{"schedules":2}': SchedulesCleared(2),
        '{"step":"referenceUp","steps":[{"step":"referenceUp","state":"running","sentence":null}],"sentence":null}': (
            TransferStands(Step.REFERENCE_UP, steps[:1], None)
        ),
        "{}": None,
    }
    for text, shows in told.items():
        assert to_json(progress_of(shows)).decode() == text
        assert difference(json.loads(text), (Progress,)) is None
    stop = written(progress_of(StopAllShows(1, 2, True, grace, waits)))
    assert stop["grace"] == {"units": ["E003"], "waitIn": 41.5, "why": "later"}
    assert stop["forgotten"] == {"E009": {"sent": "unknown", "shows": None, "error": "none"}}
    assert difference(stop, (Progress,)) is None


def test_a_rules_answer_says_whether_it_may_be_overridden() -> None:
    assert rule_of(Answer("c", False, "not-through-wait", foreign("x"), {"words": ["charging"]})) == {
        "rule": "c",
        "cause": "not-through-wait",
        "pass": False,
        "sentence": "x",
        "numbers": {"words": ["charging"]},
        "overridable": True,
        "advice": False,
    }


def test_a_failure_has_beside_its_sentence_what_the_error_knows() -> None:
    """Whatever is put beside a refusal has its JSON here and nowhere else."""
    details: dict[str, Any] = {
        "command": "c2",
        "sent": False,
        "cause": "moment",
        "came": [COMMAND],
        "estop": HeldLatch("anna", None, "", SINCE, on_file=False),
        "lock": {"name": "anna", "reason": "fuse", "since": SINCE},
        "owner": Claim("c7", transfer_actor("c7"), "E001", "E003", "me", None),
        "rules": [Answer("a", None, "awaiting-readings", foreign("x"))],
        "units": {"E001": UnitOutcome("unconfirmed")},
        "forgotten": {"E009": ForgottenWait(True, "0x0000", None)},
    }
    told = written(failure_of(foreign("No."), Refused(foreign("No."), details=details).details))
    assert list(told) == ["error", *details]
    assert difference(told, (Failure,)) is None
    assert told["came"] == [
        {"id": "c1", "order": "setDcdc", "unitId": "E001", "by": "127.0.0.1", "at": SINCE, "mode": None}
    ]
    assert told["owner"] == {"command": "c7", "from": "E001", "to": "E003", "by": "me", "since": None}
    assert told["units"]["E001"]["state"] == "unconfirmed"


def test_a_ups_that_refused_is_told_otherwise_than_a_converter() -> None:
    told = written(failure_of(foreign("No."), {"units": {"E001": UpsAnswer(foreign("off"), "unknown")}}))
    assert told["units"] == {"E001": {"succeeded": False, "error": "off", "sent": "unknown"}}
    assert difference(told, (Failure,)) is None


def test_schedules_are_told_with_what_became_of_them() -> None:
    one = Schedule("E001", Operation.SOFT_STOP, AT, AT, "", 0)
    status = ScheduleStatus(1, (ScheduleResult(one, "missed", AT, foreign("Too late.")),), waiting=((one, "why"),))
    told = written(schedules_of(status))
    due = {"unitId": "E001", "operation": "softStop", "due": SINCE}
    assert told["last"] == [{**due, "outcome": "missed", "at": SINCE, "sentence": "Too late."}]
    assert told["waiting"] == [{**due, "sentence": "why"}]


def test_a_guided_sharing_without_limits_or_moments_tells_null() -> None:
    transfer = Transfer("c7", "E001", "E003", 2.0, 350.0, 2.3, "me", Step.REFERENCE_UP, 0.0)
    told = sharing_of(TransferStanding(transfer, {}, 1.23456, None))
    assert told is not None
    assert (told["limits"], told["begun"], told["endsAt"]) == ({"minutes": None, "wh": None}, None, None)
    assert (told["energyWh"], told["from"], told["to"]) == (1.23, "E001", "E003")
    assert sharing_of(None) is None


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (("converter", "converter"), "all"),
        (("converter", "reading"), "some"),
        (("reading", "reading"), None),
        ((None,), None),
        ((), None),
    ],
)
def test_an_ended_order_says_whether_it_stands_by_answers_alone(
    evidence: tuple[str | None, ...], told: str | None
) -> None:
    """S8: so that nobody calls it seen."""
    units = {f"E{at}": UnitOutcome(CommandState.VERIFIED, True, "0x0000", None, one) for at, one in enumerate(evidence)}
    ended = ended_of(replace(COMMAND, state=CommandState.VERIFIED, units=units))
    assert ended["byAnswer"] == told
    assert ended_of(replace(COMMAND, state=CommandState.FAILED, units=units))["byAnswer"] is None
