"""A sentence reads as its text, and keeps its code and parameters wherever it goes."""

import copy
import json
import pickle
from typing import Any

import pytest

from main_controller.sentence import Sentence, encoded, foreign, joined, messages, said_again, say

LATE = say("unit.late", "{unit} was last seen {age:.0f} s ago.", unit="E001", age=24.6)


def test_it_reads_as_its_text_and_knows_its_code() -> None:
    assert LATE == "E001 was last seen 25 s ago."
    assert f"{LATE}" == str(LATE) == "E001 was last seen 25 s ago."
    assert (LATE.code, LATE.parameters) == ("unit.late", {"unit": "E001", "age": 24.6})


@pytest.mark.parametrize("twin", [copy.copy(LATE), copy.deepcopy(LATE), pickle.loads(pickle.dumps(LATE))])
def test_a_copy_knows_its_code_too(twin: Sentence) -> None:
    assert (twin, twin.code, twin.parameters) == (LATE, LATE.code, LATE.parameters)


def test_a_list_is_counted_out_and_what_is_unknown_is_said() -> None:
    ten = [f"E{number:03d}" for number in range(10)]
    assert say("one", "{units}: {dvg:.1f} V", units=ten, dvg=None) == (
        "E000, E001, E002, E003, E004, E005, E006, E007 and 2 more: unknown V"
    )


def test_a_template_without_its_parameter_is_a_fault() -> None:
    with pytest.raises(KeyError):
        say("unit.late", "{unit} is late")


def test_the_json_holds_texts_and_each_sentence_is_found_once() -> None:
    body, found = encoded({"error": LATE, "units": {"E001": [LATE, foreign("busy")]}, "age": float("nan")})
    assert json.loads(body) == {"error": LATE, "units": {"E001": [LATE, "busy"]}, "age": None}
    assert [sentence.code for sentence in found] == ["unit.late", "foreign"]


def test_messages_tell_codes_and_the_sentences_in_them() -> None:
    whole = say("safe.end", "{why} {units}", why=joined([LATE, LATE]), units=["E001", LATE, foreign("x")])
    late = {"text": str(LATE), "code": "unit.late", "parameters": {"unit": "E001", "age": 24.6}}
    both = {"text": f"{LATE} {LATE}", "code": "joined", "parameters": {"parts": [late, late], "between": " "}}
    assert messages([whole, foreign("what somebody wrote")]) == [
        {"text": str(whole), "code": "safe.end", "parameters": {"why": both, "units": ["E001", late, "x"]}}
    ]


def test_what_was_kept_with_its_messages_is_said_again() -> None:
    whole = say("safe.end", "{why} {units}", why=joined([LATE, LATE]), units=["E001", LATE, foreign("x")])
    kept = json.loads(json.dumps(messages([LATE, whole])))
    again = said_again(str(whole), kept)
    assert (again, again.code, messages([again])) == (whole, "safe.end", messages([whole]))
    assert messages([said_again(str(LATE), kept)]) == messages([LATE])


@pytest.mark.parametrize(
    "kept",
    [
        None, "E001 is late", 7, [], [7], [{}], [{"text": "another", "code": "a.b", "parameters": {}}],
        [{"text": "E001 is late"}], [{"text": "E001 is late", "code": 7, "parameters": {}}],
        [{"text": "E001 is late", "code": "a.b", "parameters": ["E001"]}],
        [{"text": "E001 is late", "code": "a.b", "parameters": {"why": {"text": "x"}}}],
        [{"text": "E001 is late", "code": "joined", "parameters": {"parts": "x"}}],
        [{"text": "E001 is late", "code": "joined", "parameters": {"parts": [{}], "between": 1}}],
    ],
)  # fmt: skip
def test_what_was_kept_without_them_or_changed_is_a_text(kept: Any) -> None:
    again = said_again("E001 is late", kept)
    assert (again, messages([again])) == ("E001 is late", [])


def test_what_json_cannot_hold_is_a_fault() -> None:
    with pytest.raises(NotImplementedError):
        encoded({"file": object()})
