// Where units stand on the screen: pure geometry, the same for the same ids and size, so that a reload shows the same picture.
//
// A unit's own place depends on its id and on how many there are, never on its state. Few units stand on rings around the hub,
// many (from 200) on a grid of tiles around a free middle. Units in deals are drawn into that middle (`innerPlaces`).

export const TILES_FROM = 200;
const ROOMY = { x: 3.0, y: 3.15 }; // one unit's room in cell widths, with its dots and its id
const EDGE = { x: 1.72, y: 1.72 }; // from the middle of the outermost cells to the edge
const SINK = 0.25; // dots stand higher above a cell than its id hangs below
const CLOSE = { x: 2.35, y: 2.4 }; // with little air between them
const DENSE = { x: 1.5, y: 2.2 }; // without dots and figures beside it
const DRAWN_IN = 0.88; // of the way from the hub to a unit's own place
const PULLS = [0.72, 0.8, 0.92]; // as far in as it goes; less so where that gives larger cells
const WORTH = 1.12; // so much larger
const READABLE = 40; // px: from here on cells need not grow
const GROWTH = [0.35, 0.7, 1]; // of the way from the middle to the outermost places
const FIGURE_ROOM = 56; // px that a unit needs for its current and the A beside it
const BRIEF = 2.4; // as wide as its letters are high is the current without the A
const NAME_ROOM = 28; // px for its id
const LARGEST = 0.135; // of the smaller side
const CROWDED = 0.6; // a ring taken so far is filled evenly

/**
 * Own places of all units.
 * @param ids sorted; @param box {x, y, width, height} the free part of the screen in px
 * @returns {{tiles: boolean, rings: number, cell: px width, tile: {w, h}|null, hub: {x, y, r}, middle: {a, b}, outer: {a, b}|null, places: Map id -> {x, y, angle}}}
 */
export function placeUnits(ids, box) {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const hub = { ...centre, r: hubRadius(box, ids.length) };
  return ids.length >= TILES_FROM ? onTiles(ids, box, hub) : onRings(ids, box, hub);
}

/**
 * Places in the middle for the units in deals, each near its own direction, none upon another.
 * @param members [{id, angle}]
 * @returns {{cell: px width, bare: no room for the current, brief: none for its A, named: room for ids, room: px {x, y} of each unit, places: Map id -> {x, y, angle}}}
 */
export function innerPlaces(members, layout) {
  let best = gather(members, layout, layout.middle);
  if (layout.tiles || !(best.crowded || (best.brief && layout.rings === 1))) return best;
  if (layout.rings === 1) return drawnIn(members, layout, best);
  // a crowded middle grows into the places that its units left, as far as the others leave room
  const inside = new Set(members.map(({ id }) => id));
  const others = [...layout.places].filter(([id]) => !inside.has(id)).map(([, place]) => place);
  for (const part of GROWTH) {
    const middle = { a: between(layout.middle.a, layout.outer.a, part), b: between(layout.middle.b, layout.outer.b, part) };
    const grown = gather(members, layout, middle);
    if (grown.cell <= best.cell * 1.02 && grown.bare === best.bare) continue;
    if ([...grown.places.values()].every((place) => others.every((other) => clear(place, other, layout.cell)))) best = grown;
  }
  return best;
}

/** Too many for the middle, or too small there: each comes a step towards the hub from its own place, which keeps all of one ring apart. */
function drawnIn(members, layout, gathered) {
  const wide = widerRing(layout) ?? stepIn(layout);
  const detail = detailOf(wide.cell, wide.room);
  if (!gathered.crowded && wide.cell < gathered.cell * WORTH) return gathered;
  return { ...detail, cell: wide.cell, crowded: true, places: new Map(members.map(({ id }) => [id, wide.places.get(id)])) };
}

function stepIn({ hub, cell, places }) {
  const step = (own) => ({ x: hub.x + (own.x - hub.x) * DRAWN_IN, y: hub.y + (own.y - hub.y) * DRAWN_IN, angle: own.angle });
  return { cell, room: { x: ROOMY.x * DRAWN_IN, y: ROOMY.y * DRAWN_IN }, places: new Map([...places].map(([id, own]) => [id, step(own)])) };
}

/**
 * A ring within the outer one on which every unit has a place of its own in its own direction, larger than its outer one: the
 * outer places had to leave room for the middle, this one has not. It depends on no unit's state, so that nobody moves on it when
 * another's deal begins or ends, and all its places are clear of the others' outer ones.
 */
function widerRing(layout) {
  let best = null;
  for (const pull of PULLS) {
    const found = largestOn(layout, pull);
    if (found && (best === null || found.cell > best.cell * WORTH)) best = found;
  }
  return best;
}

function largestOn(layout, pull) {
  const { cell: own, hub, outer, places } = layout;
  const half = { a: outer.a + own * EDGE.x, b: outer.b + own * EDGE.y };
  for (let cell = Math.max(own, Math.min(own * 1.8, READABLE)); cell > own * 0.99; cell *= 0.96) {
    const ring = { a: (half.a - cell * EDGE.x) * pull, b: (half.b - cell * EDGE.y) * pull };
    const offHub = ring.a >= hub.r * 1.3 + cell * 1.25 && ring.b >= hub.r * 1.3 + cell * 1.4;
    if (!offHub || perimeter(ring.a, ring.b, ROOMY, cell) < places.size) continue;
    const found = evenPoints(ring, places.size, 0).map(({ x, y, angle }) => ({ x: hub.x + x, y: hub.y + y + cell * SINK, angle }));
    if (!apartFrom(found, [...places.values()], (cell + own) / 2)) continue;
    return { cell, room: ROOMY, places: new Map([...places.keys()].map((id, index) => [id, found[index]])) };
  }
  return null;
}

/** Whether each is clear of all others' own places. */
function apartFrom(inner, own, cell) {
  return inner.every((place, i) => own.every((other, j) => i === j || clear(place, other, cell)));
}

function detailOf(cell, room) {
  const wide = cell * room.x;
  const beside = wide - cell * 1.16; // between the current's left edge and the next cell
  return {
    bare: room === DENSE || beside < Math.max(9, cell * 0.31) * BRIEF,
    brief: wide < FIGURE_ROOM,
    named: wide >= NAME_ROOM,
    room: { x: wide, y: cell * room.y },
  };
}

function gather(members, layout, middle) {
  const fit = fitMiddle(layout, middle, members.length);
  return { ...detailOf(fit.cell, fit.room), cell: fit.cell, crowded: fit.room !== ROOMY, places: assign(members, fit, layout.hub) };
}

function between(one, other, part) {
  return one + (other - one) * part;
}

function clear(one, other, cell) {
  return Math.abs(one.x - other.x) >= cell * CLOSE.x || Math.abs(one.y - other.y) >= cell * CLOSE.y;
}

/** The largest cells that the middle has room for: airy when it can be, dense when it must be. */
function fitMiddle({ hub, tiles, cell: own }, middle, members) {
  const wanted = tiles ? Math.max(own * 2.2, 44) : own;
  const count = roundedUp(members);
  const levels =
    tiles && members > 30
      ? [[DENSE, 0]]
      : [
          [ROOMY, 1],
          [CLOSE, 0.7],
          [DENSE, 0],
        ];
  for (const [room, least] of levels) {
    for (let cell = wanted; cell >= Math.max(5, wanted * least); cell *= 0.95) {
      const rings = innerRings(hub, middle, cell, room, count);
      if (capacity(rings) >= count) return { cell, room, rings };
    }
  }
  return { cell: 5, room: DENSE, rings: [{ a: middle.a, b: middle.b, count: Math.max(1, members) }] };
}

function hubRadius(box, count) {
  const side = Math.min(box.width, box.height);
  return Math.max(38, Math.min(side * (count >= TILES_FROM ? 0.105 : 0.118), 190));
}

/* ---- rings ---- */

function onRings(ids, box, hub) {
  const most = Math.min(box.width, box.height) * LARGEST;
  const half = { a: box.width / 2, b: box.height / 2 };
  for (let cell = most; cell > 6; cell *= 0.96) {
    const rings = outerRings(half, hub.r, cell);
    if (capacity(rings) >= ids.length) return ringLayout(ids, hub, cell, rings);
  }
  return ringLayout(ids, hub, 6, [{ ...half, count: ids.length }]);
}

/** Rings from the edge inwards, as long as the middle keeps room for one ring of units in deals around the hub. */
function outerRings(half, hubR, cell) {
  const rings = [];
  const least = hubR * 1.5 + cell; // the middle: the hub, a piece of every deal's curve, and the units in deals
  for (let k = 0; ; k += 1) {
    const a = half.a - cell * (EDGE.x + ROOMY.x * k);
    const b = half.b - cell * (EDGE.y + ROOMY.y * k);
    if (a < least + cell * ROOMY.x * 0.85 || b < least + cell * ROOMY.y * 0.8) return rings;
    rings.push({ a, b, count: Math.floor(perimeter(a, b, ROOMY, cell)) });
  }
}

function ringLayout(ids, hub, cell, rings) {
  const used = shareOut(ids.length, rings);
  const places = new Map();
  let index = 0;
  used.forEach((ring, k) => {
    const points = evenPoints(ring, ring.used, (k % 2) * 0.5, cell);
    for (const point of points) places.set(ids[index++], { x: hub.x + point.x, y: hub.y + point.y + cell * SINK, angle: point.angle });
  });
  const last = used[used.length - 1] ?? rings[0] ?? { a: hub.x, b: hub.y }; // no unit is known yet
  const middle = { a: middleOf(last.a, hub.r, cell * 1.25, cell * ROOMY.x), b: middleOf(last.b, hub.r, cell * 1.4, cell * ROOMY.y) };
  const outer = { a: (used[0] ?? last).a, b: (used[0] ?? last).b };
  return { tiles: false, rings: used.length, cell, tile: null, hub, middle, outer, places };
}

/** Half-way between the hub and the innermost ring of places, and clear of both. */
function middleOf(outer, hubR, inset, room) {
  return Math.max(hubR * 1.3 + inset, Math.min(outer - room * 0.8, hubR + inset + (outer - hubR) * 0.4));
}

/** How many on each ring: outer rings first by their room, so that few units use one ring and the rings in use are equally loose. */
function shareOut(count, rings) {
  const used = [];
  let room = 0;
  for (const ring of rings) {
    if (room >= count && used.length > 0) break;
    used.push(ring);
    room += ring.count;
  }
  let left = count;
  let roomLeft = room;
  return used.map((ring) => {
    const mine = Math.round((left * ring.count) / roomLeft);
    left -= mine;
    roomLeft -= ring.count;
    return { ...ring, used: mine };
  });
}

function capacity(rings) {
  return rings.reduce((total, ring) => total + ring.count, 0);
}

/* ---- the middle ---- */

function innerRings(hub, middle, cell, room, count) {
  const rings = [];
  let total = 0;
  for (let k = 0; total < count; k += 1) {
    const a = middle.a - cell * room.x * k;
    const b = middle.b - cell * room.y * k;
    if (k > 0 && (a < hub.r * 1.3 + cell * 0.9 || b < hub.r * 1.45 + cell * 1.15)) break;
    const ring = { a, b, count: Math.floor(perimeter(a, b, room, cell)) };
    total += ring.count;
    rings.push(ring);
  }
  return rings;
}

function assign(members, { rings, cell, room }, hub) {
  const sorted = [...members].sort((one, other) => turn(one.angle) - turn(other.angle) || (one.id < other.id ? -1 : 1));
  const used = shareOut(sorted.length, rings).filter((ring) => ring.used > 0);
  const places = new Map();
  deal(sorted, used).forEach((group, k) => {
    const path = trace(used[k], room);
    const wish = group.map(({ angle }) => lengthAt(path, angle));
    const spread = group.length * cell > path.total * CROWDED ? evenOut(wish, path.total) : spreadOut(wish, path.total, cell);
    group.forEach(({ id }, index) => {
      const point = pointAt(path, spread[index]);
      places.set(id, { x: hub.x + point.x, y: hub.y + point.y, angle: Math.atan2(point.y, point.x) });
    });
  });
  return places;
}

/** Members in turn to the rings, by how many each takes, so that every ring gets some from every side. */
function deal(members, rings) {
  const groups = rings.map(() => []);
  const owed = rings.map(() => 0);
  for (const member of members) {
    rings.forEach((ring, k) => {
      owed[k] += ring.used / members.length;
    });
    const k = owed.indexOf(Math.max(...owed));
    owed[k] -= 1;
    groups[k].push(member);
  }
  return groups;
}

/** Positions on a closed line, as near to the wished ones as a least distance allows; wishes sorted. Pure relaxation. */
export function spreadOut(wishes, total, gap) {
  const at = [...wishes];
  const count = at.length;
  for (let round = 0; round < 40 && count > 1; round += 1) {
    let moved = false;
    for (let i = 0; i < count; i += 1) {
      const next = (i + 1) % count;
      const distance = at[next] - at[i] + (next === 0 ? total : 0);
      if (distance >= gap - 1e-6) continue;
      const push = (gap - distance) / 2;
      at[i] -= push;
      at[next] += push;
      moved = true;
    }
    if (!moved) break;
  }
  return at;
}

/** Positions in equal steps around the line, turned so that they lie as near to the wished ones as they can. */
export function evenOut(wishes, total) {
  const step = total / wishes.length;
  const turned = wishes.reduce((sum, wish, index) => sum + wish - index * step, 0) / wishes.length;
  return wishes.map((_, index) => turned + index * step);
}

/** Numbers in deals grow in steps, so that the size of the cells does not change with every deal. */
function roundedUp(count) {
  let step = 8;
  while (step < count) step = Math.ceil(step * 1.18);
  return step;
}

/* ---- tiles ---- */

function onTiles(ids, box, hub) {
  const middle = { a: box.width * 0.37, b: box.height * 0.365 };
  for (let pitch = 60; pitch > 4; pitch *= 0.985) {
    const spots = tileSpots(box, hub, middle, pitch);
    if (spots.length >= ids.length) return tileLayout(ids, hub, middle, pitch, spots);
  }
  return tileLayout(ids, hub, middle, 4, tileSpots(box, hub, { a: 0, b: 0 }, 4));
}

function tileSpots(box, hub, middle, pitch) {
  const size = { w: pitch, h: pitch * 0.84 };
  const columns = Math.floor(box.width / size.w);
  const rows = Math.floor(box.height / size.h);
  const left = box.x + (box.width - columns * size.w) / 2 + size.w / 2;
  const top = box.y + (box.height - rows * size.h) / 2 + size.h / 2;
  const spots = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const x = left + column * size.w;
      const y = top + row * size.h;
      if (beyond(x - hub.x, y - hub.y, middle, size)) spots.push({ x, y });
    }
  }
  return spots;
}

/** Whether a tile there leaves the middle free. */
function beyond(dx, dy, middle, size) {
  return Math.abs(dx / (middle.a + size.w)) ** 2.6 + Math.abs(dy / (middle.b + size.h)) ** 2.6 >= 1;
}

function tileLayout(ids, hub, middle, pitch, spots) {
  const places = new Map();
  ids.forEach((id, index) => {
    // the spots left over lie evenly among the others, so that the picture stays whole
    const spot = spots[Math.floor((index * spots.length) / ids.length)] ?? spots[spots.length - 1];
    places.set(id, { ...spot, angle: Math.atan2(spot.y - hub.y, spot.x - hub.x) });
  });
  const tile = { w: pitch * 0.86, h: pitch * 0.84 * 0.82 };
  const cell = tile.w * 0.6;
  return { tiles: true, rings: 0, cell, tile, hub, middle: { a: middle.a - 6, b: middle.b - 6 }, outer: null, places };
}

/* ---- closed curves: a superellipse, traced; lengths in rooms, so that a step of one is one unit's room in any direction ---- */

const STEPS = 240;
const SQUARENESS = 2.35;

/** The curve of size one, from the top clockwise; every other is this one stretched. */
const SHAPE = Object.freeze(
  Array.from({ length: STEPS + 1 }, (_, i) => {
    const t = -Math.PI / 2 + (2 * Math.PI * i) / STEPS;
    const bent = (value) => Math.sign(value) * Math.abs(value) ** (2 / SQUARENESS);
    return Object.freeze({ x: bent(Math.cos(t)), y: bent(Math.sin(t)) });
  }),
);

function trace({ a, b }, room) {
  const points = [];
  let total = 0;
  for (let i = 0; i <= STEPS; i += 1) {
    const point = { x: a * SHAPE[i].x, y: b * SHAPE[i].y, at: 0 };
    if (i > 0) total += Math.max(Math.abs(point.x - points[i - 1].x) / room.x, Math.abs(point.y - points[i - 1].y) / room.y);
    point.at = total;
    points.push(point);
  }
  return { points, total };
}

function perimeter(a, b, room, cell) {
  return trace({ a, b }, room).total / cell;
}

function evenPoints(ring, count, offset) {
  const path = trace(ring, ROOMY);
  return Array.from({ length: count }, (_, index) => {
    const point = pointAt(path, (path.total * (index + offset)) / count);
    return { ...point, angle: Math.atan2(point.y, point.x) };
  });
}

function pointAt({ points, total }, length) {
  const wanted = ((length % total) + total) % total;
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const half = (low + high) >> 1;
    if (points[half].at <= wanted) low = half;
    else high = half;
  }
  const part = (wanted - points[low].at) / (points[high].at - points[low].at || 1);
  return { x: points[low].x + (points[high].x - points[low].x) * part, y: points[low].y + (points[high].y - points[low].y) * part };
}

/** A direction as the part of a turn from the top, clockwise. */
function turn(angle) {
  return (angle + Math.PI / 2 + 2 * Math.PI) % (2 * Math.PI);
}

/** The length along the curve at which it crosses a direction. */
function lengthAt({ points, total }, angle) {
  const wanted = turn(angle);
  let low = 0;
  let high = points.length - 1;
  while (high - low > 1) {
    const half = (low + high) >> 1;
    if (turn(Math.atan2(points[half].y, points[half].x)) <= wanted) low = half;
    else high = half;
  }
  return wanted > 0 ? points[high].at : total;
}
