// From what the controller answers to what the page shows. Pure; used by main.js, whose result goes to the scene and the panels.
//
//   model = buildModel(logInfo, deals, status, { remembered, previous, elapsed, now })
//     remembered  {id: last data}: a silent unit keeps its last figures (state.js keeps them)
//     previous    the model before (a ramp is only seen from one to the next; what did not change is taken over from it)
//     elapsed     s since the status arrived: ages go on while the controller cannot be reached
//     now         s, monotonic
//     lost        true while the controller cannot be reached: what it said of the grid and of apis-web holds no longer
//
// model.units   [{id, name, data, state: "live"|"stale"|"silent", age, word: "wait"|"reference"|"charge"|"discharge"|null, ...reading,
//                 inDeal, sharing (deals.js sharingOf), running, current (A, signed, null), gridMaster, alarm, unwatched, acknowledged, trips (trips.js tripsOf), conflict, lastWord}] by id
// model.byId    Map id -> the same objects
// model.deals   deals.js flowsOf;   model.spurs   units that carry current without a deal (deals.js)
// model.dealsKnown   false while the deals cannot be told (deals is null, or the status says no Grid Master)
// model.bus     bus.js busOf;   model.totals {pv, utility, load W, rsoc %, remainingWh Wh, of: live units}
// model.counts  {live, stale, silent};   model.dataTime   the newest clock of a live unit as sent, or of any
// model.elapsed   s since the status arrived;   model.status   the status

import { busOf, sum } from "./bus.js";
import { carries, flowsOf, sharingOf, spursOf } from "./deals.js";
import { countStates, freshnessOf, staleAfterOf } from "./freshness.js";
import { finite } from "./figures.js";
import { reading, wordOf } from "./reading.js";
import { tripsOf } from "./trips.js";

export function buildModel(logInfo, deals, heard, { remembered = {}, previous = null, elapsed = 0, now = 0, lost = false } = {}) {
  const status = lost ? withoutWord(heard) : heard;
  const units = unitsOf(logInfo ?? {}, status, { remembered, previous, elapsed });
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const flows = flowsOf(deals, byId);
  markDeals(byId, flows);
  const inDeal = new Set(flows.flatMap((flow) => [flow.from, flow.to]));
  const live = units.filter((unit) => unit.state === "live");
  return {
    units,
    byId,
    deals: flows,
    spurs: spursOf(byId, inDeal),
    dealsKnown: Array.isArray(deals) && status?.grid?.noGridMaster !== true && !lost,
    bus: busOf(units, status, previous?.bus ?? null, now),
    totals: totalsOf(live),
    counts: countStates(units),
    dataTime: newest(live) ?? newest(units),
    elapsed,
    status: status ?? null,
  };
}

/** The status while disconnected: nothing of the grid and of apis-web, but still the orders, locks and schedules. */
function withoutWord(status) {
  return status && { ...status, grid: {}, apisWeb: {} };
}

/** Ids in the order people expect: E2 before E10, the same on every page. */
export function sortIds(ids) {
  return [...ids].map((id) => [orderOf(id), id]).sort(([one, id], [other, id2]) => plainOrder(one, other) || plainOrder(id, id2)).map(([, id]) => id);
}

function orderOf(id) {
  return id.replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

function plainOrder(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

function unitsOf(logInfo, status, { remembered, previous, elapsed }) {
  const entries = status?.units ?? {};
  const ids = new Set([...Object.keys(logInfo), ...Object.keys(entries)]);
  const staleAfter = staleAfterOf(status);
  return inOrder(ids, previous).map((id) => {
    const inLog = Object.hasOwn(logInfo, id);
    const data = inLog ? logInfo[id] : Object.hasOwn(remembered, id) ? remembered[id] : null;
    const entry = Object.hasOwn(entries, id) ? entries[id] : undefined;
    const before = previous?.byId.get(id);
    const read = before && before.data === data ? before.read : reading(data);
    return unitOf(id, data, read, entry, freshnessOf(entry, inLog, elapsed, staleAfter), status);
  });
}

/** The ids in order; that of the model before while no unit came or went. */
function inOrder(ids, previous) {
  const before = previous?.units ?? [];
  return before.length === ids.size && before.every(({ id }) => ids.has(id)) ? before.map(({ id }) => id) : sortIds(ids);
}

function unitOf(id, data, read, entry, { state, age }, status) {
  const master = status?.grid?.gridMaster;
  return {
    id,
    name: read.display,
    data,
    read,
    state,
    age,
    ...read,
    gridMaster: typeof master === "string" ? master === id : read.gridMaster && status?.grid?.noGridMaster !== true,
    crown: (read.word ?? wordOf(entry?.lastWord)) === "reference",
    inDeal: false,
    sharing: null,
    running: state === "live" && carries(read),
    current: read.ig,
    alarm: read.heavyAlarm,
    unwatched: entry?.unwatched === true,
    acknowledged: entry?.acknowledged ?? null,
    trips: tripsOf(entry),
    conflict: typeof entry?.conflict === "string" ? entry.conflict : null,
    lastWord: wordOf(entry?.lastWord),
    lastDvg: finite(entry?.lastDvg),
    lastDig: finite(entry?.lastDig),
  };
}

function markDeals(byId, flows) {
  const own = new Map();
  for (const flow of flows) for (const id of new Set([flow.from, flow.to])) own.set(id, [...(own.get(id) ?? []), flow]);
  for (const [id, mine] of own) {
    const unit = byId.get(id);
    if (unit) Object.assign(unit, { inDeal: true, sharing: unit.running ? "running" : sharingOf(mine) });
  }
}

function totalsOf(live) {
  const charges = live.map((unit) => unit.rsoc);
  const known = charges.filter((value) => value !== null).length;
  return {
    pv: sum(live.map((unit) => unit.pv)),
    utility: sum(live.map((unit) => unit.utility)),
    load: sum(live.map((unit) => unit.load)),
    rsoc: known === 0 ? null : sum(charges) / known,
    remainingWh: sum(live.map((unit) => unit.remainingWh)),
    of: live.length,
  };
}

/** Wire times sort as text; two-digit fields are the wire's own form (Q4). */
function newest(units) {
  return units.reduce((latest, { time }) => (time !== null && (latest === null || time > latest) ? time : latest), null);
}
