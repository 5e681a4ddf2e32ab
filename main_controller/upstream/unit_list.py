"""Which units the emulator itself lists: the only authority on whom it may be asked about (K11).

Used by `Emulator`. A worker refreshes it, so that at the time of need there is a list and Wait leaves at once; the last
one is also kept over a restart (`kept`).
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout

from main_controller.errors import UpstreamError, UpstreamTimeout
from main_controller.sentence import say

Fetch = Callable[[], frozenset[str]]
"""Asks the emulator for its list; raises `UpstreamError`."""

MOST = 20_000
LONGEST = 256
"""How many ids, of how many characters, a kept list may have."""


class UnitList:
    """The last list that the emulator at `url` gave, None before the first."""

    def __init__(self, url: str, *, kept: object = None) -> None:
        self._url = url
        self._changing = threading.Lock()  # protects the fields below; never held while anything is asked
        self._asked = 0
        self._taken = 0
        self._under_way: Future[frozenset[str]] | None = None
        self._ids = _kept_ids(url, kept)
        self.changed = 0

    @property
    def ids(self) -> frozenset[str] | None:
        """The last list, however old."""
        return self._ids

    def fetch(self, fetch: Fetch) -> frozenset[str]:
        """Ask for the list now and keep it; raises `UpstreamError`. An answer to an older question changes nothing."""
        with self._changing:
            self._asked += 1
            number = self._asked
        ids = fetch()
        with self._changing:
            if number > self._taken:
                self._taken = number
                self.changed += ids != self._ids
                self._ids = ids
        return ids

    def share(self, fetch: Fetch, *, patience: float | None = None) -> frozenset[str]:
        """As `fetch`, but many who ask at the same time ask once; raises `UpstreamError`.

        A question that is under way is waited for `patience` s at most (None: until it is answered).
        """
        with self._changing:
            shared = self._under_way
            if shared is None:
                mine = self._under_way = Future()
        if shared is not None:
            return _result(shared, patience)
        try:
            try:
                ids = self.fetch(fetch)
            finally:
                with self._changing:
                    self._under_way = None
        except BaseException as error:
            mine.set_exception(error)
            raise
        mine.set_result(ids)
        return ids

    def as_json(self) -> dict[str, object]:
        """The list, to be kept over a restart."""
        ids = self._ids
        return {"url": self._url, "ids": None if ids is None else sorted(ids)[:MOST]}


def _result(shared: "Future[frozenset[str]]", patience: float | None) -> frozenset[str]:
    """What the one who asks gets; each who shares it has an error of its own, since errors are added to on the way."""
    try:
        return shared.result(patience)
    except FutureTimeout:
        sentence = say("upstream.listCameTooLate", "the emulator did not list its units in time")
        raise UpstreamTimeout(sentence, sent=False) from None
    except UpstreamError as error:
        raise type(error)(error.sentence, sent=error.sent) from error


def _kept_ids(url: str, kept: object) -> frozenset[str] | None:
    """What a file kept of this emulator's list, as far as it is sound."""
    if not isinstance(kept, Mapping) or kept.get("url") != url or not isinstance(kept.get("ids"), list):
        return None
    ids = kept["ids"]
    if len(ids) > MOST or not all(isinstance(one, str) and 0 < len(one) <= LONGEST for one in ids):
        return None
    return frozenset(ids)
