// The E-stop's latch in words, what may stand beside a press of it, and how it is sent (I17).

import assert from "node:assert/strict";
import test from "node:test";

import { createApi } from "../../js/api.js";
import { harmless, latchOf, latchTexts } from "../../js/lib/estop.js";
import { buildModel } from "../../js/lib/model.js";
import { liveNow, orderTitle, standing } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";
import { frameOf } from "./frames.js";
import { wordsIn } from "./wordsIn.js";

const words = createWords("en");
const LATCH = { by: "anna", byFile: null, reason: "smoke", since: "2020-01-01T00:00:00.000+00:00", file: true };

test("a latch says by whom, why, since when and what it does", () => {
  const { head, rest, memory } = latchTexts(LATCH, words);
  assert.equal(head, "E-stop latched by anna: smoke");
  assert.match(rest, /^Since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \S+\. Until it is reset only what stops is sent; all else is refused\.$/);
  assert.equal(memory, "");
});

test("one that is not in its file says that a restart forgets it", () => {
  for (const file of [false, undefined]) assert.match(latchTexts({ ...LATCH, file }, words).memory, /restart of this controller forgets it/);
});

test("none is told where the status has none or is an older controller's", () => {
  assert.deepEqual([null, {}, { estop: null }].map(latchOf), [null, null, null]);
  assert.equal(latchOf({ estop: LATCH }), LATCH);
});

test("one whose parts are missing is a latch all the same", () => {
  assert.equal(latchTexts({}, words).head, "E-stop latched by --: no reason was given");
});

test("the controller's own words for a file and for no reason are said in the page's language", async () => {
  const told = { ...LATCH, by: "the file estop", byFile: "estop", reason: "" };
  assert.equal(latchTexts(told, words).head, "E-stop latched by the file estop: no reason was given");
  const { head } = latchTexts(told, await wordsIn("ja"));
  assert.match(head, /ファイル estop.*理由の記載なし/);
  assert.doesNotMatch(head, /the file|no reason/);
});

test("a name that turns the direction of writing leaves the sentence as it is", () => {
  const { head } = latchTexts({ ...LATCH, by: "x\u202ey" }, words);
  assert.ok(head.includes("⟨U+202E⟩"));
  assert.ok(!head.includes("\u202e"));
});

test("beside a stop stands only what the controller takes", () => {
  assert.equal(harmless(" a\u0000b\u200b\u202ec\nd "), "a b c d");
  assert.equal(harmless("田中 太郎 é 😀"), "田中 太郎 é 😀");
  assert.equal(harmless("x".repeat(300)).length, 200);
  assert.equal(harmless(`${"x".repeat(199)}😀`), "x".repeat(199));
  assert.equal(harmless("\u2028"), "");
});

test("a press without name and reason sends neither, and is never ended to leave the way to another", async () => {
  const sent = [];
  const fetch = (url, { body, keepalive, signal }) =>
    new Promise((answer) => {
      sent.push({
        url,
        body: String(body),
        keepalive,
        signal,
        answer: () => answer(new Response("{}", { status: 202, headers: { "APIS-Answered-By": "main-controller" } })),
      });
    });
  const api = createApi({ base: "", fetch });
  const orders = api.orders({ key: "k" });
  const answers = [
    api.orders({ key: "k", wait: "no" }).estop({ name: "", reason: "" }),
    orders.estop({ name: "anna", reason: "smoke & fire" }),
    orders.estopReset({ name: "bob", reason: "seen" }),
  ];
  api.giveWay();
  assert.deepEqual(
    sent.map(({ url, body }) => [url, body]),
    [
      ["estop", "key=k&wait=no"],
      ["estop", "name=anna&reason=smoke+%26+fire&key=k"],
      ["estopReset", "name=bob&reason=seen&key=k"],
    ],
  );
  assert.deepEqual(
    sent.map(({ keepalive }) => keepalive),
    [true, true, false],
  );
  assert.deepEqual(
    sent.map(({ signal }) => signal.aborted),
    [false, false, true],
  );
  for (const { answer } of sent) answer();
  await Promise.all(answers); // ends their time-outs
});

test("every question that asks before an order says that the E-stop is latched", () => {
  const latched = buildModel(frameOf({}, { estop: LATCH }));
  assert.ok(liveNow(latched, words).some(({ text, level }) => text === "E-stop latched by anna: smoke" && level === "warn"));
  const free = buildModel(frameOf({}, { estop: null }));
  assert.ok(!liveNow(free, words).some(({ text }) => text.includes("E-stop")));
});

test("the log of orders names both, and a reset is done without any reading", () => {
  assert.equal(orderTitle({ order: "estop", unitId: null }, words), "Stop all and latch");
  assert.equal(orderTitle({ order: "estopReset", unitId: null }, words), "Reset of the E-stop");
  assert.equal(standing({ order: "estopReset", state: "verified" }, words), "done");
});
