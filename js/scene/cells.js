// How one unit looks: a battery cell with its charge, or a tile of the same colours (V1, V4, V6).

import { percent, signed } from "../lib/figures.js";
import { shortDuration } from "../lib/durations.js";
import { THRESHOLDS } from "../lib/reading.js";
import { isolated } from "../lib/wire.js";
import { stamp } from "./sprites.js";
import { mix, veil } from "./theme.js";

const ASPECT = 1.5;
const FIGURE_FROM = 8; // px: smaller cells have no room for two digits
const SIGNED = 19; // px: nor these for the % behind them
const SHINING = 24; // px: smaller cells stand too close for a shine

/** The cell at its place, with id, age and current beside it. `pen` holds {context, sprites, theme, words}. */
export function drawCell(pen, unit, { x, y, cell, picture = cell, bare, brief = false, named = true, left }, { labelled = true } = {}) {
  const { context } = pen;
  if (unit.running && picture >= SHINING) stamp(context, glowSprite(pen, picture), x, y, cell / picture);
  drawBody(pen, unit, x, y, picture, cell / picture); // on its way a unit keeps one picture, whatever its size
  if (unit.crown) drawCrown(context, x, y - cell * (ASPECT / 2 + 0.17), cell * 0.92, unit.state === "live" ? pen.theme.crown : pen.theme.stale);
  if (labelled) drawLabel(pen, unit, { x, y, cell, picture, bare, named });
  if (unit.running && unit.current !== null && !bare) drawCurrent(pen, unit, x, y, picture, { left, brief }, cell / picture);
}

/** All that a tile shows of its unit, as a text to compare. */
export function tileLook(unit) {
  return `${chargeOf(unit)}|${tileKey(unit)}|${unit.alarm}|${unit.alarmPriority}`;
}

function tileKey(unit) {
  const flows = `${unit.pv >= THRESHOLDS.pv}|${unit.utility >= THRESHOLDS.utility}|${unit.load >= THRESHOLDS.load}`;
  return `${unit.state}|${unit.gridMaster}|${unit.unwatched}|${flows}`;
}

/** A tile: the same colours, filled from below, with what its size has room for. */
export function drawTile(pen, unit, { x, y }, { w, h }) {
  stamp(
    pen.context,
    pen.sprites.get(`tile|${w}|${tileKey(unit)}`, w + 6, h + 6, (context) => paintTile(context, pen.theme, unit, w, h)),
    x,
    y,
  );
  drawCharge(pen, unit, x, y, { w, h, inset: Math.min(2, w * 0.07) }, 1);
  if (w >= 17) drawTileFigure(pen, unit, x, y + (w >= 38 ? h * 0.2 : 0), w, h);
  if (w >= 38)
    label(pen, isolated(unit.id), x, y - h * 0.18, {
      size: Math.max(8, w * 0.23),
      colour: unit.state === "silent" ? pen.theme.alarm : pen.theme.text,
      most: w * 0.92,
      halo: true,
    });
}

function drawTileFigure(pen, unit, x, y, w, h) {
  const { theme } = pen;
  const bad = unit.state === "silent" || unit.alarm || isGrave(unit);
  const colour = unit.state === "silent" ? theme.alarm : bad ? alarmColour(unit, theme) : unit.state === "live" ? theme.text : theme.muted;
  label(pen, bad ? "\u25b2" : percent(chargeOf(unit)).replace("%", ""), x, y, { size: Math.min(h * 0.5, w * 0.34), weight: 600, colour, halo: true });
}

function chargeOf({ rsoc }) {
  return rsoc === null ? null : Math.round(rsoc);
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
  roundRect(context, x - w / 2 - 5, y - h / 2 - 5, w + 10, h + 10, 7);
  context.stroke();
}

/** The frame, the charge in it and the figure: three kept pictures, so that a new figure costs no painting. */
function drawBody(pen, unit, x, y, cell, times) {
  const outline = unit.state === "silent" ? "silent" : unit.running ? "running" : "rest";
  const key = ["cell", cell.toFixed(1), outline, unit.gridMaster].join("|");
  const frame = pen.sprites.get(key, cell * 1.4 + 4, cell * (ASPECT + 0.5) + 4, (context) => paintFrame(context, pen.theme, unit, outline, cell));
  stamp(pen.context, frame, x, y, times);
  drawCharge(pen, unit, x, y, { w: cell, h: cell * ASPECT, inset: cell * 0.085 }, times);
  if (cell >= FIGURE_FROM) drawFigure(pen, unit, x, y, cell, times);
}

/** The charge; small cells go without the sign, so that the digits stay readable. */
function drawFigure(pen, unit, x, y, cell, times) {
  const charge = chargeOf(unit);
  const colour = unit.state === "live" ? pen.theme.text : pen.theme.figure;
  const small = cell < SIGNED;
  const size = Math.max(charge === 100 ? 7.5 : 8.5, cell * (charge === 100 ? 0.33 : 0.365));
  label(pen, small ? percent(charge).replace("%", "") : percent(charge), x, y, { size, weight: 700, colour, halo: true, times });
}

/** The lower part of a full cell's green, as much as the charge says. */
function drawCharge({ context, sprites, theme }, unit, x, y, { w, h, inset }, times) {
  const charge = chargeOf(unit);
  if (charge === null || charge <= 0) return;
  const size = { w: w - inset * 2, h: h - inset * 2 };
  const full = sprites.get(`full|${size.w.toFixed(1)}|${unit.state}`, size.w, size.h, (target) => paintFull(target, theme, unit.state, size));
  const rows = Math.max(1, Math.round((Math.min(100, charge) / 100) * full.image.height));
  const at = { x: x - (full.width * times) / 2, y: y + (full.height / 2 - rows / full.scale) * times };
  const whole = (value) => (times === 1 ? Math.round(value * full.scale) / full.scale : value);
  context.drawImage(full.image, 0, full.image.height - rows, full.image.width, rows, whole(at.x), whole(at.y), full.width * times, (rows / full.scale) * times);
}

function paintFull(context, theme, state, { w, h }) {
  const fill = context.createLinearGradient(0, -h / 2, 0, h / 2);
  const [upper, lower] = { live: [theme.chargeTop, theme.charge], stale: [theme.stale, theme.staleTop], silent: [theme.line, theme.line] }[state];
  fill.addColorStop(0, upper);
  fill.addColorStop(1, lower);
  context.fillStyle = fill;
  roundRect(context, -w / 2, -h / 2, w, h, Math.min(w, h) * 0.11);
  context.fill();
}

/** The shine behind a cell that shares: blurring is dear, so it is one picture per size. */
function glowSprite({ sprites, theme }, cell) {
  return sprites.get(`shine|${cell.toFixed(1)}`, cell * 2 + 8, cell * (ASPECT + 1) + 8, (context) => {
    context.shadowColor = veil(theme.bus, theme.dark ? 0.55 : 0.35);
    context.shadowBlur = cell * 0.28 * context.getTransform().a;
    context.fillStyle = theme.inside;
    roundRect(context, -cell / 2, (-cell * ASPECT) / 2, cell, cell * ASPECT, cell * 0.15);
    context.fill();
  });
}

function paintFrame(context, theme, unit, outline, w) {
  const h = w * ASPECT;
  const r = w * 0.15;
  const cap = { w: w * 0.4, h: Math.max(2, w * 0.085) };
  const line = outlineOf(outline, theme, w);
  context.fillStyle = outline === "rest" ? theme.line : line.colour;
  roundRect(context, -cap.w / 2, -h / 2 - cap.h - line.width / 2, cap.w, cap.h + r / 2, cap.h * 0.5);
  context.fill();
  context.fillStyle = theme.inside;
  context.strokeStyle = line.colour;
  context.lineWidth = line.width;
  context.setLineDash(line.dash);
  roundRect(context, -w / 2, -h / 2, w, h, r);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (unit.gridMaster) paintMaster(context, theme, w, h, r, line.width);
}

function outlineOf(kind, theme, w) {
  const thin = Math.max(1, w * 0.03);
  if (kind === "silent") return { colour: theme.alarm, width: Math.max(1.2, w * 0.05), dash: [w * 0.13, w * 0.09] };
  if (kind === "running") return { colour: theme.bus, width: Math.max(1.4, w * 0.055), dash: [] };
  return { colour: mix(theme.line, theme.muted, 0.35), width: thin, dash: [] };
}

/** The Grid Master's yellow line around the cell (N4 as line and mark). */
function paintMaster(context, theme, w, h, r, width) {
  const gap = width / 2 + Math.max(1.8, w * 0.06);
  context.strokeStyle = theme.crown;
  context.lineWidth = Math.max(1, w * 0.035);
  roundRect(context, -w / 2 - gap, -h / 2 - gap, w + gap * 2, h + gap * 2, r + gap);
  context.stroke();
}

function paintTile(context, theme, unit, w, h) {
  const silent = unit.state === "silent";
  context.fillStyle = theme.inside;
  context.strokeStyle = silent || unit.unwatched ? theme.alarm : unit.gridMaster ? theme.crown : mix(theme.line, theme.muted, 0.25);
  context.lineWidth = silent || unit.gridMaster ? 1.5 : 0.8;
  context.setLineDash(silent ? [3, 2] : []);
  roundRect(context, -w / 2, -h / 2, w, h, Math.min(w, h) * 0.14);
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (unit.state !== "live") return;
  const dot = Math.max(0.8, w * 0.04);
  mark(context, unit.pv >= THRESHOLDS.pv, theme.pv, 0, -h / 2 - dot * 0.4, dot);
  mark(context, unit.utility >= THRESHOLDS.utility, theme.utility, -w / 2 - dot * 0.2, h / 2 - dot * 1.9, dot);
  mark(context, unit.load >= THRESHOLDS.load, theme.load, w / 2 + dot * 0.2, h / 2 - dot * 1.9, dot);
}

function mark(context, shown, colour, x, y, r) {
  if (!shown) return;
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, r, 0, 7);
  context.fill();
}

/** Whether something is wrong with the unit, so that its label must not be covered by another unit's cell. */
export function isLoud(unit) {
  return unit.state === "silent" || unit.alarm || unit.unwatched || isGrave(unit);
}

/** Whether an alarm of priority 1 or 2 is of the unit. */
function isGrave({ alarmPriority }) {
  return (alarmPriority ?? Infinity) <= 2;
}

function alarmColour({ alarmPriority }, theme) {
  return alarmPriority === 1 ? theme.alarm : theme.warn;
}

/** Id, state and age under the cell. */
export function drawLabel(pen, unit, { x, y: middle, cell: wide, picture: cell = wide, bare, named = true }) {
  const { theme, words } = pen;
  const times = wide / cell;
  const size = Math.max(9, cell * 0.29);
  if (!named && unit.state === "live" && !unit.alarm && !isGrave(unit)) return;
  const y = middle + (wide * ASPECT) / 2 + size * 0.95 * times;
  const [first, second, colour] = labelOf(unit, theme, words);
  if (!named) {
    label(pen, "\u25b2", x, y, { size, colour, halo: true, times });
    return;
  }
  label(pen, first, x, y, {
    size,
    colour,
    halo: true,
    times,
    weight: unit.state === "silent" || unit.gridMaster ? 600 : 400,
    most: Math.max(cell * (unit.state === "silent" ? 4 : 2.9), 40),
  });
  if (second && !bare)
    label(pen, second, x, y + size * 1.15 * times, { times, size: size * 0.88, colour: colour === theme.alarm ? colour : theme.muted, halo: true });
}

function labelOf(unit, theme, words) {
  const id = isolated(unit.id);
  if (unit.state === "silent") return [`\u25b2 ${id} ${words.silent}`, unit.age === null ? "" : shortDuration(unit.age, words), theme.alarm];
  if (unit.unwatched && unit.state === "stale") return [`\u25b2 ${id} ${words.stale}`, unit.age === null ? "" : shortDuration(unit.age, words), theme.alarm];
  if (unit.alarm || isGrave(unit)) return [`\u25b2 ${id} ${words.alarm}${unit.alarmPriority ? ` ${unit.alarmPriority}` : ""}`, "", alarmColour(unit, theme)];
  if (unit.alarmPriority && unit.state === "live") return [`\u25b3 ${id} ${words.alarm} ${unit.alarmPriority}`, "", theme.text];
  if (unit.state === "stale") return [id, unit.age === null ? words.stale : `${words.stale} ${shortDuration(unit.age, words)}`, theme.muted];
  return [id, "", unit.running || unit.gridMaster ? theme.text : theme.muted];
}

/** The current on the side away from the hub, where no curve runs. */
function drawCurrent(pen, unit, x, y, cell, { left, brief }, times) {
  const size = Math.max(9, cell * 0.31);
  const side = left ? -1 : 1;
  label(pen, brief ? signed(unit.current, 1) : `${signed(unit.current, 1)} A`, x + side * cell * 0.66 * times, y - cell * 0.5 * times, {
    times,
    size,
    colour: pen.theme.bus,
    align: left ? "right" : "left",
    weight: 600,
    halo: true,
  });
}

function drawCrown(context, x, bottom, w, colour) {
  const h = w * 0.5;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(x - w / 2, bottom - h);
  for (const [dx, dy] of [
    [-0.24, 0.48],
    [0, 1.08],
    [0.24, 0.48],
    [0.5, 1],
  ])
    context.lineTo(x + w * dx, bottom - h * dy);
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
export function label(pen, words, x, y, options) {
  const { size, colour, weight = 400, most = 1e4, align = "center", times = 1 } = options;
  const key = ["text", words, size.toFixed(1), colour, weight, most].join("|");
  if (!pen.sprites.may(key)) return;
  const wide = () => {
    pen.context.font = `${weight} ${size.toFixed(1)}px ${pen.theme.font}`;
    return Math.min(most, pen.context.measureText(words).width) + size * 0.5;
  };
  const sprite = pen.sprites.get(key, pen.sprites.has(key) ? 0 : wide(), size * 1.6, (context) =>
    text(context, pen.theme, words, 0, 0, { ...options, align: "center" }),
  );
  const shift = { left: 1, center: 0, right: -1 }[align] * (sprite.width / 2 - size * 0.25) * times;
  stamp(pen.context, sprite, x + shift, y, times);
}

function text(context, theme, words, x, y, { size, colour, weight = 400, align = "center", halo = false, most }) {
  const font = (px) => `${weight} ${px.toFixed(1)}px ${theme.font}`;
  context.font = font(size);
  const wide = most === undefined ? 0 : context.measureText(words).width;
  if (wide > most) context.font = font(Math.max(size * 0.62, (size * most) / wide)); // smaller letters before narrower ones
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
