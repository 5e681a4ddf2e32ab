"""decode: exact where the JSON is sound, forgiving where one field is not (Z4)."""

import json
from typing import Any

import msgspec
import pytest

from main_controller.upstream.json_text import NotJson, decode


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
