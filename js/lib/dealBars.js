// The deals of a unit as bars below its chart: each in its time, or what all of a day or month moved. Pure.

import { finite } from "./figures.js";

/**
 * Deals that are over (of /ledger) and under way (of the page's model) as bars of the unit's own view, the earliest first.
 * @param now s since 1970, up to which a deal under way is drawn
 * @returns [{from, to, gives, other, outWh, inWh, running, lane}]: s since 1970; `lane` is the row in which it overlaps no other
 */
export function barsOf(unitId, over, underWay, now) {
  const ended = over
    .filter(({ flowedFrom }) => flowedFrom !== null)
    .map(({ chargingUnit, dischargingUnit, flowedFrom, flowedTo, endedAt, outWh, inWh }) => ({
      ...sideOf(unitId, dischargingUnit, chargingUnit),
      from: Date.parse(flowedFrom) / 1000,
      to: Date.parse(flowedTo ?? endedAt) / 1000,
      outWh: finite(outWh),
      inWh: finite(inWh),
      running: false,
    }));
  const open = underWay
    .filter(({ from, to, currentSince }) => currentSince && (from === unitId || to === unitId))
    .map(({ from, to, currentSince }) => ({
      ...sideOf(unitId, from, to),
      from: Date.parse(currentSince) / 1000,
      to: now,
      outWh: null,
      inWh: null,
      running: true,
    }));
  return inLanes([...ended, ...open].sort((one, other) => one.from - other.from));
}

function sideOf(unitId, giver, taker) {
  const gives = giver === unitId;
  return { gives, other: gives ? taker : giver };
}

function inLanes(bars) {
  const ends = []; // of each lane
  return bars.map((bar) => {
    const free = ends.findIndex((end) => end <= bar.from);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = bar.to;
    return { ...bar, lane };
  });
}

/** How many deals a row of /ledger/sums is of: as many as the ledger lists of that time, and of those how many carried no current. */
export function countOf({ deals, withoutCurrent }, words) {
  const n = deals + withoutCurrent;
  return withoutCurrent === 0 ? String(n) : words.t("ledger.idleToo", { n, idle: withoutCurrent });
}

/** What deals moved in each slot: {gave, took}, Wh at the unit's own end; null where it had none. @param rows of /ledger/sums by pair */
export function movedIn(slots, rows, unitId) {
  const place = new Map(slots.at.map((at, index) => [at, index]));
  const [gave, took] = [slots.at.map(() => null), slots.at.map(() => null)];
  for (const { start, dischargingUnit, outWh, inWh, deals } of rows) {
    const index = place.get(Date.parse(start) / 1000);
    if (index === undefined || deals === 0) continue;
    if (dischargingUnit === unitId) gave[index] = (gave[index] ?? 0) + outWh;
    else took[index] = (took[index] ?? 0) + inWh;
  }
  return { gave, took };
}
