"""The orders to devices as the wire has them: values checked before they leave, and what the answer must be (W11, Z8).

Used by `Emulator` and `NodeDrivers`. A status, voltage or current that is none never leaves here.
"""

import math
from collections.abc import Collection
from typing import Any

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import BadRequest, Refused, UpstreamGarbled, UpstreamRefused
from main_controller.sentence import say
from main_controller.upstream.call import plain
from main_controller.upstream.devices import Target
from main_controller.upstream.http_json import HttpJson, Reply, Timeout
from main_controller.upstream.node_address import Network, node_url

UPS_MODES = range(8)


def converter_values(status: ConverterStatus, dvg: float, dig: float) -> dict[str, str]:
    """The query of a converter order, all of it checked; Wait is sent with 0 V and 0 A whatever was asked (Z8)."""
    if not isinstance(status, ConverterStatus):
        sentence = say(
            "upstream.noConverterStatus", "{status} is no converter status: nothing was sent",
            status=plain(repr(status)),
        )  # fmt: skip
        raise BadRequest(sentence)
    if status is ConverterStatus.WAIT:
        dvg = dig = 0
    return {"mode": status.value, "dvg": _figure("dvg", dvg), "dig": _figure("dig", dig)}


def _figure(name: str, value: float) -> str:
    """A voltage or current as the wire has it: 350, 2.3; never NaN, never negative, never in powers of ten."""
    if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
        sentence = say(
            "upstream.noAmount", "{name} {value} is no amount: nothing was sent", name=name, value=plain(repr(value))
        )
        raise BadRequest(sentence)
    return f"{value:.6f}".rstrip("0").rstrip(".")


def dcdc(target: Target, reply: Reply) -> dict[str, Any]:
    """The converter's new state, which its answer must be."""
    value, unit = reply.value, plain(target.unit_id)
    if isinstance(value, dict) and isinstance(value.get("status"), dict):
        return value
    if isinstance(value, dict) and value.get("error"):
        said = reply.quoted(value["error"])
        sentence = say("upstream.converterRefused", "the converter of {unit} refused: {said}", unit=unit, said=said)
        raise UpstreamRefused(sentence, sent=True)
    sentence = say(
        "upstream.notItsNewState", "the converter of {unit} answered with something other than its new state",
        unit=unit,
    )  # fmt: skip
    raise UpstreamGarbled(sentence, sent=True)


def set_ups_mode(
    orders: HttpJson, suffix: str, target: Target, mode: int, timeout: Timeout, networks: Collection[Network] = (),
    scheme: str = "http",
) -> Any:  # fmt: skip
    """Order a UPS mode, 0..7, at the address that the unit told; what the UPS answered (R23, Z10)."""
    if type(mode) is not int or mode not in UPS_MODES:
        raise BadRequest(say("upstream.noUpsMode", "{mode} is no UPS mode: nothing was sent", mode=plain(repr(mode))))
    if not suffix:
        raise Refused(say("upstream.noUps", "UPS modes cannot be set: ups_set_url is empty"))
    url, unit = node_url(target.unit_id, target.ip, suffix, networks, scheme), plain(target.unit_id)
    peer = say("upstream.upsOf", "the UPS of {unit}", unit=unit)
    reply = orders.put(url, {"operation_mode": mode}, timeout=timeout, peer=peer)
    if isinstance(reply.value, dict) and reply.value.get("error"):
        said = reply.quoted(reply.value["error"])
        sentence = say("upstream.upsRefused", "the UPS of {unit} refused: {said}", unit=unit, said=said)
        raise UpstreamRefused(sentence, sent=True)
    return reply.value
