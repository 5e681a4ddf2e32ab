"""`python -m main_controller.simulator --units N`: the simulated cluster alone, on the real programs' ports."""

import argparse
import logging
import signal
import sys
from queue import SimpleQueue

from main_controller.domain.modes import Mode
from main_controller.simulator.cluster import SimulatedCluster
from main_controller.simulator.log_sender import LogSender

log = logging.getLogger("main_controller.simulator")


def arguments() -> argparse.ArgumentParser:
    """What may be said on the command line."""
    parser = argparse.ArgumentParser(prog="python -m main_controller.simulator", description=__doc__)
    parser.add_argument("--units", type=int, default=4, help="how many units, 1 to 1000 (default 4)")
    parser.add_argument("--speed", type=float, default=10.0, help="times real time (default 10)")
    parser.add_argument(
        "--mode", choices=[mode.value for mode in Mode], default="autonomous", help="global mode at start"
    )
    parser.add_argument(
        "--start", default="12:00", metavar="HH:MM", help="the units' time of day at start (default noon)"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed, another day")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1)")
    parser.add_argument("--control", type=int, metavar="PORT", help="open /fault and /truth on this port")
    parser.add_argument("--drivers", type=int, metavar="PORT", help="give each unit a device driver at 127.11.x.y:PORT")
    parser.add_argument(
        "--log",
        metavar="ADDRESS:PORT",
        help="send apis-main's log there: 224.2.2.4:8888 is where apis-main does; never beyond this machine",
    )
    parser.add_argument("--budo-port", type=int, default=43830)
    parser.add_argument("--emul-port", type=int, default=43900)
    parser.add_argument("--device-port", type=int, default=4390)
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM: 0; 2 when an argument or a port is no good."""
    parser = arguments()
    asked = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        address, _, port = (asked.log or "").rpartition(":")
        cluster = SimulatedCluster(
            asked.units,
            speed=asked.speed,
            host=asked.host,
            budo_port=asked.budo_port,
            emul_port=asked.emul_port,
            device_port=asked.device_port,
            control_port=asked.control,
            driver_port=asked.drivers,
            seed=asked.seed,
            mode=Mode(asked.mode),
            start=asked.start,
            log=LogSender(address, int(port), interface="0.0.0.0") if asked.log else None,
        )
        cluster.start()
    except (OSError, ValueError) as error:
        parser.error(str(error))
    ended: SimpleQueue[None] = SimpleQueue()  # an event would hold its lock where a signal comes as the wait begins
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.put(None))
    log.info("SIMULATED cluster of %d units, %g times real time", asked.units, asked.speed)
    log.info(
        "Budo Emulator %s, Emulator Emulator %s, converters %s", cluster.budo_url, cluster.emul_url, cluster.device_url
    )
    if cluster.control_url is not None:
        log.info("faults at %s/fault", cluster.control_url)
    ended.get()
    cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
