"""One unit's own device driver, for `emulator = False`: converter, meter, EMU and UPS at the unit's address (A15-4)."""

from main_controller.simulator import manners, readings
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.emulator import error_page, json_reply, ups_reply
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import Unit


class Driver:
    """Answers `/remote/set`, `/remote/get`, `/inquiry/09`, `/1/log/data` and the UPS' path (shapes assumed).

    Unlike the emulator it survives a bad order (400), and one driver knows one unit only.
    """

    def __init__(self, agenda: Agenda, plant: Plant, unit: Unit) -> None:
        self._agenda = agenda
        self._plant = plant
        self._unit = unit

    def answer(self, request: Request) -> Reply:
        """One request; raises Silence where the simulation ends while the devices hang."""
        with self._agenda:
            if not self._agenda.wait_for(lambda: not self._plant.silenced):
                raise Silence
            self._unit.integrate(self._plant.seconds)
            if request.path == "/remote/set":
                return self._set(request)
            if request.path == "/remote/get":
                return json_reply(readings.full_dcdc(self._unit, self._plant))
            if request.path == "/inquiry/09":
                return json_reply(readings.meter(self._unit, self._plant))
            if request.path == "/1/log/data":
                return json_reply(readings.emu(self._unit))
            if request.path == "/1/ups1/operation/mode":
                return ups_reply(self._unit, self._plant, request)
            return error_page(404, f"Not found: '{request.path}'")

    def _set(self, request: Request) -> Reply:
        try:
            order = manners.ordered(request)
        except (KeyError, ValueError):
            return error_page(400, "Bad request")
        try:
            return json_reply(manners.answer(self._agenda, self._plant, self._unit, order))
        except manners.DriverError:
            return error_page(500, "Internal Server Error")
