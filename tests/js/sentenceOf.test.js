// The controller's sentences in Japanese, by their codes; in English and without a code they stand as they came.

import assert from "node:assert/strict";
import test from "node:test";

import { createApi } from "../../js/api.js";
import { sentenceOf } from "../../js/lib/sentenceOf.js";
import { createWords } from "../../js/words.js";

const CATALOGUE = { "a.low": "{unit} は {volts:.1f} V です。", "a.because": "{why}({units})" };
const low = (unit, volts) => ({ text: `${unit} is at ${volts} V.`, code: "a.low", parameters: { unit, volts } });

test("a template is filled with numbers in their format, texts, lists and sentences", () => {
  assert.equal(sentenceOf(low("E001", 299.96), CATALOGUE), "E001 は 300.0 V です。");
  const units = Array.from({ length: 10 }, (_, at) => `E${at}`);
  const because = { code: "a.because", parameters: { why: low("E001", 3), units } };
  assert.equal(sentenceOf(because, CATALOGUE), "E001 は 3.0 V です。(E0、E1、E2、E3、E4、E5、E6、E7 ほか2件)");
  assert.equal(
    sentenceOf({ code: "joined", parameters: { parts: [low("A", 1), low("B", 2)], between: "; " } }, CATALOGUE),
    "A は 1.0 V です。; B は 2.0 V です。",
  );
  assert.equal(sentenceOf(low("E001", null), CATALOGUE), "E001 は 不明 V です。");
});

test("a code that the catalogue lacks gives nothing, and within another sentence its English text", () => {
  assert.equal(sentenceOf({ code: "b.new", parameters: {} }, CATALOGUE), null);
  const inner = { text: "Something new.", code: "b.new", parameters: {} };
  assert.equal(sentenceOf({ code: "a.because", parameters: { why: inner, units: [] } }, CATALOGUE), "Something new.()");
});

test("every page asks for codes, learns them, and hands on a body that is the same in every language", async () => {
  for (const language of ["ja", "en"]) {
    const words = createWords(language);
    let headers = null;
    const body = { error: "No unit is live.", messages: [{ text: "No unit is live.", code: "joined", parameters: { parts: ["なし"], between: "" } }] };
    const api = createApi({
      base: "http://x/",
      words,
      fetch: async (_, options) => {
        ({ headers } = options);
        return { status: 409, ok: false, headers: new Headers({ "APIS-Answered-By": "main-controller" }), json: async () => body };
      },
    });
    const answer = await api.status();
    assert.equal(headers["APIS-Sentences"], "codes");
    assert.deepEqual(answer.body, { error: "No unit is live." });
    assert.equal(answer.failure, "refused");
    assert.equal(words.said("No unit is live."), language === "ja" ? "⁨なし⁩" : "No unit is live.");
    assert.equal(words.said("Nobody gave a code."), "Nobody gave a code.");
  }
});

test("a page in Japanese loads what the controller says, and says a sentence whose code it learnt", async () => {
  const words = createWords("en");
  words.learn([{ text: "The Main Controller is ending.", code: "web.ending", parameters: {} }]);
  assert.equal(words.said("The Main Controller is ending."), "The Main Controller is ending.");
  words.set("ja");
  assert.equal(words.t("cancel"), "Cancel", "English stands until then");
  await words.ready;
  assert.equal(words.t("cancel"), "キャンセル");
  assert.notEqual(words.said("The Main Controller is ending."), "The Main Controller is ending.");
});

test("the newest sentences are kept", () => {
  const words = createWords("ja");
  words.learn(Array.from({ length: 2100 }, (_, at) => ({ text: `t${at}`, code: "joined", parameters: { parts: ["x"], between: "" } })));
  assert.deepEqual([words.said("t0"), words.said("t2099")], ["t0", "x"]);
});
