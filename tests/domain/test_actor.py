"""Who gives an order, and how that stands on the wire, in the journal and in the log."""

import pytest

from main_controller.domain.actor import (
    ESTOP_FILE,
    HAND_TIME,
    SCHEDULER,
    UNATTENDED,
    Actor,
    ActorKind,
    person,
    transfer_actor,
)


@pytest.mark.parametrize(
    ("actor", "text"),
    [
        (person("192.168.0.9"), "192.168.0.9"),
        (Actor(ActorKind.PERSON, "anna", "192.168.0.9"), "anna"),
        (transfer_actor("c9"), "share c9"),
        (SCHEDULER, "scheduler"),
        (HAND_TIME, "handtime"),
        (UNATTENDED, "unattended"),
        (ESTOP_FILE, "estop"),
    ],
)
def test_its_text_names_it(actor: Actor, text: str) -> None:
    assert str(actor) == text


def test_nobody_passes_for_another_by_a_name() -> None:
    """A request from a host that calls itself so is still a person's."""
    assert person("scheduler") != SCHEDULER
    assert person("share c9") != transfer_actor("c9")
