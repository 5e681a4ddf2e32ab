"""Alarms made up for their page, served in place of the controller's; what a person does with them is noted."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Page, Route

from main_controller.errors import ANSWERED_BY
from tests.browser.stage import moment

Json = dict[str, Any]
SERVED = re.compile(r"^https?://[^/]+/(?:alarms|notify)(?:[/?]|$)")


def alarm(number: int, unit_id: str = "E001", **given: Any) -> Json:
    """One alarm as `/alarms` tells it; `units` are all that it is of."""
    units = given.pop("units", [unit_id])
    return {
        "id": f"a{number}",
        "kind": "unitSilent",
        "unitId": units[0] if len(units) == 1 and units[0] else None,
        "priority": 3,
        "state": "unacknowledged",
        "active": True,
        "told": True,
        "began": moment(-300),
        "since": moment(-300),
        "changed": moment(-300),
        "times": 1,
        "chattering": False,
        "cause": f"{units[0]} is silent.",
        "consequence": "Nothing is known of it, and orders may not reach it.",
        "action": "Look at its machine, its apis-main and its network.",
        "of": [
            {"subject": one, "text": f"{one} is silent.", "numbers": {}, "active": True, "told": True} for one in units
        ],
        "hardware": [],
        "acknowledged": None,
        "shelved": None,
        "inhibitedBy": None,
        **given,
    }


def deed(name: str = "Sato", text: str = "on my way", seconds: float = -60.0) -> Json:
    return {"name": name, "at": moment(seconds), "text": text}


@dataclass
class StagedAlarms:
    """What stands, what was, what is out of service and who is told; `asked` are the (path, form) of what a person
    did, `untaken` says by channel why it does not take a test."""

    alarms: list[Json] = field(default_factory=list)
    past: list[Json] = field(default_factory=list)
    services: list[Json] = field(default_factory=list)
    channels: list[Json] = field(default_factory=list)
    untaken: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    refuses: str | None = None

    def attach(self, page: Page) -> None:
        page.route(SERVED, self._answer)

    def counts(self) -> Json:
        """The section of the frame."""
        unread = [
            one["priority"]
            for one in self.alarms
            if one["state"] in ("unacknowledged", "returnedUnacknowledged") and one["inhibitedBy"] is None
        ]
        serial = len(self.alarms) + len(self.asked)
        return {
            "unacknowledged": len(unread),
            "standing": len(self.alarms),
            "gravest": min(unread, default=None),
            "serial": serial,
        }

    def _answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            self.asked.append((path, dict(parse_qsl(route.request.post_data or ""))))
            if self.refuses is not None:
                self._fulfil(route, 400, {"error": self.refuses})
                return
        health = {
            "lastTenMinutes": len(self.alarms),
            "mostFrequent": [{"kind": "unitSilent", "count": 12}, {"kind": "busHigh", "count": 3}],
            "standingOverADay": 1,
            "floods": 2,
        }
        bodies: dict[str, Json] = {
            "/alarms": {"alarms": self.alarms, "health": health},
            "/alarms/history": {"alarms": self.past, "next": None},
            "/alarms/services": {"services": self.services},
            "/notify/channels": {"channels": self.channels},
            "/notify/test": {"tests": [self._test(form.get("channel", "")) for _, form in self.asked[-1:]]},
        }
        self._fulfil(route, 200, bodies.get(path, {}))

    def _test(self, name: str) -> Json:
        error = self.untaken.get(name)
        return {"name": name, "sort": "mail", "taken": error is None, "error": error}

    @staticmethod
    def _fulfil(route: Route, status: int, body: Json) -> None:
        mark = dict([ANSWERED_BY])
        route.fulfill(status=status, content_type="application/json", headers=mark, body=json.dumps(body))


def channel(name: str, **given: Any) -> Json:
    """One channel as `/notify/channels` tells it."""
    return {
        "name": name, "sort": "mail", "priority": 3, "kinds": [], "hours": None, "after": 0, "repeat": 15,
        "digest": False, "language": "en", "waiting": 0, "taken": moment(-60), "failingSince": None, "error": None,
        **given,
    }  # fmt: skip


def busy() -> StagedAlarms:
    """One of every kind of row: grave with live hardware, of many units, untold, shelved, explained, read, over."""
    return StagedAlarms(
        [
            alarm(
                1,
                "E008",
                priority=1,
                kind="unwatchedHardware",
                hardware=["E008"],
                cause="E008 is silent and was last seen in Battery Autonomy.",
                consequence="Its converter may still drive the bus, and nobody sees or steers it.",
                action="If in doubt press Stop all. Have somebody look at the unit; then acknowledge the hardware.",
            ),
            alarm(2, priority=2, kind="noGridMaster", units=[""], cause="No Grid Master is known.", told=False),
            alarm(3, units=[f"E{number:03d}" for number in range(10, 25)], times=4, chattering=True),
            alarm(4, "E002", state="acknowledged", acknowledged=deed()),
            alarm(5, "E003", state="returnedUnacknowledged", active=False),
            alarm(6, "E004", state="shelved", shelved={**deed(text="part ordered"), "until": moment(3600)}),
            alarm(7, "E005", inhibitedBy="a2"),
            alarm(8, "E006", state="outOfService", priority=4, kind="unitClock"),
        ],
        past=[
            {
                "id": "a9",
                "kind": "busHigh",
                "priority": 1,
                "began": moment(-9000),
                "over": moment(-8000),
                "cause": "The bus is at 390 V.",
                "of": ["E001"],
                "changes": [
                    {"at": moment(-9000), "change": "raised", "subject": "E001", "by": None, "text": "It is high."},
                    {"at": moment(-8500), "change": "acknowledged", "subject": None, "by": "Sato", "text": "seen"},
                    {"at": moment(-8000), "change": "returned", "subject": "E001", "by": None, "text": None},
                ],
            }
        ],
        services=[
            {"scope": "", "since": moment(60), "until": moment(7200), "name": "Sato", "reason": "yearly test"},
            {"scope": "E003", "since": moment(-60), "until": moment(7200), "name": "Tanaka", "reason": "new battery"},
        ],
        channels=[
            channel("mail"),
            channel(
                "chief",
                priority=1,
                hours="22:00-06:00",
                after=30,
                waiting=2,
                taken=None,
                failingSince=moment(-600),
                error="mail.example:587 refuses the login.",
            ),
        ],
    )
