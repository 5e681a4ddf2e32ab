// What the rules answered: which keep an order, which a person may override by name, how each stands in its line.

import assert from "node:assert/strict";
import test from "node:test";

import { createApi } from "../../js/api.js";
import { adviceOf, failingOf, hardOf, overridesOf, ruleLine } from "../../js/lib/rules.js";
import { headroomText } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";

const words = createWords("en");
const rule = (name, pass, more = {}) => ({
  rule: name,
  pass,
  cause: pass ? "ok" : "some",
  sentence: `Rule ${name}.`,
  overridable: false,
  advice: false,
  ...more,
});

test("an override names the failing overridable rules only, each once; what waits, what is firm and advice is not named (S7)", () => {
  const told = [
    rule("a", true),
    rule("e", false, { overridable: true }),
    rule("f", false, { overridable: true }),
    rule("f", false, { overridable: true }),
    rule("f", null, { overridable: true }),
    rule("j", false),
    rule("g", false, { advice: true }),
    rule("k", true, { overridable: true }),
  ];
  const failing = failingOf(told);
  assert.deepEqual(overridesOf(failing), ["e", "f"]);
  assert.deepEqual(
    hardOf(failing).map(({ rule: name, pass }) => [name, pass]),
    [
      ["f", null],
      ["j", false],
    ],
  );
  assert.deepEqual(overridesOf([]), []);
});

test("a rule that nothing tells of stands apart from one that is kept, and one read first passes", () => {
  const stands = (given) => [ruleLine(given, words).pass, ruleLine(given, words).says];
  assert.deepEqual(stands(rule("m", true, { cause: "not-told" })), ["untold", "rules.untold"]);
  assert.deepEqual(stands(rule("u", true, { cause: "read-first" })), ["yes", "rules.pass"]);
  assert.deepEqual(stands(rule("v", false, { cause: "bus-owned" })), ["no", "rules.fail"]);
  assert.deepEqual(stands(rule("f", null)), ["wait", "rules.wait"]);
  assert.equal(ruleLine(rule("u", true), words).text, "(u) Rule u.");
});

test("the order bears the reason with the rules that it passes, and neither where nothing is overridden", async () => {
  const sent = [];
  const fetch = async (_, { body }) => (
    sent.push(Object.fromEntries(body)), { ok: true, status: 200, json: async () => ({}), headers: new Headers({ "APIS-Answered-By": "main-controller" }) }
  );
  const { setDcdc } = createApi({ base: "http://x/", fetch }).orders({});
  await setDcdc("E1", { mode: "0x0041", dvg: 350, dig: 1, override: "bench", overrideRules: "e,f" });
  await setDcdc("E1", { mode: "0x0041", dvg: 350, dig: 1 });
  assert.deepEqual(sent, [
    { mode: "0x0041", dvg: "350", dig: "1", override: "bench", overrideRules: "e,f" },
    { mode: "0x0041", dvg: "350", dig: "1" },
  ]);
});

test("what is said against Stopped is advice and keeps nothing (S28)", () => {
  const told = [rule("g", false, { advice: true, cause: "followers-still-on" }), rule("a", true)];
  assert.deepEqual(
    adviceOf(told).map(({ rule: name }) => name),
    ["g"],
  );
  assert.deepEqual(failingOf(told), []);
  assert.equal(ruleLine(told[0], words).pass, "advice");
});

test("how much a unit could still do stands in one line, with -- for what nothing tells", () => {
  const left = { current: 1.25, toReserveWh: 1325, toFullWh: 593, minutesToReserve: 95, minutesToFull: null };
  assert.equal(headroomText(left, words), "Could still do 1.25 A; 1325 Wh down to its reserve (in 1 h 35 min); 593 Wh up to full.");
  assert.match(headroomText({ ...left, power: 437 }, words), /^Could still do 1\.25 A \(437 W\); 1325 Wh/);
  assert.equal(headroomText({ current: null, toReserveWh: null }, words), "Could still do -- A; -- Wh down to its reserve; -- Wh up to full.");
});
