"""docs/alarms.md tells every kind of alarm as the program has it; the page has a word for all that it may be told."""

import re
import tomllib
from pathlib import Path

import pytest

from main_controller.alarms.alarm import AlarmState
from main_controller.alarms.book import Change
from main_controller.alarms.kinds import KINDS
from main_controller.settings.table import Settings
from main_controller.settings.thresholds import thresholds
from main_controller.wiring.thresholds import check_thresholds
from tests.docs.alarm_table import DOCUMENT, with_table


def test_the_table_is_that_of_the_program() -> None:
    """Written by `venv/bin/python -m tests.docs.alarm_table`."""
    page = DOCUMENT.read_text("utf-8")
    assert with_table(page) == page


def test_its_thresholds_can_be_read_as_they_stand() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    check_thresholds(Settings(thresholds=thresholds(tomllib.loads(example)["thresholds"])))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_kind_state_and_change_has_its_word_on_the_page(root: Path, language: str) -> None:
    texts = (root / "js" / "i18n" / "beside" / f"{language}.js").read_text("utf-8")
    kinds = [kind.code for kind in KINDS if f'"journal.kind.{kind.code}": "' not in texts]
    wanted = [f"kind.{code}" for code in kinds] + [f"state.{one}" for one in AlarmState]
    wanted += [f"change.{one}" for one in Change]
    assert [key for key in wanted if f'"alarm.{key}": "' not in texts] == []
