// apis-main's log in short: errors as they are counted, lines with keys of their own, long messages cut.

import assert from "node:assert/strict";
import test from "node:test";
import { errorsOf, LEVELS, linesOf } from "../../js/lib/apisLog.js";
import en from "../../js/i18n/en.js";

const LINE = {
  id: 1,
  heard: "2026-05-13T12:00:01Z",
  at: "2026-05-13T12:00:00Z",
  program: "apis-main",
  unitId: "E001",
  level: "SEVERE",
  source: "jp.co.x.user.ErrorCollection",
  message: "text",
};
const ERROR = {
  category: "HARDWARE",
  extent: "LOCAL",
  level: "ERROR",
  unitId: "E001",
  text: "over heat",
  count: 3,
  first: "2026-05-13T11:00:00Z",
  last: "2026-05-13T12:00:00Z",
  does: "It ends its deals.",
};

test("an error is told with its kind, its count and what is done about it", () => {
  const [told] = errorsOf({ errors: [ERROR] });
  assert.deepEqual(
    { ...told, key: null },
    { key: null, text: "over heat", kind: "HARDWARE LOCAL ERROR", unitId: "E001", count: 3, last: ERROR.last, does: ERROR.does, level: "alarm" },
  );
  assert.equal(errorsOf({ errors: [{ ...ERROR, level: "WARN" }] })[0].level, "warn");
});

test("one that is counted again keeps its key, and another has its own", () => {
  const keys = errorsOf({ errors: [ERROR, { ...ERROR, count: 4 }, { ...ERROR, text: "cold" }] }).map(({ key }) => key);
  assert.equal(keys[0], keys[1]);
  assert.notEqual(keys[0], keys[2]);
});

test("lines that are the same have keys of their own", () => {
  const told = linesOf({ lines: [LINE, LINE, { ...LINE, message: "other" }] });
  assert.equal(new Set(told.map(({ key }) => key)).size, 3);
  assert.deepEqual([told[0].more, told[0].level, told[2].text], ["SEVERE · ErrorCollection", "alarm", "other"]);
  assert.equal(linesOf({ lines: [{ ...LINE, level: "INFO" }] })[0].level, null);
});

test("a long message is cut, and an answer without anything tells nothing", () => {
  assert.equal(linesOf({ lines: [{ ...LINE, message: "x".repeat(5000) }] })[0].text.length, 401);
  assert.deepEqual([errorsOf(null), linesOf(null), linesOf({})], [[], [], []]);
});

test("each level that may be chosen has its words", () => {
  for (const level of LEVELS) assert.ok(en[`apisLog.level.${level}`], level);
});
