"""Who gives an order, and how that stands on the wire, in the journal and in the log."""

import pytest

from main_controller.domain.actor import (
    HAND_TIME,
    SCHEDULER,
    UNATTENDED,
    Actor,
    latch_actor,
    person,
    signed,
    transfer_actor,
)
from main_controller.sentence import Sentence


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (person("192.168.0.9"), "192.168.0.9"),
        (signed(person("192.168.0.9"), "anna"), "anna (192.168.0.9)"),
        (signed(person("192.168.0.9"), ""), "192.168.0.9"),
        (transfer_actor("c9"), "share c9"),
        (SCHEDULER, "scheduler"),
        (HAND_TIME, "handtime"),
        (UNATTENDED, "unattended"),
        (latch_actor("door"), "estop door"),
    ],
)
def test_its_text_names_it(actor: Actor, text: str) -> None:
    assert str(actor) == text


@pytest.mark.parametrize("actor", [transfer_actor("c9"), SCHEDULER, HAND_TIME, UNATTENDED, latch_actor("door")])
def test_a_procedure_is_said_in_words_and_not_by_its_name_on_the_wire(actor: Actor) -> None:
    said = actor.said
    assert isinstance(said, Sentence)
    assert said.code.startswith("domain.the")
    assert str(actor) not in said.split(", ")
    assert actor.name in said


def test_a_person_is_said_as_written() -> None:
    assert person("192.168.0.9").said == "192.168.0.9"


def test_nobody_passes_for_another_by_a_name() -> None:
    """A request from a host that calls itself so is still a person's."""
    assert person("scheduler") != SCHEDULER
    assert str(signed(person("192.168.0.9"), "scheduler")) != str(SCHEDULER)
    assert person("share c9") != transfer_actor("c9")


def test_who_is_logged_in_goes_by_that_name_whatever_is_written() -> None:
    by = person("10.0.0.5", "sato")
    assert str(by) == "sato (10.0.0.5)"
    assert signed(by, "suzuki") == by
    assert str(person("10.0.0.5", "sato", "export")) == "sato/export (10.0.0.5)"
