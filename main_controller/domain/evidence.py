"""What counts as verified: the one table of every order's proof in the readings (Z6c, Z9a, Z9b).

Pure. Each function looks at a command and a `Picture` and gives, per unit in its scope, how it stands there.
Used by the verification.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from main_controller.domain.commands import UNCONFIRMED, Command, CommandState, UnitOutcome
from main_controller.domain.identity import some
from main_controller.domain.modes import Mode, Word, parse_mode, parse_word
from main_controller.domain.picture import Fact, Picture
from main_controller.domain.units import number


@dataclass(frozen=True, slots=True)
class Lags:
    """How long after an order a reading starts to count, s: for any order, and for a Wait after a stop."""

    reading: float = 12.0
    stop: float = 30.0
    silence: float = 30.0


Proof = Callable[[Command, Picture, Lags], dict[str, UnitOutcome]]


def proof_of(command: Command) -> Proof | None:
    """The rule by which this order is seen to be so, or None for one that is ended by whoever carries it out."""
    return PROOFS.get(command.order)


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


def _counts(fact: Fact, since: float | None, lag: float) -> bool:
    """Whether the unit's last reading is evidence after an order settled at `since` (monotonic s)."""
    return since is not None and fact.reading is not None and fact.reading.at >= since + lag


def _outcome(fact: Fact, counts: bool, so: bool, shows: str | None, command: Command) -> UnitOutcome:
    if not fact.live:
        return UnitOutcome(UNCONFIRMED, command.sent, shows)
    if counts and so:
        return UnitOutcome(CommandState.VERIFIED, command.sent, shows, evidence="reading")
    return UnitOutcome(CommandState.PENDING, command.sent, shows)


def _mode(command: Command, picture: Picture, lags: Lags) -> dict[str, UnitOutcome]:
    """The cluster: every `operation_mode.global`; a unit: its `local`. Force Stop: every converter in Wait too (S3).

    A unit that cannot show it counts as unconfirmed, but for a Force Stop only where it was last seen in Wait.
    """
    wanted = parse_mode(command.wanted.get("mode"))
    local = command.unit_id is not None
    outcomes = {}
    for fact in picture.scope(command.unit_id):
        shown = fact.local_mode if local else fact.global_mode
        so = shown is wanted
        in_wait = wanted is not Mode.STOP or _waits_since(fact, command, lags)
        so = so and in_wait
        counts = _counts(fact, command.settled, lags.reading)
        text = str(shown) if shown is not None else ("" if local else None)
        outcomes[fact.id] = _outcome(fact, counts, so, text, command)
        harmless = not command.wanted.get("waits") and (fact.belief.surely(Word.WAIT) or fact.acknowledged)
        if not fact.live and not in_wait and not harmless:
            outcomes[fact.id] = UnitOutcome(CommandState.PENDING, command.sent, text)
    return outcomes


def _waits_since(fact: Fact, command: Command, lags: Lags) -> bool:
    """Whether the converter went to Wait after a stop: by its own answer at once, by telemetry only late (Z6c, K9)."""
    answered = fact.belief.answered_at
    if answered is not None and answered >= command.entered:
        return fact.confirmed_wait()
    return fact.confirmed_wait(command.entered + lags.stop)


def _converter(command: Command, picture: Picture, lags: Lags) -> dict[str, UnitOutcome]:
    """The converter's word, and its set current and target voltage where the word has them."""
    wanted = parse_word(command.wanted.get("word"))
    dig, dvg = number(command.wanted.get("dig")), number(command.wanted.get("dvg"))
    outcomes = {}
    for fact in picture.scope(command.unit_id):
        reading = fact.reading
        so = reading is not None and reading.word is wanted and wanted is not None
        if so and reading is not None and wanted is not Word.WAIT:
            so = _near(reading.dig, dig, 0.005) and _near(reading.dvg, dvg, 0.5)
        lag = lags.reading
        shown = None if fact.last_word is None else str(fact.last_word)
        outcomes[fact.id] = _outcome(fact, _counts(fact, command.settled, lag), so, shown, command)
    return outcomes


def _silence(command: Command, picture: Picture, lags: Lags) -> dict[str, UnitOutcome]:
    """Shut Down: the unit is gone, or its own clock stands still for as long as makes it stale.

    Units that fall silent together with all the others prove nothing unless apis-web still answers: else it is
    apis-web that fell silent (S26).
    """
    units = command.wanted.get("units")
    ids = list(units) if isinstance(units, list) else [fact.id for fact in picture.scope(command.unit_id)]
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


PROOFS: dict[str, Proof] = {
    "setOperationMode": _mode,
    "setBudo": _mode,
    "setDcdc": _converter,
    "shutDown": _silence,
}
"""Order to its proof. Stop all and a guided procedure end by themselves; a UPS mode is in `ups_outcomes`."""


def ups_outcomes(
    command: Command, picture: Picture, modes: Mapping[str, float | None], lags: Lags
) -> dict[str, UnitOutcome]:
    """UPS mode: `emu.ups_operation_mode.mode` of the units that took the order; `modes` is what each shows now."""
    outcomes = dict(command.units)
    for unit_id, outcome in command.units.items():
        fact = picture.facts.get(unit_id)
        if outcome.state == CommandState.FAILED or fact is None:
            continue
        shown = modes.get(unit_id)
        so = shown == command.wanted.get("upsMode")
        text = None if shown is None else f"{shown:g}"
        outcomes[unit_id] = _outcome(fact, _counts(fact, command.settled, lags.reading), so, text, command)
    return outcomes


def mode_now(command: Command, picture: Picture) -> tuple[int, int]:
    """How many live units show the wanted mode by now, lag or not, and how many live ones there are."""
    wanted = parse_mode(command.wanted.get("mode"))
    live = [fact for fact in picture.scope(command.unit_id) if fact.live]
    local = command.unit_id is not None
    return sum(1 for fact in live if (fact.local_mode if local else fact.global_mode) is wanted), len(live)


def drained(command: Command, picture: Picture) -> bool | None:
    """Soft Stop: whether no deal runs and every live converter is in Wait; None while the deals cannot be told.

    An empty list counts once a Grid Master was known after it: without one the list is empty too (K7).
    """
    if parse_mode(command.wanted.get("mode")) is not Mode.HETERONOMOUS or picture.deals is None:
        return None
    if picture.deals == 0 and picture.no_deals_at is None:
        return None
    return picture.deals == 0 and all(fact.confirmed_wait() for fact in picture.live)


def _near(shown: float | None, wanted: float | None, within: float) -> bool:
    return shown is not None and wanted is not None and abs(shown - wanted) <= within
