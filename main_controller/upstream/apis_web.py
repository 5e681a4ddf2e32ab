"""apis-web's ten calls as ten methods, each argument checked before anything is sent (W1-W10, Z7).

Used by the workers, the readings and the orders. apis-web answers `succeeded: true` to a misspelt mode and drops
the whole cluster to its policy's mode (K3); so nothing but the closed vocabularies ever leaves here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Never

from main_controller.domain.identity import why_no_id
from main_controller.domain.modes import BUDO_WORDS, LOCAL_MODES, Mode
from main_controller.errors import BadRequest, UpstreamGarbled, UpstreamRefused
from main_controller.sentence import Sentence, say
from main_controller.upstream.call import plain
from main_controller.upstream.http_json import HttpJson, Reply, Timeout
from main_controller.upstream.timeouts import TIMEOUTS

_SEARCHED = 65536
"""How many bytes of an answer that is not quoted whole are searched for what must not be quoted."""

_PEER = say("upstream.apisWeb", "apis-web")
_UNITS = say("upstream.objectOfUnits", "an object of units")
_IDS = say("upstream.listOfIds", "a list of ids")
_DEALS = say("upstream.listOfDeals", "a list of deals")
_SUCCEEDED = say("upstream.whetherSucceeded", "whether it succeeded")
_ACTIVE = say("upstream.whetherActive", "whether sharing is active")


@dataclass(frozen=True, slots=True)
class LogReply:
    """The units by id as `/get/log` gave them, in its order, None where one cannot be read; the rest as in `Reply`.

    F1-F41, Z4.
    """

    units: dict[str, Any]
    raw: bytes
    nulled: tuple[str, ...]
    duplicates: frozenset[str]
    salvaged: bool = False
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GridStatus:
    """`/getStatus`: `active` is None when it was not told; `error` is apis-web's own text, or None (T28, K7, K10)."""

    active: bool | None
    error: str | None


def checked_unit_id(unit_id: str) -> str:
    """The id itself if it may be sent at all: not empty, not endless, without control characters. Else `BadRequest`."""
    if why_no_id(unit_id) is not None:
        sentence = say(
            "upstream.notAUnitsId", "unitId {unit} is not a unit's id: nothing was sent", unit=plain(repr(unit_id))
        )
        raise BadRequest(sentence)
    return unit_id


class ApisWeb:
    """apis-web's Budo Emulator at `budo_url` and its Emulator Emulator at `emul_url`.

    Readings go through `readings`, orders through `orders`, each bounded by its row of `timeouts`. Every method raises
    `UpstreamError`; those that order something raise `BadRequest` for a word that is none, before anything is sent.
    """

    def __init__(
        self,
        budo_url: str,
        emul_url: str,
        readings: HttpJson,
        orders: HttpJson,
        timeouts: Mapping[str, Timeout] = TIMEOUTS,
    ) -> None:
        self._budo_url = budo_url.rstrip("/")
        self._emul_url = emul_url.rstrip("/")
        self._readings = readings
        self._orders = orders
        self._timeouts = timeouts

    def log(self) -> LogReply:
        """All units with all their data (W10)."""
        url = f"{self._emul_url}/get/log"
        reply = self._readings.get(url, timeout=self._timeouts["log"], peer=_PEER, by_member=True)
        if not isinstance(reply.value, dict):
            _garbled("/get/log", _UNITS, reply)
        return LogReply(reply.value, reply.raw, reply.nulled, reply.duplicates, reply.salvaged, reply.replaced)

    def unit_ids(self) -> tuple[str, ...]:
        """The configured units (W4); empty also when no Grid Master is known (K7)."""
        reply = self._read("/unitIds", "unitIds")
        if not isinstance(reply.value, list) or not all(isinstance(item, str) and item for item in reply.value):
            _garbled("/unitIds", _IDS, reply)
        return tuple(dict.fromkeys(reply.value))

    def deals(self) -> list[dict[str, Any]]:
        """The deals as the wire has them (W3); empty also when no Grid Master is known (K7)."""
        reply = self._read("/deals", "deals")
        if not isinstance(reply.value, list) or not all(isinstance(item, dict) for item in reply.value):
            _garbled("/deals", _DEALS, reply)
        deals: list[dict[str, Any]] = reply.value
        return deals

    def status(self) -> GridStatus:
        """Whether energy sharing is active, or why that cannot be told (W5)."""
        reply = self._read("/getStatus", "status")
        active, error = _status(reply, "/getStatus")
        return GridStatus(active, error)

    def set_global_mode(self, mode: Mode) -> None:
        """Order a mode for the whole cluster (W2); returns when apis-web has accepted it."""
        if type(mode) is not Mode:
            sentence = say(
                "upstream.noGlobalMode", "{mode} is no global mode: nothing was sent", mode=plain(repr(mode))
            )
            raise BadRequest(sentence)
        self._succeed("/setOperationMode", "mode", {"value": mode.value})

    def set_local_mode(self, unit_id: str, mode: Mode | None) -> None:
        """Order a unit's local mode, None to follow the global one again (W2, N6)."""
        if mode is not None and (type(mode) is not Mode or mode not in LOCAL_MODES):
            sentence = say("upstream.noLocalMode", "{mode} is no local mode: nothing was sent", mode=plain(repr(mode)))
            raise BadRequest(sentence)
        self._succeed(
            "/setOperationMode",
            "mode",
            {"unitId": checked_unit_id(unit_id), "value": "" if mode is None else mode.value},
        )

    def budo(self, status: str) -> bool:
        """Order a mode for the whole cluster by apis-web's own word (W6-W9); the `active` that it answered."""
        if status not in BUDO_WORDS:
            sentence = say("upstream.noBudoWord", "{word} is no Budo word: nothing was sent", word=plain(repr(status)))
            raise BadRequest(sentence)
        reply = self._order(f"/{status}", "budo", None)
        active, error = _status(reply, f"/{status}")
        if error is not None or active is None:
            raise _refused(f"/{status}", error)
        return active

    def shutdown(self, unit_id: str | None) -> None:
        """Order one unit's apis-main, or with None every unit's, to end (W1)."""
        params = None if unit_id is None else {"unitId": checked_unit_id(unit_id)}
        self._succeed("/shutdown", "shutdown", params)

    def _read(self, path: str, timeout: str) -> Reply:
        return self._readings.get(self._budo_url + path, timeout=self._timeouts[timeout], peer=_PEER)

    def _order(self, path: str, timeout: str, params: Mapping[str, str] | None) -> Reply:
        return self._orders.get(self._budo_url + path, timeout=self._timeouts[timeout], params=params, peer=_PEER)

    def _succeed(self, path: str, timeout: str, params: Mapping[str, str] | None) -> None:
        """Send an order whose answer is {"succeeded": bool, "error": text}; anything but true is an error (K3)."""
        reply = self._order(path, timeout, params)
        value = reply.value if isinstance(reply.value, dict) else {}
        if value.get("succeeded") is True and not value.get("error"):
            return
        if "succeeded" not in value and "error" not in value:
            _garbled(path, _SUCCEEDED, reply)
        error = value.get("error")
        raise _refused(path, reply.quoted(error) if error else say("upstream.noReason", "it gave no reason"))


def _refused(path: str, said: str | None) -> UpstreamRefused:
    sentence = say("upstream.refused", "apis-web refused {path}: {said}", path=path, said=said)
    return UpstreamRefused(sentence, sent=True)


def _garbled(path: str, wanted: Sentence, reply: Reply) -> Never:
    """Raise for an answer that is JSON, but not of the wanted shape."""
    sentence = say(
        "upstream.otherThanWanted", "apis-web answered {path} with something other than {wanted}: {said}",
        path=path, wanted=wanted, said=reply.quoted(reply.raw[:_SEARCHED].decode("utf-8", "backslashreplace"))[:40],
    )  # fmt: skip
    raise UpstreamGarbled(sentence, sent=True)


def _status(reply: Reply, path: str) -> tuple[bool | None, str | None]:
    """What a status answer tells: active, and its error text if it holds one."""
    value = reply.value
    active = value.get("active") if isinstance(value, dict) else None
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(active, bool) and error is None:
        _garbled(path, _ACTIVE, reply)
    return active if isinstance(active, bool) else None, None if error is None else reply.quoted(error)
