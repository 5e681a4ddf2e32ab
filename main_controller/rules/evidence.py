"""What counts as verified: the one table of every order's proof in the readings (Z6c, Z9a, Z9b).

Pure. Each function looks at a command and a `GridState` and gives, per unit in its scope, how it stands there.
Used by the verification; `drained` also by the mode that follows a Soft Stop.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import UNCONFIRMED, Command, CommandState, UnitOutcome
from main_controller.domain.freshness import Reading
from main_controller.domain.identity import some
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder, ModeOrder, Order, ShutDownOrder, UpsOrder


@dataclass(frozen=True, slots=True)
class Lags:
    """How long after an order a reading starts to count, s: for any order, and for a Wait after a stop."""

    reading: float = 12.0
    stop: float = 30.0
    silence: float = 30.0


def outcomes(
    command: Command, picture: GridState, lags: Lags, ups_modes: Mapping[str, float | None]
) -> dict[str, UnitOutcome]:
    """How the command stands at each unit in its scope; as it stood, where no reading tells (`Proof.OWN_END`).

    `ups_modes` is what each unit's UPS shows now.
    """
    match command.order:
        case ModeOrder() as order:
            return _mode(order, command, picture, lags)
        case ConverterOrder() as order:
            return _converter(order, command, picture, lags)
        case ShutDownOrder() as order:
            return _silence(order, command, picture, lags)
        case UpsOrder() as order:
            return _ups(order, command, picture, lags, ups_modes)
        case _:
            return dict(command.units)


def verified(outcomes: Mapping[str, UnitOutcome]) -> bool:
    """Whether at least one unit showed it and every one that can show it did (Z9b)."""
    states = [outcome.state for outcome in outcomes.values()]
    shown = states.count(CommandState.VERIFIED)
    return shown > 0 and shown + states.count(UNCONFIRMED) == len(states)


def partly(outcomes: Mapping[str, UnitOutcome]) -> str | None:
    """What a verdict by some of the units says of the others (S25); None where every unit showed it."""
    unsure = sorted(unit_id for unit_id, outcome in outcomes.items() if outcome.state == UNCONFIRMED)
    if not unsure:
        return None
    return f"Seen at {len(outcomes) - len(unsure)} of {len(outcomes)}; {some(unsure)} cannot tell."


def _counts(fact: UnitAssessment, since: float | None, lag: float) -> bool:
    """Whether the unit's last reading is evidence after an order settled at `since` (monotonic s)."""
    return since is not None and fact.reading is not None and fact.reading.at >= since + lag


def _outcome(fact: UnitAssessment, counts: bool, so: bool, shows: str | None, command: Command) -> UnitOutcome:
    if not fact.live:
        return UnitOutcome(UNCONFIRMED, command.sent, shows)
    if counts and so:
        return UnitOutcome(CommandState.VERIFIED, command.sent, shows, evidence="reading")
    return UnitOutcome(CommandState.PENDING, command.sent, shows)


def _mode(order: ModeOrder, command: Command, picture: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """The cluster: every `operation_mode.global`; a unit: its `local`. Force Stop: every converter in Wait too (S3).

    A unit that cannot show it counts as unconfirmed, but for a Force Stop only where it was last seen in Wait.
    """
    local = order.unit_id is not None
    outcomes = {}
    for fact in picture.scope(order.unit_id):
        shown = fact.local_mode if local else fact.global_mode
        so = shown is order.mode
        in_wait = not order.stops or _waits_since(fact, command, lags)
        so = so and in_wait
        counts = _counts(fact, command.settled, lags.reading)
        text = str(shown) if shown is not None else ("" if local else None)
        outcomes[fact.id] = _outcome(fact, counts, so, text, command)
        harmless = not order.waits and (fact.estimate.surely(ConverterStatus.WAIT) or fact.acknowledged)
        if not fact.live and not in_wait and not harmless:
            outcomes[fact.id] = UnitOutcome(CommandState.PENDING, command.sent, text)
    return outcomes


def _waits_since(fact: UnitAssessment, command: Command, lags: Lags) -> bool:
    """Whether the converter went to Wait after a stop: by its own answer at once, by telemetry only late (Z6c, K9)."""
    answered = fact.estimate.answered_at
    if answered is not None and answered >= command.entered:
        return fact.confirmed_wait()
    return fact.confirmed_wait(command.entered + lags.stop)


def _converter(order: ConverterOrder, command: Command, picture: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """The converter's word, and its set current and target voltage where the word has them."""
    outcomes = {}
    for fact in picture.scope(order.unit_id):
        so = fact.reading is not None and shows_order(order, fact.reading)
        lag = lags.reading
        shown = None if fact.last_status is None else str(fact.last_status)
        outcomes[fact.id] = _outcome(fact, _counts(fact, command.settled, lag), so, shown, command)
    return outcomes


def shows_done(order: Order, reading: Reading | None) -> bool:
    """Whether a reading shows what a converter answered as done: its order, or Wait after a Stop all."""
    if reading is None:
        return False
    return shows_order(order, reading) if isinstance(order, ConverterOrder) else reading.word is ConverterStatus.WAIT


def shows_order(order: ConverterOrder, reading: Reading) -> bool:
    """Whether a reading shows this order's status and, but for Wait, its set current and target voltage."""
    if reading.word is not order.word:
        return False
    return order.stops or (_near(reading.dig, order.dig, 0.005) and _near(reading.dvg, order.dvg, 0.5))


def _silence(order: ShutDownOrder, command: Command, picture: GridState, lags: Lags) -> dict[str, UnitOutcome]:
    """Shut Down: the unit is gone, or its own clock stands still for as long as makes it stale.

    Units that fall silent together with all the others prove nothing unless apis-web still answers: else it is
    apis-web that fell silent (S26).
    """
    ids = order.units or [fact.id for fact in picture.scope(order.unit_id)]
    since = command.settled + lags.reading if command.settled is not None else None
    answers = since is not None and picture.heard_at is not None and picture.heard_at >= since
    outcomes = {}
    for unit_id in ids:
        fact = picture.facts.get(unit_id)
        others = [other for other in picture.facts.values() if other.id not in ids]
        heard = any(other.live for other in others) if others else answers
        gone = (fact is None or not fact.live) and heard
        shown = None if fact is None else fact.state.value
        state = CommandState.VERIFIED if gone else CommandState.PENDING
        outcomes[unit_id] = UnitOutcome(state, command.sent, shown, evidence="silence" if gone else None)
    return outcomes


def _ups(
    order: UpsOrder, command: Command, picture: GridState, lags: Lags, modes: Mapping[str, float | None]
) -> dict[str, UnitOutcome]:
    """UPS mode: `emu.ups_operation_mode.mode` of the units that took the order; `modes` is what each shows now."""
    outcomes = dict(command.units)
    for unit_id, outcome in command.units.items():
        fact = picture.facts.get(unit_id)
        if outcome.state == CommandState.FAILED or fact is None:
            continue
        shown = modes.get(unit_id)
        so = shown == order.ups_mode
        text = None if shown is None else f"{shown:g}"
        outcomes[unit_id] = _outcome(fact, _counts(fact, command.settled, lags.reading), so, text, command)
    return outcomes


def mode_now(order: ModeOrder, picture: GridState) -> tuple[int, int]:
    """How many live units show the wanted mode by now, lag or not, and how many live ones there are."""
    live = [fact for fact in picture.scope(order.unit_id) if fact.live]
    local = order.unit_id is not None
    return sum(1 for fact in live if (fact.local_mode if local else fact.global_mode) is order.mode), len(live)


def drained(order: Order, picture: GridState) -> bool | None:
    """Soft Stop: whether no deal runs and every live converter is in Wait; None while the deals cannot be told.

    An empty list counts once a Grid Master was known after it: without one the list is empty too (K7).
    """
    if not isinstance(order, ModeOrder) or order.mode is not Mode.HETERONOMOUS or picture.deals is None:
        return None
    if picture.deals == 0 and picture.no_deals_at is None:
        return None
    return picture.deals == 0 and all(fact.confirmed_wait() for fact in picture.live)


def _near(shown: float | None, wanted: float | None, within: float) -> bool:
    return shown is not None and wanted is not None and abs(shown - wanted) <= within
