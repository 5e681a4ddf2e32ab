"""Converter orders and readings by each node's own device driver (W11, A15-4).

Chosen by the setting `emulator` being false; used as `Devices`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import UpstreamGarbled
from main_controller.sentence import Sentence, say
from main_controller.upstream.call import plain
from main_controller.upstream.device_orders import converter_values, dcdc, set_ups_mode
from main_controller.upstream.devices import NotReadable, Part, Target
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.node_address import Network, node_url
from main_controller.upstream.timeouts import TIMEOUTS


class NodeDrivers:
    """The device driver on each node, at `http://<oesunit.ip>`, or of another `scheme`, followed by the settings of
    chapter 7.1.

    `set_url` takes converter orders, `ups_set_url` UPS orders (empty: no UPS), `url` holds the reading addresses of
    "dcdc", "meter" and "emu". Nodes are in `networks`, where some are given.
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
        networks: Collection[Network] = (),
        scheme: str = "http",
    ) -> None:
        self._networks = networks
        self._scheme = scheme
        self._set_url = set_url
        self._reading_urls = dict(url)
        self._ups_set_url = ups_set_url
        self._readings = readings
        self._orders = orders
        self._timeouts = timeouts

    def command(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        """As `Devices.command`, by `set_url`."""
        values = converter_values(status, dvg, dig)
        url = node_url(target.unit_id, target.ip, self._set_url, self._networks, self._scheme)
        # The address that a name had before may be another node's by now: good enough for Wait alone.
        reply = self._orders.get(
            url.rstrip("?&"), timeout=self._timeouts["converter"], params=values, peer=_driver(target),
            remembered=status is ConverterStatus.WAIT,
        )  # fmt: skip
        return dcdc(target, reply)

    def read(self, target: Target, what: Part) -> Any:
        """As `Devices.read`, by `url`; a driver has no "unit" and no "oesunit"."""
        suffix = self._reading_urls.get(what, "")
        if what not in ("dcdc", "meter", "emu") or not suffix:
            sentence = say(
                "upstream.noReadingAddress", "the devices have no address for a reading of {part}", part=what
            )
            raise NotReadable(sentence)
        url = node_url(target.unit_id, target.ip, suffix, self._networks, self._scheme)
        peer = _driver(target)
        reply = self._readings.get(url, timeout=self._timeouts["deviceReading"], peer=peer, remembered=False)
        if not isinstance(reply.value, dict):
            sentence = say(
                "upstream.notItsData", "{peer} answered with something other than its {part} data",
                peer=peer, part=what,
            )  # fmt: skip
            raise UpstreamGarbled(sentence, sent=True)
        return reply.value

    def ups_mode(self, target: Target, mode: int) -> Any:
        """As `Devices.ups_mode`."""
        return set_ups_mode(
            self._orders, self._ups_set_url, target, mode, self._timeouts["ups"], self._networks, self._scheme
        )


def _driver(target: Target) -> Sentence:
    return say("upstream.driverOf", "the driver of {unit}", unit=plain(target.unit_id))
