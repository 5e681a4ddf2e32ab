"""A reading is sent only when it is wanted and new, in a form that the caller takes."""

import pytest

from main_controller.web.conditional import accepts_gzip, matches


@pytest.mark.parametrize(
    ("accepted", "gzip"),
    [
        (None, False),
        ("", False),
        ("identity", False),
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("deflate, GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("gzip; q=0.0, deflate", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("br, *;q=0, gzip", True),
        ("gzip;q=x", True),
        ("x-gzipped", False),
    ],
)
def test_gzip_is_sent_to_those_who_take_it(accepted: str | None, gzip: bool) -> None:
    assert accepts_gzip({} if accepted is None else {"HTTP_ACCEPT_ENCODING": accepted}) is gzip


@pytest.mark.parametrize(
    ("held", "same"),
    [
        (None, False),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", W/"abc"', True),
        ("*", True),
        ('"abcd"', False),
        ("abc", False),
        ("", False),
    ],
)
def test_what_the_caller_holds_is_compared_weakly(held: str | None, same: bool) -> None:
    environ = {} if held is None else {"HTTP_IF_NONE_MATCH": held}
    assert matches(environ, '"abc"') is matches(environ, 'W/"abc"') is same
