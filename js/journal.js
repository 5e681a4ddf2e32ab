// The journal's own page: who ordered what, what came of it, and what the grid did by itself, a row for each matter with its details folded;
// filtered, page by page, or as CSV.
// Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { asEntered } from "./lib/enteredTimes.js";
import { bare } from "./lib/held.js";
import { beganAt, detailsOf, levelOf, mattersOf, outcomeOf, titleOf } from "./lib/matters.js";
import { whoText } from "./lib/who.js";
import { make, setAttribute, setText, translate } from "./widgets/text.js";
import { createTimeField } from "./widgets/timeField.js";
import { createUnread } from "./widgets/unread.js";
import { showZone } from "./widgets/zoneNote.js";

const { words, api, start } = createBeside({
  onZone: () => {
    takeFilter();
    nameZone();
    show();
  },
  onOrders: () => show(), // it stands in the journal
});
const find = (id) => document.getElementById(id);
const rows = find("journal-rows");
const from = createTimeField({ words, id: "journal-from" });
const to = createTimeField({ words, id: "journal-to", likely: (choices) => choices.length - 1 }); // the wider of two ranges
const outcome = find("journal-outcome");
const said = createUnread(outcome, { words, key: "journal.failed" });
let stands = null; // what the rows answer: {at, question}
let next = null; // where older rows go on
const refused = outcome.textContent !== ""; // the address asks for what cannot be: the page was sent with the reason, as 400
let reading = 0; // number of the newest question; older answers are dropped

async function show(before = null) {
  const mine = (reading += 1);
  said.say(words.t("journal.loading"), "wait");
  const query = { ...filter(), before, limit };
  find("journal-csv").href = api.journalCsv(filter());
  const answer = await api.journal(query);
  if (mine !== reading) return;
  if (!answer.ok) {
    said.tell(answer, stands && { at: stands.at, same: stands.question === JSON.stringify(query) });
    return;
  }
  stands = { at: words.now(), question: JSON.stringify(query) };
  next = answer.body.next ?? null;
  const matters = mattersOf(answer.body.rows);
  rows.replaceChildren(...matters.map(rowOf));
  find("journal-older").disabled = next === null;
  find("journal-newest").disabled = before === null;
  said.say(matters.length === 0 ? words.t("journal.none") : words.t("journal.rows", { n: matters.length }), "");
}

/** Why nothing is shown, in the page's language; the filter is there to ask again. */
function showRefusal() {
  words.learn(JSON.parse(outcome.dataset.messages));
  if (reading === 0) said.say(words.said(outcome.textContent), "bad");
}

function rowOf(matter) {
  const { row } = matter;
  const line = make("tr");
  const cell = (content, name = null, held = false) => {
    const label = words.t(HEADS[line.childElementCount], { zone: words.zone }); // shown where the screen is too narrow for columns
    const element = make("td", "", { class: name, "data-label": label });
    if (content !== "") element.append(typeof content === "string" ? make("span", content, { translate: held ? "no" : null }) : content); // a phone leaves out what is empty
    line.append(element);
  };
  const what = make("div");
  const title = make("p", titleOf(matter, words));
  what.append(title, foldedOf(matter, title.textContent));
  cell(words.moment(beganAt(matter), { seconds: true }), "time", true);
  setAttribute(line.firstElementChild, "title", words.beside(beganAt(matter), { seconds: true }) || null);
  cell(what, "what");
  cell(whoText(row.by, words), null, true);
  cell(row.unitId === null || row.unitId === undefined ? "" : words.name(row.unitId), null, true);
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
  setText(summary, words.t("journal.details"));
  setAttribute(summary, "aria-label", `${bare(words.t("journal.details"))} · ${title}`);
  folded.append(summary, list);
  folded.addEventListener("toggle", () => list.childElementCount === 0 && fill(list, matter));
  return folded;
}

function fill(list, matter) {
  const kind = { label: words.t("journal.kind"), text: kindText(matter.row.kind) };
  for (const { label, text } of [kind, ...detailsOf(matter, words, timeOf)]) {
    const [term, value] = ["dt", "dd"].map((tag) => document.createElement(tag));
    setText(term, label);
    setText(value, text);
    list.append(term, value);
  }
}

/** A time of a stage, by the site's clock. */
function timeOf(iso) {
  return words.moment(iso, { seconds: true });
}

/** A kind of row in words; what has none stands as it is. */
function kindText(value) {
  const key = `journal.kind.${value}`;
  const text = words.t(key);
  return text === key ? words.said(value ?? "") : text;
}

const HEADS = ["journal.time", "journal.what", "journal.who", "journal.unit", "journal.outcome"];

const asked = new URLSearchParams(location.search);
const limit = asked.get("limit"); // rows at once, as the address asks

/** Says the page's own texts in its language. */
function label() {
  document.documentElement.lang = words.language;
  translate(document, words);
  nameZone();
}

/** The filter that the address names: a link shows the rows that it is about. */
function takeFilter() {
  for (const [field, name] of [
    [from, "from"],
    [to, "to"],
  ]) {
    const at = new Date(asked.get(name) ?? "");
    if (!Number.isNaN(at.getTime())) field.set(asEntered(at, words.zone));
  }
  find("journal-unit").value = asked.get("unit") ?? "";
  find("journal-about").value = asked.get("about") ?? "";
}

/** Has the address name what is shown. */
function nameFilter() {
  const named = Object.entries({ ...filter(), limit }).filter(([, value]) => value !== null);
  history.replaceState(null, "", named.length === 0 ? location.pathname : `?${new URLSearchParams(named)}`);
}

function filter() {
  const time = (field) => field.read().date?.toISOString() ?? null;
  return { from: time(from), to: time(to), unit: find("journal-unit").value.trim() || null, about: find("journal-about").value || null };
}

function nameZone() {
  setText(find("journal-time"), words.t("journal.time", { zone: words.zone }));
  for (const field of [from, to]) field.render();
  showZone(words);
}

for (const field of [from, to]) for (const input of [field.input, field.which]) input.addEventListener("input", field.render);
find("journal-about").addEventListener("change", () => {
  nameFilter();
  show();
});
label();
find("journal-filter").addEventListener("submit", (event) => {
  event.preventDefault();
  if ([from, to].some((field) => field.read().problem === "gap")) {
    said.say(words.t("schedule.gap", { name: words.zone }), "bad");
    return;
  }
  nameFilter();
  show();
});
find("journal-older").addEventListener("click", () => show(next));
find("journal-newest").addEventListener("click", () => show());
takeFilter();
words.ready.finally(() => {
  label();
  refused ? showRefusal() : show(asked.get("before"));
});
start();
