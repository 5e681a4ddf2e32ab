"""Owns the readings that ask apis-web while the caller waits: deals and global mode (R7, R8, Z6).

Used by the application. Callers at the same moment share one call, and a call that hangs holds few of them.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

import bottle

from main_controller.assessment.cluster import grid_master_known
from main_controller.concurrency.single_flight import SingleFlight
from main_controller.domain.deals import normalise
from main_controller.errors import UpstreamRefused
from main_controller.sentence import Sentence, say
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.readings import SnapshotSource
from main_controller.web.replies import JSON, to_json
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.readings import Deals, GlobalMode


class GridStatus(Protocol):
    """apis-web's answer to `/getStatus`."""

    @property
    def active(self) -> bool | None:
        """Whether the grid shares energy without an error (T28)."""

    @property
    def error(self) -> str | None:
        """apis-web's own error where it could not tell."""


class BudoEmulator(Protocol):
    """Whoever answers apis-web's Budo calls; each raises `UpstreamError`."""

    def deals(self) -> list[dict[str, Any]]:
        """The deals as sent (W3)."""

    def status(self) -> GridStatus:
        """`/getStatus` (W5)."""


class LiveReadings:
    """`/get/dealsInfo` and `/get/globalmode`. `mode` gives the mode in force as `/get/status` says it (Z5a).

    `ordered_at` is when (monotonic s) an order of ours was last answered: what was asked before it is not handed out
    after it. `waiters` bounds how many requests wait for each of the two when apis-web hangs.
    """

    def __init__(
        self,
        apis_web: BudoEmulator,
        cache: SnapshotSource,
        *,
        mode: Callable[[], str | None],
        ordered_at: Callable[[], float] = lambda: float("-inf"),
        waiters: int = 4,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._apis_web = apis_web
        self._cache = cache
        self._mode = mode
        self._clock = clock
        self._deals = SingleFlight(
            self._ask_deals, name=_call("/deals"), waiters=waiters, clock=clock, not_before=ordered_at
        )
        self._status = SingleFlight(
            apis_web.status, name=_call("/getStatus"), waiters=waiters, clock=clock, not_before=ordered_at
        )

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.DEALS_INFO: self.deals_info, routes.GLOBAL_MODE: self.global_mode}

    def deals_info(self, given: Given) -> bottle.HTTPResponse:
        """R8: all deals of the cluster, asked live; UpstreamRefused (502) while no Grid Master is known (Z6)."""
        known = grid_master_known(self._cache.snapshot().grid.unit_ids)
        if known is None:
            sentence = say(
                "web.masterUntold", "apis-web does not tell whether a Grid Master serves, so the deals are not known."
            )
            raise UpstreamRefused(sentence)
        if not known:
            raise UpstreamRefused(say("web.noMaster", "No Grid Master is known, so the deals are not known."))
        asked_at, body = self._deals()
        return tagged(body, JSON, headers={"X-Data-Age": f"{max(0.0, self._clock() - asked_at):.1f}"})

    def _ask_deals(self) -> tuple[float, bytes]:
        asked_at = self._clock()
        deals: Deals = [normalise(deal) for deal in self._apis_web.deals()]
        return asked_at, to_json(deals)

    def global_mode(self, given: Given) -> GlobalMode:
        """R7: apis-web's `active`, asked live, and the mode in force; UpstreamRefused where it answers an error."""
        answer = self._status()
        if answer.error is not None:
            sentence = say("web.statusIsError", "apis-web answered /getStatus with an error: {said}", said=answer.error)
            raise UpstreamRefused(sentence, sent=True)
        return {"active": answer.active, "mode": self._mode()}


def _call(path: str) -> Sentence:
    return say("web.callOfApisWeb", "apis-web's {path}", path=path)
