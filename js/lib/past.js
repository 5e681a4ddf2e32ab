// The page as it was: which time the address asks for, where to go from one moment, and where marks stand on the track. Pure.
//
//   ?at=2026-11-27T03:12:00Z      that moment, standing still          ?at=       the newest that is recorded (panels/past.js)

import { enteredTime } from "./enteredTimes.js";

export const SPEEDS = [1, 2, 5, 10, 30, 60];
export const BUCKETS = 240; // places for marks on the track
const GRAVITY = { event: 1, order: 2, alarm: 3, incident: 4 };
const WRITTEN = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(Z|[ +-]\d\d:?\d\d)?$/; // a plus that was not written as %2B is a blank in an address
const TICK = 1000; // ms between two frames while it plays

/** The time (ms) that an address names, NaN where it names none: without a zone by the site's clock, of an hour that it shows twice the first, of a day alone its midnight. */
export function momentIn(text, zone) {
  const [, day, time = "T00:00", offset] = WRITTEN.exec(text) ?? [];
  const entered = enteredTime(day && day + time, { zone: offset === undefined ? zone : "UTC" }).date?.getTime() ?? Number.NaN; // a day that no month has is none
  return offset === undefined || Number.isNaN(entered) ? entered : Date.parse(day + time + offset.replace(" ", "+"));
}

/** The query of an address that asks for this time (ms), or for now (null), beside what else it holds. */
export function addressAt(at, search) {
  const query = new URLSearchParams(search);
  if (at === null) query.delete("at");
  else query.set("at", new Date(at).toISOString());
  const text = query.toString().replaceAll("%3A", ":");
  return text === "" ? "" : `?${text}`;
}

/** From where to where moments can be shown, in ms; null while nothing is recorded. Of a moment (ms) that only an incident has kept: that incident's. */
export function reachOf(timeline, at = Number.NaN) {
  const [begin, end] = [Date.parse(timeline?.reachesBackTo), Date.parse(timeline?.until)];
  const known = Number.isNaN(begin) || Number.isNaN(end) ? null : { begin, end };
  if (Number.isNaN(at ?? Number.NaN) || (known && at >= begin)) return known;
  const kept = timeline?.incidents.map(({ from, to }) => ({ begin: Date.parse(from), end: Date.parse(to) })).find((one) => one.begin <= at && at <= one.end);
  return kept ?? known;
}

/** A time (ms) within the reach; the newest for none. */
export function within(at, reach) {
  return Number.isNaN(at) ? reach.end : Math.min(reach.end, Math.max(reach.begin, at));
}

/** The moment (ms) after this one while it plays at `speed`, at most the last, and beyond a gap; null where the record ends. */
export function playedOn(at, speed, reach, gaps = []) {
  if (reach === null || at === null || at >= reach.end) return null;
  const next = Math.min(at + TICK * speed, reach.end);
  const gap = gapAt(next, gaps);
  return gap === null ? next : Date.parse(gap.to);
}

/** The gap in which this moment (ms) lies, null for none: its ends are moments that are recorded. */
export function gapAt(at, gaps) {
  return gaps.find(({ from, to }) => Date.parse(from) < at && at < Date.parse(to)) ?? null;
}

/** A step (ms, null: no frame is known on that way) as it leads over a gap: to its other end; null where the record ends. */
export function overGap(next, from, way, reach, gaps = []) {
  if (next !== null) {
    const gap = gapAt(next, gaps);
    return gap === null ? next : Date.parse(way > 0 ? gap.to : gap.from);
  }
  if (reach === null || from === null) return null;
  const ends = gaps
    .filter((gap) => (way > 0 ? Date.parse(gap.from) >= from : Date.parse(gap.to) <= from))
    .map((gap) => Date.parse(way > 0 ? gap.to : gap.from));
  const end = way > 0 ? Math.min(...ends) : Math.max(...ends);
  return reach.begin <= end && end <= reach.end ? end : null;
}

/** One frame on or back from what stands there (a frame's `replay`), in ms; null where nobody knows of one, or the record begins with it. */
export function stepped(replay, way, reach = null) {
  const at = Date.parse(way > 0 ? replay?.nextAt : replay?.madeAt);
  if (Number.isNaN(at) || (way < 0 && reach !== null && at <= reach.begin)) return null;
  return way > 0 ? at : at - 1;
}

/** From a moment (ms) of which nothing is recorded to the nearest on that way of which something is; null for none. */
export function outOf(at, way, reach, gaps) {
  if (at < reach.begin) return way > 0 ? reach.begin : null;
  if (at > reach.end) return way < 0 ? reach.end : null;
  const gap = gaps.find(({ from, to }) => Date.parse(from) <= at && at <= Date.parse(to));
  return gap ? Date.parse(way > 0 ? gap.to : gap.from) : null;
}

/** The mark before or after this time, null for none. */
export function nextMark(marks, at, way) {
  const found = marks.filter((mark) => (way > 0 ? Date.parse(mark.at) > at : Date.parse(mark.at) < at));
  return (way > 0 ? found[0] : found.at(-1)) ?? null;
}

/** Marks as they stand on the track: [{place 0..1, kind, count, from, to, mark}], one for each bucket, with the gravest in it and the times of first and last. */
export function placed(marks, reach) {
  const buckets = new Map();
  for (const mark of marks) {
    const share = (Date.parse(mark.at) - reach.begin) / Math.max(1, reach.end - reach.begin);
    if (!(share >= 0 && share <= 1)) continue;
    const bucket = Math.min(BUCKETS - 1, Math.floor(share * BUCKETS));
    const held = buckets.get(bucket);
    const gravest = held && GRAVITY[held.kind] >= (GRAVITY[mark.kind] ?? 0) ? held.mark : mark;
    buckets.set(bucket, {
      place: (bucket + 0.5) / BUCKETS,
      kind: gravest.kind,
      count: (held?.count ?? 0) + 1,
      from: held?.from ?? mark.at,
      to: mark.at,
      mark: gravest,
    });
  }
  return [...buckets.values()];
}

/** Gaps as stretches of the track: [{from 0..1, to 0..1}]. */
export function gapsOn(gaps, reach) {
  const span = Math.max(1, reach.end - reach.begin);
  const share = (iso) => Math.min(1, Math.max(0, (Date.parse(iso) - reach.begin) / span));
  return gaps.map(({ from, to }) => ({ from: share(from), to: share(to) })).filter(({ from, to }) => to > from);
}
