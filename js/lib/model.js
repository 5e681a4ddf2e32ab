// From the frame (frame.js) to what the page shows. Pure; used by main.js, whose result goes to the scene and the panels.
//
//   model = buildModel(frame, { previous, elapsed, lost })
//     previous    the model before: deals that cannot be told now stay as they were last known
//     elapsed     s since the frame's newest answer came: ages go on between the answers and while there are none
//     lost        true while the controller cannot be reached: what it said of the grid and of apis-web holds no longer
//
// model.units   [{id, name, ip, state: "live"|"stale"|"silent", age, word: "wait"|"reference"|"charge"|"discharge"|null, rawWord,
//                 globalMode, localMode, effective, ...FIGURES, operating, inDeal, sharing, running, current (A, signed, null),
//                 gridMaster, crown, alarm, alarmPriority (1..4 of its gravest, null), unwatched, acknowledged, trips (trips.js tripsOf), conflict, lastWord}] by id
//   sharing     "running", "agreed" (no current yet), "unknown" when no reading can tell (Z6), null without any deal
// model.byId    Map id -> the same objects
// model.deals   [{key, from, to, master, request, requester, responder, since, running, known, current, power}]: A and W without a sign, null
//               while none flows; `known` is false when no reading can tell.   model.dealsKnown   false while the list itself cannot be told
// model.spurs   [{id, inward, current, power}]: units that carry current without a deal
// model.bus     {voltage, current, power, reference, references, target, state, skew, last}; while nobody tells of the bus, because the
//               controller or apis-web does not answer, all but `last` is unknown: {voltage V, age s} as told last, null where none was
// model.totals {pv, utility, load W, rsoc %, remaining Wh}
// model.counts  {live, stale, silent};   model.dataTime   the units' own clock as sent
// model.elapsed, model.lost   as given;   model.status   statusOf(frame)

import { countStates, staleAfterOf, stateNow } from "./freshness.js";
import { finite } from "./figures.js";
import { wordOf } from "./reading.js";
import { tripsOf } from "./trips.js";

const FIGURES = Object.freeze([
  "pv",
  "load",
  "utility",
  "demand",
  "battery",
  "wg",
  "vg",
  "ig",
  "wb",
  "vb",
  "ib",
  "dvg",
  "dig",
  "rsoc",
  "permission",
  "upsMode",
]);
const TOTALS = Object.freeze(["pv", "utility", "load", "rsoc", "remaining"]);

export function buildModel(frame, { previous = null, elapsed = 0, lost = false } = {}) {
  const told = statusOf(frame);
  const status = lost ? withoutWord(told) : told;
  const units = unitsOf(frame, status, { previous, elapsed });
  const byId = new Map(units.map((unit) => [unit.id, unit]));
  const deals = dealsOf(frame?.deals, byId, previous);
  markDeals(byId, deals);
  const counts = countStates(units);
  const now = lost && counts.live === 0 ? null : frame; // nothing is told of now any more
  return {
    units,
    byId,
    deals,
    spurs: spursOf(frame?.spurs, byId),
    dealsKnown: Array.isArray(frame?.deals) && !lost,
    bus: untoldBus(status, lost) ? lastBus(now, elapsed) : busOf(now),
    totals: pick(now?.totals, TOTALS),
    counts,
    dataTime: frame?.clock ?? null,
    lost,
    elapsed,
    status,
  };
}

/** The frame in the shape that the panels and the orders read: as /get/status tells it, with the schedules that are set beside; null for none. */
export function statusOf(frame) {
  if (!frame) return null;
  const { about, data, moment, mine, then, ...sections } = frame;
  return {
    ...about,
    ...sections,
    serial: moment,
    data: { ...data, age: ageAt(data?.updated, frame.time) },
    then: then ? { ...then, mine: mine === true } : null,
  };
}

/** The status while disconnected: nothing of the grid and of apis-web, but still the orders, locks and schedules. */
function withoutWord(status) {
  return status && { ...status, grid: {}, apisWeb: {} };
}

/** Seconds from one moment to another by the controller's clock; null where the first is none. */
function ageAt(from, to) {
  const age = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(age) ? Math.max(0, age) : null;
}

/** Ids in the order people expect: E2 before E10, the same on every page. */
export function sortIds(ids) {
  return [...ids]
    .map((id) => [orderOf(id), id])
    .sort(([one, id], [other, id2]) => plainOrder(one, other) || plainOrder(id, id2))
    .map(([, id]) => id);
}

function orderOf(id) {
  return id.replace(/\d+/g, (digits) => digits.padStart(12, "0"));
}

function plainOrder(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

function unitsOf(frame, status, { previous, elapsed }) {
  const staleAfter = staleAfterOf(status);
  const told = new Map(Object.entries(frame?.units ?? {}));
  return inOrder(told, previous).map((id) => {
    const unit = told.get(id);
    const age = ageAt(unit.readAt, frame.time);
    return unitOf(id, unit, age === null ? null : age + elapsed, { staleAfter, gridMaster: status.grid?.gridMaster ?? null });
  });
}

/** The ids in order; that of the model before while no unit came or went. */
function inOrder(told, previous) {
  const before = previous?.units ?? [];
  return before.length === told.size && before.every(({ id }) => told.has(id)) ? before.map(({ id }) => id) : sortIds(told.keys());
}

function unitOf(id, told, age, { staleAfter, gridMaster }) {
  const state = stateNow(told.state, age, staleAfter);
  const lastWord = wordOf(told.lastWord);
  const { name = null, ip = null, globalMode = null, localMode = null, effective = null, wg, wb } = told;
  return {
    id,
    name,
    ip,
    state,
    age,
    globalMode,
    localMode,
    effective,
    ...pick(told, FIGURES),
    operating: finite(wb) === null || finite(wg) === null ? null : wb - wg,
    word: told.readAt ? lastWord : null, // of one that was never seen a file tells the last
    rawWord: told.lastWord ?? null,
    gridMaster: gridMaster === id,
    crown: lastWord === "reference",
    inDeal: false,
    sharing: null,
    running: state === "live" && told.carries === true,
    current: finite(told.ig),
    alarm: told.alarm === true,
    alarmPriority: [1, 2, 3, 4].includes(told.alarmPriority) ? told.alarmPriority : null,
    unwatched: told.unwatched === true,
    acknowledged: told.acknowledged ?? null,
    trips: tripsOf(told),
    conflict: told.conflict ?? null,
    lastWord,
  };
}

function pick(told, names) {
  return Object.fromEntries(names.map((name) => [name, finite(told?.[name])]));
}

/** The deals as told; while they cannot be told the last that were known, of which no reading tells anything now. */
function dealsOf(deals, byId, previous) {
  if (!Array.isArray(deals)) return (previous?.deals ?? []).map(untold);
  const seen = new Map();
  return deals.map(({ giver: from, taker: to, running, ...told }) => {
    const deal = { ...told, key: keyOf(from, to, told.since, seen), from, to, running: running === true, known: running !== null };
    return [from, to].some((id) => byId.get(id)?.state === "live") ? deal : untold(deal);
  });
}

function untold(deal) {
  return { ...deal, running: false, known: false, current: null, power: null };
}

/** Two deals may name the same pair (K12), so the key also counts. */
function keyOf(from, to, since, seen) {
  const pair = JSON.stringify([from, to, since]);
  const count = (seen.get(pair) ?? 0) + 1;
  seen.set(pair, count);
  return `${pair}#${count}`;
}

function markDeals(byId, deals) {
  const own = new Map();
  for (const deal of deals) for (const id of new Set([deal.from, deal.to])) own.set(id, [...(own.get(id) ?? []), deal]);
  for (const [id, mine] of own) {
    const unit = byId.get(id);
    if (unit) Object.assign(unit, { inDeal: true, sharing: unit.running ? "running" : sharingOf(mine) });
  }
}

function sharingOf(deals) {
  if (deals.some(({ running }) => running)) return "running";
  return deals.every(({ known }) => known) ? "agreed" : "unknown";
}

function spursOf(spurs, byId) {
  const shown = ({ unitId }) => byId.get(unitId)?.state === "live" && !byId.get(unitId).inDeal;
  return (spurs ?? []).filter(shown).map(({ unitId: id, ...spur }) => ({ id, ...spur }));
}

/** Whether what was told of the bus is not of now: nobody brings readings. */
function untoldBus(status, lost) {
  return lost || status?.apisWeb?.emulatorEmulator?.up === false;
}

function lastBus(frame, elapsed) {
  const voltage = finite(frame?.grid?.busVoltage);
  const age = ageAt(frame?.data?.updated, frame?.time);
  return { ...busOf(null), last: voltage === null || age === null ? null : { voltage, age: age + elapsed } };
}

function busOf(frame) {
  const { state = "unknown", references = [], ...bus } = frame?.bus ?? {};
  return {
    ...pick(bus, ["target", "current", "power", "skew"]),
    state,
    references,
    voltage: finite(frame?.grid?.busVoltage),
    reference: frame?.grid?.voltageReference ?? null,
    last: null,
  };
}
