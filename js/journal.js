// The journal's own page: who ordered what, what came of it, and what the grid did by itself, a row for each matter with its details folded;
// filtered, page by page, or as CSV.
// Stop all stands here too, and asks once as on the main page; so does the E-stop's latch.

import { createApi } from "./api.js";
import { pageName } from "./keys.js";
import { beganAt, detailsOf, levelOf, mattersOf, outcomeOf, titleOf } from "./lib/matters.js";
import { moment, zoneName } from "./lib/moments.js";
import { failureSentence } from "./lib/sentences.js";
import { createOrders } from "./orders.js";
import { createAskLatch } from "./widgets/askLatch.js";
import { createLatch } from "./panels/latch.js";
import { createPoller } from "./poller.js";
import { createState } from "./state.js";
import { createStop } from "./widgets/stop.js";
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
const refused = outcome.textContent !== ""; // the address asks for what cannot be: the page was sent with the reason, as 400
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
  const matters = mattersOf(answer.body.rows);
  rows.replaceChildren(...matters.map(rowOf));
  find("journal-older").disabled = next === null;
  find("journal-newest").disabled = before === null;
  say(matters.length === 0 ? words.t("journal.none") : words.t("journal.rows", { n: matters.length }), "");
}

/** Why nothing is shown, in the page's language; the filter is there to ask again. */
async function showRefusal() {
  const answer = await api.journal(Object.fromEntries(asked));
  if (!answer.ok && reading === 0) say(failureSentence(answer, words), "bad");
}

function rowOf(matter) {
  const { row } = matter;
  const line = document.createElement("tr");
  const cell = (content, name = "") => {
    const element = document.createElement("td");
    element.append(content);
    element.dataset.label = heads[line.childElementCount].textContent; // shown where the screen is too narrow for columns
    if (name) element.className = name;
    line.append(element);
  };
  const [what, title] = ["div", "p"].map((tag) => document.createElement(tag));
  title.textContent = titleOf(matter, words);
  what.append(title, foldedOf(matter, title.textContent));
  cell(timeOf(beganAt(matter)), "time");
  cell(what, "what");
  cell(named("by", row.by));
  cell(row.unitId === null || row.unitId === undefined ? "" : words.said(row.unitId));
  cell(outcomeOf(matter, words), "result");
  const level = levelOf(matter);
  if (level) line.lastElementChild.dataset.level = level;
  return line;
}

/** What stands behind a matter, folded: its kind, its stages, before and after. */
function foldedOf(matter, title) {
  const folded = document.createElement("details");
  const summary = document.createElement("summary");
  const list = document.createElement("dl");
  summary.textContent = words.t("journal.details");
  summary.setAttribute("aria-label", `${words.t("journal.details")} · ${title}`);
  folded.append(summary, list);
  folded.addEventListener("toggle", () => list.childElementCount === 0 && fill(list, matter));
  return folded;
}

function fill(list, matter) {
  const kind = { label: words.t("journal.kind"), text: named("kind", matter.row.kind) };
  for (const { label, text } of [kind, ...detailsOf(matter, words, timeOf)]) {
    const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
    term.textContent = label;
    value.textContent = text;
    list.append(term, value);
  }
}

/** A time without the zone, which the head of the column names; with it where it is another, as in summer. */
function timeOf(iso) {
  const text = moment(iso, { seconds: true, language: words.language });
  const zone = ` ${zoneName(new Date(), undefined, words.language)}`;
  return text.endsWith(zone) ? text.slice(0, -zone.length) : text;
}

/** A kind of row, or who did it where that is no person, in words; what has none stands as it is. */
function named(group, value) {
  const key = `journal.${group}.${value}`;
  const text = words.t(key);
  return text === key ? words.said(value ?? "") : text;
}

const asked = new URLSearchParams(location.search);
const limit = asked.get("limit"); // rows at once, as the address asks

/** Says the page's own texts in its language. */
function label() {
  document.documentElement.lang = words.language;
  translate(document, words);
  find("journal-time").textContent = words.t("journal.time", { zone: zoneName(new Date(), undefined, words.language) });
}

/** The filter that the address names: a link shows the rows that it is about. */
function takeFilter() {
  find("journal-from").value = localTime(asked.get("from"));
  find("journal-to").value = localTime(asked.get("to"));
  find("journal-unit").value = asked.get("unit") ?? "";
  find("journal-about").value = asked.get("about") ?? "";
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
  return { from: time("journal-from"), to: time("journal-to"), unit: find("journal-unit").value.trim() || null, about: find("journal-about").value || null };
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

find("journal-about").addEventListener("change", () => {
  nameFilter();
  show();
});
label();
find("journal-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  nameFilter();
  show();
});
for (const button of document.querySelectorAll("dialog [data-act=stop-all]")) button.addEventListener("click", stop.press); // an open dialog shuts the rest of the page off, not this
find("journal-older").addEventListener("click", () => show(next));
find("journal-newest").addEventListener("click", () => show());
takeFilter();
words.ready.finally(() => {
  label();
  refused ? showRefusal() : show(asked.get("before"));
});
poller.start();
document.documentElement.dataset.running = ""; // first.js says so where this line is not reached
