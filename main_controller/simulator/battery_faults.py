"""Faults of one unit's battery: what it is, what it does at its limits, what it says of itself (assumed)."""

from main_controller.simulator import battery
from main_controller.simulator.fault import Arguments, Fault, Known
from main_controller.simulator.plant import Plant
from main_controller.simulator.quirks import PROTECTS, Quirks
from main_controller.simulator.unit import CAPACITY_WH

PERMISSIONS: dict[str, int | str | None] = {
    "null": None, "0": 0, "1": 1, "2": 2, "3": 3, "0x00": "0x00", "0x01": "0x01", "0x02": "0x02", "0x03": "0x03",
}  # fmt: skip
"""How `value` stands on the wire: apis-main itself takes a number; the words are for a driver that writes them."""
MOST_V = 100.0
COLDEST_C, WARMEST_C = -40.0, 150.0


class BatteryFaults:
    """Each is of one unit; the first, or for `battery-real` and `battery-protects` all, where none is named."""

    def __init__(self, plant: Plant) -> None:
        self._plant = plant

    def table(self) -> dict[str, Fault]:
        """The faults by their names."""
        return {
            "battery-real": Fault(
                "vb, ib and tmp follow charge and power", self._real, self._unreal, ("unit",), each=True
            ),
            "battery-protects": Fault(
                f"at its limits it does how={'|'.join(PROTECTS)}", self._protect, self._unprotect, ("unit", "how"),
                each=True,
            ),
            "battery-permission": Fault(
                "battery_operation_status is value=null|0|1|2|3, or 0x00 to 0x03 in words", self._permit,
                self._unpermit, ("unit", "value"),
            ),
            "battery-charge": Fault("its charge is rsoc= % now", self._charge, None, ("unit", "rsoc")),
            "battery-voltage": Fault("it measures volts=", self._volts, self._no_volts, ("unit", "volts")),
            "temperature": Fault("tmp is celsius=", self._celsius, self._no_celsius, ("unit", "celsius")),
        }  # fmt: skip

    def _quirks(self, known: Known) -> Quirks:
        return self._plant.units[known["unit"]].quirks

    def _real(self, args: Arguments) -> Known:
        known = {"unit": args.unit()}
        self._quirks(known).battery_real = True
        return known

    def _unreal(self, known: Known) -> None:
        self._quirks(known).battery_real = False
        self._plant.units[known["unit"]].warmth_c = battery.AT_REST_C

    def _protect(self, args: Arguments) -> Known:
        known = {"unit": args.unit(), "how": args.choice("how", PROTECTS, "trip")}
        self._quirks(known).battery_protects = known["how"]
        return known

    def _unprotect(self, known: Known) -> None:
        self._quirks(known).battery_protects = ""
        self._plant.settle()

    def _permit(self, args: Arguments) -> Known:
        known = {"unit": args.unit(), "value": args.choice("value", PERMISSIONS)}
        quirks = self._quirks(known)
        quirks.permission_told, quirks.permission = True, PERMISSIONS[known["value"]]
        return known

    def _unpermit(self, known: Known) -> None:
        quirks = self._quirks(known)
        quirks.permission_told, quirks.permission = False, None

    def _charge(self, args: Arguments) -> Known:
        unit = self._plant.units[args.unit()]
        rsoc = args.number("rsoc", 0.0, 100.0)
        unit.integrate(self._plant.seconds)
        unit.clipped_wh += unit.charge_wh - rsoc * CAPACITY_WH / 100.0
        unit.charge_wh = rsoc * CAPACITY_WH / 100.0
        return {}

    def _volts(self, args: Arguments) -> Known:
        volts = args.number("volts", 1.0, MOST_V)
        known = {"unit": args.unit(), "volts": f"{volts:g}"}
        self._quirks(known).battery_volts = volts
        return known

    def _no_volts(self, known: Known) -> None:
        self._quirks(known).battery_volts = None

    def _celsius(self, args: Arguments) -> Known:
        celsius = args.number("celsius", COLDEST_C, WARMEST_C)
        known = {"unit": args.unit(), "celsius": f"{celsius:g}"}
        self._quirks(known).celsius = celsius
        return known

    def _no_celsius(self, known: Known) -> None:
        self._quirks(known).celsius = None
