// Deals joined with readings: who gives to whom, and whether current flows yet (V3, K12, Z6).
//
// A deal is listed some 20 s before a converter moves, so the list alone proves no current. The end that is current-controlled
// tells; the voltage reference only balances the others (K2), so its own sum is no evidence for one deal.

import { finite } from "./figures.js";
import { THRESHOLDS } from "./reading.js";

/**
 * @param deals the list of /get/dealsInfo, or null
 * @param units Map id -> {word, wg, ig, state}
 * @returns [{key, from, to, current, power, running, known, master, request, requester, responder, since}]
 *   current A and power W are sizes (no sign), null while none flows; `known` is false when no reading can tell.
 */
export function flowsOf(deals, units) {
  const listed = (Array.isArray(deals) ? deals : []).map(plain).filter(Boolean);
  const running = listed.map((deal) => evidence(deal, units));
  const share = sharesOf(listed, running);
  const seen = new Map();
  return listed.map((deal, index) => {
    const flowing = running[index] === true;
    const current = flowing ? currentOf(deal, units, share) : null;
    return {
      ...deal,
      key: keyOf(deal, seen),
      running: flowing,
      known: running[index] !== null,
      current,
      power: flowing ? powerOf(deal, units, share) : null,
    };
  });
}

/** Of one unit's flows: "running", "agreed" (no current yet), "unknown" when no reading can tell (Z6), null without any. */
export function sharingOf(flows) {
  if (flows.length === 0) return null;
  if (flows.some(({ running }) => running)) return "running";
  return flows.every(({ known }) => known) ? "agreed" : "unknown";
}

/** Units that give or take without any deal, as in Manual: each a flow between the unit and the bus. */
export function spursOf(units, inDeal) {
  const spurs = [];
  for (const unit of units.values()) {
    if (inDeal.has(unit.id) || unit.state !== "live" || !carries(unit)) continue;
    spurs.push({ id: unit.id, inward: (unit.wg ?? unit.ig) < 0, current: size(unit.ig), power: size(unit.wg) });
  }
  return spurs;
}

/** Whether current flows at this unit: the original's threshold of 40 W (A15-5), or 0.1 A where no power is told. */
export function carries(unit) {
  return unit.wg === null ? Math.abs(unit.ig ?? 0) >= 0.1 : Math.abs(unit.wg) >= THRESHOLDS.dc;
}

function plain(deal) {
  const from = name(deal?.dischargingUnit);
  const to = name(deal?.chargingUnit) ?? name(deal?.chargeingUnit);
  if (from === null || to === null) return null;
  return {
    from, to,
    master: deal.isMasterDeal === true,
    request: name(deal.request), requester: name(deal.requester), responder: name(deal.responder), since: name(deal.startTime),
    agreed: finite(deal.dealGridCurrentA),
  };
}

function name(value) {
  return typeof value === "string" && value !== "" ? value : null;
}

/** true or false as the current-controlled ends show it, null when none of them can be read. */
function evidence(deal, units) {
  const ends = [[units.get(deal.from), -1], [units.get(deal.to), 1]].filter(([unit]) => unit && unit.state === "live" && unit.word !== null && (unit.wg ?? unit.ig) !== null);
  const telling = ends.filter(([unit]) => unit.word !== "reference");
  const judges = telling.length > 0 ? telling : ends;
  if (judges.length === 0) return null;
  return judges.every(([unit, sign]) => carries(unit) && Math.sign(unit.wg ?? unit.ig) === sign);
}

/** How much of a unit's current each of its running deals gets: by the agreed current where it is told, else in equal parts. */
function sharesOf(deals, running) {
  const total = new Map();
  deals.forEach((deal, index) => {
    if (running[index] !== true) return;
    for (const id of [deal.from, deal.to]) {
      const sum = total.get(id) ?? { weight: 0, count: 0 };
      total.set(id, { weight: sum.weight + weightOf(deal), count: sum.count + 1 });
    }
  });
  return { total };
}

function weightOf(deal) {
  return deal.agreed && deal.agreed > 0 ? deal.agreed : 1;
}

function currentOf(deal, units, share) {
  return split(deal, units, share, "ig");
}

function powerOf(deal, units, share) {
  return split(deal, units, share, "wg");
}

/** The deal's part of the reading of its end with the fewest deals: that end tells it best. */
function split(deal, units, { total }, key) {
  const ends = [deal.from, deal.to]
    .map((id) => ({ unit: units.get(id), sum: total.get(id) }))
    .filter(({ unit }) => unit && unit.state === "live" && unit.word !== "reference" && unit[key] !== null)
    .sort((one, other) => one.sum.count - other.sum.count);
  if (ends.length === 0) return null;
  return (Math.abs(ends[0].unit[key]) * weightOf(deal)) / ends[0].sum.weight;
}

/** Two deals may name the same pair (K12), so the key also counts. */
function keyOf(deal, seen) {
  const pair = JSON.stringify([deal.from, deal.to, deal.since]);
  const count = (seen.get(pair) ?? 0) + 1;
  seen.set(pair, count);
  return `${pair}#${count}`;
}

function size(value) {
  return value === null ? null : Math.abs(value);
}
