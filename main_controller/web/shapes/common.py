"""What the shapes share: measures, times and ids, and sentences by code."""

import re
from typing import Annotated, Any, Literal, TypedDict

import msgspec

from main_controller.assessment.cluster import MIXED
from main_controller.domain.modes import Mode


def one_of(*words: str, says: str = "") -> msgspec.Meta:
    """The mark of a text that is one of these words, where no one enumeration has them all."""
    pattern = f"^({'|'.join(map(re.escape, words))})$"
    return msgspec.Meta(pattern=pattern, description=says or None, extra_json_schema={"enum": list(words)})


Volts = Annotated[float, msgspec.Meta(description="V")]
Amperes = Annotated[float, msgspec.Meta(description="A")]
Watts = Annotated[float, msgspec.Meta(description="W")]
WattHours = Annotated[float, msgspec.Meta(description="Wh")]
Percent = Annotated[float, msgspec.Meta(description="%")]
Celsius = Annotated[float, msgspec.Meta(description="°C")]
Seconds = Annotated[float, msgspec.Meta(description="s")]
Minutes = Annotated[float, msgspec.Meta(description="min")]

Time = Annotated[str, msgspec.Meta(description="ISO 8601, UTC", extra_json_schema={"format": "date-time"})]
UnitId = Annotated[str, msgspec.Meta(description="a unit's id as apis-web tells it")]
CommandId = Annotated[str, msgspec.Meta(description="an order's id: `/commands/<id>` tells of it")]
ModeWord = Annotated[str, one_of(*Mode, MIXED, says="a mode as apis-main writes it; mixed: live units differ (Z5a)")]

Sent = Annotated[
    bool | Literal["unknown"],
    msgspec.Meta(description="whether it left this program; unknown: the connection broke after it (Z8a)"),
]


class Message(TypedDict):
    """A sentence of the reply by its `code`. `parameters` are what stands in it: texts, numbers, lists of these, and
    sentences as a `Message` each.

    With the header `APIS-Sentences: codes` any JSON object that holds sentences has `messages` beside its keys, a list
    of these.
    """

    text: str
    code: str
    parameters: dict[str, Any]
