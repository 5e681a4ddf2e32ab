"""Every route, declared once: what a browser or a script may ask of this program (R1-R27).

From this table come Bottle's routes, the guard, the lanes of the server, `/openapi.json`, the tables of docs/api.md and
the tests of bad input. Each part of `web/` says by which method it answers which of them.
"""

from dataclasses import replace
from typing import Any

from main_controller.alarms.deeds import LONGEST
from main_controller.domain.apis_log import Level
from main_controller.domain.commands import CommandState
from main_controller.domain.modes import BUDO_WORDS, ConverterStatus, Mode
from main_controller.domain.orders import Permission
from main_controller.history.spans import Step
from main_controller.history.sums import By
from main_controller.procedures.then_mode import THEN_MODES
from main_controller.rules.interlock_terms import RULES
from main_controller.sentence import say
from main_controller.server.lanes import Lane
from main_controller.store.journal import Subject
from main_controller.web import routes_of_accounts
from main_controller.web.kinds import (
    ANYTHING,
    FIGURE,
    FILE,
    FLAG,
    NAMED,
    SECRET,
    TEXT,
    TIME,
    UNIT_ID,
    WRITTEN,
    one_of,
    some_of,
    up_to,
    whole,
    word,
)
from main_controller.web.replies import shown
from main_controller.web.route import ALWAYS, BesideStop, Parameter, Reply, Route, When, json_of
from main_controller.web.shapes.alarms import Alarm, AlarmHistory, Alarms, Services
from main_controller.web.shapes.apis_log import ApisLogPage
from main_controller.web.shapes.frame import Frame
from main_controller.web.shapes.history import CoverageShown, HistoryShown
from main_controller.web.shapes.holds import Locks
from main_controller.web.shapes.incidents import Incident, IncidentPage
from main_controller.web.shapes.journal import JournalPage
from main_controller.web.shapes.ledger import LedgerPage, LedgerSums
from main_controller.web.shapes.notify import NotifyChannels, NotifyTest
from main_controller.web.shapes.orders import (
    Budo,
    Command,
    Commands,
    Converter,
    Flushed,
    Forgot,
    LeaseRenewed,
    ScheduleCleared,
    ScheduleSet,
    Standing,
    StopAllDone,
    StopAllRunning,
    Succeeded,
    UpsOutcomes,
)
from main_controller.web.shapes.practice import PracticeShown
from main_controller.web.shapes.readings import Alive, Deals, GlobalMode, Ready, Sections, Units
from main_controller.web.shapes.rules import DryRun
from main_controller.web.shapes.schedules import SchedulesSet
from main_controller.web.shapes.self_check import SelfCheckShown
from main_controller.web.shapes.sharing import SharingStanding
from main_controller.web.shapes.status import Status
from main_controller.web.shapes.timeline import Timeline

CSS, CSV, HTML, PLAIN, SCRIPT, SVG, ZIP = (
    "text/css",
    "text/csv",
    "text/html",
    "text/plain",
    "text/javascript",
    "image/svg+xml",
    "application/zip",
)

METRICS_TEXT, OPENMETRICS = "text/plain; version=0.0.4", "application/openmetrics-text; version=1.0.0"
"""Both of Prometheus' formats."""

READINGS, ORDERS, SCHEDULES, LOCKS = "Readings", "Orders", "Schedules", "Locks"
SHARING, STANDING, JOURNAL, HISTORIES = "Guided sharing", "How orders stand", "Journal", "History"
ALARM_LIST, PRACTISING, CHECKING, KEPT = "Alarms", "Practice", "Self-check", "Incidents"

LARGEST_SERIAL = 999_999_999
LARGEST_ROW = 10**15
LISTED, MOST_LISTED = 200, 1000
PAGE_ROWS, MOST_ROWS = 100, 500
DEFAULT_VOLTAGE = 350.0
"""The bus voltage of a guided transfer where none is given, V (V9)."""


# What a parameter is

WAIT = Parameter(
    name="wait",
    kind=one_of(
        ("verified", "no"),
        lambda text: say(
            "web.wrongWait", "The parameter wait can only be verified or no, not {given}.", given=shown(text)
        ),
    ),
    says="`verified` waits until the grid shows it, `no` answers once form and rules are judged",
    example="verified",
    beside_stop=BesideStop.DROPPED,
)
BESIDE = (
    WAIT,
    Parameter(
        name="key", kind=NAMED, says="names one press of a control, whose second arrival sends nothing",
        example="5f2b7c31", beside_stop=BesideStop.DROPPED,
    ),
    Parameter(
        name="serial", kind=whole(0, 10**8), says="that of the status, or the `moment` of the frame, looked at",
        example="412", beside_stop=BesideStop.DROPPED,
    ),
    Parameter(
        name="start", kind=NAMED, says="that of the status or frame looked at",
        example="9f2c4e6b1a7d3580", beside_stop=BesideStop.DROPPED,
    ),
    Parameter(
        name="age", kind=whole(0, 10**8), says="how many ms ago that came", example="800",
        beside_stop=BesideStop.DROPPED,
    ),
    Parameter(
        name="page", kind=NAMED, says="the page that asks", example="p1", beside_stop=BesideStop.DROPPED,
    ),
)  # fmt: skip
"""What every order takes beside its own parameters (H1, H2, H6, M5)."""

UNIT = Parameter(name="unitId", kind=UNIT_ID, says="the unit's id", example="E001", required=True)
OF_UNIT = Parameter(name="unitId", kind=UNIT_ID, says="this unit alone", example="E001")
PATH_UNIT = Parameter(name="oesid", kind=UNIT_ID, says="the unit's id", example="E001", required=True)
FILENAME = Parameter(name="filename", kind=FILE, says="a file of the folder", example="main.js", required=True)
URGENT = Parameter(name="urgent", kind=FLAG, says="`true` reads the device now", example="true")
PAGE = Parameter(name="page", kind=NAMED, says="the name of the page that asks", example="p1")
SIGNED = (
    Parameter(name="name", kind=WRITTEN, says="who", example="anna", required=True),
    Parameter(name="reason", kind=WRITTEN, says="why", example="fuse", required=True),
)

SET_POINT = (
    Parameter(
        name="dvg", kind=FIGURE, says="V, needed but for Wait", example="350", beside_stop=BesideStop.IGNORED,
    ),
    Parameter(
        name="dig", kind=FIGURE, says="A, needed but for Wait", example="1", beside_stop=BesideStop.IGNORED,
    ),
    Parameter(name="dryRun", kind=FLAG, says="`true` asks the rules alone", example="true"),
    Parameter(
        name="override", kind=WRITTEN, says="the reason to pass rules", example="tested",
        beside_stop=BesideStop.IGNORED,
    ),
    Parameter(
        name="overrideRules",
        kind=some_of(
            tuple(RULES),
            lambda rule: say(
                "web.noRule", "There is no rule {rule}; the rules are {rules}.",
                rule=shown(rule), rules=", ".join(RULES),
            ),
        ),
        says="the rules that it passes", example="e,f", beside_stop=BesideStop.IGNORED,
    ),
)  # fmt: skip
CONVERTER_STATUS = Parameter(
    name="mode",
    kind=one_of(
        tuple(ConverterStatus),
        lambda text: say(
            "web.noConverterStatus", "The mode {mode} is no converter status; use {modes}.",
            mode=shown(text), modes=list(ConverterStatus),
        ),
    ),
    says="0x0000 Wait, 0x0014 voltage reference, 0x0041 charge, 0x0002 discharge",
    example="0x0041", required=True,
)  # fmt: skip


def _budo(*modes: Mode) -> tuple[str, ...]:
    """apis-web's words for these modes."""
    return tuple(one for one, mode in BUDO_WORDS.items() if mode in modes)


IS_WAIT = When("mode", (str(ConverterStatus.WAIT),))

RANGE = (
    Parameter(name="from", kind=TIME, says="ISO 8601", example="2026-11-21T00:00:00Z"),
    Parameter(name="to", kind=TIME, says="ISO 8601", example="2099-11-22T00:00:00Z"),
    Parameter(name="unit", kind=UNIT_ID, says="this unit alone, and its deals", example="E004"),
    Parameter(name="about", kind=word(*map(str, Subject)), says=", ".join(Subject), example="orders"),
)
ROWS = (
    *RANGE,
    Parameter(
        name="before", kind=whole(1, LARGEST_ROW), says="an id: the rows before it, as `next` says", example="99",
    ),
    Parameter(
        name="limit", kind=whole(1, MOST_ROWS), says=f"1..{MOST_ROWS} ({PAGE_ROWS})", example="1",
    ),
)  # fmt: skip


# Readings


def _of_a_unit(part: str, says: str, requirement: str) -> tuple[Route, Route]:
    """A part of one unit's data: its id in the path, or as a parameter for an id that no path can hold."""
    common: dict[str, Any] = {"title": READINGS, "ignores_unknown": True, "reply": json_of(Sections, tagged=True)}
    in_path = Route(
        name=f"get{part.title()}", path=f"/get/{part}/{{oesid}}", says=says, requirement=requirement,
        in_path=(PATH_UNIT,), parameters=(URGENT,), **common,
    )  # fmt: skip
    by_parameter = Route(
        name=f"get{part.title()}Of", path=f"/get/{part}", says="the same, for an id that no path can hold",
        parameters=(UNIT, URGENT), **common,
    )  # fmt: skip
    return in_path, by_parameter


MAIN = Route(
    name="page", path="/", title=READINGS, says="the page", requirement="R1", ignores_unknown=True,
    parameters=(Parameter(name="display", kind=ANYTHING, says="`wall` is without controls", example="wall"),),
    reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip
HELP_PAGE = Route(
    name="getHelpPage", path="/help.html", title=READINGS, says="what the page shows and does, for a person",
    ignores_unknown=True, permission=None, reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip
LOG_INFO = Route(
    name="getLogInfo", path="/get/logInfo", title=READINGS, requirement="R2", polled=True, ignores_unknown=True,
    says="the last good data of all units, as apis-web sent them; `ETag`, gzip, `X-Data-Age` in s",
    reply=json_of(Units, tagged=True),
)  # fmt: skip
LOG = Route(
    name="getLog", path="/get/log", title=READINGS, polled=True, ignores_unknown=True, says="the same (alias)",
    reply=LOG_INFO.reply,
)  # fmt: skip
UNIT_DATA = _of_a_unit("unit", "the same of one unit", "R3")
UNIT_DCDC = _of_a_unit("dcdc", "its converter", "R4")
UNIT_METER = _of_a_unit("meter", "its power meter", "R5")
UNIT_IDENTITY = _of_a_unit("oesunit", "its identity: id, display, ip, mac, ...", "R6")
UNIT_EMU = _of_a_unit("emu", "its energy management unit", "R22")
GLOBAL_MODE = Route(
    name="getGlobalMode", path="/get/globalmode", title=READINGS, requirement="R7", ignores_unknown=True,
    says="`active` as apis-web answers it, and the `mode` in force",
    reply=json_of(GlobalMode),
)  # fmt: skip
DEALS_INFO = Route(
    name="getDealsInfo", path="/get/dealsInfo", title=READINGS, requirement="R8", polled=True, ignores_unknown=True,
    says="all deals, asked of apis-web now; 502 when it cannot tell",
    reply=json_of(Deals, tagged=True),
)  # fmt: skip
FRAME = Route(
    name="getFrame", path="/get/frame", title=READINGS, polled=True,
    says="all that the page shows, as one JSON: whole, or with `since` and `start` only what changed",
    parameters=(
        Parameter(name="since", kind=whole(0, LARGEST_SERIAL), says="the serial of the caller's frame", example="57"),
        Parameter(name="start", kind=TEXT, says="the start of the caller's frame", example="9f2c4e6b1a7d3580"),
        PAGE,
        Parameter(
            name="at", kind=TIME, says="ISO 8601: the frame that was told then, whole, from the black box",
            example="2026-11-22T03:12:00Z",
        ),
    ),
    reply=json_of(Frame),
)  # fmt: skip
TIMELINE = Route(
    name="getTimeline", path="/timeline", title=HISTORIES,
    says="how far back `at` may lie, where nothing is recorded, and what happened: orders, events, alarms, incidents",
    parameters=RANGE[:2], reply=json_of(Timeline),
)  # fmt: skip
STATUS = Route(
    name="getStatus", path="/get/status", title=READINGS, polled=True, ignores_unknown=True, parameters=(PAGE,),
    says="everything about the state: ages, grid, workers, schedules, orders, locks, units",
    reply=json_of(Status, tagged=True),
)  # fmt: skip
IPV4 = Route(
    name="getIpv4", path="/ipv4", title=READINGS, requirement="R17", ignores_unknown=True,
    says="this machine's address, as text",
    reply=Reply(PLAIN),
)  # fmt: skip
HEALTHZ = Route(
    name="getHealthz", path="/healthz", title=READINGS, polled=True, ignores_unknown=True, permission=None,
    says="200 while the program lives",
    reply=json_of(Alive),
)  # fmt: skip
READYZ = Route(
    name="getReadyz", path="/readyz", title=READINGS, polled=True, ignores_unknown=True, permission=None,
    says="200 while some unit is live, else 503 with the reason; `journal` says why the journal is not written, null "
    "while it is",
    reply=json_of(Ready),
)  # fmt: skip
METRICS = Route(
    name="getMetrics", path="/metrics", title=READINGS, polled=True, ignores_unknown=True,
    says="the figures for Prometheus ([metrics](metrics.md)), as text or as OpenMetrics by `Accept`; 503 where they "
    "are not of now",
    reply=Reply(METRICS_TEXT, also=(OPENMETRICS,)),
)  # fmt: skip
OPENAPI = Route(
    name="getOpenapi", path="/openapi.json", title=READINGS, ignores_unknown=True,
    says="this reference for programs: OpenAPI 3.1",
    reply=json_of(dict[str, Any], tagged=True),
)  # fmt: skip


def _file(name: str, path: str, media_type: str, says: str, requirement: str, example: str) -> Route:
    """A file of the page; it never leaves its folder."""
    in_path = (replace(FILENAME, example=example),) if "{" in path else ()
    return Route(
        name=name, path=path, title=READINGS, reply=Reply(media_type, tagged=True), says=says, requirement=requirement,
        in_path=in_path, polled=True, ignores_unknown=True, permission=None,
    )  # fmt: skip


JQUERY = _file("getJquery", "/js/jquery.js", SCRIPT, "jQuery, as its package installed it", "R26", "")
CHARTS = _file("getCharts", "/js/uplot.js", SCRIPT, "the chart library, as npm installed it", "", "")
CHART_STYLES = _file("getChartStyles", "/css/uplot.css", CSS, "its style sheet", "", "")
SCRIPTS = _file("getScript", "/js/{filename}", SCRIPT, "the page's scripts", "R18", "main.js")
PICTURES = _file("getPicture", "/img/{filename}", SVG, "the page's pictures", "R19", "sun.svg")
STYLE_PICTURES = _file(
    "getStylePicture", "/css/images/{filename}", SVG, "the same, from a style sheet", "R20", "sun.svg"
)
STYLES = _file("getStyle", "/css/{filename}", CSS, "the page's style sheets", "R21", "main.css")
ICON = _file("getIcon", "/favicon.ico", SVG, "the page's icon", "", "")


# Orders


def _answers(*shapes: Any, at_once: tuple[Any, ...] = ()) -> Reply:
    """What an order gives: its own answer, or how it stands where it is answered before it ends."""
    return json_of(*shapes, Standing, at_once=(Standing, *at_once))


def _order(
    name: str, path: str, says: str, requirement: str = "", *,
    title: str = ORDERS, reply: Reply = _answers(Succeeded), **more: Any,  # noqa: B008 (frozen)
) -> Route:  # fmt: skip
    return Route(
        name=name, path=path, title=title, says=says, requirement=requirement, order=True, beside=BESIDE, reply=reply,
        **more,
    )  # fmt: skip


SET_OPERATION_MODE = _order(
    "setOperationMode", "/setOperationMode",
    "sets the global or a local mode; empty clears the local one. `then` goes with the cluster's heteronomous: see "
    "below",
    "R12",
    permission=Permission.OPERATE,
    parameters=(
        Parameter(
            name="value", kind=word(*Mode, ""), required=True, may_be_empty=True, example="heteronomous",
            says="autonomous, heteronomous, stop, manual; with `unitId`: empty, heteronomous, stop",
        ),
        OF_UNIT,
        Parameter(
            name="then",
            kind=one_of(
                THEN_MODES,
                lambda text: say(
                    "web.wrongThen", "The parameter then can only be {one} or {other}, not {given}.",
                    one=THEN_MODES[0], other=THEN_MODES[1], given=shown(text),
                ),
            ),
            says="manual, stop: what follows the cluster's Soft Stop", example="manual",
            beside_stop=BesideStop.IGNORED,  # nothing follows a Force Stop
        ),
    ),
    stops=When("value", (str(Mode.STOP),)),
    lowers=When("value", (str(Mode.STOP), str(Mode.HETERONOMOUS))),
    passes_read_only=False,
)  # fmt: skip
SET_BUDO = _order(
    "setBudo", "/set/budo/{mode}", "sets the global mode in apis-web's words", "R11",
    reply=_answers(Budo), permission=Permission.OPERATE,
    in_path=(
        Parameter(
            name="mode",
            kind=one_of(
                tuple(BUDO_WORDS),
                lambda text: say(
                    "web.noBudoWord", "{mode} is no mode here; use {modes}.", mode=shown(text), modes=list(BUDO_WORDS)
                ),
            ),
            says="active, quiet, stop, manual", example="stop", required=True,
        ),
    ),
    stops=When("mode", _budo(Mode.STOP)),
    lowers=When("mode", _budo(Mode.STOP, Mode.HETERONOMOUS)),
    passes_read_only=False,
)  # fmt: skip
ANSWERS_CONVERTER = _answers(Converter, DryRun)
SET_DCDC = _order(
    "setDcdc", "/set/dcdc/{oesid}",
    "orders one converter, in Manual; Wait needs neither `dvg` nor `dig` and passes always", "R10",
    reply=ANSWERS_CONVERTER,
    permission=Permission.ENGINEER, in_path=(PATH_UNIT,), parameters=(CONVERTER_STATUS, *SET_POINT), stops=IS_WAIT,
)  # fmt: skip
SET_UNIT = _order(
    "setUnit", "/set/{oesid}", "the same (alias)", "R25",
    reply=ANSWERS_CONVERTER,
    permission=Permission.ENGINEER, in_path=(PATH_UNIT,), parameters=(CONVERTER_STATUS, *SET_POINT), stops=IS_WAIT,
)  # fmt: skip
SET_DCDC_OF = _order(
    "setDcdcOf", "/set/dcdc", "the same, for an id that no path can hold",
    reply=ANSWERS_CONVERTER,
    permission=Permission.ENGINEER, parameters=(UNIT, CONVERTER_STATUS, *SET_POINT), stops=IS_WAIT,
)  # fmt: skip
WAITING = Parameter(name="command", kind=TEXT, says="the order that waits", example="c1", required=True)
CONFIRM = _order(
    "confirm", "/confirm",
    "the second person confirms an override that waits for one (`twopersons`): by another account than the first's; "
    "this press is the press, so every rule judges the order anew",
    reply=_answers(Converter), permission=Permission.ENGINEER, parameters=(WAITING,),
)  # fmt: skip
WITHDRAW = _order(
    "withdraw", "/withdraw", "its first person takes back an override that waits for a second one; nothing is sent",
    permission=Permission.ENGINEER, parameters=(WAITING,),
)  # fmt: skip
STOP_ALL = _order(
    "stopAll", "/stopAll",
    "every converter to Wait, in the right order; answers when it has ended, per unit; 502 names those not seen in "
    "Wait. Who joins a running one ends its grace time; beyond four they are answered 202 at once",
    "R15",
    reply=_answers(StopAllDone, at_once=(StopAllRunning,)),
    permission=Permission.STOP, stops=ALWAYS, lane=Lane.STOP_ALL,
)  # fmt: skip
ESTOP = _order(
    "estop", "/estop",
    "what `/stopAll` does, and latches: until `/estopReset` every order but those that stop (and setting a lock or "
    'clearing a schedule) is refused with `"cause": "estop"`. Answers as `/stopAll`, with the latch in `estop`; `file` '
    "false: it could not be written, so a restart forgets it. No safety-rated emergency stop",
    reply=_answers(StopAllDone, at_once=(StopAllRunning,)),
    permission=Permission.STOP, stops=ALWAYS, lane=Lane.STOP_ALL,
    parameters=tuple(
        replace(one, required=False, may_be_empty=True, beside_stop=BesideStop.DROPPED) for one in SIGNED
    ),
)  # fmt: skip
ESTOP_RESET = _order(
    "estopReset", "/estopReset",
    "takes the latch off; refused while Stop all runs or its file cannot be removed",
    permission=Permission.OPERATE, parameters=SIGNED,
)  # fmt: skip
SHUT_DOWN = _order(
    "shutDown", "/shutDown", "ends apis-main, in Manual with every converter in Wait", "R16",
    permission=Permission.ENGINEER, parameters=(OF_UNIT,),
)  # fmt: skip
CLEAR_THEN = _order(
    "clearThen", "/clearThen", "what was to follow a Soft Stop is not sent", permission=Permission.OPERATE
)
LEASE = _order(
    "lease", "/lease",
    "somebody is there who looks after what works by hand: renews its lease (setting `lease`), as an open page does by "
    "itself; 409 where none is set",
    reply=json_of(LeaseRenewed), permission=Permission.ENGINEER,
)  # fmt: skip
UPS_MODE = _order(
    "upsMode", "/upsMode/{upsmode}", "sets the mode of the UPS", "R23",
    reply=_answers(UpsOutcomes), permission=Permission.ENGINEER, parameters=(OF_UNIT,),
    in_path=(
        Parameter(
            name="upsmode",
            kind=one_of(
                tuple("01234567"),
                lambda text: say("web.noUpsMode", "{mode} is no UPS mode; use 0 to 7.", mode=shown(text)),
            ),
            says="0..7", example="5", required=True,
        ),
    ),
)  # fmt: skip
FLUSH_CACHE = _order(
    "flushCache", "/flushCache", "polls apis-web now; never empties first", "R14",
    reply=json_of(Flushed), permission=Permission.OPERATE,
)  # fmt: skip
ACKNOWLEDGE = _order(
    "acknowledge", "/acknowledge",
    "unwatched live hardware has been seen by a person; ends when the unit is seen live or tells another status or set "
    "point, when a live bus is measured that nothing explains, and after `acknowledgetime`",
    permission=Permission.OPERATE, parameters=(UNIT,),
)  # fmt: skip
FORGET = _order(
    "forget", "/forget",
    "a unit that `/get/log` no longer shows has left: it leaves verdicts, rules, lists and schedules until `/get/log` "
    "shows it again; the measured bus voltage rules on; with real drivers Stop all still sends it Wait and lists it "
    "apart (`forgotten`)",
    reply=_answers(Forgot), permission=Permission.ENGINEER,
    parameters=(
        UNIT,
        *SIGNED,
        Parameter(
            name="confirm", kind=TEXT, example="0x0014",
            says="the status as last seen (unknown where there is none), needed for a unit that was last seen working, "
            "or not at all",
        ),
    ),
)  # fmt: skip
RESET_TRIPS = _order(
    "resetTrips", "/resetTrips",
    "a person has looked at a converter that went to Wait by itself: its trips (`units.<id>.trips` in the status) "
    "count anew; refused within `triptime` of the last one. After `tripsperhour` within an hour it works only once "
    "they are reset",
    permission=Permission.ENGINEER, parameters=(UNIT, *SIGNED),
)  # fmt: skip


# Schedules

SET_SCHEDULE = _order(
    "setSchedule", "/setSchedule", "sets, or clears, a schedule", "R13", title=SCHEDULES,
    reply=_answers(ScheduleSet, ScheduleCleared), permission=Permission.OPERATE,
    parameters=(
        Parameter(
            name="operation", kind=word("softStop", "forceStop", "run"), says="softStop, forceStop, run",
            example="softStop", required=True,
        ),
        Parameter(
            name="value", kind=TIME, says="ISO 8601, absent to clear", example="2099-11-21T12:46:36Z",
        ),
        OF_UNIT,
    ),
)  # fmt: skip
SCHEDULES_SET = Route(
    name="getSchedules", path="/schedules", title=SCHEDULES, requirement="R9", polled=True, ignores_unknown=True,
    says='the schedules, by unit; the key `""` is the cluster',
    reply=json_of(SchedulesSet, tagged=True),
)  # fmt: skip


# Locks

SET_LOCK = _order(
    "setLock", "/setLock", "sets it", title=LOCKS, permission=Permission.OPERATE, parameters=(*SIGNED, OF_UNIT)
)
CLEAR_LOCK = _order(
    "clearLock", "/clearLock", "takes it off, by the same name; with accounts also an engineer, with a reason",
    title=LOCKS, permission=Permission.OPERATE, parameters=(SIGNED[0], replace(SIGNED[1], required=False), OF_UNIT),
)  # fmt: skip
LOCKS_SET = Route(
    name="getLocks", path="/locks", title=LOCKS, polled=True, ignores_unknown=True,
    says='all of them, by unit; the key `""` is the cluster',
    reply=json_of(Locks),
)  # fmt: skip


# Alarms

ALARM = Parameter(name="id", kind=NAMED, says="the alarm's id", example="a12", required=True)
WHO = replace(SIGNED[0], required=False)
COMMENT = Parameter(name="comment", kind=WRITTEN, says="what was found", example="breaker off")


def _deed(name: str, path: str, says: str, *parameters: Parameter, reply: Reply, in_path: bool = False) -> Route:
    """What a person does with alarms: on the disk before it is answered; it orders nothing of the grid."""
    return Route(
        name=name, path=path, title=ALARM_LIST, says=says, order=True, parameters=parameters, reply=reply,
        permission=Permission.OPERATE, in_path=(ALARM,) if in_path else (),
    )  # fmt: skip


ALARMS = Route(
    name="getAlarms", path="/alarms", title=ALARM_LIST, polled=True,
    says="the alarms that stand, the gravest first, each with what to do, and how well the list serves; `ETag`, gzip",
    reply=json_of(Alarms, tagged=True),
)  # fmt: skip
ALARM_HISTORY = Route(
    name="getAlarmHistory", path="/alarms/history", title=ALARM_LIST, polled=True,
    says="what was in the last two years and what stands, the newest first, each with what became of it",
    parameters=(OF_UNIT, *ROWS[-2:]), reply=json_of(AlarmHistory),
)  # fmt: skip
ALARM_FILE = Route(
    name="getAlarmFile", path="/alarms/history.csv", title=ALARM_LIST, polled=True, says="the same as a file",
    parameters=(OF_UNIT,), reply=Reply(CSV),
)  # fmt: skip
SERVICES = Route(
    name="getOutOfService", path="/alarms/services", title=ALARM_LIST, polled=True,
    says="what is out of service now or later", reply=json_of(Services),
)  # fmt: skip
ALARM_PAGE = Route(
    name="getAlarmPage", path="/alarms.html", title=ALARM_LIST, ignores_unknown=True,
    says="all of this for a person; the page's own script reads what its address asks for",
    reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip
ALARM_ACKNOWLEDGE = _deed(
    "acknowledgeAlarm", "/alarms/{id}/acknowledge",
    "somebody has read it; that somebody has looked at the hardware says `/acknowledge` alone",
    WHO, COMMENT, reply=json_of(Alarm), in_path=True,
)  # fmt: skip
ALARM_SHELVE = _deed(
    "shelveAlarm", "/alarms/{id}/shelve",
    "puts it away for a time, at most 12 h, of priority 1 at most 1 h; then it is announced anew where it still holds",
    Parameter(
        name="hours", kind=up_to(LONGEST), says="above 0, at most 12 (priority 1: 1)", example="0.5", required=True
    ),
    *SIGNED, reply=json_of(Alarm), in_path=True,
)  # fmt: skip
ALARM_UNSHELVE = _deed(
    "unshelveAlarm", "/alarms/{id}/unshelve", "takes it back", WHO, COMMENT, reply=json_of(Alarm), in_path=True
)
OUT_OF_SERVICE = _deed(
    "outOfService", "/alarms/outOfService",
    "the alarms of a unit, or of all, are not told from one moment to another; that ends by itself",
    replace(RANGE[0], says="ISO 8601; absent: now"),
    replace(RANGE[1], required=True),
    *SIGNED, OF_UNIT, reply=json_of(Services),
)  # fmt: skip
IN_SERVICE = _deed("inService", "/alarms/inService", "they are told again", OF_UNIT, reply=json_of(Services))

NOTIFY_CHANNELS = Route(
    name="getNotifyChannels", path="/notify/channels", title=ALARM_LIST, polled=True,
    says="the channels that tell people of alarms, and how each stands", reply=json_of(NotifyChannels),
)  # fmt: skip
NOTIFY_TEST = Route(
    name="testNotify", path="/notify/test", title=ALARM_LIST, order=True, permission=Permission.ENGINEER,
    says="sends a test message by one channel, or by all, and says what became of it; takes up to 45 s",
    parameters=(Parameter(name="channel", kind=NAMED, says="absent: all", example="mail"),),
    reply=json_of(NotifyTest),
)  # fmt: skip


# Incidents

INCIDENT_ID = Parameter(name="id", kind=NAMED, says="the incident's id", example="i1795741920", required=True)
INCIDENTS = Route(
    name="getIncidents", path="/incidents", title=KEPT, polled=True,
    parameters=(*RANGE[:2], replace(ROWS[-2], says="a number: those before it, as `next` says"), ROWS[-1]),
    says="what is kept of times of faults and stops, the newest first, with the reasons and what people noted",
    reply=json_of(IncidentPage),
)  # fmt: skip
INCIDENT = Route(
    name="getIncident", path="/incidents/{id}", title=KEPT, polled=True, in_path=(INCIDENT_ID,),
    says="one of them, also by the id of one that became part of it", reply=json_of(Incident),
)  # fmt: skip
INCIDENT_FILE = Route(
    name="getIncidentFile", path="/incidents/{id}.zip", title=KEPT, in_path=(INCIDENT_ID,),
    says="all that is kept of it, for `./startMain.py --replay FILE.zip`: segments, the journal's rows, settings "
    "without secrets, versions, SHA-256 of each; 503 while somebody fetches one",
    reply=Reply(ZIP),
)  # fmt: skip
INCIDENT_PAGE = Route(
    name="getIncidentPage", path="/incidents.html", title=KEPT, ignores_unknown=True,
    says="all of this for a person; the page's own script reads what its address asks for",
    reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip
INCIDENT_KEEP = Route(
    name="keepIncident", path="/incidents/keep", title=KEPT, order=True, permission=Permission.OPERATE,
    says="somebody wants this kept: 10 min before and after `at`, or from `from` to `to`, at most 6 h; 404 where "
    "nothing is recorded of it",
    parameters=(
        SIGNED[1], WHO,
        Parameter(
            name="at", kind=TIME, example="2020-01-01T00:30:00Z",
            says="ISO 8601; absent: now, or the first recorded moment where now is not between `from` and `to`",
        ),
        replace(RANGE[0], example="2020-01-01T00:00:00Z"), replace(RANGE[1], example="2020-01-01T01:00:00Z"),
    ),
    reply=json_of(Incident),
)  # fmt: skip
INCIDENT_NOTE = Route(
    name="noteIncident", path="/incidents/{id}/note", title=KEPT, order=True, permission=Permission.OPERATE,
    says="writes down what somebody says of it", in_path=(INCIDENT_ID,),
    parameters=(Parameter(name="text", kind=WRITTEN, says="what", example="fuse replaced", required=True), WHO),
    reply=json_of(Incident),
)  # fmt: skip


# Practice

PRACTICE = Route(
    name="getPractice", path="/practice", title=PRACTISING, polled=True,
    says="of a simulated cluster: the kinds of alarms that can be had by a press; 404 on a real one",
    reply=json_of(PracticeShown),
)  # fmt: skip
PRACTICE_PRESS = Route(
    name="pressPractice", path="/practice/press", title=PRACTISING, order=True, permission=Permission.OPERATE,
    says="has this kind of alarm come on the simulated cluster, after what was pressed before has ended",
    parameters=(Parameter(name="kind", kind=NAMED, says="a kind of alarm", example="diskLow", required=True),),
    reply=json_of(PracticeShown),
)  # fmt: skip
PRACTICE_RELEASE = Route(
    name="releasePractice", path="/practice/release", title=PRACTISING, order=True, permission=Permission.OPERATE,
    says="ends it: no fault any more, and the cluster in Run", reply=json_of(PracticeShown),
)  # fmt: skip


# Self-check

SELF_CHECK = Route(
    name="getSelfCheck", path="/selfcheck", title=CHECKING, polled=True, permission=Permission.ADMINISTER,
    says="whether this console is set up well and keeps what it should: findings, each with its remedy",
    reply=json_of(SelfCheckShown),
)  # fmt: skip
SELF_CHECK_PAGE = Route(
    name="getSelfCheckPage", path="/selfcheck.html", title=CHECKING, ignores_unknown=True,
    permission=Permission.ADMINISTER, says="the same for a person", reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip


# Guided sharing

SHARE = _order(
    "share", "/share", "begins it; one at a time", title=SHARING, permission=Permission.ENGINEER,
    parameters=(
        Parameter(name="from", kind=UNIT_ID, says="the voltage reference", example="E001", required=True),
        Parameter(name="to", kind=UNIT_ID, says="charges", example="E003", required=True),
        Parameter(name="current", kind=FIGURE, says="A", example="2", required=True),
        Parameter(name="minutes", kind=FIGURE, says="when it ends, at the latest", example="30"),
        Parameter(name="wh", kind=FIGURE, says="Wh, after which it ends; this, `minutes` or both", example="50"),
        Parameter(name="voltage", kind=FIGURE, says=f"V ({DEFAULT_VOLTAGE:g})", example="350"),
    ),
)  # fmt: skip
END_SHARE = _order(
    "endShare", "/share/end", "begins its safe end; also of one that a kill interrupted", title=SHARING,
    permission=Permission.STOP, stops=ALWAYS,
)  # fmt: skip
SHARE_STANDING = Route(
    name="getShare", path="/get/share", title=SHARING, polled=True, ignores_unknown=True,
    says="the one that runs or ran last, with what is known of its converters",
    reply=json_of(SharingStanding),
)  # fmt: skip


# How orders stand

COMMANDS = Route(
    name="getCommands", path="/commands", title=STANDING, polled=True, says="orders, latest first",
    parameters=(
        Parameter(name="unitId", kind=UNIT_ID, says="this unit alone", example="E001"),
        Parameter(name="key", kind=TEXT, says="the one of this key alone", example="5f2b7c31"),
        Parameter(
            name="state",
            kind=one_of(
                ("open", *CommandState),
                lambda text: say(
                    "web.unknownState", "The state {state} is not known; use open, {states}.",
                    state=shown(text), states=list(CommandState),
                ),
            ),
            says=", ".join(("open", *CommandState)), example="verified",
        ),
        Parameter(
            name="limit", kind=whole(1, MOST_LISTED), says=f"1..{MOST_LISTED} ({LISTED})", example="1"
        ),
    ),
    reply=json_of(Commands),
)  # fmt: skip
COMMAND = Route(
    name="getCommand", path="/commands/{id}", title=STANDING, polled=True, ignores_unknown=True,
    says="one order and what became of it",
    in_path=(Parameter(name="id", kind=TEXT, says="the order's id", example="c1", required=True),),
    reply=json_of(Command),
)  # fmt: skip


# Journal

JOURNAL_ROWS = Route(
    name="getJournal", path="/journal", title=JOURNAL, polled=True, says="its rows, newest first", parameters=ROWS,
    reply=json_of(JournalPage),
)  # fmt: skip
JOURNAL_FILE = Route(
    name="getJournalFile", path="/journal.csv", title=JOURNAL,
    says="all of them as a file, oldest first", parameters=RANGE,
    reply=Reply(CSV),
)  # fmt: skip
JOURNAL_PAGE = Route(
    name="getJournalPage", path="/journal.html", title=JOURNAL,
    says="the same as `/journal`, as a page", parameters=tuple(replace(one, may_be_empty=True) for one in ROWS),
    reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip


# History

SLOTS = (
    Parameter(name="unitId", kind=UNIT_ID, says="this unit; without: the cluster", example="E001"),
    Parameter(
        name="step",
        kind=one_of(
            tuple(Step),
            lambda text: say(
                "web.wrongStep", "The step {given} is none; use {steps}.", given=shown(text), steps=list(Step)
            ),
        ),
        says="`60` or `1800` s, or `day` or `month` of the site's zone (1800)", example="60",
    ),
    *RANGE[:2],
)  # fmt: skip
HISTORY = Route(
    name="getHistory", path="/history", title=HISTORIES, requirement="V8", parameters=SLOTS,
    says="what was recorded, one row for each slot, at most 5,000; without `from` the last hour, day, 31 days or year",
    reply=json_of(HistoryShown),
)  # fmt: skip
HISTORY_FILE = Route(
    name="getHistoryFile", path="/history.csv", title=HISTORIES, parameters=SLOTS,
    says="the same as a file, of any length, the oldest first",
    reply=Reply(CSV),
)  # fmt: skip
COVERAGE = Route(
    name="getCoverage", path="/history/coverage", title=HISTORIES, parameters=RANGE[:2],
    says="how complete the record of each unit is, day by day, at most 62 days; without `from` the last 31",
    reply=json_of(CoverageShown),
)  # fmt: skip
HISTORY_PAGE = Route(
    name="getHistoryPage", path="/history.html", title=HISTORIES, ignores_unknown=True, requirement="V8",
    says="charts, energy per day, the ledger and how complete all that is, for a person; the page's own script reads "
    "what its address asks for",
    reply=Reply(HTML, tagged=True, explains=True),
)  # fmt: skip
LEDGER_ASKED = (Parameter(name="unitId", kind=UNIT_ID, says="at either end", example="E001"), *RANGE[:2])
LEDGER = Route(
    name="getLedger", path="/ledger", title=HISTORIES, parameters=(*LEDGER_ASKED, *ROWS[-2:]),
    says="deals that are over, the newest first, with the energy at both ends and how sure it is",
    reply=json_of(LedgerPage),
)  # fmt: skip
LEDGER_FILE = Route(
    name="getLedgerFile", path="/ledger.csv", title=HISTORIES, parameters=LEDGER_ASKED,
    says="all of them as a file, the newest first",
    reply=Reply(CSV),
)  # fmt: skip
LEDGER_SUMS = Route(
    name="getLedgerSums", path="/ledger/sums", title=HISTORIES,
    says="what deals moved that ended in an hour, day or month of the site's clock, at most 5,000 rows",
    parameters=(
        Parameter(
            name="by",
            kind=one_of(
                tuple(By),
                lambda text: say(
                    "web.wrongBy", "The span {given} is none; use {spans}.", given=shown(text), spans=list(By)
                ),
            ),
            says="`hour`, `day` (the default) or `month`", example="day",
        ),
        Parameter(name="pair", kind=FLAG, says="`true`: each pair of units by itself", example="true"),
        *LEDGER_ASKED,
    ),
    reply=json_of(LedgerSums),
)  # fmt: skip
APIS_LOG = Route(
    name="getApisLog", path="/apislog", title=HISTORIES, polled=True,
    says="apis-main's own log, the newest first: from WARNING on what is kept, below that the newest 2,000 lines",
    parameters=(
        OF_UNIT,
        Parameter(
            name="level",
            kind=one_of(
                tuple(Level),
                lambda text: say(
                    "web.wrongLevel", "The level {given} is none; use {levels}.", given=shown(text), levels=list(Level)
                ),
            ),
            says="at least as grave: SEVERE, WARNING (the default), INFO, FINE, FINER, FINEST", example="INFO",
        ),
        *RANGE[:2],
        *ROWS[-2:],
    ),
    reply=json_of(ApisLogPage),
)  # fmt: skip


ROUTES: tuple[Route, ...] = (
    *(
        MAIN,
        HELP_PAGE,
        LOG_INFO,
        LOG,
        *UNIT_DATA,
        *UNIT_DCDC,
        *UNIT_METER,
        *UNIT_IDENTITY,
        *UNIT_EMU,
        GLOBAL_MODE,
        DEALS_INFO,
    ),
    *(FRAME, STATUS, IPV4, HEALTHZ, READYZ, METRICS, OPENAPI),
    *(JQUERY, CHARTS, CHART_STYLES, SCRIPTS, PICTURES, STYLE_PICTURES, STYLES, ICON),
    *(SET_OPERATION_MODE, SET_BUDO, SET_DCDC, SET_UNIT, SET_DCDC_OF, CONFIRM, WITHDRAW),
    *(STOP_ALL, ESTOP, ESTOP_RESET, SHUT_DOWN),
    *(CLEAR_THEN, LEASE, UPS_MODE, FLUSH_CACHE, ACKNOWLEDGE, FORGET, RESET_TRIPS),
    *(SET_SCHEDULE, SCHEDULES_SET, SET_LOCK, CLEAR_LOCK, LOCKS_SET, SHARE, END_SHARE, SHARE_STANDING),
    *(ALARMS, ALARM_HISTORY, ALARM_FILE, ALARM_PAGE, SERVICES),
    *(ALARM_ACKNOWLEDGE, ALARM_SHELVE, ALARM_UNSHELVE, OUT_OF_SERVICE, IN_SERVICE),
    *(NOTIFY_CHANNELS, NOTIFY_TEST),
    *(INCIDENTS, INCIDENT, INCIDENT_FILE, INCIDENT_PAGE, INCIDENT_KEEP, INCIDENT_NOTE),
    *(PRACTICE, PRACTICE_PRESS, PRACTICE_RELEASE),
    *(SELF_CHECK, SELF_CHECK_PAGE),
    *(COMMANDS, COMMAND, JOURNAL_ROWS, JOURNAL_FILE, JOURNAL_PAGE),
    *(HISTORY, HISTORY_FILE, COVERAGE, TIMELINE, HISTORY_PAGE, LEDGER, LEDGER_FILE, LEDGER_SUMS, APIS_LOG),
    *routes_of_accounts.ROUTES,
)
"""All of them, in the order of the documentation."""

WRITTEN_BY_PERSONS = frozenset(one.name for route in ROUTES for one in route.taken if one.kind in (WRITTEN, SECRET))
IDS = frozenset(one.name for route in ROUTES for one in (*route.taken, *route.in_path) if one.kind is UNIT_ID)
"""The parameters that name a unit: by its id as apis-web tells it, which may be made of nearly anything."""
