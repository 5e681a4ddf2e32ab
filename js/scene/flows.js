// What moves: dots along the deals' curves and along PV, utility and load (V3, V5), bars along current that no deal explains. Lines are
// dashed, by zero-length round dashes for dots, so a whole group is one stroke, and moving it costs one number.

import { dotsOf, THRESHOLDS } from "../lib/reading.js";
import { label } from "./cells.js";
import { veil } from "./theme.js";

const ASPECT = 1.5;
export const UNTOLD = Object.freeze([0, 7]); // round dots that stand still
const BUS_STEP = 11; // px between the dots of a deal
export const BAR = 0.55; // of a step is bar, where current flows without a deal
const MOST_SUPPLY = 6; // dots of one supply
const LEAST_STEP = 3; // px between them
const DOUBT_STEP = 12; // px
const MOST_DOTS = 2000; // of all deals: painting one takes microseconds, and more of them tell nothing more

/**
 * The curves of all deals and spurs for the places in force.
 * @returns {{runs: [{path: Path2D, length: px, speed: px/s, width: px, step: px, dim, bars}], agreed: Path2D,
 *   untold: Path2D, doubts: [{x, y}], heads: [{x, y, angle, size, dim}]}} `untold` are the deals of which no reading tells the current, `bars` tells a spur
 */
export function dealCurves(model, spotOf, hub, focus) {
  const groups = new Map();
  const [agreed, untold] = [new Path2D(), new Path2D()];
  const doubts = [];
  const heads = [];
  for (const flow of model.deals) {
    const [from, to] = [spotOf(flow.from), spotOf(flow.to)];
    if (!from || !to || flow.from === flow.to) continue;
    const curve = through(from, to, hub);
    if (!flow.running) {
      addCurve(flow.known ? agreed : untold, curve);
      if (!flow.known) doubts.push(beforeEnd(curve));
      continue;
    }
    const dim = focus !== null && focus !== flow.from && focus !== flow.to;
    addRun(groups, heads, curve, { amps: flow.current, dim, cell: to.cell });
  }
  for (const spur of model.spurs) {
    const spot = spotOf(spur.id);
    if (!spot) continue;
    const dim = focus !== null && focus !== spur.id;
    addRun(groups, heads, straight(spot, hub, spur.inward), { amps: spur.current, dim, cell: spot.cell, head: !spur.inward, bars: true });
  }
  const runs = [...groups.values()];
  thinOut(runs);
  return { runs, agreed, untold, doubts, heads };
}

/** Many deals have their dots further apart. */
function thinOut(runs) {
  const dots = runs.reduce((sum, { length, step }) => sum + length / step, 0);
  if (dots > MOST_DOTS) for (const run of runs) run.step *= dots / MOST_DOTS;
}

function addRun(groups, heads, curve, { amps: told, dim, cell, head = true, bars = false }) {
  const amps = Math.max(0.1, told ?? 1);
  const width = Math.round(Math.min(7, (2 + 1.25 * Math.sqrt(amps)) * Math.max(0.62, Math.min(2.2, cell / 34))) * 2) / 2;
  const speed = Math.round(Math.min(90, 16 + 20 * amps) / 6) * 6;
  const key = `${width}|${speed}|${dim}|${bars}`;
  if (!groups.has(key)) groups.set(key, { path: new Path2D(), length: 0, width, speed, dim, bars, step: Math.max(BUS_STEP * 0.75, width * 2.9) });
  const run = groups.get(key);
  addCurve(run.path, curve);
  run.length += lengthOf(curve);
  if (head) heads.push({ ...curve.end, angle: Math.atan2(curve.end.y - curve.control2.y, curve.end.x - curve.control2.x), size: width * 1.9 + 1.5, dim });
}

function addCurve(path, { start, control1, control2, end }) {
  path.moveTo(start.x, start.y);
  path.bezierCurveTo(control1.x, control1.y, control2.x, control2.y, end.x, end.y);
}

/** A step before the curve's end: near the taking unit, clear of the hub, where all curves meet. */
function beforeEnd({ control2, end }) {
  const way = Math.hypot(control2.x - end.x, control2.y - end.y);
  const part = Math.min(0.5, DOUBT_STEP / Math.max(way, 1e-6));
  return { x: end.x + (control2.x - end.x) * part, y: end.y + (control2.y - end.y) * part };
}

/** About how long a curve is, px: between the way straight on and the way by its controls. */
function lengthOf({ start, control1, control2, end }) {
  const way = (...points) => points.slice(1).reduce((sum, point, index) => sum + Math.hypot(point.x - points[index].x, point.y - points[index].y), 0);
  return (way(start, end) + way(start, control1, control2, end)) / 2;
}

/** From unit to unit with its middle on the hub's disc: controls beyond the hub's far side as far as the two lie on one side. */
function through(from, to, hub) {
  const bend = (spot, other) => ({
    x: hub.x - (spot.x + other.x - 2 * hub.x) / 6,
    y: hub.y - (spot.y + other.y - 2 * hub.y) / 6,
  });
  const control = bend(from, to);
  return { start: edge(from, hub), control1: control, control2: control, end: edge(to, hub) };
}

function straight(spot, hub, inward) {
  const [start, end] = inward ? [edge(spot, hub), hub] : [hub, edge(spot, hub)];
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  return { start, control1: middle, control2: middle, end };
}

/** The point just outside a cell towards the hub. */
function edge(spot, hub) {
  const dx = hub.x - spot.x;
  const dy = hub.y - spot.y;
  const half = { x: spot.cell / 2 + 5, y: (spot.cell * ASPECT) / 2 + (dy > 0 ? labelRoom(spot) : spot.cell * 0.16 + 4) };
  const part = Math.min(1, 1 / Math.max(Math.abs(dx) / half.x, Math.abs(dy) / half.y, 1e-6));
  return { x: spot.x + dx * part, y: spot.y + dy * part };
}

function labelRoom(spot) {
  return spot.named === false ? 4 : Math.max(9, spot.cell * 0.29) * 1.5 + 2;
}

/** PV, utility and load of the units drawn as cells, where there is room: groups of equal colour and pace. */
export function supplyLines(units, spotOf) {
  const groups = new Map();
  for (const unit of units) {
    const spot = spotOf(unit.id);
    if (!spot || unit.state !== "live") continue;
    const { x, y, cell } = spot;
    const h = cell * ASPECT;
    const { step, most } = dotRoom(spot);
    if (most === 0) continue;
    const top = y - h / 2 - cell * (unit.crown ? 0.72 : 0.2);
    addLine(groups, "pv", dotsOf(unit.pv, THRESHOLDS.pv, most), cell, step, (n) => [x, top - step * (n - 0.4), x, top]);
    addLine(groups, "utility", dotsOf(unit.utility, THRESHOLDS.utility, most), cell, step, (n) => [
      x - cell * 0.6 - step * (n - 0.4),
      y + h * 0.34,
      x - cell * 0.6,
      y + h * 0.34,
    ]);
    addLine(groups, "load", dotsOf(unit.load, THRESHOLDS.load, most), cell, step, (n) => [
      x + cell * 0.62,
      y + h * 0.34,
      x + cell * 0.62 + step * (n - 0.4),
      y + h * 0.34,
    ]);
  }
  return [...groups.values()];
}

/** How far apart a unit's dots stand and how many fit beside it: closer before fewer, and none where not even two fit. */
function dotRoom({ cell, room }) {
  const wanted = Math.max(4, cell * 0.175);
  if (!room) return { step: wanted, most: MOST_SUPPLY };
  const beside = (room.x - cell * 1.24) / 2;
  const step = Math.max(LEAST_STEP, Math.min(wanted, beside / (MOST_SUPPLY - 0.4)));
  const most = Math.min(MOST_SUPPLY, Math.floor(beside / step + 0.4));
  return { step, most: most < 2 ? 0 : most };
}

function addLine(groups, kind, flow, cell, step, ends) {
  if (!flow) return;
  const key = `${kind}|${flow.pace}|${cell.toFixed(1)}|${step.toFixed(1)}`;
  if (!groups.has(key)) groups.set(key, { path: new Path2D(), kind, speed: 5 + flow.pace * 7, width: Math.max(1.8, Math.min(cell * 0.085, step * 0.5)), step });
  const [x1, y1, x2, y2] = ends(flow.dots);
  const { path } = groups.get(key);
  path.moveTo(x1, y1);
  path.lineTo(x2, y2);
}

/** Still things of the deals: agreed ones dashed, those nobody can tell of dotted in grey, a faint bed under the running ones. */
export function drawBeds({ context, theme }, { runs, agreed, untold }) {
  context.lineCap = "butt";
  context.setLineDash([4, 5]);
  context.lineWidth = 1;
  context.strokeStyle = veil(theme.muted, 0.8);
  context.stroke(agreed);
  context.lineCap = "round";
  context.lineWidth = 2;
  context.setLineDash(UNTOLD);
  context.stroke(untold);
  context.lineCap = "butt";
  context.setLineDash([]);
  for (const run of runs) {
    context.strokeStyle = veil(theme.bus, run.dim ? 0.05 : theme.dark ? 0.13 : 0.11);
    context.lineWidth = run.width * 1.7;
    context.stroke(run.path);
  }
}

/** The dots of this moment; `time` in s. */
export function drawDots({ context, theme }, curves, supplies, time) {
  for (const run of curves.runs) {
    dotted(context, run, time);
    context.strokeStyle = run.dim ? veil(theme.bus, 0.28) : theme.bus;
    context.stroke(run.path);
  }
  for (const line of supplies) {
    dotted(context, line, time);
    context.strokeStyle = theme[line.kind];
    context.stroke(line.path);
  }
  context.setLineDash([]);
  context.lineCap = "butt";
}

/** Where an arrow head would stand, the sign that nobody can tell whether current flows. */
export function drawDoubts(pen, doubts) {
  for (const { x, y } of doubts) label(pen, "?", x, y, { size: 13, weight: 700, colour: pen.theme.text, halo: true });
}

/** Arrow heads at the taking ends, so that a still picture tells the direction too. */
export function drawHeads({ context, theme }, heads) {
  for (const { x, y, angle, size, dim } of heads) {
    context.fillStyle = dim ? veil(theme.bus, 0.28) : theme.bus;
    context.beginPath();
    for (const [turn, reach] of [
      [0, 0.7],
      [2.5, 0.85],
      [-2.5, 0.85],
    ])
      context.lineTo(x + Math.cos(angle + turn) * size * reach, y + Math.sin(angle + turn) * size * reach);
    context.fill();
  }
}

function dotted(context, { width, speed, step, bars = false }, time) {
  context.lineCap = bars ? "butt" : "round";
  context.lineWidth = bars ? width * 0.6 : width;
  context.setLineDash(bars ? [step * BAR, step * (1 - BAR)] : [0, step]);
  context.lineDashOffset = -((time * speed) % step);
}
