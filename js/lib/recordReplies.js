// The same as replies.js of what was recorded: slots, how complete they are, and the ledger. Pure. Whoever asks api.js for it hands this to it.

import { number, orNull, shaped, text, time } from "./replies.js";

const HISTORY = ["pvW", "loadW", "gridW", "chargePercent", "gridInWh", "gridOutWh", "batteryInWh", "batteryOutWh"];
const figure = orNull(number);
const step = (value) => /^(\d+|day|month)$/.test(String(value));
const isPage = shaped({ step, columns: [text], rows: [[() => true]], reachesBackTo: orNull(time) });
const isDays = shaped({ days: [time], units: [{ unitId: orNull(text), coverage: [number] }], reachesBackTo: orNull(time) });

export const isLedger = shaped({
  deals: [
    {
      id: number,
      dischargingUnit: text,
      chargingUnit: text,
      endedAt: time,
      flowedFrom: orNull(time),
      flowedTo: orNull(time),
      outWh: figure,
      inWh: figure,
      lossWh: figure,
      uncertaintyWh: figure,
      coverage: number,
      method: text,
      end: text,
      cause: orNull({ kind: text }),
    },
  ],
  next: figure,
});

export const isSums = shaped({
  by: (value) => ["hour", "day", "month"].includes(value),
  rows: [
    {
      start: time,
      dischargingUnit: orNull(text),
      chargingUnit: orNull(text),
      deals: number,
      outWh: number,
      inWh: number,
      lossWh: number,
      uncertaintyWh: number,
      partly: number,
    },
  ],
});

/** With every column that the page draws, and each row with all of its own. */
export function isHistory(body) {
  if (!isPage(body)) return false;
  const [start, coverage, ...names] = body.columns;
  const isRow = ([at, covered, ...values]) => time(at) && number(covered) && values.length === names.length && values.every(figure);
  return start === "start" && coverage === "coverage" && HISTORY.every((name) => names.includes(name)) && body.rows.every(isRow);
}

/** With a figure for each day. */
export function isCoverage(body) {
  return isDays(body) && body.units.every(({ coverage }) => coverage.length === body.days.length);
}
