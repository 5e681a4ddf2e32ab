// The field of tiles (from 200 units): one canvas on which only the tiles that look different are painted again, some per frame,
// so that a thousand units with new figures never hold a frame up.

import { drawAway, drawTile, tileLook } from "./cells.js";

const CHUNK = 20; // tiles between two looks at the clock

/** @param layer the canvas that the tiles stand on, of their own */
export function createField(layer) {
  const shown = new Map(); // id -> look
  const waiting = new Map(); // id -> what to paint

  return {
    /** Forget everything: another size, sharpness, theme or set of places. */
    reset(scale, view) {
      layer.clear(scale, view);
      shown.clear();
      waiting.clear();
    },
    /** Take note of what each place has to show; `kindOf(id)` is "tile", "away" or "none" (on its way home). */
    want(units, places, kindOf) {
      for (const unit of units) {
        const kind = kindOf(unit.id);
        const look = kind === "tile" ? tileLook(unit) : kind;
        if (shown.get(unit.id) === look) waiting.delete(unit.id);
        else waiting.set(unit.id, { unit, kind, look, place: places.get(unit.id) });
      }
    },
    /** Paint what waits, for so many ms at most. */
    work(penOn, tile, limit) {
      if (waiting.size === 0) return;
      const pen = penOn(layer.context);
      const began = performance.now();
      let count = 0;
      for (const [id, { unit, kind, look, place }] of waiting) {
        paint(pen, unit, kind, place, tile);
        shown.set(id, look);
        waiting.delete(id);
        count += 1;
        if (count % CHUNK === 0 && performance.now() - began > limit) break;
      }
    },
    waiting: () => waiting.size > 0,
  };
}

function paint(pen, unit, kind, place, tile) {
  pen.context.clearRect(place.x - tile.w / 2 - 2, place.y - tile.h / 2 - 2, tile.w + 4, tile.h + 4);
  if (kind === "tile") drawTile(pen, unit, place, tile);
  else drawAway(pen, place, tile);
}
