"""Converter and UPS orders, and a device's own readings: through the emulator, or to each node's driver (W11, A15-4).

Used by the operations and by the urgent readings. A word, voltage or current that is none never leaves here.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from main_controller.domain.modes import Word
from main_controller.errors import BadRequest, ControllerError, Refused, UpstreamError, UpstreamGarbled, UpstreamRefused
from main_controller.upstream.call import plain
from main_controller.upstream.http_json import HttpJson, Reply, Timeout
from main_controller.upstream.node_address import node_url, path_segment
from main_controller.upstream.timeouts import TIMEOUTS

Part = Literal["unit", "dcdc", "meter", "emu", "oesunit"]
UPS_MODES = range(8)


class NotReadable(ControllerError):
    """This kind of device cannot be asked for that; telemetry is the only source (404)."""

    status = 404


@dataclass(frozen=True, slots=True)
class Target:
    """The unit that an order is for, with the `oesunit.ip` that it told."""

    unit_id: str
    ip: str | None


class Devices(Protocol):
    """The converters and UPSs of all units; `source` says in `X-Data-Source` who answered.

    All methods raise `UpstreamError`, and `BadRequest` for values that must not be sent.
    """

    source: str

    def command(self, target: Target, word: Word, dvg: float, dig: float) -> dict[str, Any]:
        """Order a converter word with target voltage `dvg` (V) and current `dig` (A, >= 0); the new dcdc object.

        Wait is always sent with both 0 (Z8).
        """

    def read(self, target: Target, what: Part) -> Any:
        """The device's own reading of a part of the unit's data; `NotReadable` where it has none.

        A device's "unit" holds neither `apis` nor what else apis-main adds to it.
        """

    def ups_mode(self, target: Target, mode: int) -> Any:
        """Order a UPS mode, 0..7 (R23, Z10); what the UPS answered. `Refused` where there is no UPS."""


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
        values = _converter_values(word, dvg, dig)
        url = f"{self._url}/set/dcdc/{path_segment(target.unit_id)}"
        self._require_listed(target.unit_id, lenient=word is Word.WAIT)
        reply = self._orders.get(
            url, timeout=self._timeouts["converter"], params=values, peer=f"the emulator of {plain(target.unit_id)}"
        )
        return _dcdc(target, reply)

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
        return _set_ups_mode(self._orders, self._ups_set_url, target, mode, self._timeouts["ups"])

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


class NodeDrivers:
    """The device driver on each node, at `http://<oesunit.ip>` followed by the settings of chapter 7.1.

    `set_url` takes converter orders, `ups_set_url` UPS orders (empty: no UPS), `url` holds the reading addresses of
    "dcdc", "meter" and "emu".
    """

    source = "device"

    def __init__(
        self,
        set_url: str,
        url: Mapping[str, str],
        ups_set_url: str,
        readings: HttpJson,
        orders: HttpJson,
        *,
        timeouts: Mapping[str, Timeout] = TIMEOUTS,
    ) -> None:
        self._set_url = set_url
        self._reading_urls = dict(url)
        self._ups_set_url = ups_set_url
        self._readings = readings
        self._orders = orders
        self._timeouts = timeouts

    def command(self, target: Target, word: Word, dvg: float, dig: float) -> dict[str, Any]:
        """As `Devices.command`, by `set_url`."""
        values = _converter_values(word, dvg, dig)
        url = node_url(target.unit_id, target.ip, self._set_url)
        reply = self._orders.get(
            url.rstrip("?&"), timeout=self._timeouts["converter"], params=values, peer=_driver(target)
        )
        return _dcdc(target, reply)

    def read(self, target: Target, what: Part) -> Any:
        """As `Devices.read`, by `url`; a driver has no "unit" and no "oesunit"."""
        suffix = self._reading_urls.get(what, "")
        if what not in ("dcdc", "meter", "emu") or not suffix:
            raise NotReadable(f"the devices have no address for a reading of {what}")
        url = node_url(target.unit_id, target.ip, suffix)
        reply = self._readings.get(url, timeout=self._timeouts["deviceReading"], peer=_driver(target))
        if not isinstance(reply.value, dict):
            raise UpstreamGarbled(f"{_driver(target)} answered with something other than its {what} data", sent=True)
        return reply.value

    def ups_mode(self, target: Target, mode: int) -> Any:
        """As `Devices.ups_mode`."""
        return _set_ups_mode(self._orders, self._ups_set_url, target, mode, self._timeouts["ups"])


def _driver(target: Target) -> str:
    return f"the driver of {plain(target.unit_id)}"


def _converter_values(word: Word, dvg: float, dig: float) -> dict[str, str]:
    """The query of a converter order, all of it checked; Wait is sent with 0 V and 0 A whatever was asked (Z8)."""
    if not isinstance(word, Word):
        raise BadRequest(f"{plain(repr(word))} is no converter word: nothing was sent")
    if word is Word.WAIT:
        dvg = dig = 0
    return {"mode": word.value, "dvg": _figure("dvg", dvg), "dig": _figure("dig", dig)}


def _figure(name: str, value: float) -> str:
    """A voltage or current as the wire has it: 350, 2.3; never NaN, never negative, never in powers of ten."""
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        raise BadRequest(f"{name} {plain(repr(value))} is no amount: nothing was sent")
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _dcdc(target: Target, reply: Reply) -> dict[str, Any]:
    """The converter's new state, which its answer must be."""
    value = reply.value
    if isinstance(value, dict) and isinstance(value.get("status"), dict):
        return value
    if isinstance(value, dict) and value.get("error"):
        sentence = f"the converter of {plain(target.unit_id)} refused: {plain(value['error'])}"
        raise UpstreamRefused(sentence, sent=True, details={"sent": True})
    sentence = f"the converter of {plain(target.unit_id)} answered with something other than its new state"
    raise UpstreamGarbled(sentence, sent=True, details={"sent": True})


def _set_ups_mode(orders: HttpJson, suffix: str, target: Target, mode: int, timeout: Timeout) -> Any:
    if type(mode) is not int or mode not in UPS_MODES:
        raise BadRequest(f"{plain(repr(mode))} is no UPS mode: nothing was sent")
    if not suffix:
        raise Refused("UPS modes cannot be set: ups_set_url is empty")
    url = node_url(target.unit_id, target.ip, suffix)
    reply = orders.put(url, {"operation_mode": mode}, timeout=timeout, peer=f"the UPS of {plain(target.unit_id)}")
    if isinstance(reply.value, dict) and reply.value.get("error"):
        sentence = f"the UPS of {plain(target.unit_id)} refused: {plain(reply.value['error'])}"
        raise UpstreamRefused(sentence, sent=True, details={"sent": True})
    return reply.value
