"""A cluster in a box: apis-web, apis-main and the converters of up to 1,000 units, simulated (Z17).

It speaks their HTTP and sends their log as `tests/recordings/` holds them, and behaves as they do in time (K1-K20). The
program starts it with `--simulate`; `python -m main_controller.simulator` runs it alone; tests build a
`SimulatedCluster`. It imports nothing of the rest but the domain's words.

Faults, by `/fault?name=...` on the control port (GET or POST; `/fault` lists them, `/fault?clear=<name>` or
`clear=all` ends them) or by `SimulatedCluster.fault(name, ...)`:

===================  ====================  =============================================================================
name                 arguments             what happens
===================  ====================  =============================================================================
devices-hang                               no device answers and the units' clocks stand still; `/get/log` goes on with
                                           its last data; after more than 10 s of it errors are found, the Grid Master
                                           resigns (K5)
node-dies            unit                  its apis-main is gone, its converter goes on as it was; amid a deal all deals
                                           end and the Grid Master resigns (K6). By default a unit with a deal that is
                                           not Grid Master
node-returns         unit                  that node (or all that are down) started again; the same as clearing
                                           node-dies
grid-master-dies     takeover (s)          requests hang for 30 s, then `[]` and errors; another serves after 34 to 105
                                           s (K7)
grid-error           unit                  `active` false at once, the cluster in `stop` 12 to 18 s later (K10)
mode-changes         value                 somebody else orders the mode: autonomous, heteronomous, stop, manual
apis-web-dies                              connections are refused; back, and empty, 9 s after the fault's end (K8)
apis-web-returns                           the same as clearing apis-web-dies
apis-web-hangs                             apis-web accepts requests and answers when the fault ends
apis-web-garbage     kind                  html, empty, truncated, cut, null, string, list, nan, badutf8, error500,
                                           drip, redirect, duplicate, sections (no `dcdc`), hostile (names with markup),
                                           clock (one unit's is in 2099)
emulator-restart                           ends the hang that a bad order to `/set/dcdc` begins (K11)
meter-sticks         unit                  the converter's meter shows the same for ever; everything else moves
meter-factor         unit, of, factor      its meter shows `of` (ig,wg by default; of ig, wg, vg, wb, ib, vb, tmp) times
                                           `factor`, -100 to 100: currents no longer sum, or have the wrong sign
alarm                unit                  `Heavy alarm`, which no Wait order clears; the unit ends its deals and makes
                                           no new one
trips                unit, cause           it trips now: Wait, and `Heavy alarm` until the next Wait order; `cause`
                                           (over-current by default) is only logged
current-limit        unit, amps            its own limit, 0 to 5 A: it trips when asked for more by hand, and when it
                                           carries more, whoever ordered it
under-voltage-trips  unit (all)            it trips where it is current-controlled below 300 V, as when its reference
                                           has gone
current-reverses     unit                  its current flows against its status: who should take gives
set-point-changes    unit, mode, dvg, dig  it takes another status or set point by itself
driver-lies          unit, kind, only      what its driver makes of orders (`only`: to that status). Doing nothing: echo
                                           (answers as if obeyed), wait (answers Wait), deaf (answers its state), silent
                                           (never answers), error (500). Obeying: stale (answers the state before), mute
                                           (never answers)
battery-real         unit (all)            vb, ib and tmp follow charge and power, as does what the EMU says of the
                                           battery
battery-protects     unit (all), how       at RSOC 0 and 100 %, and beyond 32 to 58.4 V, 20 A, 0 to 45 C: trip
                                           (default), permission (withdrawn, and no current), nothing. Without it only
                                           an empty battery (1 %) trips
battery-permission   unit, value           `battery_operation_status` is null, 0 (nothing), 1 (charge only), 2
                                           (discharge only), 3 (all), or 0x00 to 0x03 in words
battery-charge       unit, rsoc            its charge is so many % from now on
battery-voltage      unit, volts           it measures so many volts, 1 to 100
temperature          unit, celsius         `tmp` is so many degrees, -40 to 150
bus-section-opens    units, volts          `units` (E003,E004) are cut off from the bus; their piece is dead, or stands
                                           at `volts`
bus-voltage          volts                 something unlisted holds the bus at 0 to 1000 V, and carries what the units
                                           do not
bus-leaks            amps                  something unlisted takes amps from the live bus (gives, where negative)
real-ramps           rise, fall, current   in seconds and A/s of the wall clock, whatever the speed: the bus rises
                                           within 120 s, falls within 10 s, currents move by 0.5 A/s
second-reference     trips                 of two references on one bus: second (trips without this fault too), first,
                                           both, none
no-trips             causes                nobody trips for these: over-current, over-voltage, under-voltage, dead-bus,
                                           second-reference, battery; all by default
===================  ====================  =============================================================================

Where `unit` is not given it is the first, or all where the table says so. An argument that a fault does not take, or
beyond its range, is a 400 with a sentence, and nothing happens.

`/truth` on the same port tells what is so and what flowed, at the terminals themselves (Wh by the wall's clock):
`{"now": {"volts", "heldBy": ["E001"], "converters": {"E001": {"status", "amps", "answers"}}}, "units": {"E001":
{"gridOutWh", "gridInWh"}}, "deals": [{"dischargingUnit", "chargingUnit", "startTime", "outWh", "inWh"}]}`, with each
deal of which current flowed; `answers` is false of a converter that answers nobody now.

Assumed, for `tests/recordings/` do not show it:

- `oesunit.display` ("house201") and `oesunit.ip` are made up, where the recordings have the id and "NA".
- By hand (N13): a current order on a dead bus, a second reference on a live one, more than 5 A asked of a converter,
  and a bus above 400 V trip that converter; a current beyond the reference's limit trips the reference. A trip is Wait
  with `Heavy alarm` until the next Wait order. Under apis-main no current trips (recorded: -3 A at a reference of 1 A).
  When the bus falls away, a current-controlled unit keeps its status at 0 A (recorded), unless under-voltage-trips.
- All that meter-factor to no-trips switch on. The recorded emulator's batteries stand at 48 V and 26.59 C, its currents
  and a falling bus move at once, its drivers are honest, it knows no permission; so do the units without these faults.
  Shapes and sizes are made up: the battery's curve and resistance, its warmth, the current's ramp, the bus' fall, who
  wins between two references (the greater `dig`; they drive the smaller through each other), that a reference whose
  battery forbids its current trips. Limits and the meaning of the permission are apis-main's documents and samples.
- apis-main ends a unit's deals for a permission other than 3 and null, and beyond 0 to 45 C or 32 to 58.4 V (read in
  its source, not recorded). Two ends of a deal on two pieces of the bus are a global error to it.
- A converter found in Wait amid its deals ends them; the reference's Wait ends all.
- The master deal's giver takes the bus over without a ramp when the old reference has no deal left.
- `statusName` and `runningState` in Wait, the `alarm` code of a heavy alarm, the sun's voltage and current.
- `/get/dcdc/<id>` answers as `/set/dcdc/<id>`, `/get/unit|emu|oesunit/<id>` with parts of the emulator's `/get/log`;
  an unknown unit in `/get` is a 500 without a hang; the emulator keeps its state when it is started again.
- The units' own drivers (`driver_port`, for `emulator = False`): the emulator's shapes; a bad order is a 400.
- `PUT /<n>/ups1/operation/mode` on the device port sets unit n's UPS mode, which then no longer follows its battery.
- Its log's errors for what no recording has: a unit's own objection, a mode that tears deals down, a reference found in
  Wait, `/fault?name=grid-error`. A stage of a deal is told when it comes, not in the Grid Master's next round.
- The address in `/shutdown`'s NO_HANDLERS; orders while the Grid Master has just died take effect and time out after
  30 s; after a shut-down of all nodes apis-web keeps its last picture. Hangs of up to 10 s have no consequence.
"""

from main_controller.simulator.cluster import SimulatedCluster
from main_controller.simulator.fault import FaultError
from main_controller.simulator.log_sender import LogSender, own_group
from main_controller.simulator.practice import PRESSES

__all__ = ["PRESSES", "FaultError", "LogSender", "SimulatedCluster", "own_group"]
