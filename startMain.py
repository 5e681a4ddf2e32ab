#!/usr/bin/env python3
"""The specification's 18 parameters (chapter 7.1), and the call that starts the program.

None leaves a value to be made of the others. A TOML file, the environment and the command line win over this file:
see `./startMain.py --help`.
"""

b_host = "127.0.0.1"  # address to listen on; this drives power hardware, so opening it to a network is your decision
b_port = 4382
emul_port = 4390
budo_port = 4383
emulator = True  # converter orders go to the hardware emulator; False: to each node's own driver
apis = True  # False: the old system's emul_url and budo_url
apis_host = "localhost"
apis_emul_port = 43900
apis_budo_port = 43830
apis_emul_url = None  # http://<apis_host>:<apis_emul_port>
apis_budo_url = None  # http://<apis_host>:<apis_budo_port>
ups_set_url = ":8080/1/ups1/operation/mode"  # this and the next two follow http://<ip of the node>
set_url = ":4380/remote/set?"
url = {"dcdc": ":4380/remote/get", "meter": ":4380/inquiry/09", "emu": ":8080/1/log/data"}
emul_url = None  # http://localhost:<emul_port>
budo_url = None  # http://localhost:<budo_port>; not used with APIS
datacollectorinterval = None  # s; None: 5, or 1 while emulator is True
schedulerInterval = 5  # s

parameters = {name: value for name, value in list(vars().items()) if not name.startswith("__")}

import importlib.util
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    venv = Path(__file__).resolve().parent / "venv"
    needed = ("bottle", "msgspec", "paho", "pytz", "requests", "waitress", "xstatic")
    if any(importlib.util.find_spec(name) is None for name in needed):
        if Path(sys.prefix).resolve() == venv.resolve():
            version = ".".join(map(str, sys.version_info[:3]))
            sys.exit(f"venv/ was not built for this Python {version}: run `sh venv.sh`, which mends it.")
        python = venv / "bin" / "python"
        if not python.exists():
            sys.exit("What this program needs is not installed: run `sh venv.sh` first; it builds venv/.")
        os.execv(python, [str(python), *sys.argv])

    try:
        from main_controller.wiring.controller import main

        sys.exit(main(parameters, sys.argv[1:]))
    except KeyboardInterrupt:  # before the program itself sees to signals
        sys.exit(130)
