"""Faults of one converter: meter, alarm, trip, limit, driver, set point, direction (assumed, but for the alarm)."""

from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.simulator import readings
from main_controller.simulator.fault import Arguments, Fault, FaultError, Known
from main_controller.simulator.plant import Plant
from main_controller.simulator.protection import CAUSES, MOST_A
from main_controller.simulator.quirks import DRIVER_LIES, Quirks

METER = ("ig", "wg", "vg", "wb", "ib", "vb", "tmp")
MOST_FACTOR = 100.0
MOST_V = 1000.0
MOST_DIG = 100.0


class ConverterFaults:
    """Each is of one unit, the first where none is named."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def table(self) -> dict[str, Fault]:
        """The faults by their names."""
        lies = f"its driver lies: kind={'|'.join(DRIVER_LIES)}, only= to one status"
        return {
            "meter-sticks": Fault(
                "a converter's meter shows the same for ever; unit=", self._stick, self._unstick, ("unit",)
            ),
            "meter-factor": Fault(
                f"its meter shows of={'|'.join(METER)} times factor=", self._scale, self._unscale,
                ("unit", "of", "factor"),
            ),
            "alarm": Fault("a unit reports a heavy alarm; unit=", self._alarm, self._no_alarm, ("unit",)),
            "trips": Fault(f"it trips now: cause={'|'.join(CAUSES)}", self._trip, None, ("unit", "cause")),
            "current-limit": Fault(
                "it trips beyond amps=, whoever ordered", self._limit, self._unlimit, ("unit", "amps")
            ),
            "under-voltage-trips": Fault(
                "it trips while current-controlled below 300 V", self._under_voltage, self._no_under_voltage, ("unit",),
                each=True,
            ),
            "current-reverses": Fault("its current flows against its status", self._reverse, self._forward, ("unit",)),
            "set-point-changes": Fault(
                "it takes mode=, dvg=, dig= by itself", self._change, None, ("unit", "mode", "dvg", "dig")
            ),
            "driver-lies": Fault(lies, self._lie, self._be_honest, ("unit", "kind", "only")),
        }  # fmt: skip

    def _quirks(self, known: Known) -> Quirks:
        return self._plant.units[known["unit"]].quirks

    def _stick(self, args: Arguments) -> Known:
        unit = self._plant.units[args.unit()]
        unit.quirks.stuck_meter = readings.meter(unit, self._plant)
        return {"unit": unit.id}

    def _unstick(self, known: Known) -> None:
        self._quirks(known).stuck_meter = None

    def _scale(self, args: Arguments) -> Known:
        factor = args.number("factor", -MOST_FACTOR, MOST_FACTOR)
        of = args.choices("of", METER) if args.has("of") else ["ig", "wg"]
        known = {"unit": args.unit(), "of": ",".join(of), "factor": f"{factor:g}"}
        self._quirks(known).meter_factors = dict.fromkeys(of, factor)
        return known

    def _unscale(self, known: Known) -> None:
        self._quirks(known).meter_factors = {}

    def _alarm(self, args: Arguments) -> Known:
        known = {"unit": args.unit()}
        self._quirks(known).alarm_held = True
        return known

    def _no_alarm(self, known: Known) -> None:
        self._quirks(known).alarm_held = False

    def _trip(self, args: Arguments) -> Known:
        unit_id, cause = args.unit(), args.choice("cause", CAUSES, "over-current")
        self._plant.trip(self._plant.units[unit_id], cause)
        return {}

    def _limit(self, args: Arguments) -> Known:
        amps = args.number("amps", 0.0, MOST_A)
        known = {"unit": args.unit(), "amps": f"{amps:g}"}
        self._quirks(known).limit_a = amps
        return known

    def _unlimit(self, known: Known) -> None:
        self._quirks(known).limit_a = None

    def _under_voltage(self, args: Arguments) -> Known:
        known = {"unit": args.unit()}
        self._quirks(known).under_voltage_trips = True
        return known

    def _no_under_voltage(self, known: Known) -> None:
        self._quirks(known).under_voltage_trips = False

    def _reverse(self, args: Arguments) -> Known:
        return self._turn({"unit": args.unit()}, against=True)

    def _forward(self, known: Known) -> None:
        self._turn(known, against=False)

    def _turn(self, known: Known, *, against: bool) -> Known:
        self._quirks(known).reversed = against
        self._plant.settle()
        return known

    def _change(self, args: Arguments) -> Known:
        unit = self._plant.units[args.unit()]
        dvg = args.number("dvg", 0.0, MOST_V, unit.dvg)
        dig = args.number("dig", 0.0, MOST_DIG, unit.dig)
        status = parse_converter_status(args.choice("mode", [one.value for one in ConverterStatus], unit.status.value))
        if status is None or not any(args.has(name) for name in ("mode", "dvg", "dig")):
            raise FaultError("mode, dvg or dig says what it takes")
        self._plant.drive(unit, status, dvg, dig)
        return {}

    def _lie(self, args: Arguments) -> Known:
        known = {"unit": args.unit(), "kind": args.choice("kind", DRIVER_LIES)}
        if args.has("only"):
            known["only"] = args.choice("only", [status.value for status in ConverterStatus])
        quirks = self._quirks(known)
        quirks.driver, quirks.driver_only = known["kind"], parse_converter_status(known.get("only"))
        return known

    def _be_honest(self, known: Known) -> None:
        quirks = self._quirks(known)
        quirks.driver, quirks.driver_only = "", None
