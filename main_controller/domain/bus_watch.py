"""What is wrong on the bus now, and what explains each converter at work: pure rules over what was seen (S9, S10, S14).

Used by the events of the bus and by the status. A condition is told only once it has held for `after` seconds: the
readings of different units are up to 10 s apart (K4, Z6b).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import SHARING_MODES, Mode, Word
from main_controller.domain.picture import Fact, Picture

SKEW = 12.0
"""How long (s) a contradiction between units must last before it is one (K4)."""

OUT_OF_BAND = 5.0
"""How long (s) the bus must be out of its band (I14)."""

UNEXPLAINED = 40.0
"""How long (s) a converter may work that nothing explains: the last of a stop shows 27 s late (K9)."""

FAR = 2.0
"""How far (%) the bus may be from what the reference was set to."""


@dataclass(frozen=True, slots=True)
class Band:
    """Between which voltages (V) the bus must be while it has a reference, and below which (V) it is dead."""

    low: float = 300.0
    high: float = 380.0
    dead: float = 60.0


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is wrong: `kind`, the unit concerned (None: the bus), a sentence without its end, the numbers.

    `after` (s) is how long it must hold before it is told; `gone` is the sentence when it is over.
    """

    kind: str
    unit_id: str | None
    text: str
    gone: str
    after: float
    numbers: Mapping[str, Any] = field(default_factory=dict)
    grave: bool = False

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes it the same condition at the next look."""
        return (self.kind, self.unit_id)


@dataclass(frozen=True, slots=True)
class Explained:
    """What explains converters at work: the units that deals name, and those that an order of ours drives, by whom."""

    in_deals: Collection[str] = ()
    by_hand: Mapping[str, str] = field(default_factory=dict)

    def of(self, unit_id: str) -> str | None:
        """Why this unit's converter may work: "deal", or by whom it was ordered; None where nothing explains it."""
        if unit_id in self.by_hand:
            return self.by_hand[unit_id]
        return "deal" if unit_id in self.in_deals else None


def conditions(picture: Picture, heavy: Collection[str], explained: Explained, band: Band) -> list[Condition]:
    """Everything that is wrong by this picture; `heavy` are the units that show a heavy alarm."""
    live = picture.live
    return [
        *_heavy(live, heavy),
        *_references(picture),
        *_followers(picture),
        *_voltages(live, band),
        *_unexplained(picture, explained),
    ]


def _heavy(live: Iterable[Fact], heavy: Collection[str]) -> Iterable[Condition]:
    for fact in live:
        if fact.id in heavy:
            text = f"{fact.id}'s converter shows a heavy alarm"
            yield Condition("heavyAlarm", fact.id, text, f"{fact.id}'s converter shows no heavy alarm any more", 0.0)


def _references(picture: Picture) -> Iterable[Condition]:
    references = [fact for fact in picture.live if fact.last_word is Word.VOLTAGE_REFERENCE]
    if len(references) > 1:
        ids = ", ".join(fact.id for fact in references)
        text = f"Two converters hold the bus at once: {ids}"
        numbers = {fact.id: fact.reading.dvg for fact in references if fact.reading is not None}
        yield Condition(
            "secondReference", None, text, "One converter at most holds the bus again", SKEW, numbers, grave=True
        )


def _followers(picture: Picture) -> Iterable[Condition]:
    """Current-controlled converters with nobody who holds the voltage: the bus goes wherever the current drives it."""
    held = any(
        fact.belief.possibly(Word.VOLTAGE_REFERENCE)
        or (fact.belief.possibly(None) and fact.state is not UnitState.LIVE)
        for fact in picture.facts.values()
    )
    if held:
        return
    for fact in picture.live:
        if fact.last_word is not None and fact.last_word.current_controlled:
            volts = None if fact.reading is None else fact.reading.vg
            text = f"{fact.id} is {fact.last_word.label} and no converter holds the bus{_at(volts)}"
            gone = f"{fact.id} is no longer without a voltage reference"
            yield Condition("noReference", fact.id, text, gone, SKEW, {"vg": volts}, grave=True)


def _voltages(live: Sequence[Fact], band: Band) -> Iterable[Condition]:
    shown = {fact.id: fact.reading.vg for fact in live if fact.reading is not None and fact.reading.vg is not None}
    high = {unit_id: vg for unit_id, vg in shown.items() if vg > band.high}
    references = [fact for fact in live if fact.last_word is Word.VOLTAGE_REFERENCE and fact.reading is not None]
    if high:
        text = f"The bus is above {band.high:g} V: {_list(high)}"
        yield Condition("busHigh", None, text, f"The bus is no longer above {band.high:g} V", OUT_OF_BAND, high)
    if not references:
        return
    low = {unit_id: vg for unit_id, vg in shown.items() if vg < band.low}
    if low:
        text = f"The bus is below {band.low:g} V with a voltage reference: {_list(low)}"
        after = SKEW + 150.0 if _rising(references) else SKEW
        yield Condition("busLow", None, text, f"The bus is no longer below {band.low:g} V", after, low)
    for fact in references:
        dvg, vg = (fact.reading.dvg, fact.reading.vg) if fact.reading is not None else (None, None)
        if dvg and vg is not None and abs(vg - dvg) > dvg * FAR / 100 and not low:
            text = f"{fact.id} is set to {dvg:g} V and holds {vg:g} V"
            yield Condition(
                "referenceOff", fact.id, text, f"{fact.id} holds its voltage again", SKEW + 10.0, {"dvg": dvg, "vg": vg}
            )


def _rising(references: Iterable[Fact]) -> bool:
    """Whether a reference may still be raising the bus, which takes two minutes (K15)."""
    for fact in references:
        volts = [reading.vg for reading in fact.recent if reading.vg is not None]
        if len(volts) >= 2 and volts[-1] > volts[0] + 1.0:
            return True
    return False


def _unexplained(picture: Picture, explained: Explained) -> Iterable[Condition]:
    for fact in picture.live:
        word = fact.last_word
        if word is None or word is Word.WAIT or explained.of(fact.id) is not None:
            continue
        if picture.mode in SHARING_MODES and not picture.grid_master_known:
            continue  # the deals cannot be told, so nobody knows that none explains it
        text = f"{fact.id} is {word.label} and nothing explains it: no deal, no order from here"
        numbers = {"mode": str(picture.mode) if isinstance(picture.mode, Mode) else None}
        yield Condition("unexplained", fact.id, text, f"{fact.id} is explained or in Wait again", UNEXPLAINED, numbers)


def _list(volts: Mapping[str, float]) -> str:
    told = [f"{unit_id} {vg:g} V" for unit_id, vg in sorted(volts.items())]
    return ", ".join(told[:4]) + (f" and {len(told) - 4} more" if len(told) > 4 else "")


def _at(volts: float | None) -> str:
    return "" if volts is None else f" ({volts:g} V there)"
