"""What a guided transfer has carried to its taker, counted so that it is never less than it was (N13, I15).

Pure and frozen. Used by `procedures/transfer_figures.py`, by which `GuidedTransfer` ends a transfer at its Wh. By our
own clock: a unit's clock may run ten times as fast as ours.
"""

from dataclasses import dataclass, replace

SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Energy:
    """Wh up to `at` (monotonic s, the last reading that counted in), and the power (W) that is reckoned since.

    `ordered` (W) is what the order asks for: reckoned until a reading after `counts_from` tells better.
    """

    wh: float
    power: float
    at: float
    ordered: float
    counts_from: float
    stopped_at: float | None = None

    def total(self, now: float) -> float:
        """Wh until now; it never grows smaller."""
        until = now if self.stopped_at is None else self.stopped_at
        return self.wh + self.power * max(0.0, until - self.at) / SECONDS

    def read(self, at: float, watts: float | None) -> "Energy":
        """With a reading that arrived at `at`; of two readings the larger power holds for the time between them.

        None is a reading that tells no power: the ordered power holds.
        """
        if at <= self.at or self.stopped_at is not None:
            return self
        told = self.ordered if watts is None else watts
        power = max(told, self.ordered) if at < self.counts_from else told
        wh = self.wh + max(self.power, power) * (at - self.at) / SECONDS
        return replace(self, wh=wh, power=power, at=at)

    def stopped(self, now: float) -> "Energy":
        """Nothing is carried any more."""
        return self if self.stopped_at is not None else replace(self, stopped_at=now)


def begun(volts: float, amps: float, now: float, lag: float) -> Energy:
    """The count of a current that has just been ordered; readings count `lag` s later."""
    return Energy(0.0, volts * amps, now, volts * amps, now + lag)


def power_of(wg: float | None, vg: float | None, ig: float | None) -> float | None:
    """The power (W) of a reading whose figures may not agree: the larger of the meter's watts and volts by amperes."""
    told = [abs(wg)] if wg is not None else []
    if vg is not None and ig is not None:
        told.append(abs(vg * ig))
    return max(told, default=None)
