// The controller's clock as the page goes on counting it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { serverNow } from "../../js/lib/serverTime.js";

const TOLD = "2026-11-27T03:00:00.000+00:00";
const iso = (values, at) => serverNow(values, at).toISOString();

test("the time that was told goes on with the monotonic clock, whatever the browser's clock says", () => {
  assert.equal(iso({ frame: { time: TOLD }, statusAt: 5_000 }, 5_000), "2026-11-27T03:00:00.000Z");
  assert.equal(iso({ frame: { time: TOLD }, statusAt: 5_000 }, 66_250), "2026-11-27T03:01:01.250Z");
});

test("a page without frames takes the status' time, and a frame's goes before it", () => {
  assert.equal(iso({ frame: null, status: { time: TOLD }, statusAt: 0 }, 1_000), "2026-11-27T03:00:01.000Z");
  assert.equal(iso({ frame: { time: TOLD }, status: { time: "2020-01-01T00:00:00Z" }, statusAt: 0 }, 0), "2026-11-27T03:00:00.000Z");
});

test("a monotonic clock before the answer never takes the time back", () => {
  assert.equal(iso({ frame: { time: TOLD }, statusAt: 5_000 }, 4_000), "2026-11-27T03:00:00.000Z");
});

test("while nothing was told it is the browser's clock", () => {
  for (const values of [undefined, {}, { frame: null, status: null, statusAt: null }, { frame: { time: "soon" }, statusAt: 1 }, { frame: { time: TOLD } }]) {
    const before = Date.now();
    const now = serverNow(values, 1).getTime();
    assert.ok(now >= before && now <= Date.now(), JSON.stringify(values));
  }
});
