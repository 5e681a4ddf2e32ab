"""Operation modes with their vocabularies, the effective mode, and the converter's statuses (G2, A15-3, A15-4).

Used by everything that reads or orders a mode. The wire's words appear here and nowhere deeper.
"""

from collections.abc import Mapping
from enum import StrEnum

from main_controller.sentence import Sentence, say


class Mode(StrEnum):
    """An operation mode, valued as apis-main writes it in `apis.operation_mode` (F4)."""

    AUTONOMOUS = "autonomous"
    HETERONOMOUS = "heteronomous"
    STOP = "stop"
    MANUAL = "manual"

    @property
    def label(self) -> str:
        """What the specification's screen calls it (figure 4-5)."""
        return LABELS[self]


LABELS: dict[Mode, str] = {
    Mode.AUTONOMOUS: "Run",
    Mode.HETERONOMOUS: "Soft Stop",
    Mode.STOP: "Force Stop",
    Mode.MANUAL: "Manual",
}

BUDO_WORDS: dict[str, Mode] = {
    "active": Mode.AUTONOMOUS,
    "quiet": Mode.HETERONOMOUS,
    "stop": Mode.STOP,
    "manual": Mode.MANUAL,
}
"""The vocabulary of `/set/budo/<mode>` and of apis-web's paths of the same names (R11, W6-W9)."""

LOCAL_MODES: tuple[Mode, ...] = (Mode.HETERONOMOUS, Mode.STOP)
"""What a unit's local mode may be set to, besides empty, which follows the global mode (F5, N6)."""

SHARING_MODES: tuple[Mode, ...] = (Mode.AUTONOMOUS, Mode.HETERONOMOUS)
"""The modes in which apis-main drives the converters for deals."""


_MODES: Mapping[str, Mode] = {mode.value: mode for mode in Mode}


def parse_mode(value: object) -> Mode | None:
    """The mode that a wire value names, or None where it names none."""
    return _MODES.get(value) if isinstance(value, str) else None


def effective_mode(global_mode: Mode | None, local_mode: Mode | None) -> Mode:
    """The mode a unit obeys, as apis-main combines its two settings (A15-3)."""
    if global_mode is Mode.MANUAL:
        return Mode.MANUAL
    if global_mode is None or Mode.STOP in (global_mode, local_mode):
        return Mode.STOP
    if Mode.HETERONOMOUS in (global_mode, local_mode):
        return Mode.HETERONOMOUS
    return Mode.AUTONOMOUS


class ConverterStatus(StrEnum):
    """A DC/DC converter's operation, valued as `/set/dcdc` and `dcdc.status.status` write it (A15-4)."""

    WAIT = "0x0000"
    VOLTAGE_REFERENCE = "0x0014"
    CHARGE = "0x0041"
    DISCHARGE = "0x0002"

    @property
    def label(self) -> Sentence:
        """What it does, in words for a sentence."""
        return WORD_LABELS[self]

    @property
    def current_controlled(self) -> bool:
        """Whether the converter drives a set current into a bus that another unit holds."""
        return self in (ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)


WORD_LABELS: dict[ConverterStatus, Sentence] = {
    ConverterStatus.WAIT: say("domain.inWait", "in Wait"),
    ConverterStatus.VOLTAGE_REFERENCE: say("domain.voltageReference", "voltage reference"),
    ConverterStatus.CHARGE: say("domain.charging", "charging"),
    ConverterStatus.DISCHARGE: say("domain.discharging", "discharging"),
}


_WORDS: Mapping[str, ConverterStatus] = {status.value: status for status in ConverterStatus}


def parse_converter_status(value: object) -> ConverterStatus | None:
    """The converter status that a wire value names, or None where it names none."""
    return _WORDS.get(value.lower()) if isinstance(value, str) else None
