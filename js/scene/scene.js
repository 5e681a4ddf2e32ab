// The energy-sharing screen (block 1, V1-V9): units, deals and the bus. The only folder with a 2D context.
//
//   const scene = createScene(canvas, { theme, words, onSelect, onHover, motion });
//   scene.update(model)      model from lib/model.js buildModel
//   scene.setTheme(theme?, {paper})  after the page's colours changed; without a theme they are read from the custom properties. For `paper`
//                            all is drawn at once, and until the next theme onto the page's own canvas: printed one upon another, the upper
//                            ones hide what lies below
//   scene.setWords(words)    any of words.js SCENE_WORDS, translated
//   scene.setMotion(bool)    false: dots stand still, units jump (prefers-reduced-motion is the default)
//   scene.resize()           after the canvas's box changed otherwise than by its own resizing (that one is observed)
//   scene.select(id|null)    mark a unit, as while its details are open
//   scene.destroy(); scene.stats() -> {frames, median, p95, max} ms in the draw callback; scene.resetStats()
//   scene.spotOf(id) -> {x, y, cell} in CSS px of the canvas, for tests and for placing a dialog; scene.outline: the list box element
// onSelect(id) on click, Enter or Space (V7); onHover(id|null).
// The canvas takes the size of its CSS box, which must not depend on the canvas: give it a height, or let it fill a grid cell. More
// canvases are laid upon it and a list box beside it (stack.js, outline.js), so give it a parent of its own without padding.

import { placeLegend } from "./legend.js";
import { cellSize, roundRect, write } from "./cells.js";
import { dealCurves, drawBeds, drawDots, supplyLines } from "./flows.js";
import { createField } from "./field.js";
import { createLayer } from "./layer.js";
import { copy, drawCells, drawFrame, drawGround, drawOver, drawSigns, drawUnder } from "./layers.js";
import { createLoss } from "./loss.js";
import { createMotion } from "./motion.js";
import { createOutline } from "./outline.js";
import { createSprites } from "./sprites.js";
import { createStack } from "./stack.js";
import { createStats } from "./stats.js";
import { createView } from "./view.js";
import { readTheme } from "./theme.js";
import { SCENE_WORDS } from "./words.js";
import { innerPlaces, placeUnits } from "../lib/placement.js";
import { isolated } from "../lib/wire.js";

const DOT_BEAT = { cells: 1000 / 30, tiles: 1000 / 20 }; // ms between frames while only dots move
const FRAME = 4; // ms before a frame is due it is asked for, so that none between is made in vain
const TARGET = 24; // px that a finger needs
const MARGIN = 48; // px around the middle in which dots may run
const WHOLE = Object.freeze({ k: 1, x: 0, y: 0 });
const TILE_TIME = 3; // ms per frame for painting tiles anew
const TEXT_TIME = 3; // ms per frame, while units are on their way, for painting texts that were not shown before
const REDUCED = "(prefers-reduced-motion: reduce)";

export function createScene(canvas, { theme = null, words = {}, onSelect = () => {}, onHover = () => {}, motion = null } = {}) {
  const stack = createStack(canvas);
  const ground = createLayer();
  const field = createField(stack.tiles);
  const loss = createLoss(anew);
  const [sprites, stats, ways] = [createSprites(loss.watch), createStats(), createMotion()];
  const off = new AbortController();
  let colours = theme ?? readTheme(canvas);
  let texts = { ...SCENE_WORDS, ...words };
  let moves = motion ?? !matchMedia(REDUCED).matches;
  let model = null;
  let size = { width: 0, height: 0, scale: 1 };
  let layout = null;
  let layoutKey = "";
  let sentKey = "";
  let inner = null; // where those that share stand
  let legend = null;
  let curves = null;
  let supplies = [];
  let stale = true; // the layers show something that is no more
  let groundKey = "";
  let fieldKey = "";
  let movers = 0; // how many were on their way in the last frame
  let hovered = null;
  let selected = null;
  let keyed = null;
  let frame = null;
  let beat = null;
  let inSight = true; // a canvas that was scrolled away is not painted
  let onPaper = false;

  const view = createView(canvas, () => {
    stale = true;
    ask();
  });
  const outline = createOutline(canvas, {
    words: texts,
    onActive: (id) => {
      keyed = id;
      stale = true;
      ask();
    },
    onOpen: onSelect,
  });
  for (const { image } of [ground, ...stack.layers]) loss.watch(image);
  const observer = new ResizeObserver(resize);
  observer.observe(canvas);
  observer.observe(canvas.parentElement); // what stands beside the canvas may move it
  const sight = new IntersectionObserver((entries) => {
    inSight = entries.at(-1).isIntersecting;
    ask();
  });
  sight.observe(canvas);

  /* ---- frames: asked for when something changed, or while something moves and can be seen ---- */

  function ask() {
    if (frame !== null || !model || !inSight || document.visibilityState === "hidden") return;
    clearTimeout(beat);
    frame = requestAnimationFrame(onFrame);
  }

  /** Nothing that was painted counts any more. */
  function anew() {
    sprites.clear();
    groundKey = fieldKey = "";
    stale = true;
    ask();
  }

  function onFrame(now) {
    frame = null;
    if (size.width > 0 && size.height > 0) {
      const began = performance.now();
      draw(now);
      stats.add(performance.now() - began);
    }
    if (movers > 0 || field.waiting()) ask();
    else if (moves && curves && (curves.runs.length > 0 || supplies.length > 0)) beat = setTimeout(ask, DOT_BEAT[layout.tiles ? "tiles" : "cells"] - FRAME);
  }

  function draw(now) {
    const spots = (id) => ways.spot(id, now);
    const moving = ways.count(now);
    const changed = stale || onPaper || moving !== movers;
    if (changed || moving > 0) {
      curves = dealCurves(model, spots, layout.hub, hovered ?? keyed);
      supplies = supplyLines(model.units, (id) => shownAsCell(spots(id)));
    }
    sprites.setScale(size.scale * view.get().k);
    if (layout.tiles) paintField(now, spots, changed, moving);
    // units on their way are drawn among the dots; the still layers change only when one sets out or arrives
    if (changed) drawStill(now, spots, moving > 0);
    drawMoving(now, spots, moving, changed);
    if (onPaper) for (const { image } of stack.layers.slice(layout.tiles ? 1 : 2)) copy(stack.ground.context, image);
    movers = moving;
    stale = false;
  }

  function paintField(now, spots, changed, moving) {
    const key = `${layoutKey}|${size.scale}|${Object.values(view.get())}`;
    const fresh = key !== fieldKey;
    if (fresh) field.reset(size.scale, view.get());
    fieldKey = key;
    const kindOf = (id) => (spots(id).away ? "away" : moving > 0 && ways.moving(id, now) ? "none" : "tile");
    if (changed || fresh) field.want(model.units, layout.places, kindOf);
    // what changed with the rest of the picture waits for the next frame, unless there is nothing to see yet
    if (fresh || !changed) field.work(penOn, layout.tile, fresh ? Infinity : TILE_TIME);
  }

  function drawStill(now, spots, moving) {
    const isMoving = moving ? (id) => ways.moving(id, now) : () => false;
    const focus = [...new Set([selected, keyed, hovered].filter((id) => id !== null))];
    const scene = { layout, model, spots, curves, isMoving, moving, focus, legend, ...size, fontSize: fontSize(), view: view.get() };
    if (groundKey !== layoutKey) {
      ground.resize(canvas.width, canvas.height);
      ground.clear(size.scale, WHOLE);
      drawGround(penOn(ground.context), scene);
      groundKey = layoutKey;
    }
    stack.ground.aim(size.scale, view.get());
    copy(stack.ground.context, ground.image);
    drawUnder(penOn(stack.ground.context), scene);
    const pen = penOn(stack.over.context);
    stack.over.clear(size.scale, view.get());
    drawOver(pen, scene);
    if (hovered !== null) drawName(pen, model.byId.get(hovered), spots(hovered), layout, size);
    drawFrame(pen, size.scale, scene);
  }

  function drawMoving(now, spots, moving, changed) {
    const { context } = stack.dots;
    const pen = penOn(context);
    if (changed || moving > 0 || !layout.tiles || view.get().k > 1) stack.dots.clear(size.scale, view.get());
    else clearMiddle(context);
    if (moving > 0) drawBeds(pen, curves);
    drawDots(pen, curves, supplies, moves ? now / 1000 : 0);
    if (moving === 0) return;
    drawSigns(pen, curves);
    sprites.allow(TEXT_TIME); // what is on its way is drawn again in the next frame
    drawCells(
      pen,
      model.units.filter(({ id }) => ways.moving(id, now)),
      spots,
      { quiet: layout.tiles },
    ); // hundreds of ids that glide cannot be read
    sprites.allow(Infinity);
  }

  /** Among tiles dots run in the middle only. */
  function clearMiddle(context) {
    const { hub, middle } = layout;
    context.clearRect(hub.x - middle.a - MARGIN, hub.y - middle.b - MARGIN, (middle.a + MARGIN) * 2, (middle.b + MARGIN) * 2);
  }

  function penOn(target) {
    return { context: target, sprites, theme: colours, words: texts };
  }

  function fontSize() {
    return Math.max(11, Math.min(24, size.width / 93, size.height / 44));
  }

  /* ---- places ---- */

  function arrange() {
    if (!model || size.width === 0) return;
    const ids = model.units.map(({ id }) => id);
    const key = `${size.width}x${size.height}|${ids.join("\n")}`;
    if (key !== layoutKey) {
      legend = placeLegend(penOn(stack.over.context), size.width, fontSize());
      const before = layout;
      layout = placeUnits(ids, { x: 0, y: 0, width: size.width, height: size.height - legend.height });
      if (before === null || !sameSpots(layout, before)) inner = null;
      layoutKey = key;
      stack.showTiles(layout.tiles);
      sentKey = "";
    }
    const sharing = new Set(model.spurs.map(({ id }) => id));
    const members = model.units.filter((unit) => unit.inDeal || sharing.has(unit.id)).map(({ id }) => id);
    const wanted = `${layoutKey}|${members.join("\n")}`;
    if (wanted !== sentKey) {
      inner = innerPlaces(members, layout, inner);
      ways.send(spotsFor(layout, inner), performance.now(), !moves);
    }
    sentKey = wanted;
    stale = true;
  }

  function resize() {
    stack.align();
    const scale = Math.min(3, window.devicePixelRatio || 1);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === size.width && height === size.height && scale === size.scale) return;
    size = { width, height, scale };
    stack.resize(Math.round(width * scale), Math.round(height * scale));
    fieldKey = "";
    const was = moves;
    moves = false; // a new size is no movement of the units
    arrange();
    moves = was;
    view.clamp();
    // a resized canvas is empty: draw before the browser paints
    if (model && width > 0 && height > 0) draw(performance.now());
    ask();
  }

  /* ---- pointer ---- */

  canvas.addEventListener("pointermove", (event) => hover(unitAt(view.toWorld(event))), { signal: off.signal });
  canvas.addEventListener("pointerleave", () => hover(null), { signal: off.signal });
  canvas.addEventListener(
    "click",
    (event) => {
      const id = unitAt(view.toWorld(event));
      if (id === null) return;
      outline.setActive(id);
      onSelect(id);
    },
    { signal: off.signal },
  );
  document.addEventListener("visibilitychange", ask, { signal: off.signal });

  function hover(id) {
    if (id === hovered) return;
    hovered = id;
    canvas.style.cursor = id === null ? "" : "pointer";
    stale = true;
    ask();
    onHover(id);
  }

  function unitAt(point) {
    if (!model || !layout) return null;
    const now = performance.now();
    const hit = model.units.filter(({ id }) => covers(ways.spot(id, now), point, layout));
    return hit.find(({ id }) => !ways.spot(id, now).tile)?.id ?? hit[0]?.id ?? null;
  }

  return {
    update(next) {
      model = next;
      if (hovered !== null && !model.byId.has(hovered)) hover(null);
      outline.update(model.units);
      arrange();
      ask();
    },
    setTheme(next = null, { paper = false } = {}) {
      colours = next ?? readTheme(canvas);
      onPaper = paper;
      anew();
      if (onPaper && model && size.width > 0 && size.height > 0) draw(performance.now());
    },
    setWords(next) {
      texts = { ...SCENE_WORDS, ...next };
      outline.setWords(texts);
      layoutKey = ""; // the legend's words take another room
      arrange();
      ask();
    },
    setMotion(wanted) {
      moves = wanted;
      stale = true;
      ask();
    },
    resize,
    select(id) {
      selected = id;
      stale = true;
      ask();
    },
    spotOf(id) {
      const spot = ways.spot(id, performance.now());
      const { k, x, y } = view.get();
      return spot ? { x: spot.x * k + x, y: spot.y * k + y, cell: spot.cell * k } : null;
    },
    outline: outline.element,
    stats: () => stats.read(),
    resetStats: () => stats.reset(),
    destroy() {
      cancelAnimationFrame(frame);
      clearTimeout(beat);
      loss.destroy();
      observer.disconnect();
      sight.disconnect();
      off.abort();
      view.destroy();
      outline.destroy();
      stack.destroy();
      model = null;
    },
  };
}

/** Whether two layouts have the very same spots, whoever stands at them. */
function sameSpots(one, other) {
  const alike = one.tiles === other.tiles && one.cell === other.cell && one.spots.length === other.spots.length;
  return alike && one.spots.every(({ x, y }, seat) => x === other.spots[seat].x && y === other.spots[seat].y);
}

/** Own places for all, and places in the middle for those that share. */
function spotsFor(layout, inner) {
  const spots = new Map();
  for (const [id, place] of layout.places) spots.set(id, { ...place, cell: layout.cell, tile: layout.tiles, bare: layout.tiles, named: true, away: false });
  for (const [id, place] of inner.places)
    spots.set(id, {
      ...place,
      cell: inner.cell,
      tile: false,
      bare: inner.bare,
      brief: inner.brief,
      named: inner.named,
      room: inner.room,
      away: true,
      left: place.x < layout.hub.x - 1,
    });
  return spots;
}

function shownAsCell(spot) {
  return spot && !spot.tile ? spot : null;
}

function covers(spot, point, layout) {
  const { w, h } = spot.tile ? layout.tile : cellSize(spot.cell);
  const reach = spot.tile ? 1 : Math.max(3, spot.cell * 0.12, (TARGET - w) / 2);
  return Math.abs(point.x - spot.x) <= w / 2 + reach && Math.abs(point.y - spot.y) <= h / 2 + reach;
}

/** The name on a plate beside the unit that the pointer is over. */
function drawName(pen, unit, spot, layout, { width }) {
  const { context, theme } = pen;
  const words = unit.name && unit.name !== unit.id ? `${isolated(unit.id)}  ${isolated(unit.name)}` : isolated(unit.id);
  const { h } = spot.tile ? layout.tile : cellSize(spot.cell);
  context.font = `600 13px ${theme.font}`;
  const wide = Math.min(width - 8, context.measureText(words).width + 20);
  const x = Math.max(wide / 2 + 4, Math.min(width - wide / 2 - 4, spot.x));
  const y = spot.y - h / 2 - 26 < 14 ? spot.y + h / 2 + 34 : spot.y - h / 2 - 26;
  context.fillStyle = theme.panel;
  context.strokeStyle = theme.muted;
  context.lineWidth = 1;
  context.setLineDash([]);
  roundRect(context, x - wide / 2, y - 13, wide, 26, 6);
  context.fill();
  context.stroke();
  write(pen, words, x, y, { size: 13, weight: 600, colour: theme.text, most: wide - 12 });
}
