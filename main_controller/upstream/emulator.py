"""Converter orders and readings through the hardware emulator, one server for all units (K11, A15-4).

Chosen by the setting `emulator`; used as `Devices`.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from main_controller.domain.modes import Word
from main_controller.errors import UpstreamError, UpstreamGarbled, UpstreamRefused
from main_controller.upstream.call import plain
from main_controller.upstream.device_orders import converter_values, dcdc, set_ups_mode
from main_controller.upstream.devices import NotReadable, Part, Target
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.node_address import path_segment
from main_controller.upstream.timeouts import TIMEOUTS


class Emulator:
    """The hardware emulator at `url`: one server for all units.

    An unknown unit hangs it for everybody until it is restarted (K11), so it is asked only about ids that its own
    `/get/log` lists: by a list just fetched, or, for Wait and readings, one at most `list_age` s old. UPS orders go
    to `ups_set_url` as those of `NodeDrivers` do; the emulator itself has none.
    """

    source = "emulator"

    def __init__(
        self,
        url: str,
        readings: HttpJson,
        orders: HttpJson,
        *,
        ups_set_url: str = "",
        timeouts: Mapping[str, Timeout] = TIMEOUTS,
        clock: Callable[[], float] = time.monotonic,
        list_age: float = 60,
    ) -> None:
        self._url = url.rstrip("/")
        self._readings = readings
        self._orders = orders
        self._ups_set_url = ups_set_url
        self._timeouts = timeouts
        self._clock = clock
        self._list_age = list_age
        self._listed: tuple[frozenset[str], float] | None = None

    def command(self, target: Target, word: Word, dvg: float, dig: float) -> dict[str, Any]:
        """As `Devices.command`; to a unit that the emulator does not list, nothing is sent."""
        values = converter_values(word, dvg, dig)
        url = f"{self._url}/set/dcdc/{path_segment(target.unit_id)}"
        self._require_listed(target.unit_id, lenient=word is Word.WAIT)
        reply = self._orders.get(
            url, timeout=self._timeouts["converter"], params=values, peer=f"the emulator of {plain(target.unit_id)}"
        )
        return dcdc(target, reply)

    def read(self, target: Target, what: Part) -> Any:
        """As `Devices.read`, from the emulator's `/get/unit/<id>`."""
        url = f"{self._url}/get/unit/{path_segment(target.unit_id)}"
        self._require_listed(target.unit_id, lenient=True)
        peer = f"the emulator of {plain(target.unit_id)}"
        reply = self._readings.get(url, timeout=self._timeouts["deviceReading"], peer=peer)
        unit = reply.value
        if not isinstance(unit, dict) or "error" in unit:
            raise UpstreamGarbled(f"{peer} answered with something other than the unit's data", sent=True)
        if what == "unit":
            return unit
        part = unit.get("dcdc") if what == "meter" else unit.get(what)
        if what == "meter":
            part = part.get("meter") if isinstance(part, dict) else None
        if part is None:
            raise NotReadable(f"the emulator has no {what} of {plain(target.unit_id)}")
        return part

    def ups_mode(self, target: Target, mode: int) -> Any:
        """As `Devices.ups_mode`."""
        return set_ups_mode(self._orders, self._ups_set_url, target, mode, self._timeouts["ups"])

    def _require_listed(self, unit_id: str, *, lenient: bool) -> None:
        """Raise unless the emulator lists the unit; lenient: a list some seconds old will do (K11, Z7)."""
        listed = self._listed
        if lenient and listed and unit_id in listed[0] and self._clock() - listed[1] <= self._list_age:
            return
        try:
            ids = self._fetch_list()
        except UpstreamError as error:
            if lenient and listed and unit_id in listed[0]:
                return  # stopping is never blocked (Z8): it knew the unit when it last answered
            sentence = f"nothing was sent to {plain(unit_id)}, as the emulator did not list its units: {error.sentence}"
            raise type(error)(sentence, sent=False, details={"sent": False}) from error
        if unit_id not in ids:
            sentence = f"the emulator does not list {plain(unit_id)}: nothing was sent"
            raise UpstreamRefused(sentence, sent=False, details={"sent": False})

    def _fetch_list(self) -> frozenset[str]:
        reply = self._readings.get(f"{self._url}/get/log", timeout=self._timeouts["deviceReading"], peer="the emulator")
        if not isinstance(reply.value, dict):
            raise UpstreamGarbled("the emulator answered /get/log with something other than an object of units")
        ids = frozenset(reply.value)
        self._listed = (ids, self._clock())
        return ids
