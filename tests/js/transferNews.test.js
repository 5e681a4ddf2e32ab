// What a guided transfer has to say to everybody who has not opened its dialog (S6, S30).

import assert from "node:assert/strict";
import test from "node:test";

import { transferNews } from "../../js/lib/transferNews.js";
import { createWords } from "../../js/words.js";
import { wordsIn } from "./wordsIn.js";

const words = createWords("en");
const TRANSFER = { command: "c1", from: "E1", to: "E3", current: 1, state: "running", reason: null, safe: false, unattended: null };
const tell = (change) => transferNews({ ...TRANSFER, ...change }, words);
const bare = (text) => text.replace(/[\u2066-\u2069]/g, "");

test("one that runs as it should, has ended by its limit, or is not there says nothing", () => {
  assert.equal(tell({}), null);
  assert.equal(tell({ state: "ended", safe: true, reason: "30 min are over." }), null);
  assert.equal(tell({ state: "cancelled", safe: true }), null);
  for (const nothing of [null, undefined, "c1"]) assert.equal(transferNews(nothing, words), null);
});

test("one that nobody attends to asks on every page, with when it ends", () => {
  const { level, text } = tell({ unattended: { why: "page", endsAt: "2020-01-02T03:04:05.000+00:00" } });
  assert.equal(level, "warn");
  assert.match(bare(text), /^Guided sharing, 1\.0 A from E1 to E3 · ends by itself at .*, because nobody attends to it: the page/);
  const { level: grave, text: after } = tell({ state: "interrupted", unattended: { why: "restart", endsAt: "2020-01-02T03:04:05.000+00:00" } });
  assert.equal(grave, "alarm");
  assert.match(bare(after), /interrupted by a restart · ends by itself at/);
});

test("one that ends early says why while it does and once it has, and then passes", () => {
  assert.match(bare(tell({ reason: "The cluster was locked by bob: work" }).text), /ends now · The cluster was locked by bob: work$/);
  const over = tell({ state: "failed", safe: true, reason: "E3 shows a heavy alarm." });
  assert.deepEqual([over.level, over.passing], ["warn", true]);
  assert.match(bare(over.text), /failed, ended safely · E3 shows a heavy alarm\.$/);
});

test("one that is not seen to have ended alarms for as long as it stands", () => {
  const { level, passing, text } = tell({ state: "failed", reason: "E3 does not answer." });
  assert.deepEqual([level, passing], ["alarm", false]);
  assert.match(text, /not seen to have ended: look at both converters$/);
});

test("both languages have the words", async () => {
  assert.doesNotMatch(transferNews({ ...TRANSFER, reason: "x" }, await wordsIn("ja")).text, /transfer\./);
});
