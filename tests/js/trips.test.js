// A converter's trips on the page: in words, as an alarm, and as an order that resets them (I11).

import assert from "node:assert/strict";
import test from "node:test";

import { createApi } from "../../js/api.js";
import { countFilters } from "../../js/lib/filters.js";
import { buildModel } from "../../js/lib/model.js";
import { tripsFirst } from "../../js/lib/rules.js";
import { orderTitle, standing } from "../../js/lib/sentences.js";
import { tripsOf, tripsTexts } from "../../js/lib/trips.js";
import { createWords } from "../../js/words.js";
import { frameOf, told } from "./frames.js";
import { wordsIn } from "./wordsIn.js";

const words = createWords("en");
const TRIPS = { count: 3, last: "2020-01-02T03:04:05.000+00:00", tooMany: true };

test("trips are what the status tells of a unit, and none where it tells none or nonsense", () => {
  assert.deepEqual(tripsOf({ trips: TRIPS }), TRIPS);
  assert.deepEqual(tripsOf({ trips: { count: 1 } }), { count: 1, last: null, tooMany: false });
  for (const nothing of [undefined, {}, { trips: null }, { trips: { count: 0 } }, { trips: { count: "many" } }, { trips: 5 }])
    assert.equal(tripsOf(nothing), null);
});

test("they are told with how many, when the last was and what that means, in both languages", async () => {
  const many = tripsTexts(TRIPS, words);
  assert.match(many.badge, /^▲ 3 trips, last 2020-01-0\d \d\d:\d\d:05 /);
  assert.match(many.means, /stays in Wait, and no override passes that, until a person resets/);
  const one = tripsTexts({ count: 1, last: null, tooMany: false }, words);
  assert.equal(one.badge, "1 trip, last --");
  assert.doesNotMatch(one.means, /until a person resets/);
  assert.match(tripsTexts(TRIPS, await wordsIn("ja")).badge, /^▲ トリップ 3 回/);
});

test("a unit kept in Wait by its trips counts as an alarm, one with fewer does not", () => {
  const model = buildModel(frameOf({ E1: told({ trips: TRIPS }), E2: told({ trips: { ...TRIPS, tooMany: false } }), E3: told() }));
  assert.deepEqual(
    model.units.map(({ trips }) => trips?.count ?? null),
    [3, 3, null],
  );
  assert.equal(countFilters(model.units).alarm, 1);
});

test("their refusal comes first among the rules, which keep their order", () => {
  const rules = [{ rule: "a" }, { rule: "t", cause: "too-soon" }, { rule: "t", cause: "too-many-trips" }, { rule: "b" }];
  assert.deepEqual(tripsFirst(rules), [rules[2], rules[0], rules[1], rules[3]]);
  assert.equal(rules[0].rule, "a");
});

test("the reset goes out with name and reason, has a title of its own and is done without any reading", async () => {
  const sent = [];
  const api = createApi({
    base: "",
    fetch: async (url, { body }) => {
      sent.push([url, String(body)]);
      return new Response("{}", { status: 202, headers: { "APIS-Answered-By": "main-controller" } });
    },
  });
  await api.orders({ key: "k" }).resetTrips({ unitId: "E001", name: "anna", reason: "fuse & fan" });
  assert.deepEqual(sent, [["resetTrips", "unitId=E001&name=anna&reason=fuse+%26+fan&key=k"]]);
  assert.equal(orderTitle({ order: "resetTrips", unitId: "E001", wanted: { name: "anna" } }, words), "Reset trips · E001");
  assert.equal(standing({ order: "resetTrips", state: "verified" }, words), "done");
});
