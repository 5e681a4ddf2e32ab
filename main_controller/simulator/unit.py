"""One household's hardware: sun, load, UPS, battery and DC/DC converter, in W, V, A, Wh and seconds (K2)."""

import math
import random

from main_controller.domain.modes import Word

CAPACITY_WH = 4800.0
BATTERY_V = 48
WAIT_LOSS_W = 4.5
GIVE_LOSS_W = 55.0
TAKE_LOSS_W = 71.0
UPS_OWN_W = 146.5
UPS_LOSS = 1.14
BYPASS_OWN_W = 18.0
UPS_ON_BATTERY = 2
UPS_BYPASS = 5
BYPASS_BELOW = 30.0
BATTERY_ABOVE = 40.0
LONGEST_STEP_S = 600.0
DAY_S = 86_400.0


class Unit:
    """A house whose battery charge is integrated only when somebody looks, or when its converter's current changes.

    Currents and powers of the grid side are positive when they charge. Two of four houses have more sun than they
    need. `clipped_wh` is what the full (or empty) battery could not take (or give), so that energy always adds up:
    charge gained = `sun_wh` + `converter_wh` - `house_wh` - `clipped_wh`.
    """

    __slots__ = (
        "alarm_held", "alarmed", "at", "by_hand", "charge_wh", "clipped_wh", "converter_wh", "dig", "dvg", "house_wh",
        "id", "ig", "ip", "load_mean_w", "load_w", "number", "phase", "stuck_meter", "sun_peak_w", "sun_w", "sun_wh",
        "ups_mode", "wb", "wg", "word",
    )  # fmt: skip

    def __init__(self, number: int, rng: random.Random, seconds: float) -> None:
        sunny = number % 4 in (1, 2)
        self.number = number
        self.id = f"E{number:03d}"
        self.ip = f"192.168.{11 + (number - 1) // 250}.{1 + (number - 1) % 250}"  # made up; the recordings say "NA"
        self.at = seconds
        self.sun_peak_w = rng.uniform(1000.0, 1400.0) if sunny else rng.uniform(0.0, 300.0)
        self.load_mean_w = rng.uniform(290.0, 400.0)
        self.phase = rng.uniform(0.0, math.tau)
        self.charge_wh = CAPACITY_WH * (rng.uniform(0.72, 0.86) if sunny else rng.uniform(0.34, 0.48))
        self.ups_mode = UPS_ON_BATTERY
        self.by_hand = False
        self.word = Word.WAIT
        self.dvg = 350.0
        self.dig = 0.0
        self.ig = 0.0
        self.wg = 0.0
        self.wb = -WAIT_LOSS_W
        self.alarmed = False
        self.alarm_held = False
        self.stuck_meter: dict[str, float] | None = None
        self.sun_wh = self.house_wh = self.converter_wh = self.clipped_wh = 0.0
        self._look(seconds)

    @property
    def rsoc(self) -> float:
        """The battery's charge in %."""
        return 100.0 * self.charge_wh / CAPACITY_WH

    @property
    def house_w(self) -> float:
        """What the UPS takes from the battery: load and losses, or next to nothing while it passes mains through."""
        return BYPASS_OWN_W if self.ups_mode == UPS_BYPASS else UPS_LOSS * self.load_w + UPS_OWN_W

    @property
    def battery_w(self) -> float:
        """What goes into the battery now."""
        return self.sun_w + self.wb - self.house_w

    @property
    def heavy_alarm(self) -> bool:
        """Whether it reports the one alarm that apis-main heeds."""
        return self.alarmed or self.alarm_held

    @property
    def spent(self) -> bool:
        """Whether the battery can no longer give what the converter asks of it (a full one leaves sun unused)."""
        return self.ig < 0 and self.charge_wh <= 0.01 * CAPACITY_WH

    def integrate(self, until: float) -> None:
        """Bring the battery up to the unit clock's second `until`."""
        while self.at < until:
            step = min(LONGEST_STEP_S, until - self.at)
            self._look(self.at + step / 2)
            hours = step / 3600.0
            house_w = self.house_w
            wanted = self.charge_wh + (self.sun_w + self.wb - house_w) * hours
            self.charge_wh = min(max(wanted, 0.0), CAPACITY_WH)
            self.clipped_wh += wanted - self.charge_wh
            self.sun_wh += self.sun_w * hours
            self.house_wh += house_w * hours
            self.converter_wh += self.wb * hours
            self.at += step
            self._switch_ups()

    def carry(self, amps: float, volts: float, seconds: float) -> None:
        """Let `amps` flow at `volts` from `seconds` on; until then what flowed before."""
        wg = amps * volts
        wb = wg - self._loss(wg, volts)
        if wb != self.wb or amps != self.ig:
            self.integrate(seconds)
            self.ig, self.wb = amps, wb
        self.wg = wg

    def _loss(self, wg: float, volts: float) -> float:
        if self.word is Word.WAIT or (self.word is Word.VOLTAGE_REFERENCE and volts != self.dvg):
            return WAIT_LOSS_W
        return TAKE_LOSS_W if self.word is Word.CHARGE or wg > 0 else GIVE_LOSS_W

    def _look(self, seconds: float) -> None:
        day = (seconds % DAY_S) / DAY_S
        height = math.sin(math.tau * (day - 0.25))
        cloud = 0.9 + 0.1 * math.sin(seconds / 1100.0 + self.phase)
        self.sun_w = self.sun_peak_w * height * cloud if height > 0 else 0.0
        evening = 1.0 + 0.2 * math.sin(math.tau * (day - 0.55))
        self.load_w = self.load_mean_w * evening + 40.0 * math.sin(seconds / 700.0 + 3 * self.phase)

    def _switch_ups(self) -> None:
        if self.by_hand:
            return
        if self.rsoc < BYPASS_BELOW:
            self.ups_mode = UPS_BYPASS
        elif self.rsoc > BATTERY_ABOVE:
            self.ups_mode = UPS_ON_BATTERY
