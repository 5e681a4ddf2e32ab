// The figures of the bus as the controller reckons them (status.bus, status.flexibility), as lines of text: {key, label, text, level}. Pure.

import { MISSING, figure, finite } from "./figures.js";
import { idsOf } from "./sentences.js";
import { isolated } from "./wire.js";

const MOST = 4; // converters at work by an order that one line names

/** @param bus status.bus; nothing to show where that is none, or has no figures yet. @param flexibility status.flexibility */
export function busLines(bus, words, flexibility = null) {
  if (!bus || bus.voltage === undefined) return [];
  const line = (key, text, level = null) => ({ key, label: words.t(`busfig.${key}`), text, level });
  return [
    line("voltage", voltageText(bus.voltage, words)),
    ...outsideLines(bus.voltage, words).map((text) => line("outside", text)),
    line("reference", referenceText(bus.reference, words)),
    ...headroomLines(bus.reference, words).map(([text, level]) => line("headroom", text, level)),
    line("balance", ...balanceText(bus.balance, words)),
    line("losses", `${figure(bus.losses)} W`),
    ...offerLines(flexibility, words),
    ...explainedLines(bus.working, words).map((text) => line("ordered", text)),
    ...unexplainedLines(bus.working, words).map((text) => line("unexplained", text, "warn")),
  ];
}

function voltageText(voltage, words) {
  if (!voltage) return `${MISSING} V`;
  const { min, max, of } = voltage;
  const range = figure(min, 1) === figure(max, 1) ? figure(min, 1) : `${figure(min, 1)}–${figure(max, 1)}`;
  return words.t("busfig.volts", { range, n: of ?? MISSING });
}

/** Who measures the bus outside its band, and since when it is; what lasts stands among the banners (I14). */
function outsideLines(voltage, words) {
  const { outside = [], leftBand = null } = voltage ?? {};
  if (outside.length === 0) return [];
  return [words.t("busfig.out", { units: idsOf(outside, words), at: words.time(leftBand) })];
}

function referenceText(reference, words) {
  if (!reference) return MISSING;
  const { unitId, dvg, vg } = reference;
  return words.t("busfig.held", { id: unitId, vg: figure(vg, 1), dvg: figure(dvg, 1) });
}

/** How much more current the reference could take over; below nothing it no longer holds its voltage. */
function headroomLines(reference, words) {
  if (!reference) return [];
  const { limit, headroom } = reference;
  const text = words.t("busfig.left", { left: figure(headroom, 2), limit: figure(limit, 2) });
  return [[text, finite(headroom) !== null && headroom < 0 ? "alarm" : null]];
}

/** Readings that are not of one moment do not add up: their difference is not shown as one. */
function balanceText(balance, words) {
  if (!balance) return [`${MISSING} W`];
  const { taken, given, residual, percent, skew, withinSkew } = balance;
  const values = { taken: figure(taken), given: figure(given), rest: figure(residual), percent: figure(percent, 1), skew: figure(skew) };
  return [words.t(withinSkew === true ? "busfig.apart" : "busfig.balanced", values)];
}

/** What the batteries could give and take now, for who may call for it; of which units nobody can tell. */
function offerLines(flexibility, words) {
  if (!flexibility) return [];
  const { untold = 0 } = flexibility;
  return ["give", "take"].map((key) => {
    const text = words.t("busfig.offer", { wh: figure(flexibility[key]?.energy), w: figure(flexibility[key]?.power) });
    return { key, label: words.t(`busfig.${key}`), text: untold > 0 ? `${text} · ${words.t("busfig.untold", { n: untold })}` : text, level: null };
  });
}

/** What an order from here keeps at work, set against measured, with the order; deals stand in a list of their own. */
function explainedLines(working, words) {
  const ordered = (Array.isArray(working) ? working : []).filter(({ explainedBy }) => explainedBy && explainedBy !== "deal");
  const rest = ordered.length > MOST ? [words.t("and.more", { n: ordered.length - MOST })] : [];
  return ordered.length === 0
    ? []
    : [[...ordered.slice(0, MOST).map((one) => `${workingText(one, words)} (${isolated(one.explainedBy)})`), ...rest].join(" · ")];
}

/** One line with the converters at work that neither a deal nor an order explains. */
function unexplainedLines(working, words) {
  const loose = (Array.isArray(working) ? working : []).filter(({ explainedBy }) => explainedBy === null);
  return loose.length === 0
    ? []
    : [
        idsOf(
          loose.map(({ unitId }) => unitId),
          words,
        ),
      ];
}

/** What a converter was set to and what it measures. */
export function workingText({ unitId, set, measured, losses }, words) {
  const values = { dvg: figure(set?.dvg, 1), dig: figure(set?.dig, 2), vg: figure(measured?.vg, 1), ig: figure(measured?.ig, 2), lost: figure(losses) };
  return `${isolated(unitId)}: ${words.t("busfig.working", values)}`;
}
