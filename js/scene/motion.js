// Where each unit is at this moment: on its way from one place to another, or at rest. Pure arithmetic on ms; no timers.

const LASTS = 900; // ms from one place to another

export function createMotion(lasts = LASTS) {
  const ways = new Map(); // id -> {from, to, began}

  return {
    /** Send units to their spots {x, y, cell, ...}; new ones appear there, gone ones are forgotten. @returns whether any set out */
    send(spots, now, still) {
      let setOut = false;
      for (const id of [...ways.keys()]) if (!spots.has(id)) ways.delete(id);
      for (const [id, to] of spots) {
        const way = ways.get(id);
        if (!way || still) ways.set(id, { from: to, to, began: -Infinity });
        else if (!same(way.to, to)) {
          ways.set(id, { from: at(way, now, lasts), to, began: now });
          setOut = true;
        } else way.to = to;
      }
      return setOut;
    },
    /** The spot of a unit at that moment, with the target's other properties; undefined for an unknown one. */
    spot(id, now) {
      const way = ways.get(id);
      return way && at(way, now, lasts);
    },
    moving: (id, now) => now - (ways.get(id)?.began ?? -Infinity) < lasts,
    /** How many are on their way. */
    count(now) {
      let moving = 0;
      for (const { began } of ways.values()) if (now - began < lasts) moving += 1;
      return moving;
    },
  };
}

function at({ from, to, began }, now, lasts) {
  const part = ease(Math.min(1, (now - began) / lasts));
  if (part >= 1) return to;
  return { ...to, x: between(from.x, to.x, part), y: between(from.y, to.y, part), cell: between(from.cell, to.cell, part), picture: to.cell, tile: false };
}

function between(one, other, part) {
  return one + (other - one) * part;
}

/** Slow at both ends. */
export function ease(part) {
  return part < 0.5 ? 4 * part ** 3 : 1 - (-2 * part + 2) ** 3 / 2;
}

function same(one, other) {
  return Math.abs(one.x - other.x) < 0.5 && Math.abs(one.y - other.y) < 0.5 && Math.abs(one.cell - other.cell) < 0.1;
}
