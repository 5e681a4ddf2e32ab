"""Says the program's sentences in Japanese, for what leaves it other than by the page: `js/i18n/said/` has the texts.

English needs none of it: a sentence is its own English text. A code without a text is said in English.
"""

import json
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from main_controller.sentence import SHOWN_OF_A_LIST, Sentence

log = logging.getLogger(__name__)

_PLACE = re.compile(r"\{(\w+)(?::([^}]*))?\}")


class Translation:
    """Japanese from the files in `folder`; one that cannot be read is told in the log, and what it has is English."""

    def __init__(self, folder: Path) -> None:
        self._texts: dict[str, str] = {}
        for file in sorted(folder.glob("*.js")):
            try:
                self._texts.update(texts_of(file.read_text("utf-8")))
            except (OSError, ValueError) as fault:
                log.error("%s cannot be read, so that is told in English: %s", file.name, fault)

    def say(self, sentence: Sentence) -> str:
        """The sentence in Japanese where there is one, else as it is."""
        if sentence.code == "joined":
            return str(sentence.parameters["between"]).join(map(self._shown, sentence.parameters["parts"]))
        text = self._texts.get(sentence.code)
        if text is None:
            return str(sentence)
        return _PLACE.sub(lambda place: self._filled(place, sentence.parameters), text)

    def _filled(self, place: re.Match[str], parameters: Mapping[str, Any]) -> str:
        name, form = place[1], place[2]
        if name not in parameters:
            return place[0]
        value = parameters[name]
        if form and isinstance(value, int | float) and not isinstance(value, bool):
            return format(value, form)
        return self._shown(value)

    def _shown(self, value: Any) -> str:
        if value is None:
            return "不明"
        if isinstance(value, Sentence):
            return self.say(value)
        if isinstance(value, list | tuple):
            named = "、".join(map(self._shown, value[:SHOWN_OF_A_LIST]))
            more = len(value) - SHOWN_OF_A_LIST
            return named if more <= 0 else f"{named} ほか{more}件"
        return str(value)


def texts_of(script: str) -> dict[str, str]:
    """The texts by code of one file: a module that exports one object. Raises ValueError for what is none."""
    _, found, body = script.partition("export default ")
    if not found:
        raise ValueError("it exports nothing")
    texts: dict[str, str] = json.loads(re.sub(r",\s*}\s*$", "}", body.strip().removesuffix(";")))
    return texts
