"""The faults that can be switched on and off, in process and through `/fault` on the control port."""

import json
from collections.abc import Callable

from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_main import ApisMain
from main_controller.simulator.battery_faults import BatteryFaults
from main_controller.simulator.bus_faults import BusFaults
from main_controller.simulator.converter_faults import ConverterFaults
from main_controller.simulator.emulator import Emulator
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.fault import Arguments, Fault, FaultError
from main_controller.simulator.garbage import GARBAGE
from main_controller.simulator.plant import Plant
from main_controller.simulator.program_faults import ProgramFaults


class Faults:
    """Every fault by its name. `begin` and `clear` raise FaultError with a sentence; call them with any thread."""

    def __init__(
        self,
        agenda: Agenda,
        plant: Plant,
        apis: ApisMain,
        emulator: Emulator,
        *,
        open_web: Callable[[], None],
        close_web: Callable[[], None],
    ) -> None:
        self._agenda = agenda
        self._plant = plant
        self.active: dict[str, dict[str, str]] = {}
        programs = ProgramFaults(agenda, plant, apis, emulator, self.active, open_web=open_web, close_web=close_web)
        self.table: dict[str, Fault] = {
            **programs.table(),
            **ConverterFaults(plant).table(),
            **BatteryFaults(plant).table(),
            **BusFaults(plant).table(),
        }

    def begin(self, name: str, args: dict[str, str]) -> None:
        """Switch a fault on, or do what it does once."""
        fault = self._named(name)
        unknown = sorted(set(args) - set(fault.takes))
        if unknown:
            raise FaultError(f"{name} takes {', '.join(fault.takes) or 'no argument'}, not {', '.join(unknown)}")
        with self._agenda:
            units = list(self._plant.units) if fault.each and "unit" not in args else [None]
            for unit in units:
                known = fault.begin(Arguments(args if unit is None else {**args, "unit": unit}, self._plant))
                if fault.end is not None:
                    self.active[self._key(name, known)] = known

    def clear(self, name: str, unit: str | None = None) -> None:
        """Switch a fault off; of a unit's fault all that are on, where no unit is given. `all` clears everything."""
        with self._agenda:
            if name != "all" and self._named(name).end is None:
                raise FaultError(f"{name} happens once and cannot be cleared")
            for key, args in list(self.active.items()):
                own = key.partition(":")[0]
                end = self.table[own].end
                if end is not None and (name == "all" or (own == name and unit in (None, args.get("unit")))):
                    del self.active[key]
                    end(args)

    def hold(self) -> None:
        """Keep a request to apis-web waiting while apis-web hangs; raises Silence at the simulation's end."""
        with self._agenda:
            if not self._agenda.wait_for(lambda: "apis-web-hangs" not in self.active):
                raise Silence

    def spoil(self, reply: Reply) -> Reply:
        """What becomes of a reply of apis-web under the faults that are on."""
        with self._agenda:
            garbage = self.active.get("apis-web-garbage")
        return GARBAGE[garbage["kind"]](reply) if garbage else reply

    def answer(self, request: Request) -> Reply:
        """`/fault?name=...&unit=...`, `/fault?clear=name`, `/fault` alone: the table and what is on."""
        if request.path != "/fault":
            return self._json({"error": f"not found : {request.path}"}, 404)
        query = dict(request.query)
        try:
            if "clear" in query:
                self.clear(query["clear"], query.get("unit"))
            elif "name" in query:
                self.begin(query.pop("name"), query)
        except FaultError as error:
            return self._json({"error": str(error)}, 400)
        with self._agenda:
            says = {name: fault.says for name, fault in self.table.items()}
            return self._json({"faults": says, "active": self.active})

    def _json(self, value: object, status: int = 200) -> Reply:
        return Reply(json.dumps(value, indent=1).encode() + b"\n", status)

    def _named(self, name: str) -> Fault:
        try:
            return self.table[name]
        except KeyError:
            raise FaultError(f"there is no fault {name!r}; there are {', '.join(self.table)}") from None

    def _key(self, name: str, args: dict[str, str]) -> str:
        return f"{name}:{args['unit']}" if "unit" in args else name
