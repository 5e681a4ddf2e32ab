"""What a row may be about is one list, in the journal and on the page."""

import re
from pathlib import Path

from main_controller.rules.bus_condition import ConditionKind
from main_controller.store.journal import Subject
from main_controller.store.journal.subjects import KINDS


def test_the_page_takes_the_same_kinds_for_faults_as_the_journal(root: Path) -> None:
    text = (root / "js" / "lib" / "happened.js").read_text(encoding="utf-8")
    listed = text[text.index("FAULTS = new Set([") : text.index("]);", text.index("FAULTS = new Set(["))]
    assert re.findall(r'"(\w+)"', listed) == list(KINDS[Subject.FAULTS])


def test_the_page_offers_every_subject(root: Path) -> None:
    for view in ("journal.tpl", "cluster.tpl"):
        text = (root / "views" / view).read_text(encoding="utf-8")
        for subject in Subject:
            assert f"'{subject}'" in text or f'value="{subject}"' in text, (view, subject)


def test_every_condition_of_the_bus_is_a_fault() -> None:
    assert set(map(str, ConditionKind)) <= set(KINDS[Subject.FAULTS])
