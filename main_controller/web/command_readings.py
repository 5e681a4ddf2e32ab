"""The routes that tell how orders stand: the orders, the locks and the guided procedure.

Used by every open page, beside the readings; everything is answered from memory.
"""

from typing import Any

import bottle

from main_controller.domain.commands import Command, CommandState
from main_controller.errors import BadRequest
from main_controller.orders.locks import SetLock
from main_controller.orders.register import Register
from main_controller.procedures.guided_transfer import GuidedTransfer
from main_controller.sentence import say
from main_controller.web.figures import whole
from main_controller.web.parameters import parameters
from main_controller.web.replies import shown

LISTED = 200
"""How many orders `/commands` lists where no limit is given."""


class CommandReadings:
    """How orders stand, whoever gave them."""

    def __init__(self, log: Register, *, set_lock: SetLock, transfer: GuidedTransfer) -> None:
        self._log = log
        self._set_lock = set_lock
        self._transfer = transfer

    def mount(self, app: bottle.Bottle) -> None:
        """Add the routes."""
        app.route("/locks", "GET", self.locks, quiet=True)
        app.route("/get/share", "GET", self.transfer, quiet=True)
        app.route("/commands", "GET", self.commands, quiet=True)
        app.route("/commands/<command_id>", "GET", self.command, quiet=True)

    def locks(self) -> dict[str, Any]:
        """`/locks`: every maintenance lock by unit id, "" for the cluster."""
        return {scope: dict(lock) for scope, lock in self._set_lock.all().items()}

    def transfer(self) -> dict[str, Any]:
        """`/get/share`: the guided procedure that runs or ran last, with what is known of its converters."""
        return {"share": self._transfer.as_json()}

    def commands(self) -> dict[str, Any]:
        """`/commands[?state=open|<state>][&unitId=][&key=][&limit=]`, newest first."""
        given = parameters(bottle.request, optional=("state", "unitId", "key", "limit"))
        state, unit_id, key = given.get("state"), given.get("unitId"), given.get("key")
        if state is not None and state != "open" and state not in tuple(CommandState):
            sentence = say(
                "web.unknownState", "The state {state} is not known; use open, {states}.",
                state=shown(state), states=list(CommandState),
            )  # fmt: skip
            raise BadRequest(sentence)
        limit = whole(given.get("limit", str(LISTED)), "limit", 1, 1000)
        found = [
            command.as_json()
            for command in self._asked_for(key)
            if (state is None or (command.state.open if state == "open" else command.state == state))
            and (unit_id is None or unit_id == command.unit_id or unit_id in command.units)
        ]
        return {"commands": found[:limit]}

    def _asked_for(self, key: str | None) -> list[Command]:
        if key is None:
            return self._log.latest()
        command = self._log.by_key(key)
        return [] if command is None else [command]

    def command(self, command_id: str) -> dict[str, Any]:
        """`/commands/<id>`: one order as it stands."""
        return self._log.get(command_id).as_json()
