// What stands in the controller's place may answer in JSON too: a reading is known by its form, a refusal and an order's answer by a header (H11).

import assert from "node:assert/strict";
import test from "node:test";
import { createApi } from "../../js/api.js";
import { isCoverage, isHistory, isLedger, isSums } from "../../js/lib/recordReplies.js";
import { isApisLog, isJournal, isStatus } from "../../js/lib/replies.js";
import { failureSentence } from "../../js/lib/sentences.js";
import { createWords } from "../../js/words.js";

const words = createWords("en", { zone: "UTC" });
const AT = "2026-05-13T10:00:00.000+00:00";
const COLUMNS = ["start", "coverage", "pvW", "loadW", "gridW", "chargePercent", "gridInWh", "gridOutWh", "batteryInWh", "batteryOutWh"];
const DEAL = {
  id: 1,
  dischargingUnit: "E001",
  chargingUnit: "E002",
  endedAt: AT,
  flowedFrom: null,
  flowedTo: null,
  end: "cut",
  cause: { kind: "order", command: null },
  outWh: 1,
  inWh: null,
  lossWh: null,
  uncertaintyWh: null,
  coverage: 1,
  method: "measured",
};
const SUM = { start: AT, dischargingUnit: null, chargingUnit: null, deals: 1, outWh: 1, inWh: 1, lossWh: 0, uncertaintyWh: 1, partly: 0 };
const LINE = { heard: AT, at: AT, level: "WARNING", source: "x", message: "hot" };
const TRUE = [
  [isStatus, { start: "a", time: AT, version: "1" }],
  [isHistory, { unit: null, step: "60", columns: COLUMNS, rows: [[AT, 0, ...COLUMNS.slice(2).map(() => null)]], reachesBackTo: AT }],
  [isCoverage, { days: [AT], units: [{ unitId: null, coverage: [1] }], reachesBackTo: null }],
  [isLedger, { deals: [DEAL], next: 7 }],
  [isSums, { by: "day", rows: [SUM] }],
  [isJournal, { rows: [{ at: AT, kind: "order", what: "x" }], next: null }],
  [isApisLog, { lines: [LINE], errors: [{ category: "a", text: "b", count: 1, last: AT }], next: null }],
];
const FOREIGN = [null, [], 7, "x", {}, { ok: true }, { rows: [] }, { deals: [] }, { data: null }, { columns: [], rows: [] }];

for (const [is, body] of TRUE) {
  test(`${is.name}: its route's reply is taken, empty or not, and no foreign JSON`, () => {
    assert.equal(is(body), true);
    const emptied = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, Array.isArray(value) && name !== "columns" ? [] : value]));
    assert.equal(is(emptied), is !== isCoverage || emptied.units.length === 0);
    for (const one of FOREIGN) assert.equal(is(one), false, JSON.stringify(one));
    for (const name of Object.keys(body).filter((key) => key !== "unit" && !(is === isApisLog && key === "next"))) {
      assert.equal(is({ ...body, [name]: { no: "such" } }), false, name);
      const { [name]: gone, ...rest } = body;
      assert.equal(is(rest), false, `without ${name}`);
    }
  });
}

test("what a row or a deal lacks, or has of another type, is no reading", () => {
  const row = TRUE[1][1];
  assert.equal(isHistory({ ...row, rows: [[AT, "all", ...row.rows[0].slice(2)]] }), false);
  assert.equal(isHistory({ ...row, rows: [row.rows[0].slice(1)] }), false);
  assert.equal(isHistory({ ...row, columns: COLUMNS.map((name) => name.replace("pvW", "pv")) }), false);
  for (const name of Object.keys(DEAL)) assert.equal(isLedger({ deals: [{ ...DEAL, [name]: undefined }], next: null }), false, name);
  for (const name of Object.keys(SUM)) assert.equal(isSums({ by: "day", rows: [{ ...SUM, [name]: undefined }] }), false, name);
});

const answering = (status, body, headers = {}) =>
  createApi({ base: "", fetch: async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }) });
const MARK = { "APIS-Answered-By": "main-controller" };

test("a refusal is the controller's only with its mark", async () => {
  for (const [status, error] of [
    [401, "log in"],
    [503, "upstream unavailable"],
    [200, "no"],
  ]) {
    const foreign = await answering(status, { error }).frame();
    assert.deepEqual([foreign.ok, foreign.failure, foreign.status, foreign.body], [false, "garbled", status, null]);
    const ours = await answering(status, { error }, MARK).frame();
    assert.deepEqual([ours.failure, ours.body.error], ["refused", error]);
  }
});

test("a yes to an order, too; a reading needs its form alone", async () => {
  assert.equal((await answering(200, { succeeded: true }).orders().stopAll()).failure, "garbled");
  assert.equal((await answering(202, { command: "c1" }, MARK).orders().stopAll()).ok, true);
  assert.equal((await answering(200, { x: 1 }).unit("E001", { urgent: true })).failure, "garbled");
  assert.equal((await answering(200, TRUE[3][1]).ledger({}, isLedger)).ok, true);
  const foreign = await answering(200, { deals: {} }, MARK).ledger({}, isLedger);
  assert.deepEqual([foreign.ok, foreign.failure, foreign.body], [false, "garbled", null]);
});

test("a reading that fails puts no order in doubt", async () => {
  const told = async (answer) => failureSentence(await answer, words);
  const stranger = "What answers is not this controller (HTTP 502): a proxy, a log-in page, or another program.";
  assert.equal(await told(answering(502, "<html>").ledger({}, isLedger)), stranger);
  assert.equal(await told(answering(502, { error: "upstream" }).history({}, isHistory)), stranger);
  assert.equal(await told(answering(502, "<html>").journal()), stranger);
  assert.equal(await told(answering(404, { error: "No unit NOPE is recorded." }, MARK).history({}, isHistory)), "No unit NOPE is recorded.");
  const hang = (_url, { signal }) => new Promise((_, no) => signal.addEventListener("abort", () => no(Object.assign(new Error("x"), { name: "AbortError" }))));
  assert.equal(await told(createApi({ base: "", fetch: hang, readTimeout: 1 }).history({}, isHistory)), "The controller does not answer.");
  const down = createApi({ base: "", fetch: () => Promise.reject(new TypeError("down")) });
  assert.equal(await told(down.apisLog()), "The controller cannot be reached.");
  assert.match(await told(down.orders().stopAll()), /whether the order was carried out is unknown/);
  assert.match(await told(answering(502, "<html>").orders().stopAll()), /whether the order was carried out is unknown/);
});
