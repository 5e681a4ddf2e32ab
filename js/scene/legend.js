// The legend at the lower left with the cluster's totals beside what they count, and the units' clock at the lower right (V9).
//
// Each entry's room is that of its longest text, so that nothing moves when a figure changes.

import { power } from "../lib/figures.js";
import { write } from "./cells.js";
import { BAR, UNTOLD } from "./flows.js";

const ROOM = "888.8 kW";
const CLOCK_ROOM = "0000/00/00 00:00:00";

/** @returns {{rows, height, slots: [{kind, x, row}], clockRow}} in px for that width */
export function placeLegend(pen, width, fontSize) {
  const left = fontSize;
  const clockWide = measure(pen, `${pen.words.clock} ${CLOCK_ROOM}`, fontSize);
  const slots = [];
  let x = left;
  let row = 0;
  for (const [kind, word, counted] of entriesOf(pen.words)) {
    const wide = fontSize * 2.3 + measure(pen, counted ? `${word} ${ROOM}` : word, fontSize);
    if (x > left && x + wide > width) {
      row += 1;
      x = left;
    }
    slots.push({ kind, x, row });
    x += wide;
  }
  if (x + clockWide + left > width) row += 1;
  return { rows: row + 1, height: fontSize * (1.65 * (row + 1) + 0.5), slots };
}

export function drawLegend(pen, { width, height, fontSize, model, legend }) {
  const { theme, words } = pen;
  const lineHeight = fontSize * 1.65;
  const at = (row) => height - fontSize * 0.25 - lineHeight * (legend.rows - row - 0.5);
  const texts = new Map(entriesOf(words).map(([kind, word, counted]) => [kind, counted ? `${word} ${power(model.totals[kind])}` : word]));
  for (const { kind, x, row } of legend.slots) {
    sign(pen, kind, x + fontSize * 0.6, at(row), fontSize);
    write(pen, texts.get(kind), x + fontSize * 1.45, at(row), { size: fontSize, colour: theme.muted, align: "left" });
  }
  const clock = `${words.clock} ${shownTime(model.dataTime)}`;
  write(pen, clock, width - fontSize, at(legend.rows - 1), { size: fontSize, colour: theme.muted, align: "right" });
}

/** The wire's own time (Q4), with a blank for its dash so that it reads as one. */
function shownTime(time) {
  return time === null ? "--" : time.replace(/^(\d{4}\/\d{2}\/\d{2})-/, "$1 ").slice(0, CLOCK_ROOM.length);
}

function entriesOf(words) {
  return [
    ["pv", words.pv, true],
    ["utility", words.utility, true],
    ["load", words.load, true],
    ["deal", `${words.deal} \u00b7 ${words.signs}`],
    ["spur", words.spur],
    ["agreed", words.agreed],
    ["untold", words.untold],
    ["crown", words.reference],
    ["master", words.gridMaster],
  ];
}

function measure({ context, theme }, text, size) {
  context.font = `400 ${size.toFixed(1)}px ${theme.font}`;
  return context.measureText(text).width;
}

function sign(pen, kind, x, y, size) {
  const { context, theme } = pen;
  context.lineWidth = 1.2;
  if (kind === "agreed") dash(context, theme.muted, x, y, size, [size * 0.3, size * 0.25]);
  else if (kind === "spur") bars(context, theme.bus, x, y, size);
  else if (kind === "untold") untold(pen, x, y, size);
  else if (kind === "crown") crown(context, theme.crown, x, y, size);
  else if (kind === "master") frame(context, theme.crown, x, y, size);
  else if (kind === "deal") dots(context, theme.bus, x, y, size);
  else dot(context, theme[kind], x, y, size * 0.24);
}

function dots(context, colour, x, y, size) {
  for (const dx of [-0.46, 0, 0.46]) dot(context, colour, x + dx * size, y, size * 0.17);
}

function bars(context, colour, x, y, size) {
  context.lineWidth = size * 0.2;
  dash(context, colour, x, y, size, [size * 0.46 * BAR, size * 0.46 * (1 - BAR)]);
  context.lineWidth = 1.2;
}

function dot(context, colour, x, y, r) {
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, r, 0, 7);
  context.fill();
}

function dash(context, colour, x, y, size, gaps) {
  context.strokeStyle = colour;
  context.setLineDash(gaps);
  context.beginPath();
  context.moveTo(x - size * 0.55, y);
  context.lineTo(x + size * 0.55, y);
  context.stroke();
  context.setLineDash([]);
}

function untold(pen, x, y, size) {
  const { context, theme } = pen;
  context.lineCap = "round";
  context.lineWidth = 2;
  dash(context, theme.muted, x, y, size, UNTOLD);
  context.lineCap = "butt";
  write(pen, "?", x, y, { size, weight: 700, colour: theme.text, halo: true });
}

function crown(context, colour, x, y, size) {
  context.fillStyle = colour;
  context.beginPath();
  for (const [dx, dy] of [
    [-0.5, -0.25],
    [-0.24, 0],
    [0, -0.38],
    [0.24, 0],
    [0.5, -0.25],
    [0.38, 0.3],
    [-0.38, 0.3],
  ])
    context.lineTo(x + dx * size, y + dy * size);
  context.fill();
}

function frame(context, colour, x, y, size) {
  context.strokeStyle = colour;
  context.strokeRect(x - size * 0.26, y - size * 0.38, size * 0.52, size * 0.76);
}
