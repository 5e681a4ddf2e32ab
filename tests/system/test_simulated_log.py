"""With `--simulate` the program hears the log of its own cluster, from the socket to `/apislog` (K16)."""

from pathlib import Path

from tests.system.console import Console, until


def test_the_program_hears_the_log_of_its_simulated_cluster(tmp_path: Path) -> None:
    with Console(tmp_path, simulate=3, apislog="224.2.2.4:8888") as console:
        until(
            lambda: {line["unitId"] for line in console.call("/apislog?level=FINE").json["lines"]} >= {"E001", "E003"},
            "lines of the simulated units",
        )
        lines = console.call("/apislog?level=FINE&unitId=E002").json["lines"]
        assert {(line["program"], line["unitId"]) for line in lines} <= {("apis-main", "E002")}
        assert not console.log.at(30, "cannot be heard")


def test_with_an_empty_setting_it_hears_nothing(tmp_path: Path) -> None:
    with Console(tmp_path, simulate=3) as console:
        until(lambda: console.call("/deals").json, "a deal")
        assert console.call("/apislog?level=FINE").json["lines"] == []
