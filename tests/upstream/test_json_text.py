"""decode: exact where the JSON is sound, forgiving where one field is not (Z4)."""

import json
import random
from typing import Any

import msgspec
import pytest

from main_controller.upstream.json_text import NotJson, decode, decode_members


@pytest.mark.parametrize(
    "value",
    [
        {"E001": {"a": [1, 2.5, None, True, "x"]}},
        {},
        [],
        [[], {}],
        "text",
        0,
        None,
        {"n": 2**70},
        {"": ""},
        {"\u65e5\u672c": "\U0001f600"},
    ],
)
def test_sound_json_is_taken_as_it_is(value: Any) -> None:
    """Indented, escaped or raw: the value is the same, and nothing is said about it."""
    for text in (json.dumps(value), json.dumps(value, indent=4), "\n " + json.dumps(value, ensure_ascii=False) + "\n"):
        decoded = decode(text.encode())
        assert decoded.value == value
        assert (decoded.nulled, decoded.duplicates) == ((), frozenset())


@pytest.mark.parametrize("indent", [None, 1])
def test_the_order_of_the_units_is_kept(indent: int | None) -> None:
    """Z2: the reply keeps the order of the last good `/get/log`."""
    units = {f"E{number:03}": {"n": number} for number in (3, 1, 2)}
    assert list(decode(json.dumps(units, indent=indent).encode()).value) == ["E003", "E001", "E002"]


@pytest.mark.parametrize(
    ("text", "duplicates", "value"),
    [
        ('{"a": 1, "b": 2, "a": 3}', {"a"}, {"a": 3, "b": 2}),
        ('{"a": 1, "\\u0061": 2}', {"a"}, {"a": 2}),
        ('{"a": {"b": 1, "b": 2}}', set(), {"a": {"b": 2}}),
        ('{"a": 1, "b": 2, "a": NaN, "b": 4}', {"a", "b"}, {"a": None, "b": 4}),
        ('{"a": {"b": 1, "b": NaN}}', set(), {"a": {"b": None}}),
        ('[{"a": 1, "a": 2}]', set(), [{"a": 2}]),
        ('[{"a": 1, "a": NaN}]', set(), [{"a": None}]),
    ],
)
def test_keys_given_twice_at_the_top_are_named(text: str, duplicates: set[str], value: Any) -> None:
    """Two units under one id are told apart from one; further down the last value counts, as JSON's readers do."""
    decoded = decode(text.encode())
    assert decoded.duplicates == duplicates
    assert decoded.value == value


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 309, "9" * 310, "-" + "9" * 500, "1" * 9000]
)
@pytest.mark.parametrize("padding", range(0, 40, 3))
def test_a_number_that_no_float_can_hold_becomes_none_wherever_it_stands(number: str, padding: int) -> None:
    """Nothing later may fail on one: not arithmetic, not the encoding of our own reply."""
    text = f'{{"p": "{"x" * padding}", "a": [{{"b": {number}}}, 1.5]}}'
    decoded = decode(text.encode())
    assert decoded.value["a"] == [{"b": None}, 1.5]
    assert decoded.nulled == ("a.0.b",)
    msgspec.json.encode(decoded.value)


@pytest.mark.parametrize("number", ["9" * 308, "-" + "9" * 308, "1" + "0" * 308, "1.7976931348623157e308", "1e-999"])
def test_a_number_that_a_float_can_hold_stays(number: str) -> None:
    """Large is not too large."""
    decoded = decode(f'{{"a": {number}}}'.encode())
    assert float(decoded.value["a"]) == float(number)
    assert decoded.nulled == ()


def test_long_digits_in_a_text_are_text() -> None:
    """A serial number is not a number."""
    decoded = decode(f'{{"sn": "{"7" * 400}", "n": 1}}'.encode())
    assert decoded.value == {"sn": "7" * 400, "n": 1}
    assert decoded.nulled == ()


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        (r"\ud800", "\ufffd"),
        (r"\udc00x", "\ufffdx"),
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\\ud800", r"\ud800"),
        (r"\\\ud800", "\\\ufffd"),
    ],
)
def test_half_a_character_is_replaced(escaped: str, plain: str) -> None:
    """It could not be sent on in UTF-8; the rest of the text stays. The NaN forces the patient way."""
    decoded = decode(f'{{"{escaped}": "{escaped}", "n": NaN}}'.encode())
    assert decoded.value == {plain: plain, "n": None}
    msgspec.json.encode(decoded.value)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"<html>", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        (b"{'a': 1}", "not JSON"),
        (b'{"a": nan}', "not JSON"),
        (b'{"a": +1}', "not JSON"),
        (b'{"a": 01}', "not JSON"),
        (b'{"a": 1,}', "not JSON"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"\xc3": NaN}', "UTF-8"),
        (b'"\x00"', "not JSON"),
        (b"[" * 50_000, "nested too deeply"),
        (b'{"a":' * 50_000, "nested too deeply"),
        (b"[" * 50_000 + b"NaN" + b"]" * 50_000, "nested too deeply"),
    ],
)
def test_what_is_not_json_is_said_to_be_so(raw: bytes, why: str) -> None:
    """And nothing else is raised, whatever the bytes are."""
    with pytest.raises(NotJson, match=why):
        decode(raw)


# Members by themselves: one bad token in one unit's data costs that unit only

GOOD = {"dcdc": {"meter": {"vg": 350.5}, "status": {"status": "0x0000"}}, "display": '家 {1}: "a", [b]'}


def answer(bad: bytes, indent: int | None = None) -> bytes:
    """Three units, of which the second holds `bad`."""
    good = json.dumps(GOOD, indent=indent, ensure_ascii=False).encode()
    return b'\xef\xbb\xbf {"E001": %s, "E002": %s,\n "E003":%s}\n' % (good, bad, good)


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("word", "value"),
    [(b"nan", None), (b"01", None), (b"+1", None), (b"1.", None), (b".5", None), (b"0x14", None), (b"None", None),
     (b"-", None), (b"1e5", 1e5), (b"-Infinity", None), (b"True", None), (b"true", True)],
)  # fmt: skip
def test_a_word_that_is_no_json_is_a_number_that_is_not_known(word: bytes, value: Any, indent: int | None) -> None:
    """Also never another number than the one that was meant."""
    raw = answer(b'{"dcdc": {"meter": {"vg": %s, "ig": 2.5, "x": nan}}}' % word, indent)
    decoded = decode_members(raw)
    assert decoded.value["E001"] == decoded.value["E003"] == GOOD
    assert decoded.value["E002"] == {"dcdc": {"meter": {"vg": value, "ig": 2.5, "x": None}}}
    assert "E002.dcdc.meter.x" in decoded.nulled
    assert ("E002.dcdc.meter.vg" in decoded.nulled) is (value is None)
    assert decoded.salvaged
    msgspec.json.encode(decoded.value)


@pytest.mark.parametrize(
    "bad", [b'{"a": 350,5}', b'{"a": }', b'{"a": 1,}', b"{'a': 1}", b'{"a" 1}', b"<html>", b"", b'{"a": [1 2]}']
)
def test_a_member_that_cannot_be_read_is_none_and_the_others_stand(bad: bytes) -> None:
    decoded = decode_members(answer(bad))
    assert decoded.value == {"E001": GOOD, "E002": None, "E003": GOOD}


def test_bytes_that_are_not_utf_8_are_replaced_and_the_figures_stand() -> None:
    """As a name in Shift JIS: the unit is still watched."""
    decoded = decode_members(answer(b'{"display": "\x93\x8c", "vg": 1}'))
    assert decoded.value["E002"] == {"display": "\ufffd\ufffd", "vg": 1}
    assert decoded.replaced == ("E002",)
    assert decode_members(b'{"\xff": {}, "E001": {}}').value == {"\ufffd": {}, "E001": {}}


def test_a_line_break_within_a_text_costs_nothing() -> None:
    assert decode_members(answer(b'{"display": "a\nb\t"}')).value["E002"] == {"display": "a\nb\t"}


def test_members_given_twice_are_named_also_there() -> None:
    decoded = decode_members(b'{"E001": {"a": 1}, "E002": {"a": nan}, "E001": {"a": 2}}')
    assert decoded.value == {"E001": {"a": 2}, "E002": {"a": None}}
    assert decoded.duplicates == {"E001"}


def test_sound_json_is_read_as_ever_by_members_too() -> None:
    decoded = decode_members(json.dumps({"E001": GOOD}).encode())
    assert (decoded.value, decoded.salvaged) == ({"E001": GOOD}, False)


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"{}")[:-20],
        answer(b'{"a": {"b": 1}'),
        answer(b'{"a": 1}}'),
        answer(b"{}") + b"x",
        b"x" + answer(b"{}"),
        b'[1, nan, {"a": 1}]',
        b"{1: {}, 2: nan}",
        b'{"E001" {}}',
        b"<html>{}</html>",
        b"",
        b'{"E001": nan x}',
        b'{"E001": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
)
def test_where_members_cannot_be_told_apart_or_none_can_be_read_nothing_is_taken(raw: bytes) -> None:
    """An answer that was cut, or that somebody else gave, is not half of the truth."""
    with pytest.raises(NotJson):
        decode_members(raw)


def test_a_text_without_an_end_gives_nobody_anothers_data() -> None:
    assert decode_members(answer(b'{"a": "b}')).value == {"E001": GOOD, "E002": None}


def test_whatever_bytes_come_nothing_else_is_raised_and_no_member_gets_anothers_data() -> None:
    chance = random.Random(7)
    units = {f"E{number:03}": {"id": f"E{number:03}", "vg": 350.5, "name": "a, b"} for number in range(6)}
    sound = json.dumps(units).encode()
    for _ in range(3000):
        raw = bytearray(sound)
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.choice(b'"{}[]:,\\\xff')
        try:
            value = decode_members(bytes(raw)).value
        except NotJson:
            continue
        if not isinstance(value, dict):
            continue
        for name, unit in value.items():
            if name in units and isinstance(unit, dict) and unit.get("id") in units:
                assert unit["id"] == name
