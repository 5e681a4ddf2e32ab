"""The faults that can be switched on and off, in process and through `/fault` on the control port."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from main_controller.simulator import readings
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_main import ApisMain
from main_controller.simulator.emulator import Emulator
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.garbage import GARBAGE
from main_controller.simulator.plant import Plant

WEB_START_TAKES = 9.0
SHORT_HANG = 10.0


class FaultError(ValueError):
    """A fault that does not exist, or arguments that do not fit it."""


@dataclass(frozen=True)
class Fault:
    """One line of the table: what it does, and how it begins and ends."""

    says: str
    begin: Callable[[dict[str, str]], dict[str, str]]
    end: Callable[[dict[str, str]], None] | None


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
        self._apis = apis
        self._emulator = emulator
        self._open_web = open_web
        self._close_web = close_web
        self.active: dict[str, dict[str, str]] = {}
        self.table = self._table()

    def _table(self) -> dict[str, Fault]:
        return {
            "devices-hang": Fault("the devices answer nobody (K5)", self._hang, self._unhang),
            "node-dies": Fault("an apis-main killed; unit= says whose (K6)", self._kill, self._revive),
            "node-returns": Fault("the same as clear=node-dies", self._node_returns, None),
            "grid-master-dies": Fault("the Grid Master killed; takeover= s (K7)", self._kill_master, self._revive),
            "grid-error": Fault("a global hardware error; the cluster stops itself (K10)", self._grid_error, None),
            "apis-web-dies": Fault("refuses; back 9 s after its end (K8)", self._web_dies, self._web_returns),
            "apis-web-returns": Fault("the same as clear=apis-web-dies", self._web_returns_now, None),
            "apis-web-hangs": Fault("apis-web accepts and answers nothing", self._nothing, self._nothing_ends),
            "apis-web-garbage": Fault(f"apis-web answers kind={'|'.join(GARBAGE)}", self._garbage, self._nothing_ends),
            "meter-sticks": Fault("a converter's meter shows the same for ever; unit=", self._stick, self._unstick),
            "alarm": Fault("a unit reports a heavy alarm; unit=", self._alarm, self._no_alarm),
            "emulator-restart": Fault("started again after a bad order (K11)", self._restart_emulator, None),
        }

    def begin(self, name: str, args: dict[str, str]) -> None:
        """Switch a fault on, or do what it does once."""
        fault = self._named(name)
        with self._agenda:
            known = fault.begin(dict(args))
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

    def _unit(self, args: dict[str, str], default: str) -> str:
        unit_id = args.get("unit", default)
        if unit_id not in self._plant.units:
            raise FaultError(f"there is no unit {unit_id!r}")
        return unit_id

    # -- the hardware

    def _hang(self, args: dict[str, str]) -> dict[str, str]:
        self._plant.silence(self._agenda.now)
        return {}

    def _unhang(self, args: dict[str, str]) -> None:
        self._plant.silenced = False
        self._after_hang()

    def _restart_emulator(self, args: dict[str, str]) -> dict[str, str]:
        stumbled = self._plant.needs_restart
        self._emulator.restart()
        if stumbled:
            self._after_hang()
        return {}

    def _after_hang(self) -> None:
        if not self._plant.hung and self._agenda.now - self._plant.hung_at >= SHORT_HANG:
            self._apis.recover_from_hang()

    def _stick(self, args: dict[str, str]) -> dict[str, str]:
        unit = self._plant.units[self._unit(args, next(iter(self._plant.units)))]
        unit.stuck_meter = readings.meter(unit, self._plant)
        return {"unit": unit.id}

    def _unstick(self, args: dict[str, str]) -> None:
        self._plant.units[args["unit"]].stuck_meter = None

    def _alarm(self, args: dict[str, str]) -> dict[str, str]:
        unit_id = self._unit(args, next(iter(self._plant.units)))
        self._plant.units[unit_id].alarm_held = True
        return {"unit": unit_id}

    def _no_alarm(self, args: dict[str, str]) -> None:
        self._plant.units[args["unit"]].alarm_held = False

    # -- the nodes

    def _kill(self, args: dict[str, str]) -> dict[str, str]:
        ordinary = [node.id for node in self._apis.nodes.values() if node.alive and node.id != self._apis.grid_master]
        busy = [unit_id for unit_id in ordinary if self._apis.market.of(unit_id)]
        unit_id = self._unit(args, next(iter(busy or ordinary), ""))
        self._apis.kill(unit_id)
        return {"unit": unit_id}

    def _kill_master(self, args: dict[str, str]) -> dict[str, str]:
        master = self._apis.grid_master
        if master is None:
            raise FaultError("there is no Grid Master now")
        try:
            takeover = float(args["takeover"]) if "takeover" in args else None
        except ValueError:
            raise FaultError("takeover is a number of seconds") from None
        self._apis.kill(master, takeover)
        return {"unit": master}

    def _revive(self, args: dict[str, str]) -> None:
        self._apis.restart(args["unit"])

    def _node_returns(self, args: dict[str, str]) -> dict[str, str]:
        """Starts any node that is down, one that was shut down too; all of them where no unit is given."""
        down = [node.id for node in self._apis.nodes.values() if not node.alive]
        for unit_id in [self._unit(args, "")] if "unit" in args else down:
            for name in ("node-dies", "grid-master-dies"):
                self.active.pop(f"{name}:{unit_id}", None)
            self._apis.restart(unit_id)
        return {}

    def _grid_error(self, args: dict[str, str]) -> dict[str, str]:
        self._apis.grid_error(self._unit(args, next(iter(self._plant.units))))
        return {}

    # -- apis-web

    def _web_dies(self, args: dict[str, str]) -> dict[str, str]:
        self._close_web()
        return {}

    def _web_returns(self, args: dict[str, str]) -> None:
        self._agenda.after(WEB_START_TAKES, self._web_is_back)

    def _web_is_back(self) -> None:
        if "apis-web-dies" not in self.active:
            self._open_web()

    def _web_returns_now(self, args: dict[str, str]) -> dict[str, str]:
        if self.active.pop("apis-web-dies", None) is not None:
            self._web_returns(args)
        return {}

    def _garbage(self, args: dict[str, str]) -> dict[str, str]:
        if args.get("kind") not in GARBAGE:
            raise FaultError(f"kind is one of {', '.join(GARBAGE)}")
        return {"kind": args["kind"]}

    def _nothing(self, args: dict[str, str]) -> dict[str, str]:
        return {}

    def _nothing_ends(self, args: dict[str, str]) -> None:
        """It ends with its entry among the active ones."""
