"""The simulated cluster as a whole: hardware, nodes, apis-web and their ports, started and stopped together (Z17)."""

import random
import re
from dataclasses import replace

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator.agenda import Agenda
from main_controller.simulator.apis_log import ApisLog, Send
from main_controller.simulator.apis_main import ApisMain
from main_controller.simulator.apis_web import ApisWeb
from main_controller.simulator.deal import AMOUNT_WH
from main_controller.simulator.driver import Driver
from main_controller.simulator.emulator import Emulator
from main_controller.simulator.exchange import Reply, Request
from main_controller.simulator.fault import FaultError
from main_controller.simulator.faults import Faults
from main_controller.simulator.http_server import Answer, HttpService
from main_controller.simulator.log_sender import LogSender
from main_controller.simulator.plant import Plant
from main_controller.simulator.practice import PRESSES, Press
from main_controller.simulator.truth import Truth

MOST_DRIVERS = 50
"""A device driver is a listening thread, so there are only so many."""


def seconds_of_day(text: str) -> float:
    """Read `HH:MM` as seconds since midnight. Raises ValueError for anything else."""
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if found is None:
        raise ValueError(f"a time of day is written HH:MM, not {text!r}")
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0


class SimulatedCluster:
    """`units` (1 to 1000) houses, their apis-main nodes, an apis-web and an emulator on `host` (port 0: a free one).

    `speed` is how much faster than real time sun, batteries and the units' clocks run; the programs' own periods and
    time-outs are seconds of the wall clock whatever the speed, as on the real system, and only `tempo` shrinks them
    (0.05: everything twenty times faster, for tests). `control_port` opens `/fault` and `/truth`.
    `log` is where apis-main's and apis-web's log goes, line by line; nowhere without it. A deal is of some `deal_wh`.
    `driver_port` gives each unit a loopback address of its own (127.11.x.y, on Linux) and a device driver there.
    Without `start` nothing listens and time moves by `advance` alone; the same `seed` then gives the same day.
    """

    def __init__(
        self,
        units: int = 4,
        *,
        speed: float = 10.0,
        host: str = "127.0.0.1",
        budo_port: int = 0,
        emul_port: int = 0,
        device_port: int = 0,
        control_port: int | None = None,
        driver_port: int | None = None,
        seed: int = 1,
        mode: Mode = Mode.AUTONOMOUS,
        start: str = "12:00",
        tempo: float = 1.0,
        log: LogSender | Send | None = None,
        deal_wh: float = AMOUNT_WH,
    ) -> None:
        if driver_port is not None and units > MOST_DRIVERS:
            raise ValueError(f"at most {MOST_DRIVERS} units can have device drivers of their own")
        rng = random.Random(seed)
        self.tempo = tempo
        self.agenda = Agenda(tempo)
        self.plant = Plant(units, speed, seconds_of_day(start), rng)
        self._log = log
        lines = ApisLog(log)
        self.apis_web = ApisWeb(self.agenda, lines)
        self.agenda.every(1.0, 1.0, self.plant.step)
        self.apis = ApisMain(
            self.agenda, self.plant, rng, mode, self.apis_web.receive, log=lines, amount_wh=deal_wh
        )  # fmt: skip
        self.apis_web.connect(self.apis)
        self.truth = Truth(self.agenda, self.plant, self.apis.market, tempo)
        self.agenda.passing = self.truth.pass_by
        self.emulator = Emulator(self.agenda, self.plant, self._budo_flag)
        self.faults = Faults(
            self.agenda, self.plant, self.apis, self.emulator, open_web=self._open_web, close_web=self._close_web
        )
        self._budo = HttpService("budo", host, budo_port, self._spoilt(self.apis_web.budo_emulator), chunked=True)
        self._emul = HttpService("emul", host, emul_port, self._spoilt(self.apis_web.emulator_emulator), chunked=True)
        self._device = HttpService("device", host, device_port, self.emulator.answer, chunked=False)
        self._control = HttpService("control", host, control_port or 0, self._control_answer, chunked=True)
        self._controlled = control_port is not None
        self._driver_port = driver_port
        self._drivers: list[HttpService] = []
        if driver_port is not None:
            self._move_to_loopback()
        self._started = False
        self._pressed = 0  # how often something was pressed or ended: what comes later of an ended press does nothing

    @property
    def budo_url(self) -> str:
        """apis-web's Budo Emulator (W1-W9)."""
        return self._budo.url

    @property
    def emul_url(self) -> str:
        """apis-web's Emulator Emulator (W10)."""
        return self._emul.url

    @property
    def device_url(self) -> str:
        """The converters' HTTP, which is the apis-emulator's (W11)."""
        return self._device.url

    @property
    def control_url(self) -> str | None:
        """Where `/fault` is, if anywhere."""
        return self._control.url if self._controlled else None

    @property
    def driver_port(self) -> int | None:
        """The port of every unit's own device driver, if they have any; known once started."""
        return self._driver_port

    def start(self) -> None:
        """Open the ports and let time run. Raises OSError when a port is taken; nothing is left open then."""
        services = [self._device, self._emul, self._budo, *([self._control] if self._controlled else [])]
        try:
            for service in services:
                service.open()
            self._open_drivers()
        except OSError:
            for service in (*services, *self._drivers):
                service.close()
            raise
        self._started = True
        self.agenda.start()

    def stop(self) -> None:
        """Close everything and join every thread."""
        self._started = False
        self.agenda.end()
        for service in (self._budo, self._emul, self._device, self._control, *self._drivers):
            service.close()
        if isinstance(self._log, LogSender):
            self._log.close()

    def advance(self, seconds: float) -> None:
        """Let so many seconds of the programs' time pass at once."""
        self.agenda.advance(seconds)

    def fault(self, name: str, **args: object) -> None:
        """Switch a fault of the table on, e.g. `fault("node-dies", unit="E004")`. Raises FaultError."""
        self.faults.begin(name, {key: str(value) for key, value in args.items()})

    def clear(self, name: str = "all", unit: str | None = None) -> None:
        """Switch a fault off, or all of them. Raises FaultError."""
        self.faults.clear(name, unit)

    def press(self, kind: str) -> None:
        """Have happen what shows this kind of alarm, all that was on before being ended. Raises FaultError."""
        presses = PRESSES.get(kind)
        if presses is None:
            raise FaultError(f"no fault of the cluster shows {kind}")
        self.release()
        known = self.plant.units.keys()
        missing = sorted({press.args["unit"] for press in presses if press.args.get("unit", "") not in ("", *known)})
        if missing:
            raise FaultError(f"there is no {', '.join(missing)}: {kind} needs a cluster of four units")
        with self.agenda:
            self._pressed += 1
            number = self._pressed
            for press in presses:
                if press.after > 0:
                    self.agenda.after(press.after, lambda press=press: self._press(number, press))  # type: ignore[misc]
        for press in presses:
            if press.after <= 0:
                self._press(number, press)

    def _press(self, number: int, press: Press) -> None:
        if number == self._pressed:  # else it was ended meanwhile
            self.faults.begin(press.fault, dict(press.args))

    def release(self) -> None:
        """End all faults, start what is down, bring all converters to Wait and the cluster to Run."""
        with self.agenda:
            self._pressed += 1
        self.faults.clear("all")
        self.faults.begin("node-returns", {})
        with self.agenda:
            if self.apis.mode is not Mode.AUTONOMOUS:
                for unit in self.plant.units.values():
                    self.plant.drive(unit, ConverterStatus.WAIT, unit.dvg, 0.0)
                self.apis.set_global(Mode.AUTONOMOUS)

    def _move_to_loopback(self) -> None:
        for unit in self.plant.units.values():
            unit.ip = f"127.11.{1 + (unit.number - 1) // 250}.{1 + (unit.number - 1) % 250}"
        self.apis.read_all()

    def _open_drivers(self) -> None:
        """One service for each unit's address, all on the port that the first got."""
        if self._driver_port is None:
            return
        for unit in self.plant.units.values():
            driver = Driver(self.agenda, self.plant, unit)
            service = HttpService(f"driver-{unit.id}", unit.ip, self._driver_port, driver.answer, chunked=False)
            self._drivers.append(service)
            service.open()
            self._driver_port = service.port

    def _budo_flag(self, unit_id: str) -> str:
        return "1" if self.apis.nodes[unit_id].effective(self.apis.mode) is Mode.AUTONOMOUS else "0"

    def _control_answer(self, request: Request) -> Reply:
        return (self.truth if request.path == "/truth" else self.faults).answer(request)

    def _spoilt(self, answer: Answer) -> Answer:
        def spoilt(request: Request) -> Reply:
            self.faults.hold()
            reply = self.faults.spoil(answer(request))
            return replace(reply, drip_s=reply.drip_s * self.tempo) if reply.drip_s else reply

        return spoilt

    def _close_web(self) -> None:
        self._budo.close(join=False)
        self._emul.close(join=False)

    def _open_web(self) -> None:
        self.apis_web.restart()
        if self._started:
            self._emul.open()
            self._budo.open()
