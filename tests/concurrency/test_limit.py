"""So many at once and no more."""

import pytest

from main_controller.concurrency.limit import Limit
from main_controller.errors import NoDataYet
from main_controller.sentence import foreign


def test_who_finds_all_places_taken_is_refused_at_once_and_a_left_place_is_free_again() -> None:
    limit = Limit(2, foreign("Two do it already."), retry_after=1, details={"sent": False})
    with limit.place(), limit.place():
        with pytest.raises(NoDataYet, match="Two do it already") as full, limit.place():
            raise AssertionError("there is no third place")
        assert (full.value.status, full.value.headers["Retry-After"]) == (503, "1")
        assert full.value.details == {"sent": False}
    with pytest.raises(ZeroDivisionError), limit.place():
        raise ZeroDivisionError
    with limit.place(), limit.place():
        pass
