"""apis-web's two HTTP faces, Budo Emulator and Emulator Emulator, with its exact replies (A7, K1, K3, K7, K8)."""

import json
from collections.abc import Callable

from main_controller.domain.modes import BUDO_WORDS, LOCAL_MODES, Mode, parse_mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_log import ApisLog
from main_controller.simulator.apis_main import POLICY_MODE, ApisMain
from main_controller.simulator.exchange import Reply, Request, Silence
from main_controller.simulator.grid_master import BUS_TIMEOUT

NO_MASTER = "(NO_HANDLERS,-1) No handlers for address apis.GridMaster.error.test"
UNHEARD = {"/unitIds": "unitId.all", "/getStatus": "error.test"}
"""What apis-web asks the Grid Master for, as its log names it where nobody serves (recorded)."""
TIMED_OUT = (
    "(TIMEOUT,-1) Timed out after waiting 30000(ms) for a reply. "
    "address: __vertx.reply.0ef0e9e2-1aaa-470e-ac82-3b1cf97f2c9e, repliedAddress: {}"
)


def value_reply(value: object, status: int = 200) -> Reply:
    """One JSON value and a newline."""
    return Reply(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode() + b"\n", status)


class ApisWeb:
    """Keeps the last picture that a Grid Master gave it, and asks the nodes over the event bus for the rest.

    While the Grid Master has just died, that takes 30 s and fails; with none it fails at once; its picture stays.
    """

    def __init__(self, agenda: Agenda, log: ApisLog) -> None:
        self._agenda = agenda
        self._log = log
        self._picture = b"{}\n"
        self._apis: ApisMain | None = None
        self._calls: dict[str, Callable[[ApisMain, Request], object]] = {
            "/shutdown": self._shutdown,
            "/setOperationMode": self._set_operation_mode,
            "/deals": self._deals,
            "/unitIds": self._unit_ids,
            "/getStatus": self._status,
            **{f"/{status}": self._budo_word for status in BUDO_WORDS},
        }

    def connect(self, apis: ApisMain) -> None:
        """Join the nodes' event bus."""
        self._apis = apis

    def receive(self, grid: bytes) -> None:
        """The Grid Master's new picture, the bytes of a JSON object."""
        self._picture = grid + b"\n"

    def restart(self) -> None:
        """Forget the picture, as a fresh process has none (K8)."""
        self._picture = b"{}\n"

    def emulator_emulator(self, request: Request) -> Reply:
        """Port 43900: `/get/log`."""
        if request.path == "/get/log":
            return Reply(self._picture)
        return self._not_found(request)

    def budo_emulator(self, request: Request) -> Reply:
        """Port 43830: the nine others (W1-W9)."""
        call = self._calls.get(request.path)
        if call is None or self._apis is None:
            return self._not_found(request)
        with self._agenda:
            if self._apis.grid_master is None and request.path in UNHEARD:
                gone = f"(NO_HANDLERS,-1) No handlers for address apis.GridMaster.{UNHEARD[request.path]}"
                self._log.web("SEVERE", "BudoEmulator", f"Communication failed on EventBus ; {gone}")
            return value_reply(call(self._apis, request))

    def _not_found(self, request: Request) -> Reply:
        return value_reply({"error": f"not found : {request.path}"}, 404)

    # -- the event bus

    def _bus_fails(self, apis: ApisMain) -> bool:
        """Whether the Grid Master cannot be asked; waits for the event bus' time-out where it has just died."""
        if apis.grid_master is not None:
            return False
        if self._agenda.now < apis.master.bus_hangs_until:
            self._wait(BUS_TIMEOUT)
        return True

    def _wait(self, seconds: float) -> None:
        if not self._agenda.wait(seconds):
            raise Silence

    def _unit_ids(self, apis: ApisMain, request: Request) -> object:
        return [] if self._bus_fails(apis) else list(apis.nodes)

    def _deals(self, apis: ApisMain, request: Request) -> object:
        return [] if self._bus_fails(apis) else [deal.entry() for deal in apis.market.deals]

    def _status(self, apis: ApisMain, request: Request) -> object:
        hung = self._agenda.now < apis.master.bus_hangs_until
        if self._bus_fails(apis):
            return {"active": False, "error": TIMED_OUT.format("apis.operationMode") if hung else NO_MASTER}
        return {"active": apis.active}

    # -- orders

    def _budo_word(self, apis: ApisMain, request: Request) -> object:
        """`/active` and its like set the global mode and answer as `/getStatus` (read in apis-web's source)."""
        verdict = self._order_global(apis, BUDO_WORDS[request.path.removeprefix("/")])
        return {"active": False, "error": verdict} if verdict else self._status(apis, request)

    def _set_operation_mode(self, apis: ApisMain, request: Request) -> object:
        mode = parse_mode(request.query.get("value"))
        unit_id = request.query.get("unitId")
        if unit_id is None:
            return self._verdict(self._order_global(apis, mode or POLICY_MODE))
        fault = self._unreachable(apis, unit_id, "operationMode")
        if fault is None:
            apis.set_local(unit_id, mode if mode in LOCAL_MODES else None)
        return self._verdict(fault)

    def _shutdown(self, apis: ApisMain, request: Request) -> object:
        unit_id = request.query.get("unitId")
        if unit_id is not None:
            fault = self._unreachable(apis, unit_id, "shutdown")
            if fault is None:
                apis.shut_down(unit_id)
            return self._verdict(fault)
        alive = [node.id for node in apis.nodes.values() if node.alive]
        if not alive:
            return self._verdict("(NO_HANDLERS,-1) No handlers for address apis.shutdown")
        for each in alive:
            apis.shut_down(each)
        return self._verdict(None)

    def _verdict(self, fault: str | None) -> object:
        return {"succeeded": True} if fault is None else {"succeeded": False, "error": fault}

    def _order_global(self, apis: ApisMain, mode: Mode) -> str | None:
        """What is wrong with it, or None. With the Grid Master just dead it counts, its verdict is late (assumed)."""
        if not any(node.alive for node in apis.nodes.values()):
            return "(NO_HANDLERS,-1) No handlers for address apis.operationMode"
        self._log.web("INFO", "BudoEmulator", f"setting global operationMode : {mode.value} ...")
        apis.set_global(mode)
        if apis.grid_master is None and self._agenda.now < apis.master.bus_hangs_until:
            self._wait(BUS_TIMEOUT)
            return TIMED_OUT.format("apis.operationMode")
        return None

    def _unreachable(self, apis: ApisMain, unit_id: str, what: str) -> str | None:
        """Why a unit's own apis-main cannot be told something; one killed just now is waited for."""
        node = apis.nodes.get(unit_id)
        if node is not None and node.alive:
            return None
        address = f"apis.{unit_id}.{what}"
        if node is not None and node.killed and self._agenda.now < node.gone_at + BUS_TIMEOUT:
            self._wait(BUS_TIMEOUT)
            return TIMED_OUT.format(address)
        return f"(NO_HANDLERS,-1) No handlers for address {address}"
