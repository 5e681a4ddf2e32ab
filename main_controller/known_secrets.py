"""Takes secrets that are known out of a text, however somebody else writes them there.

Used where a peer's own words come into a sentence (`upstream/`, `notifiers/`), and for the support bundle.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

from main_controller.log_lines import escaped

REMOVED = "[removed]"

SHORTEST = 4
"""Characters: what is shorter would take out half of every text."""


class KnownSecrets:
    """Some secrets; nothing of it shows them."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for one in secrets for form in _forms(one)}
        found = sorted((form for form in forms if len(form) >= SHORTEST), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, found))) if found else None

    def __repr__(self) -> str:
        return "KnownSecrets" if self._known is not None else "KnownSecrets, none"

    def out_of(self, text: str) -> str:
        """The text with `[removed]` in the place of each."""
        return text if self._known is None else self._known.sub(REMOVED, text)


def _forms(text: str) -> Iterator[str]:
    """As it is, and as an address, JSON, the log or a header writes it."""
    whole = base64.b64encode(text.encode(errors="surrogateescape")).decode()
    for one in (text, whole):
        yield one
        for address in (quote(one, safe=""), quote(one), quote_plus(one)):
            yield from (address, re.sub("%..", lambda sign: sign[0].lower(), address))
    yield from (whole.rstrip("="), whole.translate(str.maketrans("+/", "-_")).rstrip("="))
    yield from (json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], escaped(text), repr(text)[1:-1])
    yield json.dumps(whole)[1:-1].replace("/", "\\/")
