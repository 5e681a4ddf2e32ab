"""What counts as verified: the one table of every order's proof in the readings (Z6c, Z9a, Z9b).

Pure. Each function looks at a command and a `GridState` and gives, per unit in its scope, how it stands there.
Used by the verification; `drained` also by the mode that follows a Soft Stop.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import UNCONFIRMED, Command, CommandState, UnitOutcome
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder, ModeOrder, Order, ShutDownOrder, UpsOrder
from main_controller.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Lags:
    """How long after an order a reading starts to count, s: for any order, and for a Wait after a stop."""

    reading: float = 12.0
    stop: float = 30.0
    silence: float = 30.0


def outcomes(
    command: Command, grid: GridState, lags: Lags, ups_modes: Mapping[str, float | None]
) -> dict[str, UnitOutcome]:
    """How the command stands at each unit in its scope; as it stood, where no reading tells (`Proof.OWN_END`).

    `ups_modes` is what each unit's UPS shows now.
    """
    match command.order:
        case ModeOrder() as order:
            return _mode(order, command, grid, lags)
        case ConverterOrder() as order:
            return _converter(order, command, grid, lags)
        case ShutDownOrder() as order:
            return _silence(order, command, grid, lags)
        case UpsOrder() as order:
            return _ups(order, command, grid, lags, ups_modes)
        case _:
            return dict(command.units)


def verified(outcomes: Mapping[str, UnitOutcome]) -> bool:
    """Whether at least one unit showed it and every one that can show it did (Z9b)."""
    states = [outcome.state for outcome in outcomes.values()]
    shown = states.count(CommandState.VERIFIED)
    return shown > 0 and shown + states.count(UNCONFIRMED) == len(states)


def partly(outcomes: Mapping[str, UnitOutcome]) -> Sentence | None:
    """What a verdict by some of the units says of the others (S25); None where every unit showed it."""
    unsure = sorted(unit_id for unit_id, outcome in outcomes.items() if outcome.state == UNCONFIRMED)
    if not unsure:
        return None
    return say(
        "rules.partly",
        "Seen at {seen} of {count}; {units} cannot tell.",
        seen=len(outcomes) - len(unsure),
        count=len(outcomes),
        units=unsure,
    )


def _counts(unit: UnitAssessment, since: float | None, lag: float) -> bool:
    """Whether the unit's last reading is evidence after an order settled at `since` (monotonic s)."""
    return since is not None and unit.reading is not None and unit.reading.at >= since + lag


def _outcome(unit: UnitAssessment, counts: bool, so: bool, shows: str | None, command: Command) -> UnitOutcome:
    if not unit.live:
        return UnitOutcome(UNCONFIRMED, command.sent, shows)
    if counts and so:
        return UnitOutcome(CommandState.VERIFIED, command.sent, shows, evidence="reading")
    return UnitOutcome(CommandState.PENDING, command.sent, shows)


def _mode(order: ModeOrder, command: Command, grid: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """The cluster: every `operation_mode.global`; a unit: its `local`. Force Stop: every converter in Wait too (S3).

    A unit that cannot show it counts as unconfirmed, but for a Force Stop only where it was last seen in Wait.
    """
    local = order.unit_id is not None
    outcomes = {}
    for unit in grid.scope(order.unit_id):
        shown = unit.local_mode if local else unit.global_mode
        so = shown is order.mode
        in_wait = not order.stops or _waits_since(unit, command, lags)
        so = so and in_wait
        counts = _counts(unit, command.settled, lags.reading)
        text = str(shown) if shown is not None else ("" if local else None)
        outcomes[unit.id] = _outcome(unit, counts, so, text, command)
        harmless = not order.waits and (unit.estimate.surely(ConverterStatus.WAIT) or unit.acknowledged)
        if not unit.live and not in_wait and not harmless:
            outcomes[unit.id] = UnitOutcome(CommandState.PENDING, command.sent, text)
    return outcomes


def _waits_since(unit: UnitAssessment, command: Command, lags: Lags) -> bool:
    """Whether the converter went to Wait after a stop: by its own answer at once, by telemetry only late (Z6c, K9)."""
    answered = unit.estimate.answered_at
    if answered is not None and answered >= command.entered:
        return unit.confirmed_wait()
    return unit.confirmed_wait(command.entered + lags.stop)


def _converter(order: ConverterOrder, command: Command, grid: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """The converter's status, and its set current and target voltage where the word has them."""
    outcomes = {}
    for unit in grid.scope(order.unit_id):
        so = unit.reading is not None and shows_order(order, unit.reading)
        lag = lags.reading
        shown = None if unit.last_status is None else str(unit.last_status)
        outcomes[unit.id] = _outcome(unit, _counts(unit, command.settled, lag), so, shown, command)
    return outcomes


def shows_done(order: Order, reading: Reading | None) -> bool:
    """Whether a reading shows what a converter answered as done: its order, or Wait after a Stop all."""
    if reading is None:
        return False
    return shows_order(order, reading) if isinstance(order, ConverterOrder) else reading.status is ConverterStatus.WAIT


def shows_order(order: ConverterOrder, reading: Reading) -> bool:
    """Whether a reading shows this order's status and, but for Wait, its set current and target voltage."""
    if reading.status is not order.status:
        return False
    return order.stops or (_near(reading.dig, order.dig, 0.005) and _near(reading.dvg, order.dvg, 0.5))


def _silence(order: ShutDownOrder, command: Command, grid: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """Shut Down: the unit is gone, or its own clock stands still for as long as makes it stale.

    Units that fall silent together with all the others prove nothing unless apis-web still answers: else it is
    apis-web that fell silent (S26).
    """
    ids = order.units or [unit.id for unit in grid.scope(order.unit_id)]
    since = command.settled + lags.reading if command.settled is not None else None
    answers = since is not None and grid.heard_at is not None and grid.heard_at >= since
    outcomes = {}
    for unit_id in ids:
        unit = grid.units.get(unit_id)
        others = [other for other in grid.units.values() if other.id not in ids]
        heard = any(other.live for other in others) if others else answers
        gone = (unit is None or not unit.live) and heard
        shown = None if unit is None else unit.state.value
        state = CommandState.VERIFIED if gone else CommandState.PENDING
        outcomes[unit_id] = UnitOutcome(state, command.sent, shown, evidence="silence" if gone else None)
    return outcomes


def _ups(
    order: UpsOrder, command: Command, grid: GridState, lags: Lags, modes: Mapping[str, float | None]
) -> dict[str, UnitOutcome]:
    """UPS mode: `emu.ups_operation_mode.mode` of the units that took the order; `modes` is what each shows now."""
    outcomes = dict(command.units)
    for unit_id, outcome in command.units.items():
        unit = grid.units.get(unit_id)
        if outcome.state == CommandState.FAILED or unit is None:
            continue
        shown = modes.get(unit_id)
        so = shown == order.ups_mode
        text = None if shown is None else f"{shown:g}"
        outcomes[unit_id] = _outcome(unit, _counts(unit, command.settled, lags.reading), so, text, command)
    return outcomes


def mode_now(order: ModeOrder, grid: GridState) -> tuple[int, int]:
    """How many live units show the wanted mode by now, lag or not, and how many live ones there are."""
    live = [unit for unit in grid.scope(order.unit_id) if unit.live]
    local = order.unit_id is not None
    return sum(1 for unit in live if (unit.local_mode if local else unit.global_mode) is order.mode), len(live)


def drained(order: Order, grid: GridState) -> bool | None:
    """Soft Stop: whether no deal runs and every live converter is in Wait; None while the deals cannot be told.

    An empty list counts once a Grid Master was known after it: without one the list is empty too (K7).
    """
    if not isinstance(order, ModeOrder) or order.mode is not Mode.HETERONOMOUS or grid.deals is None:
        return None
    if grid.deals == 0 and grid.no_deals_at is None:
        return None
    return grid.deals == 0 and all(unit.confirmed_wait() for unit in grid.live)


def _near(shown: float | None, wanted: float | None, within: float) -> bool:
    return shown is not None and wanted is not None and abs(shown - wanted) <= within
