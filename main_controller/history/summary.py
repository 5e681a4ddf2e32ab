"""Joins slots: those of all units to the cluster's, and short ones to a longer one. Pure."""

from collections.abc import Iterable, Sequence

from main_controller.history.slot import Energies, Powers, Slot, Voltage


def together(slots: Sequence[Slot], unit_id: str, start: int, length: int, *, members: int) -> Slot:
    """The cluster's slot of those of its units, of the same span: sums, and the covered time as a mean over `members`.

    A power that no unit tells is None; one that some tell is their sum, as far as they cover.
    """
    charges = [slot.charge for slot in slots if slot.charge is not None]
    return Slot(
        unit_id,
        start,
        length,
        sum(slot.covered for slot in slots) / members if members else 0.0,
        Powers(*(_sum(values) for values in zip(*(slot.powers for slot in slots), strict=True))),
        Energies(*(_sum(values) for values in zip(*(slot.energies for slot in slots), strict=True))),
        _voltage([(slot.voltage, slot.covered) for slot in slots]),
        sum(charges) / len(charges) if charges else None,
        tuple(sum(values) for values in zip(*(slot.statuses for slot in slots), strict=True)),
        tuple(sum(values) for values in zip(*(slot.modes for slot in slots), strict=True)),
    )


def joined(slots: Sequence[Slot], start: int, length: int) -> Slot:
    """The longer slot of one unit's shorter ones, in order: means by their covered time, the charge of the last."""
    charges = [slot.charge for slot in slots if slot.charge is not None]
    return Slot(
        slots[0].unit_id,
        start,
        length,
        sum(slot.covered for slot in slots),
        Powers(
            *(_mean([(slot.powers[index], slot.covered) for slot in slots]) for index in range(len(Powers._fields)))
        ),
        Energies(*(_sum(values) for values in zip(*(slot.energies for slot in slots), strict=True))),
        _voltage([(slot.voltage, slot.covered) for slot in slots]),
        charges[-1] if charges else None,
        tuple(sum(values) for values in zip(*(slot.statuses for slot in slots), strict=True)),
        tuple(sum(values) for values in zip(*(slot.modes for slot in slots), strict=True)),
    )


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _mean(weighted: Iterable[tuple[float | None, float]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None and weight > 0]
    total = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def _voltage(weighted: Sequence[tuple[Voltage | None, float]]) -> Voltage | None:
    known = [(voltage, weight) for voltage, weight in weighted if voltage is not None]
    mean = _mean([(voltage.mean, weight) for voltage, weight in known])
    if mean is None:
        return None
    return Voltage(min(voltage.lowest for voltage, _ in known), mean, max(voltage.highest for voltage, _ in known))
