// What stands on the still layers: below the dots and above them. Painted again only when what they show changes.

import { cellSize, drawAway, drawCell, drawFocus, drawLabel, isLoud } from "./cells.js";
import { drawBeds, drawDoubts, drawHeads } from "./flows.js";
import { drawHub } from "./hub.js";
import { drawLegend } from "./legend.js";
import { veil } from "./theme.js";

/** Empty places (of cells), the ring, and (while nobody moves) the beds of the deals. */
export function drawUnder(pen, { layout, model, spots, curves, moving }) {
  if (!layout.tiles) {
    drawFree(pen, layout);
    for (const { id } of model.units) if (spots(id).away) drawAway(pen, layout.places.get(id), cellSize(layout.cell));
  }
  drawRing(pen, layout);
  if (!moving) drawBeds(pen, curves);
}

/** Another canvas of the same size, px by px. */
export function copy(context, image) {
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.drawImage(image, 0, 0);
  context.restore();
}

/** Cells at rest, then the hub and what stands over all. */
export function drawOver(pen, { layout, model, spots, curves, isMoving, moving, focus }) {
  drawCells(
    pen,
    model.units.filter(({ id }) => !isMoving(id)),
    spots,
  );
  if (!moving) drawSigns(pen, curves);
  drawHub(pen, layout.hub, model);
  for (const id of focus) {
    const spot = spots(id);
    if (spot && !isMoving(id)) drawFocus(pen, spot, spot.tile ? layout.tile : cellSize(spot.cell));
  }
}

/** Cells with their labels; those of units with which something is wrong above all cells, and alone where `quiet`. */
export function drawCells(pen, units, spots, { quiet = false } = {}) {
  const loud = [];
  for (const unit of units) {
    const spot = spots(unit.id);
    if (spot.tile) continue;
    const wrong = isLoud(unit);
    drawCell(pen, unit, spot, { labelled: !wrong && !quiet });
    if (wrong) loud.push([unit, spot]);
  }
  for (const [unit, spot] of loud) drawLabel(pen, unit, spot);
}

/** What stands on the deals' curves. */
export function drawSigns(pen, { heads, doubts }) {
  drawHeads(pen, heads);
  drawDoubts(pen, doubts);
}

/** The legend keeps its place and size whatever the zoom. */
export function drawFrame(pen, scale, scene) {
  const { width, height, legend, view } = scene;
  const { context, theme } = pen;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  if (view.k > 1) {
    context.fillStyle = veil(theme.bg, 0.85);
    context.fillRect(0, height - legend.height, width, legend.height);
  }
  drawLegend(pen, scene);
}

/** The ground is dear to paint (a gradient over the whole picture), so it is painted once per size and theme. */
export function drawGround({ context, theme }, { layout: { hub }, width, height }) {
  const glow = context.createRadialGradient(hub.x, hub.y, hub.r, hub.x, hub.y, Math.hypot(width, height) * 0.5);
  glow.addColorStop(0, theme.glow);
  glow.addColorStop(1, theme.bg);
  context.fillStyle = glow;
  context.fillRect(-1, -1, width + 2, height + 2);
}

/** Seats for units that are still to come: a dot each. */
function drawFree({ context, theme }, { spots, seats, cell }) {
  const taken = new Set(seats.values());
  context.fillStyle = veil(theme.line, theme.dark ? 0.8 : 1);
  spots.forEach(({ x, y }, seat) => {
    if (taken.has(seat)) return;
    context.beginPath();
    context.arc(x, y, Math.max(1.5, cell * 0.07), 0, 7);
    context.fill();
  });
}

function drawRing({ context, theme }, { hub, middle }) {
  context.strokeStyle = veil(theme.line, theme.dark ? 0.7 : 0.9);
  context.lineWidth = 1;
  context.beginPath();
  context.ellipse(hub.x, hub.y, middle.a, middle.b, 0, 0, Math.PI * 2);
  context.stroke();
}
