// What the page's address says is shown, and how what is shown is said in it.

import assert from "node:assert/strict";
import test from "node:test";

import { ALL, addressOf, readAddress } from "../../js/lib/address.js";

test("a link names a unit, whatever its id is made of, and comes back as it went", () => {
  for (const unit of ["E003", "a&b=c#d", "\u202eE1", "家 1", "../x", "%41", "+"]) {
    const query = addressOf({ unit });
    assert.match(query, /^\?unit=[\w.*%+-]+$/);
    assert.deepEqual(readAddress({ search: query }), { unit, list: ALL });
    assert.equal(readAddress({ hash: `#${query.slice(1)}` }).unit, unit);
  }
});

test("a link names a filter; what nobody can show counts for nothing", () => {
  const { list } = readAddress({ search: "?filter=silent&mode=manual&find=mill&sort=age" });
  assert.deepEqual(list, { filter: "silent", mode: "manual", find: "mill", sort: "age" });
  assert.deepEqual(readAddress({ search: "?filter=evil&mode=x&sort=constructor&unit=" }), { unit: null, list: ALL });
  assert.deepEqual(readAddress({ hash: "#units" }), { unit: null, list: ALL });
});

test("only what is not as at first stands in the address, and what else stood there stays", () => {
  assert.equal(addressOf({}), "");
  assert.equal(addressOf({ list: { ...ALL, filter: "stale" } }, "?display=wall&unit=E1"), "?display=wall&filter=stale");
  assert.equal(addressOf({ unit: "E1", list: { ...ALL, find: "a b" } }), "?unit=E1&find=a+b");
});
