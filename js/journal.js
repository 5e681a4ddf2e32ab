// The journal's own page: who ordered what, what came of it, and what the grid did by itself; filtered, page by page, or as CSV.
// Stop all stands here too, and asks once as on the main page; so does the E-stop's latch.

import { createApi } from "./api.js";
import { pageName } from "./keys.js";
import { moment, zoneName } from "./lib/moments.js";
import { failureSentence } from "./lib/sentences.js";
import { createOrders } from "./orders.js";
import { createAskLatch } from "./widgets/askLatch.js";
import { createLatch } from "./panels/latch.js";
import { createPoller } from "./poller.js";
import { createState } from "./state.js";
import { createStop } from "./widgets/stop.js";
import { isolated } from "./lib/wire.js";
import { chooseLanguage, createWords, translate } from "./words.js";

const words = createWords(chooseLanguage(stored("language"), navigator.languages));
const name = pageName();
const api = createApi({ words }); // its polls bear no page's name: whoever reads here does not attend to what the main page began in this tab
const state = createState();
const orders = createOrders({ api, state, words, page: name, renew: () => poller.now() });
const find = (id) => document.getElementById(id);
const rows = find("journal-rows");
const heads = [...document.querySelectorAll("thead th")];
const outcome = find("journal-outcome");
let next = null; // where older rows go on
let reading = 0; // number of the newest question; older answers are dropped

async function show(before = null) {
  const mine = (reading += 1);
  say(words.t("journal.loading"), "wait");
  const query = { ...filter(), before, limit };
  find("journal-csv").href = api.journalCsv(filter());
  const answer = await api.journal(query);
  if (mine !== reading) return;
  if (!answer.ok || !Array.isArray(answer.body?.rows)) {
    say(words.t("journal.failed", { error: failureSentence(answer, words) }), "bad");
    return;
  }
  next = answer.body.next ?? null;
  rows.replaceChildren(...answer.body.rows.map(rowOf));
  find("journal-older").disabled = next === null;
  find("journal-newest").disabled = before === null;
  say(answer.body.rows.length === 0 ? words.t("journal.none") : words.t("journal.rows", { n: answer.body.rows.length }), "");
}

function rowOf(row) {
  const line = document.createElement("tr");
  const cell = (content, name = "") => {
    const element = document.createElement("td");
    element.textContent = content;
    element.dataset.label = heads[line.childElementCount].textContent; // shown where the screen is too narrow for columns
    if (name) element.className = name;
    line.append(element);
  };
  cell(moment(row.at, { seconds: true, language: words.language }), "time");
  cell(named("kind", row.kind));
  cell(named("by", row.by));
  cell(said(row.unitId));
  cell(said(row.what), "what");
  cell(row.before === null && row.after === null ? "" : `${said(row.before)} → ${said(row.after)}`, "change");
  cell(outcomeOf(row), "result");
  const level = LEVELS[row.stage];
  if (level) line.lastElementChild.dataset.level = level;
  return line;
}

/** What came of it: in the page's language where its code is known; else its stage in words before what follows it. */
function outcomeOf({ stage, outcome }) {
  const text = String(outcome ?? "");
  if (words.knows(text) || !SPOKEN.has(stage) || !text.startsWith(stage)) return said(outcome);
  return `${words.t(`outcome.${stage}`)}${said(text.slice(stage.length))}`;
}

/** A kind of row, or who did it where that is no person, in words; what has none stands as it is. */
function named(group, value) {
  const key = `journal.${group}.${value}`;
  const text = words.t(key);
  return text === key ? said(value) : text;
}

/** A value as text: objects as "key: value" pairs, nothing as "". */
function said(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return words.said(value);
  return Object.entries(value)
    .map(([key, inner]) => `${isolated(key)}: ${words.said(typeof inner === "object" ? JSON.stringify(inner) : inner)}`)
    .join(", ");
}

const SPOKEN = new Set(["partlyVerified", "contradicted", "timedOut"]);
const LEVELS = Object.freeze({ partlyVerified: "warn", contradicted: "alarm" });

const asked = new URLSearchParams(location.search);
const limit = asked.get("limit"); // rows at once, as the address asks

/** The filter that the address names: a link shows the rows that it is about. */
function takeFilter() {
  find("journal-from").value = localTime(asked.get("from"));
  find("journal-to").value = localTime(asked.get("to"));
  find("journal-unit").value = asked.get("unit") ?? "";
}

/** A time of the address as a field has it: in the browser's zone, to the second; "" for none. */
function localTime(text) {
  const at = new Date(text ?? "");
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** Has the address name what is shown. */
function nameFilter() {
  const named = Object.entries({ ...filter(), limit }).filter(([, value]) => value !== null);
  history.replaceState(null, "", named.length === 0 ? location.pathname : `?${new URLSearchParams(named)}`);
}

function filter() {
  const time = (id) => (find(id).value ? new Date(find(id).value).toISOString() : null);
  return { from: time("journal-from"), to: time("journal-to"), unit: find("journal-unit").value.trim() || null };
}

function say(sentence, kind) {
  outcome.textContent = sentence;
  outcome.dataset.kind = kind;
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off: the browser's language
  }
}

/* ---- Stop all, and the E-stop's latch ---- */

const EVERY = 1000; // ms between two looks at the latch, and at how a stop stands
const dialog = find("stop-dialog");
const poller = createPoller({ call: api.status, interval: EVERY, awake: orders.following, onAnswer: onStatus });
const stop = createStop({ words, api, orders, ask: askStopAll, askLatch: createAskLatch() });
const latch = createLatch({ words, orders, state, readNow: () => poller.now() });
let following = false;

/** Whether Stop all was confirmed. */
function askStopAll() {
  dialog.showModal();
  find("stop-yes").focus();
  return new Promise((resolve) => {
    find("stop-ask-form").addEventListener("submit", ({ submitter }) => resolve(submitter?.value === "yes"), { once: true });
    dialog.addEventListener("close", () => resolve(false), { once: true });
  });
}

function onStatus({ ok, body }) {
  if (!ok || typeof body !== "object" || body === null) return;
  state.set({ status: body, statusAt: performance.now() });
  orders.follow(body);
}

/** What was ordered here has begun or ended: it stands in the journal. */
state.subscribe(() => {
  stop.render();
  latch.render();
  if (orders.following() === following) return;
  following = !following;
  show();
});

document.documentElement.lang = words.language;
translate(document, words);
find("journal-time").textContent = words.t("journal.time", { zone: zoneName(new Date(), undefined, words.language) });
find("journal-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  nameFilter();
  show();
});
for (const button of document.querySelectorAll("dialog [data-act=stop-all]")) button.addEventListener("click", stop.press); // an open dialog shuts the rest of the page off, not this
find("journal-older").addEventListener("click", () => show(next));
find("journal-newest").addEventListener("click", () => show());
takeFilter();
words.ready.finally(() => show(asked.get("before")));
poller.start();
document.documentElement.dataset.running = ""; // first.js says so where this line is not reached
