"""Sentences in Japanese for what leaves the program other than by the page: the same as the page says."""

import json
import logging
import shutil
import subprocess
from pathlib import Path

import pytest

from main_controller.sentence import Sentence, foreign, joined, messages, say
from main_controller.translation import Translation, texts_of

SENTENCES = [
    say("notification.begins", "Priority {priority}: {cause}", priority=1, cause=foreign("E001 <b>")),
    say("notification.hardware", "  Live hardware that nobody watches: {ids}.", ids=[f"E{n:03}" for n in range(12)]),
    say("notification.complete", "The record is complete to {percent:.1f} %.", percent=98.765),
    say("notification.over", "Over: {cause}", cause=say("alarms.gridError", "The grid reports an error.")),
    say("notification.since", "  Since {time}.", time=None),
    joined([say("alarms.gridError", "The grid reports an error."), foreign("And more.")], "; "),
    foreign("what somebody wrote"),
    say("nowhere.known", "It has no text: {n}.", n=1),
]


@pytest.fixture(scope="module")
def japanese(root: Path) -> Translation:
    return Translation(root / "js" / "i18n" / "said")


def test_it_says_them_in_japanese(japanese: Translation) -> None:
    said = [japanese.say(one) for one in SENTENCES]
    assert said[0] == "優先度 1: E001 <b>"
    assert said[1].endswith("E007 ほか4件。")
    assert said[2] == "記録の完全性: 98.8 %。"
    assert said[3] == "解消: DC Grid がエラーを報告しています。"
    assert said[4] == "  不明 から。"
    assert said[5] == "DC Grid がエラーを報告しています。; And more."
    assert said[6:] == ["what somebody wrote", "It has no text: 1."]


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_the_page_says_the_same(japanese: Translation, root: Path) -> None:
    known = [one for one in SENTENCES if one.code not in ("foreign", "nowhere.known")]
    script = """
    import said from "./js/i18n/said.js"
    import { sentenceOf } from "./js/lib/sentenceOf.js"
    console.log(JSON.stringify(JSON.parse(process.argv[1]).map((one) => sentenceOf(one, said, (text) => text))))
    """
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, json.dumps(messages(known))],
        cwd=root, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout) == [japanese.say(one) for one in known]


def test_a_file_that_cannot_be_read_leaves_english(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "alarms.js").write_text("rubbish", "utf-8")
    with caplog.at_level(logging.ERROR):
        translation = Translation(tmp_path)
    assert "alarms.js cannot be read" in caplog.text
    sentence: Sentence = say("alarms.gridError", "The grid reports an error.")
    assert translation.say(sentence) == "The grid reports an error."


def test_what_is_no_such_file_is_refused() -> None:
    with pytest.raises(ValueError, match="exports nothing"):
        texts_of("const a = 1")
