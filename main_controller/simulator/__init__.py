"""A cluster in a box: apis-web, apis-main and the converters of up to 1,000 units, simulated (Z17).

It speaks their HTTP as `tests/recordings/` holds it and behaves as they do in time (K1 to K15). The program starts it
with `--simulate`; `python -m main_controller.simulator` runs it alone; tests build a `SimulatedCluster`. It imports
nothing of the rest but the domain's words.

Faults, by `/fault?name=...` on the control port (GET or POST; `/fault` lists them, `/fault?clear=<name>` or
`clear=all` ends them) or by `SimulatedCluster.fault(name, ...)`:

=================  ==============  ====================================================================================
name               arguments       what happens
=================  ==============  ====================================================================================
devices-hang                       no device answers and the units' clocks stand still; `/get/log` goes on with its last
                                   data; after more than 10 s of it errors are found, the Grid Master resigns (K5)
node-dies          unit            its apis-main is gone, its converter goes on as it was; amid a deal all deals end and
                                   the Grid Master resigns (K6). By default a unit with a deal that is not Grid Master
node-returns       unit            that node (or all that are down) started again; the same as clearing node-dies
grid-master-dies   takeover (s)    requests hang for 30 s, then `[]` and errors; another serves after 34 to 105 s (K7)
grid-error         unit            `active` false at once, the cluster in `stop` 12 to 18 s later (K10)
apis-web-dies                      connections are refused; back, and empty, 9 s after the fault's end (K8)
apis-web-returns                   the same as clearing apis-web-dies
apis-web-hangs                     apis-web accepts requests and answers when the fault ends
apis-web-garbage   kind            html, empty, truncated, cut, null, string, list, nan, badutf8, error500, drip,
                                   redirect, duplicate, sections (no `dcdc`), hostile (names with markup)
meter-sticks       unit            the converter's meter shows the same for ever; everything else moves
alarm              unit            `Heavy alarm`; the unit ends its deals and makes no new one
emulator-restart                   ends the hang that a bad order to `/set/dcdc` begins (K11)
=================  ==============  ====================================================================================

Assumed, for `tests/recordings/` do not show it:

- `oesunit.display` ("house201") and `oesunit.ip` are made up, where the recordings have the id and "NA".
- By hand (N13): a current order on a dead bus, and a second reference on a live one, trip that converter; a current
  beyond the reference's limit trips the reference. A trip is Wait with `Heavy alarm` until the next Wait order. Under
  apis-main nothing trips (recorded: -3 A at a reference of 1 A). When the bus falls away, a current-controlled unit
  keeps its word at 0 A (recorded).
- A converter found in Wait amid its deals ends them; the reference's Wait ends all.
- The master deal's giver takes the bus over without a ramp when the old reference has no deal left.
- `statusName` and `runningState` in Wait, the `alarm` code of a heavy alarm, the sun's voltage and current.
- `/get/dcdc/<id>` answers as `/set/dcdc/<id>`, `/get/unit|emu|oesunit/<id>` with parts of the emulator's `/get/log`;
  an unknown unit in `/get` is a 500 without a hang; the emulator keeps its state when it is started again.
- The units' own drivers (`driver_port`, for `emulator = False`): the emulator's shapes; a bad order is a 400.
- `PUT /<n>/ups1/operation/mode` on the device port sets unit n's UPS mode, which then no longer follows its battery.
- The address in `/shutdown`'s NO_HANDLERS; orders while the Grid Master has just died take effect and time out after
  30 s; after a shut-down of all nodes apis-web keeps its last picture. Hangs of up to 10 s have no consequence.
"""

from main_controller.simulator.cluster import SimulatedCluster
from main_controller.simulator.faults import FaultError

__all__ = ["FaultError", "SimulatedCluster"]
