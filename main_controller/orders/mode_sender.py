"""Sends modes to apis-web, and keeps what each may have in effect (R11, R12, Z8b).

Used by the mode orders and by Force Stop; nothing is judged here.
"""

from collections.abc import Callable
from typing import Any

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.commands import Command, ModeEffect
from main_controller.domain.modes import BUDO_WORDS, Mode
from main_controller.domain.orders import BudoOrder, ModeOrder
from main_controller.errors import Sent
from main_controller.orders.desk import Desk
from main_controller.upstream.apis_web import ApisWeb

WORDS = {mode: status for status, mode in BUDO_WORDS.items()}


class ModeSender:
    """`person_ordered` is told the scope of every order that a person gave, once it has left (Z12)."""

    def __init__(self, desk: Desk, apis_web: ApisWeb, *, person_ordered: Callable[[str | None], None]) -> None:
        self._desk = desk
        self._apis_web = apis_web
        self._person_ordered = person_ordered

    def note(self, command: Command, order: ModeOrder, before: Mode | None) -> ModeEffect:
        """Enter that this mode is about to be sent."""
        effect = ModeEffect(
            command.id, order.unit_id, order.mode, self._desk.clock(),
            before=before, by_person=command.by != SCHEDULER, at=command.at,
        )  # fmt: skip
        self._desk.commands.effects.note_mode(effect)
        return effect

    def send(self, order: ModeOrder) -> Any:
        """Send it by the way of its kind; of apis-web's path its `active`. Raises what went wrong."""
        if order.unit_id is not None:
            return self._apis_web.set_local_mode(order.unit_id, order.mode)
        if order.mode is None:
            raise ValueError("the cluster's mode cannot be cleared")
        if isinstance(order, BudoOrder):
            return self._apis_web.budo(WORDS[order.mode])
        return self._apis_web.set_global_mode(order.mode)

    def settle(self, effect: ModeEffect, sent: Sent) -> None:
        """Note that it came back. A person's order clears what is due in its scope, once it has left (Z8, Z12)."""
        self._desk.settle_mode(effect, sent)
        if effect.by_person and sent is not False:
            self._person_ordered(effect.unit_id)
