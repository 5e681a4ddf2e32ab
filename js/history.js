// The history's own page: powers, energy per day, the ledger with its sums, and how complete all that is, of the cluster or one unit.
// What is shown stands in the address, so that a link shows the same. Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { createDayMap, daysOf } from "./charts/dayMap.js";
import { createLedgerTable, createSumsTable } from "./charts/ledgerTable.js";
import { FOLLOWS, createRecords } from "./charts/records.js";
import { asEntered } from "./lib/enteredTimes.js";
import { bare } from "./lib/held.js";
import { historyQuery, readHistoryAddress } from "./lib/historyAddress.js";
import { isLedger, isSums } from "./lib/recordReplies.js";
import { rangeOf } from "./lib/timeSpans.js";
import { isolated } from "./lib/wire.js";
import { make, setText, translate } from "./widgets/text.js";
import { createTimeField } from "./widgets/timeField.js";
import { createUnread } from "./widgets/unread.js";
import { showZone } from "./widgets/zoneNote.js";

const DEALS = 100; // of the ledger at once
const MAP_FOLLOWS = 600_000; // ms; the map of a thousand units is half a second's work for the controller
const { words, api, title, start } = createBeside({
  onZone: () => {
    label();
    show();
  },
});
const find = (id) => document.getElementById(id);
const unit = find("history-unit");
const from = createTimeField({ words, id: "history-from" });
const to = createTimeField({ words, id: "history-to", likely: (choices) => choices.length - 1 }); // the wider of two ranges
const [by, pair] = [find("ledger-by"), find("ledger-pair")];
const records = createRecords(find("history-records"), {
  words,
  api,
  now: words.now,
  onRange: (range) => take(range),
  narrows: !/[?&](span|from)=/.test(location.search),
});
const days = createRecords(find("history-days"), { words, api, now: words.now, kind: "energy" });
const map = createDayMap(find("history-map"), { words, api });
const deals = createLedgerTable(find("ledger-deals"), { words, label: () => words.t("ledger.deals") });
const sums = createSumsTable(find("ledger-sums"), { words });
const [dealsSaid, sumsSaid] = ["ledger-outcome", "ledger-refused"].map((id) => createUnread(find(id), { words, key: "ledger.failed" }));
const stands = { deals: null, sums: null }; // what the two tables show: {at, question}
let shown = readHistoryAddress(location.search, new Date());
let next = null; // where older deals go on
let turned = false; // whether older deals are shown
let reading = 0; // number of the newest question of the ledger; older answers are dropped

/** Everything, as `shown` says. */
function show() {
  nameFilter();
  records.show(shown);
  showRest();
}

/** Another time was chosen in the chart, which shows it already. */
function take(range) {
  shown = { ...shown, ...range };
  nameFilter();
  showRest();
}

async function showRest() {
  const range = rangeOf(shown, words.now());
  const wide = daysOf(range, words.zone);
  days.show({ unitId: shown.unitId, seconds: (wide.to - wide.from) / 1000, to: shown.to === null ? null : wide.to, step: "day" });
  showLedger();
  showMap(wide);
}

async function showMap(wide) {
  const ids = await map.show(wide, shown.unitId);
  if (ids !== null) find("history-units").replaceChildren(...ids.map((id) => make("option", "", { value: id })));
}

async function showLedger(before = null) {
  const mine = (reading += 1);
  turned = before !== null;
  const range = rangeOf(shown, words.now());
  const question = JSON.stringify([shown.unitId, shown.seconds, shown.to, before]); // an end that moves with the clock leaves it the same
  const sumsQuestion = JSON.stringify([shown.unitId, shown.seconds, shown.to, shown.by, shown.pair]);
  const asked = { unitId: shown.unitId, from: range.from.toISOString(), to: range.to.toISOString() };
  find("ledger-csv").href = api.ledgerCsv(asked);
  const [page, summed] = await Promise.all([
    api.ledger({ ...asked, before, limit: DEALS }, isLedger),
    api.ledgerSums({ ...asked, by: shown.by, pair: shown.pair || null }, isSums),
  ]);
  if (mine !== reading) return;
  if (summed.ok) {
    sumsSaid.say("");
    sums.show(summed.body, { pair: shown.pair });
    stands.sums = { at: words.now(), question: sumsQuestion };
  } else sumsSaid.tell(summed, keptOf(stands.sums, sumsQuestion));
  if (!page.ok) {
    dealsSaid.tell(page, keptOf(stands.deals, question));
    return;
  }
  stands.deals = { at: words.now(), question };
  next = page.body.next;
  deals.show(page.body.deals);
  find("ledger-older").disabled = next === null;
  find("ledger-newest").disabled = before === null;
  dealsSaid.say(words.t(page.body.deals.length === 0 ? "ledger.none" : "ledger.count", { n: page.body.deals.length }));
}

/** What still stands in a table once its question could not be answered. */
function keptOf(standing, question) {
  return standing === null ? null : { at: standing.at, same: standing.question === question };
}

/** Whether what comes is shown as it comes. */
function follows() {
  return shown.to === null && document.visibilityState !== "hidden";
}

/** Has the address and the form name what is shown. */
function nameFilter() {
  const named = Object.entries(historyQuery(shown)).filter(([, value]) => value !== null);
  history.replaceState(null, "", (named.length === 0 ? location.pathname : `?${new URLSearchParams(named)}`) + location.hash);
  const range = rangeOf(shown, words.now());
  unit.value = shown.unitId ?? "";
  setText(find("history-of"), shown.unitId === null ? words.t("history.all") : isolated(shown.unitId));
  from.set(asEntered(range.from, words.zone));
  if (shown.to === null) to.set({ field: "", pick: 0 });
  else to.set(asEntered(range.to, words.zone));
  by.value = shown.by;
  pair.checked = shown.pair;
}

/** What the form asks for; a sentence where that cannot be. */
function entered() {
  if ([from, to].some((field) => field.read().problem === "gap")) return words.t("schedule.gap", { name: words.zone });
  const [begin, end] = [from.read().date ?? null, to.read().date ?? null];
  const seconds = begin === null ? shown.seconds : ((end ?? words.now()) - begin) / 1000;
  if (seconds <= 0) return words.t("history.order");
  const asSpan = end === null && begin !== null && Math.abs(seconds - shown.seconds) < 120; // "from" was left as it stood
  shown = { ...shown, unitId: unit.value.trim() || null, seconds: asSpan ? shown.seconds : seconds, to: end, step: asSpan ? shown.step : null };
  return null;
}

function say(id, sentence, level) {
  setText(find(id), sentence);
  find(id).dataset.kind = level;
}

function label() {
  document.documentElement.lang = words.language;
  nameFilter();
  title(`${bare(words.t("history.title"))} · ${bare(words.t("brand"))}`);
  translate(document, words);
  for (const field of [from, to]) field.render();
  showZone(words);
}

/** Ink is for what is told, not for the ground. */
function onPaper() {
  const { dataset } = document.documentElement;
  const theme = dataset.theme;
  dataset.theme = "light";
  addEventListener("afterprint", () => (dataset.theme = theme), { once: true });
}

for (const field of [from, to]) for (const input of [field.input, field.which]) input.addEventListener("input", field.render);
find("history-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  const wrong = entered();
  say("history-outcome", wrong ?? "", wrong === null ? "" : "bad");
  if (wrong === null) show();
});
for (const input of [by, pair])
  input.addEventListener("change", () => {
    shown = { ...shown, by: by.value, pair: pair.checked };
    nameFilter();
    showLedger();
  });
find("ledger-older").addEventListener("click", () => showLedger(next));
find("ledger-newest").addEventListener("click", () => showLedger());
addEventListener("beforeprint", onPaper);
words.ready.finally(() => {
  label();
  if (shown.wrong.length > 0) say("history-outcome", words.t("history.wrong", { what: shown.wrong.map(isolated).join(", ") }), "bad");
  show();
});
setInterval(() => follows() && !turned && showLedger(), FOLLOWS);
setInterval(() => follows() && showMap(daysOf(rangeOf(shown, words.now()), words.zone)), MAP_FOLLOWS);
start();
