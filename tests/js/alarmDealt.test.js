// What persons have done with the alarm of something that holds is said beside it, and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dealtSentence, dealtWith } from "../../js/lib/alarmDealt.js";

const words = { t: (key, values) => `${key} ${JSON.stringify(values ?? {})}`, time: (iso) => iso.slice(11, 16) };
const status = {
  alarms: {
    dealt: [
      { kind: "gridError", subject: "", state: "acknowledged", by: "Sato", until: null },
      { kind: "busHigh", subject: "E001", state: "shelved", by: "", until: "2026-05-13T04:00:00.000+00:00" },
    ],
  },
};

test("by kind and subject", () => {
  assert.equal(dealtWith(status, "gridError").by, "Sato");
  assert.equal(dealtWith(status, "busHigh", "E001").state, "shelved");
  for (const [kind, subject] of [
    ["busHigh", "E002"],
    ["gridError", "E001"],
    ["noGridMaster", ""],
  ])
    assert.equal(dealtWith(status, kind, subject), null);
});

test("in words, with a name or without", () => {
  assert.equal(dealtSentence(dealtWith(status, "gridError"), words), 'dealt.acknowledged {"by":"Sato","until":""}');
  assert.equal(dealtSentence(dealtWith(status, "busHigh", "E001"), words), 'dealt.shelved {"by":"dealt.nobody {}","until":"04:00"}');
  assert.equal(dealtSentence(null, words), "");
});

test("an older or a broken answer says nothing", () => {
  for (const broken of [null, {}, { alarms: null }, { alarms: {} }, { alarms: { dealt: 3 } }]) assert.equal(dealtWith(broken, "gridError"), null);
});
