"""What a person does at a simulated cluster by HTTP: faults on the control port, orders at the converters' door."""

import json
from typing import Any

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.exchange import Request
from tests.simulator.traces import device, log_of

CV, CHARGE, DISCHARGE, WAIT = "0x0014", "0x0041", "0x0002", "0x0000"


def fault(cluster: SimulatedCluster, name: str, **args: object) -> dict[str, Any]:
    """Switch a fault on by `/fault`; what is on then."""
    return _control(cluster, {"name": name, **{key: str(value) for key, value in args.items()}})


def mend(cluster: SimulatedCluster, name: str = "all") -> dict[str, Any]:
    """Switch it off."""
    return _control(cluster, {"clear": name})


def _control(cluster: SimulatedCluster, query: dict[str, str]) -> dict[str, Any]:
    reply = cluster.faults.answer(Request("POST", "/fault", query))
    said: dict[str, Any] = json.loads(reply.body)
    assert reply.status == 200, said
    active: dict[str, Any] = said["active"]
    return active


def order(cluster: SimulatedCluster, unit: str, mode: str, dvg: float = 350, dig: float = 0) -> Any:
    """One order at the emulator's door, and its answer."""
    return device(cluster, f"/set/dcdc/{unit}", mode=mode, dvg=str(dvg), dig=str(dig))


def held_by_hand(amps: float = 2.3, **args: Any) -> SimulatedCluster:
    """Four units in Manual, E001 holds the bus at 350 V."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL, **args)
    order(cluster, "E001", CV, 350, amps)
    cluster.advance(13)
    return cluster


def seen(cluster: SimulatedCluster, unit: str) -> tuple[str, float, float]:
    """Word, vg and ig of a unit as the console gets to read them, once every node has read anew."""
    cluster.advance(11)
    dcdc = log_of(cluster)[unit]["dcdc"]
    return dcdc["status"]["status"], dcdc["meter"]["vg"], dcdc["meter"]["ig"]


def alarmed(cluster: SimulatedCluster) -> list[str]:
    """Who shows a heavy alarm now."""
    states = {uid: device(cluster, f"/get/dcdc/{uid}")["status"]["alarmState"] for uid in cluster.plant.units}
    return [uid for uid, state in states.items() if state == "Heavy alarm"]
