// A converter's trips in words: how often it went from work to Wait by itself since a person last reset that (I11). Pure.

import { finite } from "./figures.js";

/** {count, last (ISO), tooMany: whether that keeps it in Wait} of a unit's entry in the status; null for none. */
export function tripsOf(entry) {
  const count = finite(entry?.trips?.count);
  return count === null || count < 1 ? null : { count, last: entry.trips.last ?? null, tooMany: entry.trips.tooMany === true };
}

/** {badge, means}: how many and when the last was; what that means for orders, and what a person can do. */
export function tripsTexts({ count, last, tooMany }, words) {
  const values = { n: count, last: words.time(last) };
  const key = tooMany ? "trips.many" : "trips";
  return { badge: words.t(`${key}.badge`, values), means: words.t(`${key}.means`, values) };
}
