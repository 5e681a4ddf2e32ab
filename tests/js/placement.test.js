// Where units stand: everybody on the screen, nobody upon another, and the same picture after a reload.

import assert from "node:assert/strict";
import { test } from "node:test";

import { innerPlaces, placeUnits, seatsOf, slotsFor } from "../../js/lib/placement.js";
import { createMotion, ease } from "../../js/scene/motion.js";
import { describe, steps } from "../../js/scene/outline.js";
import { fill, SCENE_WORDS } from "../../js/scene/words.js";

const ids = (count) => Array.from({ length: count }, (_, index) => `E${String(index + 1).padStart(4, "0")}`);
const BOXES = {
  desktop: { x: 0, y: 0, width: 1060, height: 560 },
  phone: { x: 0, y: 0, width: 390, height: 400 },
  wall: { x: 0, y: 0, width: 3840, height: 2000 },
  tall: { x: 0, y: 0, width: 360, height: 700 },
};
const COUNTS = [1, 2, 4, 7, 20, 59, 60, 64, 120, 199, 200, 300, 1000];

/** The pairs of boxes that lie upon each other by more than a px. */
function collisions(places, w, h) {
  const all = [...places.values()].sort((one, other) => one.x - other.x);
  let found = 0;
  all.forEach((one, index) => {
    for (let j = index + 1; j < all.length && all[j].x - one.x < w - 1; j += 1) if (Math.abs(all[j].y - one.y) < h - 1) found += 1;
  });
  return found;
}

for (const [name, box] of Object.entries(BOXES)) {
  for (const count of COUNTS) {
    test(`${count} units on a ${name} screen are all on it, clear of each other and of the hub`, () => {
      const layout = placeUnits(ids(count), box);
      const { w, h } = layout.tile ?? { w: layout.cell, h: layout.cell * 1.5 };
      assert.equal(layout.places.size, count);
      for (const { x, y } of layout.places.values()) {
        assert.ok(
          x - w / 2 >= -1 && x + w / 2 <= box.width + 1 && y - h / 2 >= -1 && y + h / 2 <= box.height + 1,
          `${x},${y} beyond ${box.width}x${box.height}`,
        );
        assert.ok(Math.hypot(x - layout.hub.x, y - layout.hub.y) > layout.hub.r, "on the hub");
      }
      assert.equal(collisions(layout.places, w, h), 0);
      assert.equal(layout.tiles, count >= 200);
    });
  }
}

for (const [count, sharing] of [
  [4, 4],
  [20, 7],
  [20, 14],
  [20, 20],
  [64, 64],
  [64, 20],
  [199, 66],
  [300, 100],
  [1000, 333],
]) {
  test(`${sharing} of ${count} units drawn to the middle are clear of each other and of the hub`, () => {
    const layout = placeUnits(ids(count), BOXES.desktop);
    const members = ids(count).slice(0, sharing);
    const { places, cell } = innerPlaces(members, layout);
    assert.equal(places.size, sharing);
    assert.equal(collisions(places, cell, cell * 1.5), 0);
    for (const { x, y } of places.values()) assert.ok(Math.hypot(x - layout.hub.x, y - layout.hub.y) > layout.hub.r, "on the hub");
  });
}

test("the same ids and size make the same picture, and the state of a unit has no part in it", () => {
  assert.deepEqual(placeUnits(ids(20), BOXES.desktop), placeUnits(ids(20), BOXES.desktop));
});

test("units drawn to the middle stay clear of those that stayed outside, however many share", () => {
  for (const box of [BOXES.desktop, BOXES.phone]) {
    for (const [count, sharing] of [
      [20, 11],
      [20, 17],
      [64, 30],
    ]) {
      const layout = placeUnits(ids(count), box);
      const members = ids(count).slice(0, sharing);
      const inner = innerPlaces(members, layout);
      const all = new Map([...layout.places, ...inner.places]);
      assert.equal(collisions(all, layout.cell, layout.cell * 1.5), 0, `${sharing} of ${count}`);
    }
  }
});

/** The scene's room beside the page's columns on a desktop, a tablet and a phone. */
const PAGES = {
  desktop: { x: 0, y: 0, width: 1204, height: 350 },
  tablet: { x: 0, y: 0, width: 768, height: 255 },
  phone: { x: 0, y: 0, width: 360, height: 370 },
};

for (const [name, box] of Object.entries(PAGES)) {
  for (const sharing of [8, 13, 18, 19, 20]) {
    test(`${sharing} of 20 units in deals on a ${name} keep their currents, larger than before where the outer ring has more room than they need`, () => {
      const layout = placeUnits(ids(20), box);
      const members = ids(20).filter((_, index) => index >= 20 - sharing);
      const { places, cell, bare } = innerPlaces(members, layout);
      assert.equal(bare, false);
      assert.ok(cell >= layout.cell * 0.99, `${cell} < ${layout.cell}`);
      if (name === "tablet") assert.ok(cell > 19, `${cell}: no room for the whole figure`);
      const boxes = ids(20).map((id) => (places.has(id) ? { ...places.get(id), w: cell } : { ...layout.places.get(id), w: layout.cell }));
      boxes.forEach((one, i) => {
        assert.ok(
          Math.abs(one.x - layout.hub.x) + one.w / 2 <= box.width / 2 && Math.abs(one.y - layout.hub.y) + one.w * 0.75 <= box.height / 2,
          "beyond the screen",
        );
        for (const other of boxes.slice(i + 1)) {
          const wide = (one.w + other.w) / 2;
          assert.ok(Math.abs(one.x - other.x) >= wide || Math.abs(one.y - other.y) >= wide * 1.5, "one upon another");
        }
      });
      for (const { x, y } of places.values()) {
        const gap = Math.hypot(Math.max(0, Math.abs(x - layout.hub.x) - cell / 2), Math.max(0, Math.abs(y - layout.hub.y) - cell * 0.75));
        assert.ok(gap > layout.hub.r, "on the hub");
      }
    });
  }
}

test("all in deals have larger cells than the outer ring could give them", () => {
  for (const [count, larger] of [
    [16, 1.4],
    [20, 1.1], // with seats to spare for four more
  ]) {
    const layout = placeUnits(ids(count), PAGES.desktop);
    assert.ok(innerPlaces(ids(count), layout).cell > layout.cell * larger);
  }
});

for (const [name, box] of Object.entries({ ...PAGES, wall: BOXES.wall })) {
  for (const count of [4, 20, 64, 300]) {
    test(`of ${count} units on a ${name} only who begins or ends to share moves, and who begins again while the others go on`, () => {
      const layout = placeUnits(ids(count), box);
      const some = (test) => ids(count).filter((_, index) => test(index));
      let inner = innerPlaces(
        some((index) => index % 4 === 0),
        layout,
      );
      const before = inner.places;
      inner = innerPlaces(
        some((index) => index % 4 === 0 || index === 1),
        layout,
        inner,
      );
      for (const [id, place] of before) assert.deepEqual(inner.places.get(id), place, id);
      const more = inner.places;
      inner = innerPlaces(
        some((index) => index % 4 === 0 && index !== 0),
        layout,
        inner,
      );
      for (const [id, place] of inner.places) assert.deepEqual(place, more.get(id), id);
    });
  }
}

test("a newcomer shifts nobody, wherever its id stands among the others, nor does one that leaves", () => {
  const placed = (units) => placeUnits(units, BOXES.desktop).places;
  const all = ids(21);
  for (const one of [0, 4, 20]) {
    const others = all.filter((_, index) => index !== one);
    const [before, after] = [placed(others), placed(all)];
    for (const id of others) assert.deepEqual(before.get(id), after.get(id), `${id} beside ${all[one]}`);
  }
  const many = placed(ids(300));
  for (const [id, place] of placed(ids(301))) if (id !== "E0301") assert.deepEqual(place, many.get(id), id);
});

test("the number of places grows in steps, and never beyond what rings are for", () => {
  assert.deepEqual(
    [0, 4, 5, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 199].map((count) => slotsFor(count)),
    [4, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 199, 199],
  );
  assert.deepEqual(
    [20, 21, 33, 199, 200, 300, 1000].map((count) => slotsFor(count, 4)),
    [20, 24, 40, 199, 224, 320, 1024],
  );
});

test("a unit sits by the last number in its id; where that is taken at the next free seat, and without one by its letters", () => {
  assert.deepEqual([...seatsOf(["E001", "E002", "E004"], 4).values()], [0, 1, 3]);
  assert.deepEqual([...seatsOf(["house101a", "house102a", "house103a"], 8).values()], [4, 5, 6]);
  assert.deepEqual(Object.fromEntries(seatsOf(["barn1", "barn2", "mill1", "mill2"], 4)), { barn1: 0, barn2: 1, mill1: 2, mill2: 3 });
  const named = seatsOf(["mill", "school", "\u202e"], 4);
  assert.equal(new Set(named.values()).size, 3);
  for (const seat of named.values()) assert.ok(seat >= 0 && seat < 4);
  assert.equal(seatsOf(["mill"], 4).get("mill"), named.get("mill"));
});

test("a lone deal's units stand in their own directions", () => {
  const layout = placeUnits(ids(20), BOXES.desktop);
  const members = ["E0003", "E0012"];
  const turn = ({ x, y }) => Math.atan2(y - layout.hub.y, x - layout.hub.x);
  for (const id of members) assert.ok(Math.abs(turn(innerPlaces(members, layout).places.get(id)) - turn(layout.places.get(id))) < 0.12);
});

test("a unit glides to a new place and back, starting from where it is, and jumps when motion is unwanted", () => {
  const motion = createMotion(1000);
  const [home, middle] = [
    { x: 0, y: 0, cell: 10 },
    { x: 100, y: 0, cell: 20 },
  ];
  motion.send(new Map([["A", home]]), 0, false);
  assert.equal(motion.count(0), 0);
  assert.equal(motion.send(new Map([["A", middle]]), 0, false), true);
  assert.equal(motion.spot("A", 500).x, 50);
  motion.send(new Map([["A", home]]), 500, false);
  assert.equal(motion.spot("A", 500).x, 50);
  assert.deepEqual([motion.spot("A", 1500).x, motion.count(1499), motion.count(1500)], [0, 1, 0]);
  motion.send(new Map([["A", middle]]), 2000, true);
  assert.deepEqual([motion.spot("A", 2000).x, motion.count(2000)], [100, 0]);
  motion.send(new Map(), 2000, false);
  assert.equal(motion.spot("A", 2000), undefined);
  assert.deepEqual([ease(0), ease(0.5), ease(1)], [0, 0.5, 1]);
});

test("a unit in one sentence tells what the picture shows of it", () => {
  const unit = {
    id: "E003",
    name: "house214",
    state: "live",
    age: 1,
    rsoc: 68,
    crown: true,
    gridMaster: true,
    running: true,
    current: -4.9,
    inDeal: true,
    sharing: "running",
  };
  assert.equal(describe(unit, SCENE_WORDS), "E003 house214, live, charge 68%, voltage reference, Grid Master, gives 4.9 A");
  const silent = {
    id: "E014",
    name: null,
    state: "silent",
    age: 130,
    rsoc: null,
    crown: false,
    gridMaster: false,
    running: false,
    current: null,
    inDeal: true,
    sharing: "unknown",
  };
  assert.equal(describe(silent, SCENE_WORDS), "E014, silent 2 min 10 s, charge --, in a deal, current unknown");
  assert.match(describe({ ...silent, state: "live", current: 0, sharing: "agreed" }, SCENE_WORDS), /in a deal, no current yet$/);
  assert.match(describe({ ...silent, current: -2, sharing: "running" }, SCENE_WORDS), /in a deal, current unknown$/);
});

test("arrow keys step through the units and stop at both ends", () => {
  assert.deepEqual([steps("ArrowRight", 0, 3), steps("ArrowDown", 2, 3), steps("ArrowLeft", 0, 3), steps("End", 0, 3), steps("Home", 2, 3)], [1, 2, 0, 2, 0]);
  assert.deepEqual([steps("Tab", 0, 3), steps("ArrowDown", -1, 0)], [null, null]);
});

test("texts are filled with values and leave what they do not know", () => {
  assert.equal(fill("up to {seconds} s {nothing}", { seconds: 8 }), "up to 8 s {nothing}");
});
