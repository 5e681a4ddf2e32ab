"""What holds for the cluster as a whole: mode in force, Grid Master, grid error, totals, time (Z5a, Z6).

Pure; every time is in monotonic seconds. Used by the orders and the status. "Cannot tell" is always None.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from main_controller.assessment.figures import Figures
from main_controller.domain.commands import ModeEffect
from main_controller.domain.modes import SHARING_MODES, Mode

MIXED = "mixed"
"""What the mode is called while live units show different ones and no change explains it."""

ERROR_ANSWERS = 2
"""How many answers of `/getStatus` in a row must say "not active" before it is a grid error (Z6)."""

ERROR_QUIET_S = 15.0
"""How long after a mode change, ordered or seen, "not active" proves nothing (Z6), s."""


@dataclass(frozen=True, slots=True)
class ModeInForce:
    """The cluster's mode (Z5a), None while it is `mixed` or no live unit tells one; `pending` is on its way."""

    mode: Mode | None
    mixed: bool = False
    pending: Mode | None = None

    @property
    def status(self) -> str | None:
        """The mode as `/get/status` says it."""
        return MIXED if self.mixed else self.mode


def mode_in_force(
    shown: Collection[Mode | None], orders: Iterable[ModeEffect], *, now: float, allowed: float
) -> ModeInForce:
    """The cluster's mode from what each live unit shows (None: a live unit that tells none) and our own orders.

    While units differ because an order of ours is under way, at most `allowed` s (Z9b), the mode is the old one and
    `pending` the new; any other difference is "mixed". Where several orders follow each other the old one is the
    oldest that a unit still shows: none that all have left is ever told again.
    """
    open_effects = pending_effects(orders, now=now, allowed=allowed)
    newest = open_effects[-1] if open_effects else None
    wanted = newest.mode if newest else None
    modes = set(shown)
    if not modes or modes == {None}:
        return ModeInForce(None, pending=wanted)
    if len(modes) == 1:
        (mode,) = modes
        return ModeInForce(mode, pending=None if wanted is mode else wanted)
    old = newest.before if newest else None
    way = [old, *(order.mode for order in open_effects)]
    if old is not None and modes <= set(way):
        return ModeInForce(next(mode for mode in way if mode in modes), pending=wanted)
    return ModeInForce(None, mixed=True, pending=wanted)


def pending_effects(orders: Iterable[ModeEffect], *, now: float, allowed: float) -> list[ModeEffect]:
    """Our mode orders to the whole cluster that may still be taking effect, oldest first.

    One that an order in effect has since replaced counts only while it is still in flight.
    """
    ours = sorted((order for order in orders if order.unit_id is None), key=lambda order: order.entered)
    last_seen = max((order.entered for order in ours if order.in_effect), default=float("-inf"))
    return [
        order
        for order in ours
        if order.pending(now, allowed) and (order.entered >= last_seen or order.returned is None)
    ]


def grid_master_known(unit_ids: tuple[str, ...] | None) -> bool | None:
    """Whether a Grid Master answered `/unitIds`: False for an empty answer, None when the call failed (Z6, K7)."""
    return None if unit_ids is None else bool(unit_ids)


def grid_master(unit_ids: tuple[str, ...] | None, claimed: str | None) -> str | None:
    """The Grid Master: the unit whose data claim it, believed only while `/unitIds` is answered with members.

    A dead master's last reply goes on claiming it (K7).
    """
    return claimed if grid_master_known(unit_ids) else None


def grid_error(
    *,
    active: bool | None,
    error: str | None,
    inactive_answers: int,
    mode: Mode | None,
    last_change_at: float | None,
    now: float,
) -> bool | None:
    """Whether apis-main reports an error of the whole grid (Z6, K10); None when that cannot be told.

    `active` and `error` are the last answer of `/getStatus` (`active` None: it failed); `inactive_answers` how many in
    a row said no without an error; `mode` the one in force, None when it is mixed or not known, for then "not active"
    cannot be told from Force Stop; `last_change_at` when a mode change was last ordered or seen.
    """
    if active is None or error is not None:
        return None
    if active:
        return False
    if mode is None:
        return None
    settled = last_change_at is None or now - last_change_at > ERROR_QUIET_S
    return mode in SHARING_MODES and settled and inactive_answers >= ERROR_ANSWERS


class Totals(NamedTuple):
    """Sums over the live units that tell a figure (None: nobody does): powers W, energy Wh; `rsoc` is the mean, %."""

    pv: float | None = None
    utility: float | None = None
    load: float | None = None
    rsoc: float | None = None
    remaining: float | None = None


class Told(Protocol):
    """What the totals need to know of a unit."""

    @property
    def figures(self) -> Figures:
        """What it measured last."""


def totals_of(live: Iterable[Told]) -> Totals:
    """What the live units have in all."""
    figures = [unit.figures for unit in live]
    charges = [one.rsoc for one in figures if one.rsoc is not None]
    return Totals(
        _sum(one.pv for one in figures),
        _sum(one.utility for one in figures),
        _sum(one.load for one in figures),
        sum(charges) / len(charges) if charges else None,
        _sum(one.remaining for one in figures),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def clock_of(times: Iterable[str | None]) -> str | None:
    """The units' own time, as sent: that of the many, so that one clock that is years off says nothing."""
    known = sorted(time for time in times if time is not None)
    return known[len(known) // 2] if known else None
