"""Owns the one page, `views/main.tpl` (R1): it works without JavaScript and shows every unit that is known (N3).

Used by the application. What the template gets is documented at `Page`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bottle
import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.assessment.cluster import clock_of
from main_controller.domain.deals import normalise
from main_controller.domain.modes import parse_converter_status, parse_mode
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.units import Unit
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.latch_text import latch_text
from main_controller.web.readings import SnapshotSource
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.status import Status
from main_controller.web.shapes.status import Unit as UnitShown
from main_controller.web.unit_status import trips_sentence, unwatched_sentence
from main_controller.web.wire_text import isolated, visible

NOTHING = "--"
"""What stands where there is no figure or name (N3, N17)."""

FILTERS: tuple[tuple[str, str], ...] = (
    ("all", "all"),
    ("live", "live"),
    ("stale", "stale"),
    ("silent", "silent"),
    ("alarm", "alarm"),
    ("deal", "in a deal"),
)
"""The filters of the unit list: name and English word."""

DISPLAYS = ("wall",)
"""The ways of showing the page besides the usual one (`?display=`)."""

SIX: tuple[tuple[str, str, str], ...] = (
    ("Grid power", "wg", "W"),
    ("Grid current", "ig", "A"),
    ("Grid voltage", "vg", "V"),
    ("Battery power", "wb", "W"),
    ("Battery current", "ib", "A"),
    ("Battery voltage", "vb", "V"),
)
"""The six figures of `dcdc.meter` in their order (N14)."""


class Page:
    """`/`, rendered from `<views>/main.tpl` (Bottle's SimpleTemplate, which escapes `{{...}}`).

    The template and what it includes get these, and nothing else:
    `title` (the site's name, may be empty), `display` ("" or "wall"), `read_only`, `simulated`, `insecure` (booleans);
    `latch`: the E-stop's latch as `latch_text` makes it, or None;
    `unwatched`: [{id, sentence}] of unacknowledged unwatched hardware; `counts`: {live, stale, silent};
    `grid_master`: id or None; `mode`: the mode in force in words ("Run", "mixed", "--"); `pending`: the mode on its
    way in words, or None; `deals`: [{giver, taker, request, requester, responder, start, master}], [] where they cannot
    be told; `clock`: a sentence with the units' own time, that of the many; `filters`: [(name, word)];
    `units`: one entry per known unit sorted by id, also silent ones and members never seen, each {id, label, name, ip,
    state, age, since, mode, local, converter, rsoc, six, time, master, unwatched, locked, conflict, trips} where all
    but the last five are text with `--` for what is not known, `six` is [(label, value, measure)], `rsoc` in %, `age`
    in s, and `trips` a sentence on the converter's trips or None;
    `zone`, `version`, `now`: the site's zone, the program's version and its time (ISO 8601), by which the page's
    script tells the time of what stands there and whether the program is another by now;
    `recording`: of a recording from elsewhere its `title`, `begin`, `end`, and the moment `at` which it opens, else
    None; `status`: the whole object of `GET /get/status`. An `id` is as on the wire, for attributes; all other text
    from there is made visible (`label` is the id so), and the template isolates it with `<bdi>`.
    Addresses in a template must be relative (Z18). Without JavaScript this is all that a person sees, so it must show
    each unit's mode, charge and age.
    """

    def __init__(
        self,
        views: Path,
        cache: SnapshotSource,
        *,
        status: Callable[[], Status],
        recording: Mapping[str, str] | None = None,
    ) -> None:
        self._template = bottle.SimpleTemplate(name="main.tpl", lookup=[str(views)], encoding="utf-8")
        self._cache = cache
        self._status = status
        self._recording = recording

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.MAIN: self.main}

    def main(self, given: Given) -> bottle.HTTPResponse:
        """R1: the energy-sharing screen."""
        display = given.get("display")
        html: str = self._template.render(**self.variables(display if display in DISPLAYS else ""))
        return tagged(html.encode(), "text/html; charset=utf-8")

    def variables(self, display: str) -> dict[str, Any]:
        """What the template gets."""
        snapshot, status = self._cache.snapshot(), self._status()
        data, grid, units = status["data"], status["grid"], status["units"]
        zone = pytz.timezone(status["timezone"])
        return {
            "title": status["title"],
            "display": display,
            "read_only": status["config"]["readOnly"],
            "simulated": status["simulated"],
            "insecure": status["config"]["insecure"],
            "latch": latch_text(status["estop"], zone),
            "unwatched": [
                {"id": unit_id, "sentence": _unwatched(unit_id, unit)}
                for unit_id, unit in units.items()
                if unit["unwatched"] and unit["acknowledged"] is None
            ],
            "counts": {"live": data["live"], "stale": data["stale"], "silent": data["silent"]},
            "grid_master": visible(grid["gridMaster"]) if grid["gridMaster"] else None,
            "mode": in_words(grid["mode"]),
            "pending": in_words(grid["pending"]) if grid["pending"] else None,
            "deals": [] if grid["deals"] is None else [_deal(deal) for deal in snapshot.grid.deals or ()],
            "clock": _clock(snapshot),
            "filters": FILTERS,
            "units": [_card(snapshot, unit_id, units[unit_id], grid["gridMaster"], zone) for unit_id in sorted(units)],
            "zone": status["timezone"],
            "version": status["version"],
            "now": status["time"],
            "status": status,
            "recording": self._recording,
        }


def in_words(mode: str | None) -> str:
    """A mode as the specification's screen calls it (G2)."""
    known = parse_mode(mode)
    return known.label if known is not None else visible(mode or NOTHING)


def _card(snapshot: Snapshot, unit_id: str, status: UnitShown, master: str | None, zone: BaseTzInfo) -> dict[str, Any]:
    sighting = snapshot.sightings.get(unit_id)
    unit = sighting.unit if sighting is not None else Unit(unit_id, {})
    kept = snapshot.remembered.get(unit_id)
    last = parse_converter_status(status["lastWord"])
    return {
        "id": unit_id,
        "label": visible(unit_id),
        "name": visible(unit.display or NOTHING),
        "ip": visible(unit.ip or (kept.ip if kept is not None else None) or NOTHING),
        "state": str(status["state"]),
        "age": _figure(status["age"], 0),
        "since": status["since"],
        "mode": in_words(unit.effective),
        "local": _local(unit),
        "converter": last.label if last is not None else visible(status["lastWord"] or NOTHING),
        "rsoc": _figure(unit.rsoc, 1),
        "six": [(label, _figure(unit.figure("dcdc", "meter", key), 2), measure) for label, key, measure in SIX],
        "time": visible(unit.time or NOTHING),
        "master": unit_id == master,
        "unwatched": status["unwatched"],
        "locked": status["locked"],
        "conflict": status["conflict"],
        "trips": None if status["trips"] is None else trips_sentence(status["trips"], zone),
    }


def _unwatched(unit_id: str, status: UnitShown) -> str:
    told = status["lastWord"]
    return unwatched_sentence(isolated(unit_id), {**status, "lastWord": told if told is None else isolated(told)})


def _figure(value: float | None, decimals: int) -> str:
    return NOTHING if value is None else f"{value:.{decimals}f}"


def _local(unit: Unit) -> str:
    if unit.local_mode is not None:
        return unit.local_mode.label
    return "follows the cluster" if unit.global_mode is not None else NOTHING


def _deal(wire: Mapping[str, Any]) -> dict[str, Any]:
    deal = normalise(wire)
    return {
        "giver": _text(deal.get("dischargingUnit")),
        "taker": _text(deal.get("chargingUnit")),
        "request": _text(deal.get("request")),
        "requester": _text(deal.get("requester")),
        "responder": _text(deal.get("responder")),
        "start": _text(deal.get("startTime")),
        "master": deal.get("isMasterDeal") is True,
    }


def _text(value: object) -> str:
    return visible(value) if isinstance(value, str) and value else NOTHING


def _clock(snapshot: Snapshot) -> str:
    present = [sighting.unit.time for sighting in snapshot.sightings.values() if sighting.present]
    time = clock_of(present or [sighting.unit.time for sighting in snapshot.sightings.values()])
    return f"{visible(time)} (the units' clock)" if time is not None else "no data yet"
