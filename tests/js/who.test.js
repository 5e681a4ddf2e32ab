// Who gave an order is said in the page's language; a procedure's name of the wire stands in no sentence.

import assert from "node:assert/strict";
import test from "node:test";

import { bare } from "../../js/lib/held.js";
import { byWhom } from "../../js/lib/happened.js";
import { whoText } from "../../js/lib/who.js";
import { createWords } from "../../js/words.js";

const en = createWords("en");
const ja = createWords("ja");
await ja.ready;
const PROCEDURES = ["scheduler", "handtime", "unattended", "share c9", "estop anna", "the grid", "the program", "journal"];

const plain = (text) => bare(text).replace(/[\u2066-\u2069]/g, "");

test("a person stands there as written, nobody as missing", () => {
  for (const by of ["10.0.0.7", "anna (10.0.0.7)"]) assert.equal(plain(whoText(by, ja)), by);
  assert.equal(whoText(null, en), "--");
  assert.equal(plain(byWhom({ by: "anna" }, en)), "by anna");
  const holding = createWords("en", { holds: true });
  assert.equal(bare(byWhom({ by: "anna" }, holding)), "by anna", "and its marks are not shown");
  assert.equal(bare(byWhom({ by: "estop anna" }, holding)), bare(byWhom({ by: "estop anna" }, en)));
  assert.equal(bare(byWhom({ by: "an\u202ena" }, en)), "by \u2068an⟨U+202E⟩na\u2069");
});

for (const by of PROCEDURES) {
  test(`${by} is said in both languages`, () => {
    const [name] = /(?<=^(?:share|estop) ).+/.exec(by) ?? [];
    for (const words of [en, ja]) {
      const told = plain(whoText(by, words));
      assert.ok(told !== by || by.startsWith("the "), told);
      if (name) assert.ok(told.includes(name), told);
    }
    assert.doesNotMatch(plain(whoText(by, ja)).replace(name ?? "", ""), /[a-z]{3}/);
  });
}
