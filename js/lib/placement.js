// Where units stand on the screen: pure geometry, the same for the same ids and size, so that a reload shows the same picture.
//
// There are as many seats as the next of 4, 8, 12, 16, 24, 32, 48, 64, ... (on small screens also 20, 28, 40, ...), and a unit has that
// of the last number in its id: E003 the third. So a unit that comes or goes moves nobody else, but where a step is passed, or where
// another sat on its seat because that one's own was taken.
// Few units stand on rings around the hub, many (from 200) on a grid of tiles around a free middle. Units in deals are drawn inwards
// (`innerPlaces`), each by itself: only who begins or ends to share moves.

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
const FIGURE_ROOM = 56; // px that a unit needs for its current and the A beside it
const BRIEF = 2.4; // as wide as its letters are high is the current without the A
const NAME_ROOM = 28; // px for its id
const LARGEST = 0.135; // of the smaller side
const STEP_IN = 0.35; // cells from its own place, where the middle is full
const WHOLE_FIGURE = 19; // px: from here on a cell's charge stands with its sign
const MIDDLE_LEAST = 16; // spots in the middle of many units; four times as many where they do not do

/** How many places there are for so many units: the number grows in steps, `part` of them from one power of two to the next. */
export function slotsFor(count, part = 2) {
  let slots = 4;
  while (slots < count) slots += Math.max(4, 2 ** Math.floor(Math.log2(slots)) / part);
  return count < TILES_FROM ? Math.min(slots, TILES_FROM - 1) : slots;
}

/**
 * The place of each id, by its number: first all whose own is free, then the others at the next one that is.
 * @param ids in order; @returns Map id -> 0..slots-1
 */
export function seatsOf(ids, slots) {
  const seats = new Map();
  const taken = new Set();
  const sit = (id, seat) => {
    seats.set(id, seat);
    taken.add(seat);
  };
  const own = new Map(ids.map((id) => [id, ownSeat(id, slots)]));
  for (const [id, seat] of own) if (!taken.has(seat)) sit(id, seat);
  for (const [id, first] of own) {
    if (seats.has(id)) continue;
    let seat = first;
    while (taken.has(seat)) seat = (seat + 1) % slots;
    sit(id, seat);
  }
  return seats;
}

function ownSeat(id, slots) {
  const number = /(\d{1,9})\D*$/.exec(id)?.[1];
  if (number !== undefined) return (Number(number) + slots - 1) % slots;
  return [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 1_000_003, 7) % slots;
}

/**
 * Own places of all units.
 * @param ids sorted; @param box {x, y, width, height} the free part of the screen in px
 * @returns {{tiles: boolean, rings: number, cell: px width, tile: {w, h}|null, hub: {x, y, r}, middle: {a, b},
 *   outer: {a, b}|null, seats: as seatsOf, spots: [{x, y}] of all seats, inner: what innerPlaces begins with, places: Map id -> {x, y}}}
 */
export function placeUnits(ids, box) {
  const layout = layoutFor(ids.length, box);
  const seats = seatsOf(ids, layout.spots.length);
  return { ...layout, seats, places: new Map(ids.map((id) => [id, layout.spots[seats.get(id)]])) };
}

/** With many seats to spare, so that a newcomer seldom has all move, but where cells that share would be too small for what they tell. */
function layoutFor(count, box) {
  const centre = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const hub = { ...centre, r: hubRadius(box, count) };
  const [many, few] = [slotsFor(count), slotsFor(count, 4)];
  if (count >= TILES_FROM) return onTiles(few, box, hub);
  const roomy = onRings(many, box, hub);
  return many === few || (!roomy.inner.bare && roomy.inner.cell >= WHOLE_FIGURE) ? roomy : onRings(few, box, hub);
}

/**
 * Places further in for the units in deals, such that only who begins or ends to share moves.
 * On one ring each has an inner place of its own, by its seat alone. On more each takes the nearest free spot of the middle and keeps it
 * as long as it shares; where none is free it comes a step in from its own place. Among tiles the middle's spots grow in number.
 * @param members their ids; @param before what this told last for the same layout
 * @returns {{cell: px width, bare: no room for the current, brief: none for its A, named: room for ids, room: px {x, y} of each unit, places: Map id -> {x, y}}}
 */
export function innerPlaces(members, layout, before = null) {
  if (layout.tiles) return inMiddle(members, layout, before !== null && fits(before, members.length) ? before : middleOfTiles(members.length, layout));
  if (layout.rings > 1) return inMiddle(members, layout, before ?? { ...layout.inner });
  return { ...layout.inner, places: new Map(members.map((id) => [id, layout.inner.spots[layout.seats.get(id)]])) };
}

/* ---- further in, on one ring ---- */

/** The inner places of all seats, and what there is room for at each. */
function innerOfRing(layout) {
  const { cell, room, spots } = innerRing(layout) ?? drawnIn(layout);
  return { ...detailOf(cell, room), cell, spots };
}

function drawnIn({ hub, cell, spots }) {
  const step = (own) => ({ x: hub.x + (own.x - hub.x) * DRAWN_IN, y: hub.y + (own.y - hub.y) * DRAWN_IN });
  return { cell, room: { x: ROOMY.x * DRAWN_IN, y: ROOMY.y * DRAWN_IN }, spots: spots.map(step) };
}

/**
 * A ring within the outer one on which every seat has a place in its own direction, larger than its outer one where there is room:
 * the outer places had to leave room for the middle, this one has not. All its places are clear of the others' outer ones.
 */
function innerRing(layout) {
  let best = null;
  for (const pull of PULLS) {
    const found = largestOn(layout, pull);
    if (found && (best === null || found.cell > best.cell * WORTH)) best = found;
  }
  return best;
}

function largestOn(layout, pull) {
  const { cell: own, hub, outer, spots } = layout;
  const half = { a: outer.a + own * EDGE.x, b: outer.b + own * EDGE.y };
  for (let cell = Math.max(own, Math.min(own * 1.8, READABLE)); cell > own * 0.99; cell *= 0.96) {
    const ring = { a: (half.a - cell * EDGE.x) * pull, b: (half.b - cell * EDGE.y) * pull };
    const offHub = ring.a >= hub.r * 1.3 + cell * 1.25 && ring.b >= hub.r * 1.3 + cell * 1.4;
    if (!offHub || perimeter(ring.a, ring.b, ROOMY, cell) < spots.length) continue;
    const found = evenPoints(ring, spots.length, 0).map(({ x, y }) => ({ x: hub.x + x, y: hub.y + y + cell * SINK }));
    if (apartFrom(found, spots, (cell + own) / 2)) return { cell, room: ROOMY, spots: found };
  }
  return null;
}

/** Whether each is clear of all others' own places. */
function apartFrom(inner, own, cell) {
  return inner.every((place, i) => own.every((other, j) => i === j || clear(place, other, cell)));
}

function clear(one, other, cell) {
  return Math.abs(one.x - other.x) >= cell * CLOSE.x || Math.abs(one.y - other.y) >= cell * CLOSE.y;
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

/* ---- further in, among many ---- */

/** Of the middle's spots each that is new there takes the nearest free one; who was there stays. */
function inMiddle(members, layout, middle) {
  const wanted = new Set(members);
  const taken = new Map([...(middle.places ?? [])].filter(([id]) => wanted.has(id)));
  const free = new Set(middle.spots);
  for (const spot of taken.values()) free.delete(spot);
  for (const id of members) {
    if (taken.has(id)) continue;
    const own = layout.places.get(id);
    const spot = nearest(free, own) ?? stepIn(own, layout);
    taken.set(id, spot);
    free.delete(spot);
  }
  return { ...middle, places: taken };
}

function stepIn(own, { hub, cell }) {
  const far = Math.hypot(hub.x - own.x, hub.y - own.y);
  const part = (cell * STEP_IN) / far;
  return { x: own.x + (hub.x - own.x) * part, y: own.y + (hub.y - own.y) * part };
}

/** Between the rings and the hub, as many cells of their size as have room. */
function middleOfRings({ hub, middle, cell }) {
  return { ...detailOf(cell, ROOMY), cell, spots: spotsOn(innerRings(hub, middle, cell, ROOMY, Infinity), hub, ROOMY) };
}

/** Whether so many may stay in that middle of tiles: it has room, and is not made for many more. */
function fits({ step, spots }, count) {
  return count <= spots.length && (step === MIDDLE_LEAST || count * 8 > step);
}

/** The middle of the tiles for so many units, whose number grows in steps: they are large there, as far as there is room. */
function middleOfTiles(count, layout) {
  let step = MIDDLE_LEAST;
  while (step < count) step *= 4;
  const { cell, room, rings } = fitMiddle(layout, Math.min(step, layout.spots.length));
  return { ...detailOf(cell, room), cell, step, spots: spotsOn(rings, layout.hub, room) };
}

function spotsOn(rings, hub, room) {
  return rings.flatMap((ring, k) => evenPoints(ring, ring.count, (k % 2) * 0.5, room).map(({ x, y }) => ({ x: hub.x + x, y: hub.y + y })));
}

function nearest(spots, { x, y }) {
  let best = null;
  let least = Infinity;
  for (const spot of spots) {
    const far = (spot.x - x) ** 2 + (spot.y - y) ** 2;
    if (far < least) [best, least] = [spot, far];
  }
  return best;
}

/** The largest cells that the middle has room for: airy when it can be, dense when it must be. */
function fitMiddle({ hub, middle, cell: own }, count) {
  const wanted = Math.max(own * 2.2, 44);
  const levels =
    count > 30
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
  return { cell: 5, room: DENSE, rings: [{ a: middle.a, b: middle.b, count }] };
}

function hubRadius(box, count) {
  const side = Math.min(box.width, box.height);
  return Math.max(38, Math.min(side * (count >= TILES_FROM ? 0.105 : 0.118), 190));
}

/* ---- rings ---- */

function onRings(slots, box, hub) {
  const most = Math.min(box.width, box.height) * LARGEST;
  const half = { a: box.width / 2, b: box.height / 2 };
  for (let cell = most; cell > 6; cell *= 0.96) {
    const rings = outerRings(half, hub.r, cell);
    if (capacity(rings) >= slots) return ringLayout(slots, hub, cell, rings);
  }
  return ringLayout(slots, hub, 6, [{ ...half, count: slots }]);
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

function ringLayout(slots, hub, cell, rings) {
  const used = shareOut(slots, rings);
  const spots = used.flatMap((ring, k) => evenPoints(ring, ring.used, (k % 2) * 0.5).map(({ x, y }) => ({ x: hub.x + x, y: hub.y + y + cell * SINK })));
  const last = used.at(-1);
  const middle = { a: middleOf(last.a, hub.r, cell * 1.25, cell * ROOMY.x), b: middleOf(last.b, hub.r, cell * 1.4, cell * ROOMY.y) };
  const layout = { tiles: false, rings: used.length, cell, tile: null, hub, middle, outer: { a: used[0].a, b: used[0].b }, spots };
  return { ...layout, inner: used.length === 1 ? innerOfRing(layout) : middleOfRings(layout) };
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

/* ---- tiles ---- */

function onTiles(slots, box, hub) {
  const middle = { a: box.width * 0.37, b: box.height * 0.365 };
  for (let pitch = 60; pitch > 4; pitch *= 0.985) {
    const found = tileSpots(box, hub, middle, pitch);
    if (found.length >= slots) return tileLayout(slots, hub, middle, pitch, found);
  }
  return tileLayout(slots, hub, middle, 4, tileSpots(box, hub, { a: 0, b: 0 }, 4));
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

function tileLayout(slots, hub, middle, pitch, found) {
  // the spots left over lie evenly among the others, so that the picture stays whole
  const spots = Array.from({ length: slots }, (_, seat) => found[Math.floor((seat * found.length) / slots)] ?? found[found.length - 1]);
  const tile = { w: pitch * 0.86, h: pitch * 0.84 * 0.82 };
  const cell = tile.w * 0.6;
  return { tiles: true, rings: 0, cell, tile, hub, middle: { a: middle.a - 6, b: middle.b - 6 }, outer: null, spots, inner: null };
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

function evenPoints(ring, count, offset, room = ROOMY) {
  const path = trace(ring, room);
  return Array.from({ length: count }, (_, index) => pointAt(path, (path.total * (index + offset)) / count));
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
