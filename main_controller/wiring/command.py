"""The command `apis-main-controller`, which `pip install` puts beside Python: the whole program without a checkout.

From an installation that stands in a checkout it takes the parameters at the top of startMain.py, as that itself does.
"""

import runpy
import sys

from main_controller.settings import ROOT
from main_controller.wiring.controller import main


def run() -> int:
    """Run the program with the command line; returns the exit status."""
    top = ROOT / "startMain.py"
    parameters = runpy.run_path(str(top), run_name="startMain")["parameters"] if top.is_file() else {}
    try:
        return main(parameters, sys.argv[1:])
    except KeyboardInterrupt:  # before the program itself sees to signals
        return 130
