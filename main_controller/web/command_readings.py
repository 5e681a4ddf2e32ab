"""The routes that tell how orders stand: the orders, the locks and the guided procedure.

Used by every open page, beside the readings; everything is answered from memory.
"""

from main_controller.domain.commands import Command
from main_controller.orders.locks import SetLock
from main_controller.orders.register import Register
from main_controller.procedures.guided_transfer import GuidedTransfer
from main_controller.web import routes
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes import orders
from main_controller.web.shapes.holds import Locks, locks_of
from main_controller.web.shapes.orders import Commands, command_of
from main_controller.web.shapes.sharing import SharingStanding, sharing_of


class CommandReadings:
    """How orders stand, whoever gave them."""

    def __init__(self, log: Register, *, set_lock: SetLock, transfer: GuidedTransfer) -> None:
        self._log = log
        self._set_lock = set_lock
        self._transfer = transfer

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.LOCKS_SET: self.locks,
            routes.SHARE_STANDING: self.transfer,
            routes.COMMANDS: self.commands,
            routes.COMMAND: self.command,
        }

    def locks(self, given: Given) -> Locks:
        """`/locks`: every maintenance lock by unit id, "" for the cluster."""
        return locks_of(self._set_lock.all())

    def transfer(self, given: Given) -> SharingStanding:
        """`/get/share`: the guided procedure that runs or ran last, with what is known of its converters."""
        return {"share": sharing_of(self._transfer.standing())}

    def commands(self, given: Given) -> Commands:
        """`/commands[?state=open|<state>][&unitId=][&key=][&limit=]`, newest first."""
        state, unit_id, key = given.get("state"), given.get("unitId"), given.get("key")
        found = [
            command_of(command)
            for command in self._asked_for(key)
            if (state is None or (command.state.open if state == "open" else command.state == state))
            and (unit_id is None or unit_id == command.unit_id or unit_id in command.units)
        ]
        return {"commands": found[: given.get("limit", routes.LISTED)]}

    def _asked_for(self, key: str | None) -> list[Command]:
        if key is None:
            return self._log.latest()
        command = self._log.by_key(key)
        return [] if command is None else [command]

    def command(self, given: Given) -> orders.Command:
        """`/commands/<id>`: one order as it stands."""
        return command_of(self._log.get(given["id"]))
