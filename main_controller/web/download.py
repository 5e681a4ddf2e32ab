"""How a file goes out piece by piece: so many at once and no more, the place given back however it ends.

Used by the files for spreadsheets and by those of the incidents.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import bottle

from main_controller.concurrency.limit import Limit
from main_controller.web.replies import COMMON_HEADERS

log = logging.getLogger(__name__)


def download(name: str, kind: str, places: Limit, begin: Callable[[], Iterator[bytes]]) -> bottle.HTTPResponse:
    """A file of that name and content type, whose pieces `begin` gives; raises what that raises, and 503 where there
    is none of the `places`."""
    place = ExitStack()
    place.enter_context(places.place())
    try:
        pieces = begin()
    except BaseException:
        place.close()
        raise
    headers = {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        **COMMON_HEADERS,
    }
    return bottle.HTTPResponse(_Pieces(name, pieces, place), 200, headers)


class _Pieces:
    """The pieces of the file; gives its place back when it has ended or the caller went away."""

    def __init__(self, name: str, pieces: Iterator[bytes], place: ExitStack) -> None:
        self._name = name
        self._pieces = pieces
        self._place = place

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException as error:  # the end among them
            if isinstance(error, OSError):
                log.error("%s broke off: %s", self._name, error.strerror or error)
            self.close()
            raise

    def close(self) -> None:
        """Called by the server at the end, however it came."""
        self._place.close()
