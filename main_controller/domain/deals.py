"""One deal as users see it, from either form in which it comes over the wire (D1-D41, T1, T10).

Pure. Used by the deal reading and by whatever shows a deal. Unknown fields pass through; missing ones are not invented.
"""

from collections.abc import Mapping
from typing import Any

USER_FIELDS: tuple[str, ...] = (
    "chargingUnit",
    "dischargingUnit",
    "isMasterDeal",
    "request",
    "requester",
    "responder",
    "startTime",
)
"""The seven fields that users get (D1-D7)."""

SPELLINGS: Mapping[str, str] = {
    "chargeingUnit": "chargingUnit",
    "acceptPontPerWh": "acceptPointPerWh",
    "deactiveateDateTime": "deactivateDateTime",
}
"""The specification's misprints, read and emitted in the correct form (T1, T10)."""

SOURCES: Mapping[str, tuple[str, ...]] = {
    "chargingUnit": ("chargeUnitId",),
    "dischargingUnit": ("dischargeUnitId",),
    "request": ("type",),
    "requester": ("requestUnitId",),
    "responder": ("acceptUnitId",),
    "startTime": ("startDateTime", "createDateTime"),
}
"""Where the 33-field form keeps what users get, the best source first (D41)."""


def normalise(wire: Mapping[str, Any]) -> dict[str, Any]:
    """The deal with the user-side fields first and every other field of `wire` behind them.

    `request` is upper-case when it comes from the 33-field form's `type`, as apis-web writes it (A15-2).
    """
    spelled = {key: value for key, value in wire.items() if key not in SPELLINGS}
    for wrong, right in SPELLINGS.items():
        if wrong in wire:
            spelled.setdefault(right, wire[wrong])
    seven = {field: spelled[field] for field in USER_FIELDS if field in spelled}
    for field, sources in SOURCES.items():
        value = next((spelled[source] for source in sources if spelled.get(source) is not None), None)
        if field not in seven and value is not None:
            seven[field] = value.upper() if field == "request" and isinstance(value, str) else value
    ordered = {field: seven[field] for field in USER_FIELDS if field in seven}
    return {**ordered, **{key: value for key, value in spelled.items() if key not in ordered}}
