// apis-main's own log of the unit whose details are open, as it comes: its errors with what apis-main does about them, and its lines (K16, K17).

import { errorsOf, LEVELS, linesOf } from "../lib/apisLog.js";
import { keyed, make, setAttribute, setProperty, setText } from "../widgets/text.js";
import { createUnread } from "../widgets/unread.js";

const $ = globalThis.jQuery;
const DAY = 86_400_000; // ms
const SHOWN = 50;
const ERRORS = 8; // the last told

/** @param poll makes a poller of {call, onAnswer} */
export function createApisLog({ words, state, api, poll }) {
  const find = (id) => document.getElementById(id);
  const errors = find("apis-log-errors");
  const lines = find("apis-log-lines");
  const level = find("apis-log-level");
  let unitId = null;
  const outcome = createUnread(find("apis-log-state"), { words, key: "apisLog.failed" });
  let told = null; // {errors, lines, at} of this unit and level; null: nothing came yet
  const poller = poll({ call: ask, onAnswer });

  for (const one of LEVELS) level.append(make("option", "", { value: one, "data-i18n": `apisLog.level.${one}` }));
  level.value = "WARNING";
  $(level).on("change", anew);
  state.subscribe((now, changed) => changed.has("opened") && follow(now));
  follow(state.get()); // it is loaded once details are opened

  function follow({ opened }) {
    unitId = opened?.what === "details" ? opened.unitId : null;
    if (unitId === null) poller.stop();
    else {
      poller.start();
      anew();
    }
  }

  function anew() {
    told = null;
    outcome.say("");
    render();
    poller.now();
  }

  async function ask() {
    const asked = { unitId, level: level.value };
    const now = words.now();
    const to = state.get().past === null ? null : now.toISOString(); // of the past what had come by then
    return { ...(await api.apisLog({ ...asked, from: new Date(now.getTime() - DAY).toISOString(), to, limit: SHOWN })), asked };
  }

  function onAnswer(given) {
    if (given.failure === "gaveWay" || given.asked.unitId !== unitId || given.asked.level !== level.value) return;
    if (given.ok) told = { errors: errorsOf(given.body), lines: linesOf(given.body), at: words.now() };
    if (given.ok) outcome.say("");
    else outcome.tell(given, told && { at: told.at, same: true });
    render();
  }

  function render() {
    if (unitId === null) return;
    const shown = told ?? { errors: [], lines: [] };
    if (outcome.failing()) outcome.render();
    else outcome.say(told !== null && told.lines.length === 0 ? words.t("apisLog.none") : "");
    setProperty(find("apis-log-state"), "hidden", !outcome.failing() && shown.lines.length > 0);
    setProperty(lines, "hidden", shown.lines.length === 0);
    keyed(errors, shown.errors.slice(0, ERRORS), keyOf, build, updateError);
    keyed(lines, shown.lines, keyOf, build, updateLine);
  }

  function updateError(item, error) {
    setAttribute(item, "data-level", error.level);
    setText(item.firstChild, error.text);
    const times = words.t("apisLog.times", { kind: error.kind, unitId: error.unitId, count: error.count, time: words.time(error.last, { seconds: true }) });
    setText(item.lastChild, `${times} ${words.said(error.does)}`);
  }

  function updateLine(item, line) {
    setAttribute(item, "data-level", line.level);
    setText(item.firstChild, line.text);
    setText(item.lastChild, `${words.time(line.at, { seconds: true })} · ${line.more}`);
  }

  return { render };
}

function keyOf({ key }) {
  return key;
}

function build() {
  const item = make("li");
  item.append(make("bdi", "", { translate: "no" }), make("span", "", { class: "lines" }));
  return item;
}
