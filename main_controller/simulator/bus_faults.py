"""Faults of the bus and of all converters on it: sections, a stranger, ramps, who trips (assumed)."""

from main_controller.simulator.bus import RAMP_S
from main_controller.simulator.fault import Arguments, Fault, Known
from main_controller.simulator.plant import Plant
from main_controller.simulator.protection import CAUSES, LOSERS

MOST_V = 1000.0
MOST_A = 100.0
LONGEST_RAMP_S = 3600.0
FALLS_WITHIN_S = 10.0
AMPS_PER_S = 0.5


class BusFaults:
    """There is one of each at a time; begun again, it takes its new arguments."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def table(self) -> dict[str, Fault]:
        """The faults by their names."""
        return {
            "bus-section-opens": Fault(
                "units=E003,E004 are cut off, their piece at volts= (0)", self._open, self._close, ("units", "volts")
            ),
            "bus-voltage": Fault("something unlisted holds the bus at volts=", self._hold, self._let_go, ("volts",)),
            "bus-leaks": Fault("something unlisted takes amps= from it", self._leak, self._tighten, ("amps",)),
            "real-ramps": Fault(
                "in real time: rise= and fall= s, current= A/s", self._ramps, self._no_ramps,
                ("rise", "fall", "current"),
            ),
            "second-reference": Fault(
                f"of two references trips={'|'.join(LOSERS)}", self._fight, self._fight_as_ever, ("trips",)
            ),
            "no-trips": Fault(
                f"nobody trips for causes={','.join(CAUSES)}", self._endure, self._endure_no_more, ("causes",)
            ),
        }  # fmt: skip

    def _open(self, args: Arguments) -> Known:
        units, volts = args.units(), args.number("volts", 0.0, MOST_V, 0.0)
        self._plant.open_section(units, volts)
        return {"units": ",".join(units), "volts": f"{volts:g}"}

    def _close(self, _: Known) -> None:
        self._plant.close_section()

    def _hold(self, args: Arguments) -> Known:
        volts = args.number("volts", 0.0, MOST_V)
        self._plant.main.held = volts
        self._plant.settle()
        return {"volts": f"{volts:g}"}

    def _let_go(self, _: Known) -> None:
        self._plant.main.held = None
        self._plant.settle()

    def _leak(self, args: Arguments) -> Known:
        amps = args.number("amps", -MOST_A, MOST_A)
        self._plant.main.leak_a = amps
        self._plant.settle()
        return {"amps": f"{amps:g}"}

    def _tighten(self, _: Known) -> None:
        self._plant.main.leak_a = 0.0
        self._plant.settle()

    def _ramps(self, args: Arguments) -> Known:
        rise = args.number("rise", 1.0, LONGEST_RAMP_S, RAMP_S)
        fall = args.number("fall", 1.0, LONGEST_RAMP_S, FALLS_WITHIN_S)
        current = args.number("current", 0.01, MOST_A, AMPS_PER_S)
        ramps = self._plant.ramps
        ramps.rise_s, ramps.fall_s, ramps.amps_per_s = rise, fall, current
        return {"rise": f"{rise:g}", "fall": f"{fall:g}", "current": f"{current:g}"}

    def _no_ramps(self, _: Known) -> None:
        ramps = self._plant.ramps
        ramps.rise_s = ramps.fall_s = ramps.amps_per_s = None
        self._plant.settle()

    def _fight(self, args: Arguments) -> Known:
        known = {"trips": args.choice("trips", LOSERS)}
        self._plant.protection.loser = known["trips"]
        return known

    def _fight_as_ever(self, _: Known) -> None:
        self._plant.protection.loser = "second"

    def _endure(self, args: Arguments) -> Known:
        causes = args.choices("causes", CAUSES)
        self._plant.protection.off = frozenset(causes)
        return {"causes": ",".join(causes)}

    def _endure_no_more(self, _: Known) -> None:
        self._plant.protection.off = frozenset()
