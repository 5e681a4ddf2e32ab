import assert from "node:assert/strict";
import { test } from "node:test";
import { addressAt, BUCKETS, gapsOn, momentIn, nextMark, outOf, overGap, placed, playedOn, reachOf, stepped, within } from "../../js/lib/past.js";
import { wordsIn } from "./wordsIn.js";

test("the texts of the past come with it, also where both are asked for at once and in another language", async () => {
  for (const [language, play, stopall] of [
    ["ja", "再生", "Stop all"],
    ["en", "Play", "Stop all"],
  ]) {
    const words = await wordsIn(language, { part: "past" });
    assert.deepEqual([words.t("past.play"), words.t("stopall")], [play, stopall]);
    words.set(language === "ja" ? "en" : "ja");
    await words.ready;
    assert.equal(words.t("past.play"), language === "ja" ? "Play" : "再生");
  }
});

test("a time without a zone is by the site's clock, whatever the browser's is", () => {
  const zone = "Asia/Tokyo";
  assert.equal(momentIn("2026-11-27T12:12:30", zone), Date.UTC(2026, 10, 27, 3, 12, 30));
  assert.equal(momentIn("2026-11-27T12:12", zone), Date.UTC(2026, 10, 27, 3, 12));
  assert.equal(momentIn("2026-11-27", zone), Date.UTC(2026, 10, 26, 15));
  assert.equal(momentIn("2026-11-27T12:12:00+01:00", zone), Date.UTC(2026, 10, 27, 11, 12));
  assert.equal(momentIn("2026-11-27T12:12:00 01:00", zone), Date.UTC(2026, 10, 27, 11, 12)); // as an address gives a plus
  assert.equal(momentIn("2026-11-27T03:12:00.500Z", zone), Date.UTC(2026, 10, 27, 3, 12, 0, 500));
  for (const text of ["", "garbage", "1", "2026-13-27", "2026-11-27T25:00", "2026-02-30T03:12:00Z", "2026-02-30", "27 Nov 2026"])
    assert.ok(Number.isNaN(momentIn(text, zone)), text);
});

const at = (second) => new Date(Date.UTC(2026, 10, 27, 3, 12) + second * 1000).toISOString();
const ms = (second) => Date.parse(at(second));
const TIMELINE = { reachesBackTo: at(0), until: at(40) };
const REACH = { begin: ms(0), end: ms(40) };

test("the address names a moment, or now", () => {
  assert.equal(addressAt(ms(7), "?unit=E001"), "?unit=E001&at=2026-11-27T03:12:07.000Z");
  assert.equal(addressAt(null, "?unit=E001&at=x"), "?unit=E001");
  assert.equal(addressAt(null, "?at=x"), "");
});

test("nothing lies beyond the record", () => {
  assert.deepEqual(reachOf(TIMELINE), REACH);
  assert.equal(reachOf({ reachesBackTo: null, until: null }), null);
  assert.equal(within(ms(50), REACH), ms(40));
  assert.equal(within(ms(0) - 1, REACH), ms(0));
  assert.equal(within(Number.NaN, REACH), ms(40));
  assert.equal(playedOn(ms(10), 10, REACH), ms(20));
  assert.equal(playedOn(ms(35), 10, REACH), ms(40)); // the last moment is shown too
  assert.equal(playedOn(ms(40), 10, REACH), null);
  assert.equal(playedOn(null, 10, REACH), null);
  assert.equal(playedOn(ms(10), 10, null), null);
});

test("a step goes to the frame before or after", () => {
  const replay = { madeAt: at(10), nextAt: at(12) };
  assert.equal(stepped(replay, 1), ms(12));
  assert.equal(stepped(replay, -1), ms(10) - 1);
  assert.equal(stepped({ madeAt: at(10), nextAt: null }, 1), null);
  assert.equal(stepped(null, -1), null);
  assert.equal(stepped({ madeAt: at(0), nextAt: at(1) }, -1, REACH), null, "the record begins with it");
  assert.equal(stepped({ madeAt: at(1), nextAt: at(2) }, -1, REACH), ms(1) - 1);
});

test("an event is before or after, never at the moment itself", () => {
  const marks = [5, 10, 15].map((second) => ({ at: at(second), kind: "event", text: String(second) }));
  assert.equal(nextMark(marks, ms(10), 1).text, "15");
  assert.equal(nextMark(marks, ms(10), -1).text, "5");
  assert.equal(nextMark(marks, ms(15), 1), null);
  assert.equal(nextMark([], ms(15), -1), null);
});

test("marks share a place where they are close, the gravest shown", () => {
  const mark = (second, kind) => ({ at: at(second), kind, text: kind });
  const found = placed([mark(20, "event"), mark(20.01, "alarm"), mark(20.02, "order"), mark(50, "event")], REACH);
  assert.deepEqual(found, [{ place: (BUCKETS / 2 + 0.5) / BUCKETS, kind: "alarm", count: 3, from: at(20), to: at(20.02), mark: mark(20.01, "alarm") }]);
  assert.deepEqual(
    gapsOn(
      [
        { from: at(10), to: at(20) },
        { from: at(50), to: at(60) },
      ],
      REACH,
    ),
    [{ from: 0.25, to: 0.5 }],
  );
});

test("a step leads out of a moment of which nothing is recorded, to the nearest on its way", () => {
  const gaps = [{ from: at(10), to: at(20) }];
  assert.equal(outOf(ms(15), 1, REACH, gaps), ms(20));
  assert.equal(outOf(ms(15), -1, REACH, gaps), ms(10));
  assert.equal(outOf(ms(-9), 1, REACH, gaps), ms(0));
  assert.equal(outOf(ms(-9), -1, REACH, gaps), null);
  assert.equal(outOf(ms(50), -1, REACH, gaps), ms(40));
  assert.equal(outOf(ms(50), 1, REACH, gaps), null);
  assert.equal(outOf(ms(30), 1, REACH, gaps), null);
});

test("of a moment that only an incident has kept the track is that incident's", () => {
  const kept = { ...TIMELINE, incidents: [{ id: "i1", from: at(-60), to: at(-40) }] };
  const [begin, end] = [at(-60), at(-40)].map(Date.parse);
  assert.deepEqual(reachOf(kept, Date.parse(at(-50))), { begin, end });
  assert.deepEqual(reachOf(kept, Date.parse(at(10))), REACH);
  assert.deepEqual(reachOf(kept, Date.parse(at(-20))), REACH); // nothing is recorded of it: its neighbours are not shown for it
  assert.deepEqual(reachOf({ ...kept, reachesBackTo: null, until: null }, begin), { begin, end });
  assert.deepEqual(reachOf(kept), REACH);
});

test("steps and playing lead over a gap, as over a restart, and end where the record does", () => {
  const gaps = [{ from: at(10), to: at(20) }];
  assert.equal(overGap(null, ms(10), 1, REACH, gaps), ms(20)); // the last frame before it knows of no next one
  assert.equal(overGap(ms(20) - 1, ms(20), -1, REACH, gaps), ms(10));
  assert.equal(overGap(ms(25), ms(24), 1, REACH, gaps), ms(25));
  assert.equal(overGap(null, ms(40), 1, REACH, gaps), null);
  assert.equal(overGap(null, ms(0), -1, REACH, gaps), null);
  assert.equal(overGap(null, null, 1, null, gaps), null);
  assert.equal(playedOn(ms(9), 5, REACH, gaps), ms(20));
  assert.equal(playedOn(ms(9), 1, REACH, gaps), ms(10));
});
