// How one unit looks: a battery cell with its charge, or a tile of the same colours (V1, V4, V6, look.md).

import { percent, signed } from "../lib/figures.js";
import { shortDuration } from "../lib/durations.js";
import { dotsOf, THRESHOLDS } from "../lib/reading.js";
import { stamp } from "./sprites.js";
import { mix, veil } from "./theme.js";

const ASPECT = 1.5;

/** The cell at its place, with id, age and current beside it. `pen` holds {context, sprites, theme, words}. */
export function drawCell(pen, unit, { x, y, cell, picture = cell, bare, left }) {
  const { context } = pen;
  stamp(context, bodySprite(pen, unit, picture), x, y, cell / picture); // one picture for the whole way, whatever its size
  if (unit.crown) drawCrown(context, x, y - cell * (ASPECT / 2 + 0.17), cell * 0.92, unit.state === "live" ? pen.theme.crown : pen.theme.stale);
  drawLabel(pen, unit, x, y + (cell * ASPECT) / 2, cell, bare);
  if (unit.running && unit.current !== null && !bare) drawCurrent(pen, unit, x, y, cell, left);
}

/** A tile: the same colours, filled from below, with what its size has room for. */
export function drawTile(pen, unit, { x, y }, { w, h }) {
  const charge = unit.rsoc === null ? null : Math.round(unit.rsoc);
  const flows = [dotsOf(unit.pv, THRESHOLDS.pv), dotsOf(unit.utility, THRESHOLDS.utility), dotsOf(unit.load, THRESHOLDS.load)].map(Boolean);
  const key = ["tile", w, charge, unit.state, unit.gridMaster, unit.alarm, unit.unwatched, ...flows].join("|");
  const sprite = pen.sprites.get(key, w + 6, h + 6, (context) => paintTile(context, pen, unit, charge, flows, w, h));
  stamp(pen.context, sprite, x, y);
  if (w >= 38) label(pen, unit.id, x, y - h * 0.18, { size: Math.max(8, w * 0.23), colour: unit.state === "silent" ? pen.theme.alarm : pen.theme.text, most: w * 0.92, halo: true });
}

/** The empty place of a unit that was drawn to the middle. */
export function drawAway({ context, theme }, { x, y }, size) {
  context.strokeStyle = veil(theme.line, theme.dark ? 0.55 : 0.8);
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  roundRect(context, x - size.w / 2, y - size.h / 2, size.w, size.h, Math.min(size.w, size.h) * 0.16);
  context.stroke();
  context.setLineDash([]);
}

export function cellSize(cell) {
  return { w: cell, h: cell * ASPECT };
}

/** The outline that shows which unit is chosen or has the keyboard. */
export function drawFocus({ context, theme }, { x, y }, { w, h }) {
  context.strokeStyle = theme.text;
  context.lineWidth = 2;
  roundRect(context, x - w / 2 - 6, y - h / 2 - 7, w + 12, h + 13, 8);
  context.stroke();
}

function bodySprite(pen, unit, cell) {
  const charge = unit.rsoc === null ? null : Math.round(unit.rsoc);
  const outline = unit.state === "silent" ? "silent" : unit.running ? "running" : "rest";
  const key = ["cell", cell.toFixed(1), charge, unit.state, outline, unit.gridMaster, unit.alarm].join("|");
  return pen.sprites.get(key, cell * 2 + 8, cell * (ASPECT + 1) + 8, (context) => paintBody(context, pen, unit, charge, outline, cell));
}

function paintBody(context, { theme }, unit, charge, outline, w) {
  const h = w * ASPECT;
  const r = w * 0.15;
  const cap = { w: w * 0.4, h: Math.max(2, w * 0.085) };
  const line = outlineOf(outline, theme, w);
  context.fillStyle = outline === "rest" ? theme.line : line.colour;
  roundRect(context, -cap.w / 2, -h / 2 - cap.h - line.width / 2, cap.w, cap.h + r / 2, cap.h * 0.5);
  context.fill();
  if (outline === "running") { context.shadowColor = veil(theme.bus, theme.dark ? 0.55 : 0.35); context.shadowBlur = w * (w < 26 ? 0.12 : 0.28) * context.getTransform().a; }
  context.fillStyle = theme.inside;
  roundRect(context, -w / 2, -h / 2, w, h, r);
  context.fill();
  context.shadowBlur = 0;
  if (charge !== null) paintCharge(context, theme, unit.state, charge, { x: -w / 2, y: -h / 2, w, h }, w * 0.085, r * 0.62);
  context.strokeStyle = line.colour;
  context.lineWidth = line.width;
  context.setLineDash(line.dash);
  roundRect(context, -w / 2, -h / 2, w, h, r);
  context.stroke();
  context.setLineDash([]);
  if (unit.gridMaster) paintMaster(context, theme, w, h, r, line.width);
  if (w >= 15) text(context, theme, percent(charge), 0, 0, { size: w * (charge === 100 ? 0.33 : 0.365), weight: 700, colour: unit.state === "live" ? theme.text : mix(theme.muted, theme.text, 0.35), halo: true });
}

function outlineOf(kind, theme, w) {
  const thin = Math.max(1, w * 0.03);
  if (kind === "silent") return { colour: theme.alarm, width: Math.max(1.2, w * 0.05), dash: [w * 0.13, w * 0.09] };
  if (kind === "running") return { colour: theme.bus, width: Math.max(1.4, w * 0.055), dash: [] };
  return { colour: mix(theme.line, theme.muted, 0.35), width: thin, dash: [] };
}

function paintCharge(context, theme, state, charge, { x, y, w, h }, inset, r) {
  const room = h - inset * 2;
  const height = (Math.max(0, Math.min(100, charge)) / 100) * room;
  if (height < 1) return;
  const top = y + h - inset - height;
  const fill = context.createLinearGradient(0, top, 0, y + h - inset);
  const [upper, lower] = state === "live" ? [theme.chargeTop, theme.charge] : state === "stale" ? [theme.stale, theme.staleTop] : [theme.line, theme.line];
  fill.addColorStop(0, upper);
  fill.addColorStop(1, lower);
  context.fillStyle = fill;
  roundRect(context, x + inset, top, w - inset * 2, height, Math.min(r, height / 2));
  context.fill();
}

/** The Grid Master's yellow line around the cell (N4 as line and mark). */
function paintMaster(context, theme, w, h, r, width) {
  const gap = width / 2 + Math.max(1.8, w * 0.06);
  context.strokeStyle = theme.crown;
  context.lineWidth = Math.max(1, w * 0.035);
  roundRect(context, -w / 2 - gap, -h / 2 - gap, w + gap * 2, h + gap * 2, r + gap);
  context.stroke();
}

function paintTile(context, { theme }, unit, charge, [pv, utility, load], w, h) {
  const r = Math.min(w, h) * 0.14;
  context.fillStyle = theme.inside;
  roundRect(context, -w / 2, -h / 2, w, h, r);
  context.fill();
  if (charge !== null) paintCharge(context, theme, unit.state, charge, { x: -w / 2, y: -h / 2, w, h }, Math.min(2, w * 0.07), r * 0.6);
  const silent = unit.state === "silent";
  context.strokeStyle = silent || unit.unwatched ? theme.alarm : unit.gridMaster ? theme.crown : mix(theme.line, theme.muted, 0.25);
  context.lineWidth = silent || unit.gridMaster ? 1.5 : 0.8;
  context.setLineDash(silent ? [3, 2] : []);
  roundRect(context, -w / 2, -h / 2, w, h, r);
  context.stroke();
  context.setLineDash([]);
  if (unit.state === "live") {
    const dot = Math.max(0.8, w * 0.04);
    mark(context, pv && theme.pv, 0, -h / 2 + dot * 1.6, dot);
    mark(context, utility && theme.utility, -w / 2 + dot * 1.7, h / 2 - dot * 1.9, dot);
    mark(context, load && theme.load, w / 2 - dot * 1.7, h / 2 - dot * 1.9, dot);
  }
  const colour = silent ? theme.alarm : unit.alarm ? theme.warn : unit.state === "live" ? theme.text : theme.muted;
  if (w >= 17) text(context, theme, silent || unit.alarm ? "\u25b2" : percent(charge).replace("%", ""), 0, w >= 38 ? h * 0.2 : 0, { size: Math.min(h * 0.5, w * 0.34), weight: 600, colour, halo: true });
}

function mark(context, colour, x, y, r) {
  if (!colour) return;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, r, 0, 7);
  context.fill();
}

function drawLabel(pen, unit, x, bottom, cell, bare) {
  const { theme, words } = pen;
  const size = Math.max(9, cell * 0.29);
  if (bare && cell < 19 && unit.state === "live" && !unit.alarm) return;
  const y = bottom + size * 0.95;
  const [first, second, colour] = labelOf(unit, theme, words);
  if (bare && cell < 19) { label(pen, "\u25b2", x, y, { size, colour, halo: true }); return; }
  label(pen, first, x, y, { size, colour, halo: true, weight: unit.state === "silent" || unit.gridMaster ? 600 : 400, most: Math.max(cell * (unit.state === "silent" ? 4 : 2.9), 40) });
  if (second && !bare) label(pen, second, x, y + size * 1.15, { size: size * 0.88, colour: unit.state === "silent" ? colour : theme.muted, halo: true });
}

function labelOf(unit, theme, words) {
  if (unit.state === "silent") return [`\u25b2 ${unit.id} ${words.silent}`, unit.age === null ? "" : shortDuration(unit.age, words), theme.alarm];
  if (unit.alarm) return [`\u25b2 ${unit.id} ${words.alarm}`, "", theme.warn];
  if (unit.state === "stale") return [unit.id, unit.age === null ? words.stale : `${words.stale} ${shortDuration(unit.age, words)}`, theme.muted];
  return [unit.id, "", unit.running || unit.gridMaster ? theme.text : theme.muted];
}

/** The current on the side away from the hub, where no curve runs. */
function drawCurrent(pen, unit, x, y, cell, left) {
  const size = Math.max(9, cell * 0.31);
  const side = left ? -1 : 1;
  label(pen, `${signed(unit.current, 1)} A`, x + side * cell * 0.66, y - cell * 0.5, { size, colour: pen.theme.bus, align: left ? "right" : "left", weight: 600, halo: true });
}

function drawCrown(context, x, bottom, w, colour) {
  const h = w * 0.5;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x - w / 2, bottom - h);
  for (const [dx, dy] of [[-0.24, 0.48], [0, 1.08], [0.24, 0.48], [0.5, 1]]) context.lineTo(x + w * dx, bottom - h * dy);
  context.lineTo(x + w * 0.4, bottom);
  context.lineTo(x - w * 0.4, bottom);
  context.closePath();
  context.fill();
}

/** Text that stays readable on whatever lies below. */
export function write({ context, theme }, words, x, y, options) {
  text(context, theme, words, x, y, options);
}

/** As `write`, for texts that are drawn again and again: the picture of each is kept. */
function label(pen, words, x, y, options) {
  const { size, colour, weight = 400, most = 1e4, align = "center" } = options;
  const key = ["text", words, size.toFixed(1), colour, weight, most].join("|");
  pen.context.font = `${weight} ${size.toFixed(1)}px ${pen.theme.font}`;
  const wide = pen.sprites.has(key) ? 0 : Math.min(most, pen.context.measureText(words).width) + size * 0.5;
  const sprite = pen.sprites.get(key, wide, size * 1.6, (context) => text(context, pen.theme, words, 0, 0, { ...options, align: "center" }));
  const shift = { left: 1, center: 0, right: -1 }[align] * (sprite.width / 2 - size * 0.25);
  stamp(pen.context, sprite, x + shift, y);
}

function text(context, theme, words, x, y, { size, colour, weight = 400, align = "center", halo = false, most }) {
  context.font = `${weight} ${size.toFixed(1)}px ${theme.font}`;
  context.textAlign = align;
  context.textBaseline = "middle";
  if (halo) {
    context.strokeStyle = theme.halo;
    context.lineWidth = Math.max(1.5, size * 0.2);
    context.lineJoin = "round";
    context.strokeText(words, x, y, most);
  }
  context.fillStyle = colour;
  context.fillText(words, x, y, most);
}

export function roundRect(context, x, y, w, h, r) {
  context.beginPath();
  context.roundRect(x, y, w, h, Math.max(0, Math.min(r, w / 2, h / 2)));
}
