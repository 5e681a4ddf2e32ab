"""Converter orders and readings through the hardware emulator, one server for all units (K11, A15-4).

Chosen by the setting `emulator`; used as `Devices`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from main_controller.domain.identity import why_no_id
from main_controller.domain.modes import ConverterStatus
from main_controller.errors import UpstreamError, UpstreamGarbled, UpstreamRefused
from main_controller.sentence import Sentence, say
from main_controller.upstream.call import plain
from main_controller.upstream.device_orders import converter_values, dcdc, set_ups_mode
from main_controller.upstream.devices import NotReadable, Part, Target
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.node_address import Network, path_segment
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.upstream.unit_list import UnitList

NEW_UNIT = Timeout(connect=0.4, total=0.4)
"""How long Wait to a unit that the last list lacks waits for a newer list (s)."""

_EMULATOR = say("upstream.emulator", "the emulator")


class Emulator:
    """The hardware emulator at `url`: one server for all units.

    An unknown unit hangs it for everybody until it is restarted (K11), so it is asked only about ids that its own
    `/get/log` lists: by a list just fetched, or, for Wait and readings, by the last one, however old, so that Wait
    leaves at once. `refresh` keeps that list new; `kept` is the one from before the restart. UPS orders go to
    `ups_set_url` as those of `NodeDrivers` do; the emulator itself has none.
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
        kept: object = None,
        networks: Collection[Network] = (),
        scheme: str = "http",
    ) -> None:
        self._networks = networks
        self._scheme = scheme
        self._url = url.rstrip("/")
        self._readings = readings
        self._orders = orders
        self._ups_set_url = ups_set_url
        self._timeouts = timeouts
        self.listed = UnitList(self._url, kept=kept)

    def command(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        """As `Devices.command`; to a unit that the emulator does not list, nothing is sent."""
        values = converter_values(status, dvg, dig)
        url = f"{self._url}/set/dcdc/{path_segment(target.unit_id)}"
        self._require_listed(target.unit_id, lenient=status is ConverterStatus.WAIT)
        reply = self._orders.get(url, timeout=self._timeouts["converter"], params=values, peer=_emulator(target))
        return dcdc(target, reply)

    def read(self, target: Target, what: Part) -> Any:
        """As `Devices.read`, from the emulator's `/get/unit/<id>`."""
        url = f"{self._url}/get/unit/{path_segment(target.unit_id)}"
        self._require_listed(target.unit_id, lenient=True)
        peer = _emulator(target)
        reply = self._readings.get(url, timeout=self._timeouts["deviceReading"], peer=peer)
        unit = reply.value
        if not isinstance(unit, dict) or "error" in unit:
            sentence = say(
                "upstream.notTheUnitsData", "{peer} answered with something other than the unit's data", peer=peer
            )
            raise UpstreamGarbled(sentence, sent=True)
        if what == "unit":
            return unit
        part = unit.get("dcdc") if what == "meter" else unit.get(what)
        if what == "meter":
            part = part.get("meter") if isinstance(part, dict) else None
        if part is None:
            unit_id = plain(target.unit_id)
            sentence = say("upstream.emulatorLacks", "the emulator has no {part} of {unit}", part=what, unit=unit_id)
            raise NotReadable(sentence)
        return part

    def ups_mode(self, target: Target, mode: int) -> Any:
        """As `Devices.ups_mode`."""
        return set_ups_mode(
            self._orders, self._ups_set_url, target, mode, self._timeouts["ups"], self._networks, self._scheme
        )

    def refresh(self) -> None:
        """Ask for the list anew, so that there is one at the time of need; raises `UpstreamError`. For a worker."""
        self.listed.share(self._fetch_list)

    def _require_listed(self, unit_id: str, *, lenient: bool) -> None:
        """Raise unless the emulator lists the unit; lenient: by its last list, however old (K11, Z7, Z8)."""
        known = self.listed.ids
        if lenient and known is not None and unit_id in known:
            return
        try:
            if not lenient:
                ids = self.listed.fetch(self._fetch_list)
            elif known is None:
                ids = self.listed.share(self._fetch_list)
            else:
                ids = self.listed.share(lambda: self._fetch_list(NEW_UNIT), patience=NEW_UNIT.total)
        except UpstreamError as error:
            sentence = say(
                "upstream.listsNoUnits",
                "nothing was sent to {unit}, as the emulator did not list its units: {reason}",
                unit=plain(unit_id), reason=error.sentence,
            )  # fmt: skip
            raise type(error)(sentence, sent=False) from error
        if unit_id not in ids:
            sentence = say(
                "upstream.notListed", "the emulator does not list {unit}: nothing was sent", unit=plain(unit_id)
            )
            raise UpstreamRefused(sentence, sent=False)

    def _fetch_list(self, timeout: Timeout | None = None) -> frozenset[str]:
        timeout = timeout or self._timeouts["deviceReading"]
        reply = self._readings.get(f"{self._url}/get/log", timeout=timeout, peer=_EMULATOR)
        units = reply.value if isinstance(reply.value, dict) else None
        ids = frozenset(
            unit_id for unit_id, unit in (units or {}).items() if isinstance(unit, dict) and why_no_id(unit_id) is None
        )
        if units is None or (units and not ids):
            sentence = say(
                "upstream.emulatorsLogIsNone",
                "the emulator answered /get/log with something other than an object of units",
            )
            raise UpstreamGarbled(sentence)
        return ids


def _emulator(target: Target) -> Sentence:
    return say("upstream.emulatorOf", "the emulator of {unit}", unit=plain(target.unit_id))
