"""What may be in force because of orders (Z8b)."""

from dataclasses import replace
from typing import Any

from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.orders.effects import KEPT_ORDERS, Effects
from tests.assessment.units import answer


def converter(number: int, **more: Any) -> ConverterEffect:
    values: dict[str, Any] = {"status": ConverterStatus.CHARGE, "entered": float(number), **more}
    return ConverterEffect(f"c{number}", "E001", dvg=350.0, dig=1.0, **values)


def test_orders_that_were_or_may_have_been_sent_are_told_oldest_first_and_unsent_ones_never() -> None:
    effects = Effects()
    for number, (returned, sent) in enumerate([(None, "unknown"), (5.0, True), (5.0, "unknown"), (5.0, False)]):
        effects.note_converter(converter(number, returned=returned, sent=sent))
        effects.note_mode(ModeEffect(f"c{number}", None, Mode.STOP, 1.0, returned=returned, sent=sent))  # type: ignore[arg-type]
    assert [one.command_id for one in effects.converter_effects()["E001"]] == ["c0", "c1", "c2"]
    assert [one.command_id for one in effects.mode_effects()] == ["c0", "c1", "c2"]


def test_an_order_that_came_back_replaces_its_own_record_and_no_other() -> None:
    """A Wait that follows an overtaken order carries the same command's id."""
    effects = Effects()
    first = converter(1)
    follow = converter(1, status=ConverterStatus.WAIT)
    effects.note_converter(first)
    effects.note_converter(follow)
    effects.note_converter(replace(first, returned=2.0, sent=True))
    kept = effects.converter_effects()["E001"]
    assert [(one.status, one.returned) for one in kept] == [(ConverterStatus.CHARGE, 2.0), (ConverterStatus.WAIT, None)]
    effects.note_mode(ModeEffect("c1", None, Mode.STOP, 1.0))
    effects.note_mode(ModeEffect("c1", None, Mode.STOP, 1.0, returned=2.0, sent=True))
    assert [one.returned for one in effects.mode_effects()] == [2.0]


def test_a_converter_read_in_another_status_than_it_answered_is_kept_with_its_answer() -> None:
    effects = Effects()
    wait = converter(1, status=ConverterStatus.WAIT, returned=2.0, sent=True, answer=answer(ConverterStatus.WAIT))
    effects.note_converter(wait)
    kept = effects.converter_effects()
    effects.note_seen("E001", answer(ConverterStatus.WAIT), 3.0)
    assert effects.converter_effects() is kept, "nothing new was told"
    works = answer(ConverterStatus.CHARGE)
    effects.note_seen("E001", works, 1.5)
    assert effects.converter_effects() is kept, "it was asked before the Wait came back"
    effects.note_seen("E001", works, 4.0)
    effects.note_seen("E001", answer(ConverterStatus.WAIT), 3.5)
    assert effects.converter_effects()["E001"] == (replace(wait, seen=works, seen_at=4.0),)


def test_what_is_read_amid_an_order_or_without_one_is_not_kept() -> None:
    effects = Effects()
    effects.note_seen("E001", answer(ConverterStatus.CHARGE), 3.0)
    assert effects.converter_effects() == {}
    effects.note_converter(converter(1, status=ConverterStatus.WAIT, returned=2.0, answer=answer(ConverterStatus.WAIT)))
    effects.note_converter(converter(2))
    effects.note_seen("E001", answer(ConverterStatus.CHARGE), 3.0)
    assert [one.seen for one in effects.converter_effects()["E001"]] == [None, None]


def test_an_order_in_flight_is_never_forgotten_however_many_follow_it() -> None:
    effects = Effects()
    effects.note_converter(converter(0))
    effects.note_mode(ModeEffect("c0", None, Mode.AUTONOMOUS, 0.0))
    for number in range(1, 200):
        effects.note_converter(converter(number, status=ConverterStatus.WAIT, returned=1.0, sent=True))
        effects.note_mode(ModeEffect(f"c{number}", None, Mode.STOP, 1.0, returned=1.0, sent=True))
    kept, modes = effects.converter_effects()["E001"], effects.mode_effects()
    assert (kept[0].command_id, modes[0].command_id) == ("c0", "c0")
    assert len(kept) == len(modes) == KEPT_ORDERS
