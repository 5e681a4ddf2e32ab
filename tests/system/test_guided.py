"""A guided sharing on the running program: whose the bus is, its limits, what a kill leaves (S5, S9, S30)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from tests.system.console import until
from tests.system.program import Program, copy_checkout

TEMPO = 0.05
REAL_TIMES: dict[str, Any] = {"readinglag": 12 * TEMPO, "staleafter": 3, "freshreading": 3, "steptime": 30}
LONG = 60.0


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("guided") / "checkout")


@pytest.fixture
def cluster() -> Iterator[SimulatedCluster]:
    made = SimulatedCluster(4, tempo=TEMPO, mode=Mode.MANUAL, speed=10)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def program(checkout: Path, cluster: SimulatedCluster, tmp_path: Path) -> Iterator[Program]:
    urls = {"apis_emul_url": cluster.emul_url, "apis_budo_url": cluster.budo_url, "emul_url": cluster.device_url}
    with Program(checkout, tmp_path / "data", unattended=0.05, **REAL_TIMES, **urls) as running:
        until(lambda: running.call("/get/status").json["data"]["live"] == 4, "the first picture", deadline=LONG)
        yield running


def share(program: Program) -> Any:
    return program.call("/get/share").json["share"]


def sharing(program: Program, limit: str) -> str:
    def begun() -> Any:
        answer = program.call(f"/share?from=E001&to=E003&current=1&{limit}")
        assert answer.status in (200, 409), answer.body
        return answer.json["command"] if answer.status == 200 else None

    command_id = str(until(begun, "its start", deadline=LONG))
    until(lambda: share(program)["step"] == "sharing", "the sharing", deadline=LONG)
    return command_id


def statuses(cluster: SimulatedCluster) -> dict[str, ConverterStatus]:
    return {unit.id: unit.status for unit in cluster.plant.units.values()}


def in_wait(cluster: SimulatedCluster) -> bool:
    return set(statuses(cluster).values()) == {ConverterStatus.WAIT}


def tripped(cluster: SimulatedCluster) -> list[str]:
    return [unit.id for unit in cluster.plant.units.values() if unit.heavy_alarm]


def test_its_bus_is_its_own_and_its_wh_end_it(program: Program, cluster: SimulatedCluster) -> None:
    command_id = sharing(program, "wh=1.5")
    for order in ("/set/dcdc/E002?mode=0x0002&dvg=370&dig=1", "/setOperationMode?value=manual"):
        refused = program.call(order)
        assert (refused.status, refused.json["cause"]) == (409, "bus-owned"), refused.body
        assert refused.json["owner"]["command"] == command_id
    until(lambda: share(program)["state"] == "ended", "its end", deadline=LONG)
    assert "Its 1.5 Wh are reached" in share(program)["reason"]
    assert share(program)["energyWh"] >= 1.5
    assert in_wait(cluster)
    assert cluster.plant.voltage == 0.0
    assert tripped(cluster) == [], "ended in the right order"
    assert program.call("/setOperationMode?value=manual").status == 200


def test_one_that_a_kill_interrupted_ends_itself(program: Program, cluster: SimulatedCluster) -> None:
    command_id = sharing(program, "minutes=30")
    program.kill()
    assert statuses(cluster)["E003"] is ConverterStatus.CHARGE
    program.start()
    told = share(program)
    assert (told["state"], told["limits"], told["energyWh"]) == ("interrupted", {"minutes": 30.0, "wh": None}, None)
    assert told["unattended"]["why"] == "restart"
    rows = [row for row in program.call("/journal").json["rows"] if row["commandId"] == command_id]
    assert rows[0]["stage"] == "unknown", "its row does not stand at accepted for ever"
    until(lambda: share(program)["state"] == "failed", "its end", deadline=LONG)
    assert "Nobody ended it" in share(program)["reason"]
    assert in_wait(cluster)
    assert tripped(cluster) == [], "current first, then the reference"
    until(lambda: "the guided procedure has failed" in program.errors, "that it is kept no more")
    program.kill()
    program.start()
    assert share(program) is None


def test_whoever_puts_another_unit_to_work_past_the_console_ends_it(
    program: Program, cluster: SimulatedCluster
) -> None:
    """S5, S9: at the emulator's own door, where no rule of ours stands; the third unit is stopped too."""
    sharing(program, "minutes=30")
    plant = cluster.plant
    plant.order(plant.units["E002"], ConverterStatus.DISCHARGE, 370.0, 1.0)
    until(lambda: share(program)["state"] == "failed", "its end", deadline=LONG)
    assert "E002" in share(program)["reason"]
    assert in_wait(cluster)
    assert tripped(cluster) == []
    assert plant.voltage == 0.0
