"""Who may ask for an override that needs two persons, who may confirm it, and what ends it before (the four-eyes rule).

Pure. Used by `procedures/second_person.py`. Persons are told apart by their accounts alone: a name that somebody wrote
proves nothing.
"""

from collections.abc import Iterable

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.sentence import Sentence, say


def why_not_ask(by: Actor) -> Sentence | None:
    """Why this person's override cannot wait for a second one; None where it can."""
    if by.account:
        return None
    return say(
        "rules.twoPersonsAsk",
        "An override needs two persons here, who are told apart by their accounts: log in and press it again.",
    )


def why_not_confirm(command: Command, by: Actor) -> Sentence | None:
    """Why this person may not confirm the order; None where that would be the second person."""
    if not by.account:
        return say(
            "rules.secondNeedsAccount",
            "Only who is logged in can confirm {command}: two persons are told apart by their accounts.",
            command=command.id,
        )
    if by.account == command.by.account:
        return say(
            "rules.secondIsFirst",
            "{command} was ordered by {name}, and another person must confirm it.",
            command=command.id,
            name=by.account,
        )
    return None


def why_not_withdraw(command: Command, by: Actor) -> Sentence | None:
    """Why this person may not withdraw the order; None where it is that person's own."""
    if by.account and by.account == command.by.account:
        return None
    return say(
        "rules.notOwnToWithdraw",
        "{command} was ordered by {name}, who alone can withdraw it; whoever wants it gone presses a stop.",
        command=command.id,
        name=command.by.said,
    )


def stopped_by(command: Command, moves: Iterable[Command]) -> Sentence | None:
    """The stop that came since the order was asked, wherever in the cluster; None while there was none.

    `moves` are the stops and modes that count, the newest first. The bus that the first person looked at is no more.
    """
    for other in moves:
        if other.order.stops and other.last_given >= command.entered:
            return say(
                "rules.stopCameWhileWaiting",
                "A stop came while it waited for a second person ({stop} by {by}); nothing was sent.",
                stop=other.id,
                by=other.by.said,
            )
    return None


def ran_out(command: Command, now: float) -> Sentence | None:
    """That nobody confirmed the order in time; None while there is time (`now`, monotonic s)."""
    second = command.second
    if second is None or now <= second.expires:
        return None
    seconds = second.expires - command.entered
    return say(
        "rules.nobodyConfirmed",
        "No second person confirmed it within {seconds:.0f} s; nothing was sent.",
        seconds=seconds,
    )
