"""How the program is called on this machine, as its remedies say it: what is copied from there must work there."""

from pathlib import Path

import pytest

from main_controller.settings import build_settings
from main_controller.settings.places import PAGE, ROOT, command_of

OPT = "/opt/apis-main-controller/bin/apis-main-controller"
OF_THE_SERVICE = {"config": "/etc/apis/site.toml", "data": "/var/lib/apis", "database": None}


@pytest.mark.parametrize(
    ("root", "started_as", "options", "said"),
    [
        (ROOT, "/anywhere/startMain.py", {}, "./startMain.py"),
        (PAGE, OPT, {}, OPT),
        (PAGE, OPT, OF_THE_SERVICE, f"{OPT} --config /etc/apis/site.toml --data /var/lib/apis"),
        (PAGE, "/x/controller.py", {"data": "/my data"}, "apis-main-controller --data '/my data'"),
    ],
)
def test_it_is_called_as_it_stands_here(root: Path, started_as: str, options: dict[str, object], said: str) -> None:
    assert command_of(root, options, started_as) == said


def test_the_settings_say_it_with_the_place_that_the_command_line_named(tmp_path: Path) -> None:
    assert build_settings({}, ["--data", str(tmp_path)], {}).command == f"./startMain.py --data {tmp_path}"
    assert build_settings({"b_port": 4399}, [], {}).command == "./startMain.py"
