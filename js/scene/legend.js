// The legend at the lower left with the cluster's totals beside what they count, and the units' clock at the lower right (V9).

import { power } from "../lib/figures.js";
import { write } from "./cells.js";

/** @returns the height in px that legend and clock take at the lower edge */
export function legendHeight(width, fontSize) {
  return fontSize * 1.75 * rowsFor(width, fontSize) + fontSize * 0.7;
}

export function drawLegend(pen, width, height, fontSize, model) {
  const { theme, words } = pen;
  const left = fontSize * 1.1;
  const lineHeight = fontSize * 1.75;
  const clock = `${words.clock} ${shownTime(model.dataTime)}`;
  const right = width - left;
  write(pen, clock, right, height - lineHeight * 0.62, { size: fontSize, colour: theme.muted, align: "right" });
  const entries = entriesOf(model, words);
  const rows = rowsFor(width, fontSize);
  const top = height - lineHeight * (rows - 0.38);
  let x = left;
  let row = 0;
  for (const [kind, text] of entries) {
    const wide = fontSize * 1.9 + measure(pen, text, fontSize);
    const limit = row === rows - 1 ? right - measure(pen, clock, fontSize) - fontSize : right;
    if (x + wide > limit && x > left) {
      row += 1;
      x = left;
      if (row >= rows) return;
    }
    sign(pen, kind, x + fontSize * 0.55, top + row * lineHeight, fontSize);
    write(pen, text, x + fontSize * 1.35, top + row * lineHeight, { size: fontSize, colour: theme.muted, align: "left" });
    x += wide + fontSize * 0.9;
  }
}

/** The wire's own time (Q4), with a blank for its dash so that it reads as one. */
function shownTime(time) {
  return time === null ? "--" : time.replace(/^(\d{4}\/\d{2}\/\d{2})-/, "$1 ");
}

function entriesOf({ totals }, words) {
  return [
    ["pv", `${words.pv} ${power(totals.pv)}`],
    ["utility", `${words.utility} ${power(totals.utility)}`],
    ["load", `${words.load} ${power(totals.load)}`],
    ["deal", words.deal],
    ["agreed", words.agreed],
    ["crown", words.reference],
    ["master", words.gridMaster],
  ];
}

/** The legend with the clock behind it is some 75 letters' heights long. */
function rowsFor(width, fontSize) {
  return Math.max(1, Math.min(4, Math.ceil((fontSize * 78) / width)));
}

function measure({ context, theme }, text, size) {
  context.font = `400 ${size.toFixed(1)}px ${theme.font}`;
  return context.measureText(text).width;
}

function sign({ context, theme }, kind, x, y, size) {
  const r = size * 0.24;
  context.lineWidth = 1.2;
  if (kind === "agreed") return dash(context, theme.muted, x, y, size);
  if (kind === "crown") return crown(context, theme.crown, x, y, size);
  if (kind === "master") return frame(context, theme.crown, x, y, size);
  context.fillStyle = kind === "deal" ? theme.bus : theme[kind];
  const dots = kind === "deal" ? [-1.9, 0, 1.9] : [0];
  for (const at of dots) {
    context.beginPath();
    context.arc(x + r * at, y, kind === "deal" ? r * 0.72 : r, 0, 7);
    context.fill();
  }
  return undefined;
}

function dash(context, colour, x, y, size) {
  context.strokeStyle = colour;
  context.setLineDash([size * 0.3, size * 0.25]);
  context.beginPath();
  context.moveTo(x - size * 0.55, y);
  context.lineTo(x + size * 0.55, y);
  context.stroke();
  context.setLineDash([]);
}

function crown(context, colour, x, y, size) {
  context.fillStyle = colour;
  context.beginPath();
  for (const [dx, dy] of [[-0.5, -0.25], [-0.24, 0], [0, -0.38], [0.24, 0], [0.5, -0.25], [0.38, 0.3], [-0.38, 0.3]]) context.lineTo(x + dx * size, y + dy * size);
  context.fill();
}

function frame(context, colour, x, y, size) {
  context.strokeStyle = colour;
  context.strokeRect(x - size * 0.26, y - size * 0.38, size * 0.52, size * 0.76);
}
