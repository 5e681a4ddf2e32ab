"""So many at once and no more."""

import threading

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


def test_some_wait_for_a_place_for_a_while() -> None:
    limit = Limit(1, foreign("One does it already."), waiting=1, patience=0.05)
    with limit.place(), pytest.raises(NoDataYet):
        limit.take()
    patient = Limit(1, foreign("One does it already."), waiting=1, patience=10.0)
    patient.take()
    waits = threading.Thread(target=patient.take)
    waits.start()
    patient.release()
    waits.join(5.0)
    assert not waits.is_alive()
    with pytest.raises(NoDataYet):
        Limit(0, foreign("None does it."), waiting=1, patience=0.01).take()
