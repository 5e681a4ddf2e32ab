"""Faults of the programs and of all devices together: nodes, Grid Master, apis-web, the emulator (K5-K11)."""

from collections.abc import Callable

from main_controller.domain.modes import Mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_main import ApisMain
from main_controller.simulator.emulator import Emulator
from main_controller.simulator.fault import Arguments, Fault, FaultError, Known
from main_controller.simulator.garbage import GARBAGE
from main_controller.simulator.plant import Plant

WEB_START_TAKES = 9.0
SHORT_HANG = 10.0
LONGEST_TAKEOVER = 3600.0


class ProgramFaults:
    """`active` are the faults that are on, by their keys; a node that returns takes its own away."""

    def __init__(
        self,
        agenda: Agenda,
        plant: Plant,
        apis: ApisMain,
        emulator: Emulator,
        active: dict[str, Known],
        *,
        open_web: Callable[[], None],
        close_web: Callable[[], None],
    ) -> None:
        self._agenda = agenda
        self._plant = plant
        self._apis = apis
        self._emulator = emulator
        self._active = active
        self._open_web = open_web
        self._close_web = close_web

    def table(self) -> dict[str, Fault]:
        """The faults by their names."""
        kinds = f"apis-web answers kind={'|'.join(GARBAGE)}"
        return {
            "devices-hang": Fault("the devices answer nobody (K5)", self._hang, self._unhang),
            "node-dies": Fault("an apis-main killed; unit= says whose (K6)", self._kill, self._revive, ("unit",)),
            "node-returns": Fault("the same as clear=node-dies", self._node_returns, None, ("unit",)),
            "grid-master-dies": Fault(
                "the Grid Master killed; takeover= s (K7)", self._kill_master, self._revive, ("takeover",)
            ),
            "grid-error": Fault(
                "a global hardware error; the cluster stops itself (K10)", self._grid_error, None, ("unit",)
            ),
            "mode-changes": Fault(
                f"somebody else orders the cluster's mode: value={'|'.join(Mode)}", self._mode, None, ("value",)
            ),
            "apis-web-dies": Fault("refuses; back 9 s after its end (K8)", self._web_dies, self._web_returns),
            "apis-web-returns": Fault("the same as clear=apis-web-dies", self._web_returns_now),
            "apis-web-hangs": Fault("apis-web accepts and answers nothing", self._nothing, self._nothing_ends),
            "apis-web-garbage": Fault(kinds, self._garbage, self._nothing_ends, ("kind",)),
            "emulator-restart": Fault("started again after a bad order (K11)", self._restart_emulator),
        }

    # -- all devices

    def _hang(self, _: Arguments) -> Known:
        self._plant.silence(self._agenda.now)
        return {}

    def _unhang(self, _: Known) -> None:
        self._plant.silenced = False
        self._after_hang()

    def _restart_emulator(self, _: Arguments) -> Known:
        stumbled = self._plant.needs_restart
        self._emulator.restart()
        if stumbled:
            self._after_hang()
        return {}

    def _after_hang(self) -> None:
        if not self._plant.hung and self._agenda.now - self._plant.hung_at >= SHORT_HANG:
            self._apis.recover_from_hang()

    # -- the nodes

    def _kill(self, args: Arguments) -> Known:
        ordinary = [node.id for node in self._apis.nodes.values() if node.alive and node.id != self._apis.grid_master]
        busy = [unit_id for unit_id in ordinary if self._apis.market.of(unit_id)]
        unit_id = args.unit(next(iter(busy or ordinary), ""))
        self._apis.kill(unit_id)
        return {"unit": unit_id}

    def _kill_master(self, args: Arguments) -> Known:
        master = self._apis.grid_master
        if master is None:
            raise FaultError("there is no Grid Master now")
        takeover = args.number("takeover", 0.0, LONGEST_TAKEOVER) if args.has("takeover") else None
        self._apis.kill(master, takeover)
        return {"unit": master}

    def _revive(self, known: Known) -> None:
        self._apis.restart(known["unit"])

    def _node_returns(self, args: Arguments) -> Known:
        """Starts any node that is down, one that was shut down too; all of them where no unit is given."""
        down = [node.id for node in self._apis.nodes.values() if not node.alive]
        for unit_id in [args.unit()] if args.has("unit") else down:
            for name in ("node-dies", "grid-master-dies"):
                self._active.pop(f"{name}:{unit_id}", None)
            self._apis.restart(unit_id)
        return {}

    def _mode(self, args: Arguments) -> Known:
        self._apis.set_global(Mode(args.choice("value", tuple(Mode))))
        return {}

    def _grid_error(self, args: Arguments) -> Known:
        self._apis.grid_error(args.unit())
        return {}

    # -- apis-web

    def _web_dies(self, _: Arguments) -> Known:
        self._close_web()
        return {}

    def _web_returns(self, _: Known) -> None:
        self._agenda.after(WEB_START_TAKES, self._web_is_back)

    def _web_is_back(self) -> None:
        if "apis-web-dies" not in self._active:
            self._open_web()

    def _web_returns_now(self, _: Arguments) -> Known:
        if self._active.pop("apis-web-dies", None) is not None:
            self._web_returns({})
        return {}

    def _garbage(self, args: Arguments) -> Known:
        return {"kind": args.choice("kind", GARBAGE)}

    def _nothing(self, _: Arguments) -> Known:
        return {}

    def _nothing_ends(self, _: Known) -> None:
        """It ends with its entry among the active ones."""
