// Frames for the tests, as frame.js keeps them: units that were read a second ago, and a Grid Master that serves.

const TIME = "2026-11-26T20:00:00.000+00:00";

/** When that was, so many seconds before the frame's own time. */
export function ago(seconds) {
  return new Date(Date.parse(TIME) - seconds * 1000).toISOString();
}

/** One unit's entry; `age` s where that is another than 1, null for one never seen. */
export function told({ age = 1, ig = 0, ...more } = {}) {
  return {
    state: "live",
    readAt: age === null ? null : ago(age),
    lastWord: "0x0000",
    dvg: 350,
    dig: Math.abs(ig),
    unwatched: false,
    acknowledged: null,
    conflict: null,
    trips: null,
    name: null,
    ip: null,
    globalMode: "autonomous",
    localMode: null,
    effective: "autonomous",
    alarm: false,
    permission: null,
    upsMode: null,
    ig,
    wg: ig === null ? null : ig * 350,
    vg: 350,
    wb: null,
    rsoc: 50,
    carries: Math.abs(ig) >= 0.1,
    ...more,
  };
}

/** One deal between two units; `running` null where no reading tells. */
export function deal(giver, taker, more = {}) {
  return { giver, taker, master: false, request: null, requester: null, responder: null, since: null, running: false, current: null, power: null, ...more };
}

/** The whole frame. */
export function frameOf(units = {}, { grid = {}, data = {}, ...more } = {}) {
  return {
    serial: 1,
    start: "a1",
    moment: 7,
    time: TIME,
    mine: false,
    about: { config: { staleafter: 30 }, limits: {} },
    data: { updated: ago(1), ...data },
    grid: {
      mode: "autonomous",
      pending: null,
      gridMaster: null,
      error: false,
      deals: 0,
      noGridMaster: false,
      busVoltage: 350,
      voltageReference: null,
      modes: {},
      ...grid,
    },
    clock: "2020/01/01-09:53:20",
    totals: { pv: 900, utility: null, load: 300, rsoc: 50, remaining: 2400 },
    deals: [],
    spurs: [],
    bus: { state: "steady", target: null, current: 0, power: 0, skew: null, references: [] },
    apisWeb: {},
    schedules: { set: {} },
    orders: [],
    then: null,
    estop: null,
    units,
    ...more,
  };
}
