"""One household's hardware: sun, load, UPS, battery and DC/DC converter, in W, V, A, Wh and seconds (K2)."""

import math
import random

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator import battery
from main_controller.simulator.quirks import Quirks

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
        "alarmed", "at", "by_hand", "charge_wh", "clipped_wh", "converter_wh", "dig", "driven_by_hand", "dvg",
        "house_wh", "id", "ig", "ip", "load_mean_w", "load_w", "number", "phase", "quirks", "status", "sun_peak_w",
        "sun_w", "sun_wh", "ups_mode", "warmth_c", "wb", "wg",
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
        self.status = ConverterStatus.WAIT
        self.dvg = 350.0
        self.dig = 0.0
        self.ig = 0.0
        self.wg = 0.0
        self.wb = -WAIT_LOSS_W
        self.alarmed = False
        self.driven_by_hand = False
        self.warmth_c = battery.AT_REST_C
        self.quirks = Quirks()
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
        return self.alarmed or self.quirks.alarm_held

    @property
    def battery_v(self) -> float:
        """The battery's voltage: 48 V for ever (recorded), unless a fault makes it real or says it."""
        if self.quirks.battery_volts is not None:
            return self.quirks.battery_volts
        return battery.volts(self.rsoc, self.battery_w) if self.quirks.battery_real else BATTERY_V

    @property
    def battery_a(self) -> float:
        """What the converter sends into the battery, in A."""
        return self.wb / self.battery_v

    @property
    def celsius(self) -> float:
        """The converter's temperature; it stands still (recorded), unless a fault makes it real or says it."""
        return self.warmth_c if self.quirks.celsius is None else self.quirks.celsius

    @property
    def permits(self) -> int:
        """Which currents the battery lets through: those of a battery that protects itself so, or all."""
        if self.quirks.battery_protects != "permission":
            return battery.MAY_CHARGE | battery.MAY_DISCHARGE
        return battery.permits(self.rsoc, self.battery_v, self.celsius)

    @property
    def permission(self) -> int | str | None:
        """`battery_operation_status`: null (recorded), unless a fault tells it or lets the battery tell it."""
        if self.quirks.permission_told:
            return self.quirks.permission
        return self.permits if self.quirks.battery_protects == "permission" else None

    @property
    def spent(self) -> bool:
        """Whether the battery ends the converter's work (by default a full one only leaves sun unused)."""
        if self.quirks.battery_protects == "":
            return self.ig < 0 and self.charge_wh <= 0.01 * CAPACITY_WH
        if self.quirks.battery_protects != "trip":
            return False
        at_its_end = (self.ig < 0 and self.charge_wh <= 0.0) or (self.ig > 0 and self.charge_wh >= CAPACITY_WH)
        return at_its_end or battery.out_of_limits(self.battery_v, self.battery_a, self.celsius)

    @property
    def wanted_a(self) -> float:
        """What a current-controlled converter, or one in Wait, would carry on a live bus."""
        if self.status is not ConverterStatus.CHARGE and self.status is not ConverterStatus.DISCHARGE:
            return 0.0
        quirks = self.quirks
        charges = (self.status is ConverterStatus.CHARGE) is not quirks.reversed
        if quirks.battery_protects == "permission":
            needed = battery.MAY_CHARGE if charges else battery.MAY_DISCHARGE
            if not self.permits & needed:
                return 0.0
        return self.dig if charges else 0.0 - self.dig

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
            if self.quirks.battery_real:
                self.warmth_c = battery.warmer(self.warmth_c, abs(self.wg - self.wb), step)

    def carry(self, amps: float, volts: float, seconds: float) -> None:
        """Let `amps` flow at `volts` from `seconds` on; until then what flowed before."""
        wg = amps * volts
        wb = wg - self._loss(wg, volts)
        if wb != self.wb or amps != self.ig:
            self.integrate(seconds)
            self.ig, self.wb = amps, wb
        self.wg = wg

    def _loss(self, wg: float, volts: float) -> float:
        if self.status is ConverterStatus.WAIT or (
            self.status is ConverterStatus.VOLTAGE_REFERENCE and volts != self.dvg
        ):
            return WAIT_LOSS_W
        return TAKE_LOSS_W if self.status is ConverterStatus.CHARGE or wg > 0 else GIVE_LOSS_W

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
