"""What a frame rests on besides the grid's state, asked once for each; as JSON for the black box, and back.

Used by the frame's report, which makes the same frame of it now and, from the black box, at any time later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from main_controller.rules.deal_account import DealAccount
from main_controller.store.black_box import Fact
from main_controller.store.known_units import Acknowledgement
from main_controller.web.replies import encoded_json
from main_controller.web.shapes.bus import BusFigures
from main_controller.web.shapes.holds import Locks
from main_controller.web.status_report import About

PROGRAM, BUS, DEALS, TRIPS, SEEN, ALARMS, WALLS, THEN = (
    *("program", "busFigures", "dealAccounts", "trips", "acknowledged", "priorities", "walls", "thenPage"),
)
"""The names of the facts that are no section of a frame as they stand."""

_Account = tuple[datetime, bool, datetime, datetime | None, float | None, bool]
"""What a frame tells of a deal's account: when it was first seen, whether it was seen to begin, since when it stands as
it does and current was seen, the energy (Wh) as it is told, and whether there are gaps."""

_ACCOUNTS = msgspec.json.Decoder(list[_Account | None])
_SEEN = msgspec.json.Decoder(dict[str, Acknowledgement])
_WALLS = msgspec.json.Decoder(list[tuple[float, datetime]])


@dataclass(frozen=True, slots=True)
class Facts:
    """`sections` are told as they are. `bus` are the bus' figures, `accounts` those of the deals in their order,
    `locks` by unit ("" for the cluster), `trips` each unit's (monotonic s), `seen` by whom unwatched hardware was
    acknowledged, `priorities` that of each unit's gravest alarm. `then_page` is whom `then` was promised.

    `walls` says which time of day (UTC) moments of the monotonic clock are told as, so that one is always told alike.
    """

    sections: Mapping[str, Fact]
    bus: BusFigures
    accounts: Sequence[DealAccount | None]
    locks: Locks
    trips: Mapping[str, Sequence[float]]
    seen: Mapping[str, Acknowledgement]
    priorities: Mapping[str, int]
    then_page: str | None = None
    walls: dict[float, datetime] = field(default_factory=dict)


def facts_kept(facts: Facts, program: Fact) -> dict[str, Fact]:
    """All of it as JSON, by name."""
    return {
        **facts.sections,
        PROGRAM: program,
        BUS: _fact(facts.bus),
        DEALS: _fact([None if one is None else _account_kept(one) for one in facts.accounts]),
        TRIPS: _fact({unit_id: moments for unit_id, moments in facts.trips.items() if moments}),
        SEEN: _fact(facts.seen),
        ALARMS: _fact(dict(facts.priorities)),
        WALLS: _fact(list(facts.walls.items())),
        THEN: _fact(facts.then_page),
    }


def program_kept(about: About, started: str) -> Fact:
    """What never changes while the program runs."""
    return _fact({**{name: getattr(about, name) for name in About.__dataclass_fields__}, "started": started})


def program_of(kept: Mapping[str, Fact]) -> tuple[About, str]:
    """What the program was, and when it was started. Raises KeyError, TypeError or ValueError for what is none."""
    found: dict[str, Any] = json.loads(kept[PROGRAM].body)
    return About(**{name: found[name] for name in About.__dataclass_fields__}), str(found["started"])


def facts_of(kept: Mapping[str, Fact]) -> Facts:
    """The facts that were kept. Raises KeyError, TypeError or ValueError for what are none."""
    own = (PROGRAM, BUS, DEALS, TRIPS, SEEN, ALARMS, WALLS, THEN)
    return Facts(
        sections={name: fact for name, fact in kept.items() if name not in own},
        bus=json.loads(kept[BUS].body),
        accounts=[None if one is None else _account_of(one) for one in _ACCOUNTS.decode(kept[DEALS].body)],
        locks=json.loads(kept["locks"].body),
        trips=json.loads(kept[TRIPS].body),
        seen=_SEEN.decode(kept[SEEN].body),
        priorities=json.loads(kept[ALARMS].body),
        then_page=json.loads(kept[THEN].body),
        walls=dict(_WALLS.decode(kept[WALLS].body)),
    )


def _account_kept(account: DealAccount) -> _Account:
    wh = None if account.wh is None else round(account.wh, 1)
    return account.seen_at, account.saw_begin, account.stands_since, account.current_since, wh, account.gaps


def _account_of(kept: _Account) -> DealAccount:
    seen_at, saw_begin, stands_since, current_since, wh, gaps = kept
    return DealAccount(seen_at, saw_begin, stands_since, None, current_since, None, wh, gaps, None, None)


def _fact(value: Any) -> Fact:
    body, said = encoded_json(value)
    return Fact(body, tuple(said))
