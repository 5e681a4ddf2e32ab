// What a hand writes and what the wire names, apart from the page: number fields, and ids that are no plain text (H4, H9).

import assert from "node:assert/strict";
import test from "node:test";

import { exactly, readNumber } from "../../js/lib/numbers.js";
import { failureSentence, idsOf, liveNow, modeName, orderName, orderTitle, pairOf, standing } from "../../js/lib/sentences.js";
import { isolated, told, visible } from "../../js/lib/wire.js";
import { describe } from "../../js/scene/outline.js";
import { SCENE_WORDS } from "../../js/scene/words.js";
import { createWords } from "../../js/words.js";
import { deal, frameOf, told as entry } from "./frames.js";
import { buildModel } from "../../js/lib/model.js";
import { wordsIn } from "./wordsIn.js";

const words = createWords("en");
const OVERRIDE = "E1\u202e";
const SHOWN = "\u2068E1⟨U+202E⟩\u2069";

test("a decimal comma, full-width digits and signs are read as the number that stands there", () => {
  const written = {
    "0,2": 0.2,
    "350,5": 350.5,
    "０．２": 0.2,
    "－１": -1,
    "＋１，５": 1.5,
    "−2": -2,
    ",5": 0.5,
    "．５": 0.5,
    "+2": 2,
    " 1.5\u3000": 1.5,
    "-0,25": -0.25,
    0: 0,
    350: 350,
    1.234: 1.234,
    "1,23": 1.23,
    "1,2345": 1.2345,
    0.000001: 0.000001,
    999999: 999999,
  };
  for (const [text, value] of Object.entries(written)) assert.deepEqual(readNumber(text), { value }, text);
});

test("whatever else stands in a number field is told, never another number", () => {
  const unreadable = [
    "1.234,5",
    "1,234.5",
    "1.2.3",
    "1,2,3",
    "--1",
    "+-1",
    "1-",
    "-",
    "+",
    ".",
    ",",
    "1.",
    "2,",
    "1e3",
    "1E3",
    "0x10",
    "Infinity",
    "NaN",
    "٣",
    "²",
    "½",
    "1 000",
    "1'000",
    "02",
    "-007",
    "0,2 A",
    "2A",
    "ー1",
    "。2",
    "1_0",
    "\u202e2",
    "2\u200b",
    "二",
    "1234567",
    "0.0000001",
    "1/2",
    "1\n2",
  ];
  for (const text of unreadable) assert.deepEqual(readNumber(text), { problem: "unreadable" }, JSON.stringify(text));
  for (const text of ["1,234", "-1,234", "350,500", "0,234", "１，２３４"]) assert.deepEqual(readNumber(text), { problem: "grouped" }, text);
  for (const text of ["", " ", "\u3000"]) assert.deepEqual(readNumber(text), { problem: "empty" });
});

test("a number to be sent is shown in its own digits, never rounded", () => {
  assert.deepEqual(
    [0.2, 1.234, 0.1 + 0.2, 350, -0.25, -0, 0.000001].map((value) => exactly(value)),
    ["0.2", "1.234", "0.3", "350", "-0.25", "0", "0.000001"],
  );
  assert.deepEqual([exactly(2, 1), exactly(0.25, 1), exactly(NaN), exactly(undefined)], ["2.0", "0.25", "--", "--"]);
});

test("what cannot be seen in a name shows as signs; ordinary names and Japanese ones stay as they are", () => {
  for (const text of ["E001", "house 201", "A/1", "東棟 1", "佐藤\u3000一郎", "\u{1f3e0}", "が"]) assert.equal(visible(text), text);
  assert.equal(visible("E1\u202e\u2066\u200b\ufeff"), "E1⟨U+202E⟩⟨U+2066⟩⟨U+200B⟩⟨U+FEFF⟩");
  assert.equal(visible("a\nb\u0000\u007f\u0085\u2028"), "a␊b␀⟨U+007F⟩⟨U+0085⟩⟨U+2028⟩");
  assert.equal(visible(" E1  x "), "␣E1 ␣x␣");
  assert.equal(visible("E1\u3000"), "E1⟨U+3000⟩");
  assert.equal(visible("\ud800\u061c\u3164"), "⟨U+D800⟩⟨U+061C⟩⟨U+3164⟩");
});

test("an id that is not plain is isolated, and what it holds cannot end the isolation", () => {
  assert.equal(isolated("E001"), "E001");
  assert.equal(isolated(""), "");
  assert.equal(isolated(OVERRIDE), SHOWN);
  assert.equal(isolated("x\u2069\u202ey"), "\u2068x⟨U+2069⟩⟨U+202E⟩y\u2069");
  assert.equal(told("Ended: אב, גד."), "\u2068Ended: \u2068אב\u2069, \u2068גד.\u2069\u2069");
  assert.equal(told(`${OVERRIDE} is locked.`), "\u2068E1⟨U+202E⟩ is locked.\u2069");
});

test("every sentence isolates the ids and names in it, in both languages", async () => {
  for (const language of ["en", "ja"]) {
    const { t } = await wordsIn(language);
    const values = {
      id: OVERRIDE,
      from: OVERRIDE,
      to: OVERRIDE,
      name: OVERRIDE,
      by: OVERRIDE,
      scope: OVERRIDE,
      reason: OVERRIDE,
      word: OVERRIDE,
      order: OVERRIDE,
      text: OVERRIDE,
    };
    const keys = [
      "transfer.ask",
      "transfer.lead",
      "transfer.running",
      "transfer.means",
      "lock.by",
      "lock.title",
      "ask.local",
      "converter.ask.charge",
      "order.other",
      "word.odd",
      "number.unreadable",
      "unwatched.silent",
      "now.reference",
      "now.unit",
      "deal.says",
    ];
    for (const key of keys) {
      const sentence = t(key, values);
      assert.ok(sentence.includes(SHOWN), key);
      assert.ok(!sentence.includes("\u202e"), key);
    }
  }
});

test("no text that the page makes of a hostile answer holds a control sign or an id that is not isolated", () => {
  const command = {
    order: OVERRIDE,
    unitId: OVERRIDE,
    state: "failed",
    error: OVERRIDE,
    wanted: { mode: OVERRIDE, word: OVERRIDE },
    units: { [OVERRIDE]: { state: "unconfirmed" } },
  };
  const units = { [OVERRIDE]: entry({ name: OVERRIDE, lastWord: OVERRIDE }) };
  const model = buildModel(frameOf(units, { deals: [deal(OVERRIDE, "E2")], grid: { mode: OVERRIDE } }));
  const stopped = { order: "stopAll", state: "failed", error: "No.", units: { [OVERRIDE]: { state: "failed", error: OVERRIDE } } };
  const came = [{ order: "setOperationMode", unitId: OVERRIDE, by: OVERRIDE, at: "2026-11-22T00:00:00Z", mode: OVERRIDE }];
  const made = [
    orderTitle(command, words),
    orderTitle({ ...command, order: "setDcdc" }, words),
    orderTitle({ ...command, order: "setOperationMode" }, words),
    standing(command, words),
    modeName(OVERRIDE, words),
    idsOf([OVERRIDE, "E2"], words),
    pairOf({ from: OVERRIDE, to: "E2" }),
    standing(stopped, words),
    standing({ ...stopped, order: "upsMode" }, words),
    failureSentence({ failure: "refused", body: { error: "No.", cause: "moment", came } }, words),
    failureSentence({ failure: "refused", body: { error: OVERRIDE } }, words),
    ...liveNow(model, words, model.units[0]).map(({ text }) => text),
    describe(model.units[0], SCENE_WORDS),
  ];
  for (const text of made) assert.doesNotMatch(text, /\u202e/, text);
  assert.equal(pairOf({ from: OVERRIDE, to: "E2" }), `${SHOWN} → E2`);
  assert.match(standing(stopped, words), /Not seen in Wait: \u2068E1⟨U\+202E⟩\u2069/);
  assert.equal(orderName({ order: "shutDown", unitId: OVERRIDE }, words), "Shut Down");
});
