// The figures of recorded slots as a person reads them: which there are, what they are called, and each as text. Pure.

import { MISSING, figure, finite, signed } from "./figures.js";
import { localOf } from "./zones.js";

const TWO = (value) => String(value).padStart(2, "0");
const LINES = {
  pvW: { colour: "pv" },
  loadW: { colour: "load", dash: [6, 3], look: "dashed" },
  gridW: { colour: "bus", width: 2.2, look: "thick", signed: true },
  chargePercent: { colour: "charge" },
  gridOutWh: { colour: "bus", look: "block" },
  gridInWh: { colour: "charge", look: "hollow" },
  batteryInWh: { colour: "charge", look: "block" },
  batteryOutWh: { colour: "utility", look: "hollow" },
};
const SCALES = [
  [1e6, "M"],
  [1e3, "k"],
];
const UNITS = [
  ["Percent", "%"],
  ["Wh", "Wh"],
  ["W", "W"],
];

/** The panes (charts/plot.js) of a unit's or, with null, the cluster's powers, each series without its values; without that of the deals. */
export function powerPanes(unitId) {
  const power = unitId === null ? ["pvW", "loadW"] : ["pvW", "loadW", "gridW"];
  const panes = [
    { key: "power", kind: "lines", height: 170, unit: "W", series: power },
    { key: "charge", kind: "lines", height: 84, unit: "%", range: [0, 100], series: ["chargePercent"] },
  ];
  if (unitId === null) panes.push({ key: "shared", kind: "bars", height: 84, unit: "Wh", series: ["gridOutWh"] });
  return panes;
}

/** Those of the energy of each slot. */
export function energyPanes(unitId) {
  return [
    { key: "bus", kind: "bars", height: 110, unit: "Wh", series: unitId === null ? ["gridOutWh"] : ["gridOutWh", "gridInWh"] },
    { key: "battery", kind: "bars", height: 110, unit: "Wh", series: ["batteryInWh", "batteryOutWh"] },
  ];
}

/** A pane's series with their values: {key, colour, dash, look, values}. */
export function filled(pane, slots) {
  return { ...pane, series: pane.series.map((key) => ({ key, ...LINES[key], values: slots.columns[key] })) };
}

/** What a series is called; the cluster's energy on the bus is what was shared. */
export function labelOf(key, unitId, words) {
  return words.t(key === "gridOutWh" && unitId === null ? "series.shared" : `series.${key}`);
}

export function unitOf(key) {
  return UNITS.find(([end]) => key.endsWith(end))?.[1] ?? "";
}

/** "-123.4 W": with one decimal, as the file has it or rounded; "--" where nothing is known. */
export function figureText(key, value) {
  const text = LINES[key]?.signed ? signed(value, 1) : figure(value, 1);
  return text === MISSING ? text : `${text} ${unitOf(key)}`;
}

/** How much of a slot is covered: "100 %"; never 100 while anything is missing, nor 0 while there is anything. */
export function coverageText(part) {
  const given = finite(part);
  if (given === null) return MISSING;
  const percent = Math.round(given * 100);
  return `${given < 1 && percent === 100 ? 99 : given > 0 && percent === 0 ? 1 : percent} %`;
}

/** How much of a slot of a record is covered; of one that begins where the record ends (s since 1970) that it is not written yet, which is no gap. */
export function coveredText({ at, columns }, place, recorded, words) {
  const part = columns.coverage[place];
  return at[place] >= recorded && !(part > 0) ? words.t("chart.notYet") : coverageText(part);
}

/** Which time a slot is: a minute by its beginning, a half hour with its end, a day or month by its name; of one that is not over by `now` (s since 1970) that too. */
export function slotTime(slots, place, words, now = Number.POSITIVE_INFINITY) {
  const name = nameOf(slots, place, words);
  return slots.until[place] > now && slots.step !== "60" ? words.t("chart.soFar", { slot: name }) : name;
}

function nameOf(slots, place, words) {
  const at = slots.at[place];
  const { year, month, day } = localOf(new Date(at * 1000), words.zone);
  if (slots.step === "month") return `${year}-${TWO(month)}`;
  if (slots.step === "day") return `${year}-${TWO(month)}-${TWO(day)}`;
  const begin = words.moment(new Date(at * 1000));
  return slots.step === "60" ? begin : words.t("chart.until", { begin, end: clockOf(slots.until[place], words) });
}

/** "20:05": a moment (s since 1970) by the site's clock, among others of its day. */
export function clockOf(at, words) {
  const { hour, minute } = localOf(new Date(at * 1000), words.zone);
  return `${TWO(hour)}:${TWO(minute)}`;
}

/** What stands at the marks of an upright axis: as many decimals as tell them apart, in the unit that suits the largest. */
export function axisTexts(values, unit) {
  const most = Math.max(...values.map(Math.abs));
  const [scale, prefix] = SCALES.find(([least]) => unit.startsWith("W") && most >= least) ?? [1, ""];
  const step = values.length > 1 ? Math.abs(values[1] - values[0]) / scale : 1;
  const decimals = [0, 1, 2].find((count) => Math.abs(step * 10 ** count - Math.round(step * 10 ** count)) < 1e-6) ?? 3;
  return values.map((value) => `${figure(value / scale, decimals)} ${prefix}${unit}`);
}

/** "1.24 kWh": energy at a glance; "--" where none is known. */
export function energyText(wh) {
  const [scale, prefix] = SCALES.find(([least]) => Math.abs(wh) >= least) ?? [1, ""];
  return finite(wh) === null ? MISSING : `${figure(wh / scale, scale === 1 ? 1 : 2)} ${prefix}Wh`;
}
