// What no browser may translate: marked in every text that the page makes, and found again in it (H20).

import assert from "node:assert/strict";
import { test } from "node:test";

import en from "../../js/i18n/en.js";
import ja from "../../js/i18n/ja.js";
import besideEn from "../../js/i18n/beside/en.js";
import besideJa from "../../js/i18n/beside/ja.js";
import pastEn from "../../js/i18n/past/en.js";
import pastJa from "../../js/i18n/past/ja.js";
import { bare, held, heldIn, partsOf } from "../../js/lib/held.js";
import { latchTexts } from "../../js/lib/estop.js";
import { orderName, orderTitle, standing, unwatchedSentence } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";
import { BESIDE } from "./wordsIn.js";

const heldParts = (text) =>
  partsOf(text)
    .filter((part) => part.held)
    .map((part) => part.text);
const openText = (text) =>
  partsOf(text)
    .filter((part) => !part.held)
    .map((part) => part.text)
    .join("");

test("a held part is found again, with what is held within it, and the text is whole without the marks", () => {
  const text = `Stop ${held("E1")} at ${held(`as ${held("350")} V`)}.`;
  assert.deepEqual(partsOf(text), [
    { text: "Stop ", held: false },
    { text: "E1", held: true },
    { text: " at ", held: false },
    { text: "as 350 V", held: true },
    { text: ".", held: false },
  ]);
  assert.equal(bare(text), "Stop E1 at as 350 V.");
  assert.equal(held(""), "");
  assert.deepEqual(partsOf(""), []);
  assert.deepEqual(partsOf("plain"), [{ text: "plain", held: false }]);
});

test("what came isolated from the wire is held with its isolates, and marks that do not pair end nothing", () => {
  const isolated = "\u2068E1⟨U+202E⟩\u2069";
  assert.deepEqual(heldParts(`Lock ${isolated} now`), [isolated]);
  assert.deepEqual(heldParts(`Lock ${held(isolated)} now`), [isolated]);
  assert.equal(bare(held(isolated)), isolated);
  assert.deepEqual(partsOf("a \u2069 b"), [{ text: "a \u2069 b", held: false }]);
  assert.deepEqual(partsOf("a \u2066b"), [
    { text: "a ", held: false },
    { text: "b", held: true },
  ]);
});

test("figures with their units and the words asked for are held, whole words alone", () => {
  const text = heldIn("E1 gives -2.5 A at 350 V, 12 % left; Run or Running, since 10:30.", ["E1", "Run"]);
  assert.deepEqual(heldParts(text), ["E1", "-2.5 A", "350 V", "12 %", "Run", "10:30."]);
  assert.deepEqual(heldParts(heldIn("E12 is up", ["E1"])), [], "a part of another id is none");
  const odd = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index)); // every sign of ASCII
  for (const word of [odd, "2026-11-27 03:29:28 UTC", "10.0.0.7", "[E1", "E1\\", "a{2}"])
    assert.deepEqual(heldParts(heldIn(`since ${word}`, [word])), [word], word);
  assert.deepEqual(heldParts(heldIn("a+b (c)", ["a+b", "; ", ""])), ["a+b"]);
  assert.deepEqual(heldParts(heldIn("{id} at {vg} V ({min} to {max} V)")), ["{vg} V", "{max} V"], "a place with its unit");
  assert.deepEqual(heldParts(heldIn("{n} of {Run} units", ["Run"])), [], "no place of a template");
  assert.deepEqual(heldParts(heldIn("全停止を送信", ["全停止"])), ["全停止"], "writing without blanks");
});

test("in both languages every value of every text is held, but for sentences, which hold their own", () => {
  for (const [language, catalogue] of Object.entries({ en: { ...en, ...besideEn, ...pastEn }, ja: { ...ja, ...besideJa, ...pastJa } })) {
    const words = createWords(language, { holds: true, texts: BESIDE });
    const plain = createWords(language, { texts: BESIDE });
    for (const key of Object.keys(catalogue)) {
      const names = [...catalogue[key].matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const values = Object.fromEntries(names.map((name) => [name, name === "n" ? 1 : `Q${name}Q`]));
      const text = words.t(key, values);
      assert.equal(bare(text), plain.t(key, values), `${language} ${key}`);
      for (const name of names.filter((one) => !["n", "who", "error", "sentence", "why", "outcome", "orders", "means"].includes(one)))
        assert.doesNotMatch(openText(text), new RegExp(`Q${name}Q`), `${language} ${key}`);
    }
  }
});

test("ids, modes and figures are held in the sentences that the page makes; a missing key still shows itself", () => {
  const words = createWords("en", { holds: true });
  const unit = { id: "E001", age: 130, dvg: 350, dig: 2, state: "silent", lastWord: "reference" };
  assert.deepEqual(heldParts(unwatchedSentence(unit, words)), ["E001", "2 min 10 s", "as voltage reference at 350 V"]);
  assert.equal(openText(words.t("now.bus", { v: "350.0" })), "Grid voltage: ");
  assert.equal(openText(words.t("ask.mode", { mode: "Manual" })), " for the cluster?");
  assert.deepEqual(heldParts(words.t("converter.needs", { mode: "Run" })), ["Shut Down", "Manual", "Run"], "the words on the controls, within a sentence");
  assert.deepEqual(heldParts(standing({ state: "accepted", progress: { shown: 17, of: 19 } }, words)), ["17", "19"]);
  assert.equal(words.t("journal.by.10.0.0.7"), "journal.by.10.0.0.7");
  for (const unitId of [null, "E001", "אב1"]) {
    const command = { order: "setDcdc", unitId, wanted: { word: "0x0041", dvg: 350, dig: 2 } };
    assert.equal(bare(orderName(command, words)), "charging +2.0 A");
    assert.ok(bare(orderTitle(command, words)).startsWith("charging +2.0 A · "));
  }
});

test("the latch's file is named whole, in both languages", async () => {
  const latch = { by: "the file estop", byFile: "estop", reason: "", since: "2026-11-27T03:00:00Z", file: true };
  for (const [language, who] of Object.entries({ en: "the file estop", ja: "ファイル estop" })) {
    const words = createWords(language, { holds: true });
    await words.ready;
    const { head } = latchTexts(latch, words);
    assert.ok(
      heldParts(head).some((part) => part.replace(/[\u2068\u2069]/g, "") === who),
      head,
    );
    assert.doesNotMatch(head, /U\+2066/);
  }
});

test("in a sentence of the controller what it shows is held; one of which nothing is known is held whole", () => {
  const text = "E001 is at 3.5 A; it needs Manual.";
  for (const language of ["en", "ja"]) {
    const words = createWords(language, { holds: true });
    assert.deepEqual(heldParts(words.said(text)), [text]);
    words.learn([{ text, code: "test.none", parameters: { unit: "E001", current: 3.5 } }]);
    const [first, second] = heldParts(words.said(text));
    assert.deepEqual([first, second], ["E001", "3.5 A"], language);
    assert.match(openText(words.said(text)), /is at/);
  }
});

test("a text that stood in English until the page's language was loaded is said in it from then on", async () => {
  const words = createWords("ja", { holds: true });
  assert.equal(bare(words.t("orders.open")), en["orders.open"]);
  await words.ready;
  assert.equal(bare(words.t("orders.open")), ja["orders.open"]);
});
