"""What may be true of every unit now: readings joined with the orders that no reading has answered yet (Z6c, Z8b).

Pure. Every rule that lets an order pass or refuses it looks at a `Picture`, never at raw data, so that an order that
was or may have been sent counts as in force until a reading that counts says otherwise.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from main_controller.domain.commands import ConverterOrder
from main_controller.domain.freshness import Reading, UnitState, unwatched
from main_controller.domain.modes import Mode, Word, effective_mode
from main_controller.domain.units import number


@dataclass(frozen=True, slots=True)
class Belief:
    """What a converter may be doing: every word, target voltage (V) and set current (A) that cannot be ruled out.

    A None among the words is a state that is none of the four words, or not known. `seen_at` (monotonic s) is when
    this was last told by a reading that counts or by the converter itself; None if never. `answered_at` is when the
    converter itself last answered an order with the word that stands, None where it did not.
    """

    words: frozenset[Word | None]
    dvgs: frozenset[float | None]
    digs: frozenset[float | None]
    seen_at: float | None
    source: str | None = None
    answered_at: float | None = None

    def surely(self, word: Word) -> bool:
        """Whether the converter can only be in this word."""
        return self.words == {word}

    def possibly(self, *words: Word | None) -> bool:
        """Whether the converter can be in any of these words."""
        return bool(self.words.intersection(words))

    @property
    def possibly_current_controlled(self) -> bool:
        """Whether the converter can be driving a set current; an unknown word may be that."""
        return any(word is None or word.current_controlled for word in self.words)


@dataclass(frozen=True, slots=True)
class Fact:
    """One known unit: its state, its reading and what its converter may be doing. Ages in s, `ip` as sent.

    `in_flight`: an order other than Wait has been sent to it and has not come back. `disturbed_at` (monotonic s) is
    when the last such order that was or may have been sent came back: nothing that its converter said before tells
    what it does now.
    """

    id: str
    state: UnitState
    age: float | None
    reading: Reading | None
    recent: tuple[Reading, ...]
    belief: Belief
    global_mode: Mode | None = None
    local_mode: Mode | None = None
    effective: Mode | None = None
    ip: str | None = None
    acknowledged: bool = False
    conflict: str | None = None
    in_flight: bool = False
    disturbed_at: float | None = None

    @property
    def live(self) -> bool:
        """Whether the unit's own clock moved within `staleafter`."""
        return self.state is UnitState.LIVE

    @property
    def last_word(self) -> Word | None:
        """The word of the last reading."""
        return self.reading.word if self.reading else None

    @property
    def unwatched(self) -> bool:
        """Live hardware that nobody watches: not live and possibly in any word but Wait (Z6a, K6)."""
        return any(unwatched(self.state, word) for word in self.belief.words)

    def fresh(self, limit: float) -> bool:
        """Whether the unit is live by a reading of at most `limit` seconds."""
        return self.live and self.age is not None and self.age <= limit

    def confirmed_wait(self, since: float | None = None) -> bool:
        """Whether the converter is surely in Wait, told after `since` (monotonic s) where that is given."""
        seen = self.belief.seen_at
        return self.belief.surely(Word.WAIT) and (since is None or (seen is not None and seen >= since))

    @property
    def obeys(self) -> Mode | None:
        """The mode in force at this unit: what it says, else what its two settings give; None when it does not tell."""
        if self.effective is not None:
            return self.effective
        return None if self.global_mode is None else effective_mode(self.global_mode, self.local_mode)


@dataclass(frozen=True, slots=True)
class Picture:
    """Every known unit and the cluster's mode at one moment (`now`, monotonic s).

    `mode` is None when it is not known or mixed; `pending_modes` are the scopes ("" for the cluster, else a unit's id)
    with a mode change under way. `grid_master_known` and `deals` (how many) are None where that cannot be told.
    """

    now: float
    facts: Mapping[str, Fact]
    mode: Mode | None
    mixed: bool = False
    pending_modes: Mapping[str, tuple[Mode | None, ...]] = field(default_factory=dict)
    grid_master_known: bool | None = None
    deals: int | None = None

    def scope(self, unit_id: str | None) -> list[Fact]:
        """The facts of one unit, or of all."""
        if unit_id is None:
            return list(self.facts.values())
        return [self.facts[unit_id]] if unit_id in self.facts else []

    def others(self, unit_id: str) -> list[Fact]:
        """The facts of all units but this one."""
        return [fact for fact in self.facts.values() if fact.id != unit_id]

    def mode_pending(self, unit_id: str | None) -> bool:
        """Whether a mode change that touches this scope is under way."""
        return bool(self.pending_for(unit_id))

    def pending_for(self, unit_id: str | None) -> tuple[Mode | None, ...]:
        """The modes that may be taking effect in this scope: the cluster's, and the unit's own (None: cleared)."""
        own = self.pending_modes.get(unit_id, ()) if unit_id is not None else ()
        return (*self.pending_modes.get("", ()), *own)

    @property
    def live(self) -> list[Fact]:
        """The live units."""
        return [fact for fact in self.facts.values() if fact.live]


def believe(reading: Reading | None, orders: Sequence[ConverterOrder], lag: float) -> Belief:
    """What a converter may be doing, from its last reading and the orders to it, oldest first (Z6c, Z8b).

    A reading counts once it arrived at least `lag` seconds after the last order was answered or given up. Until then
    the converter's own answer counts, together with every later order that may have been carried out.
    """
    base, rest = _last_answer(orders)
    answered = base.returned if base is not None and not rest else None
    if _covered(reading, orders, lag):
        told = _told(reading)
        agrees = base is not None and told.words == {base.answered_word}
        return replace(told, answered_at=answered) if agrees else told
    words: set[Word | None] = set()
    dvgs: set[float | None] = set()
    digs: set[float | None] = set()
    seen: float | None = None
    if base is not None and base.answer is not None:
        words |= {base.answered_word, base.word} if base.answered_word is not None else {base.word, None}
        dvgs |= {_part(base, "vdis", "dvg"), base.dvg}
        digs |= {_part(base, "param", "dig"), base.dig}
        seen = base.returned
    else:
        last = _told(reading)
        words |= last.words
        dvgs |= last.dvgs
        digs |= last.digs
        seen = last.seen_at
    for order in rest:
        words.add(order.word)
        dvgs.add(order.dvg)
        digs.add(order.dig)
    source = "converter" if base is not None and not rest else "order"
    return Belief(frozenset(words), frozenset(dvgs), frozenset(digs), seen, source, answered)


def _covered(reading: Reading | None, orders: Sequence[ConverterOrder], lag: float) -> bool:
    if not orders:
        return True
    return reading is not None and all(
        (start := order.counts_from(lag)) is not None and reading.at >= start for order in orders
    )


def _told(reading: Reading | None) -> Belief:
    if reading is None:
        return Belief(frozenset({None}), frozenset({None}), frozenset({None}), None)
    return Belief(frozenset({reading.word}), frozenset({reading.dvg}), frozenset({reading.dig}), reading.at, "reading")


def _last_answer(orders: Sequence[ConverterOrder]) -> tuple[ConverterOrder | None, Sequence[ConverterOrder]]:
    """The last order that the converter answered, and those that may have been carried out after it.

    Of two that were on their way at the same time, nobody can tell which the converter heard last.
    """
    answered = [
        (order.returned, place)
        for place, order in enumerate(orders)
        if order.answer is not None and order.returned is not None
    ]
    if not answered:
        return None, orders
    _, at = max(answered)
    base = orders[at]
    earlier = [order for order in orders[:at] if order.returned is None or order.returned > base.entered]
    return base, [*earlier, *orders[at + 1 :]]


def _part(order: ConverterOrder, section: str, key: str) -> float | None:
    part = order.answer.get(section) if order.answer is not None else None
    return number(part.get(key)) if isinstance(part, Mapping) else None


def possible_current(facts: Iterable[Fact], word: Word) -> float | None:
    """The largest current (A) that these units may be carrying in this word together; None when that is not known."""
    total = 0.0
    for fact in facts:
        if fact.belief.possibly(word, None):
            digs = [dig for dig in fact.belief.digs if dig is not None]
            if not digs or len(digs) < len(fact.belief.digs):
                return None
            total += max(digs)
    return total


def names(facts: Iterable[Fact]) -> str:
    """The units' ids for a sentence, at most eight of them."""
    ids = [fact.id for fact in facts]
    return ", ".join(ids[:8]) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
