// A unit's power details, opened from the screen by click or Enter (V7), with what happened to it and what was recorded of it (V8). Shown
// while the state's `opened` says so.

import { figure } from "../lib/figures.js";
import { happened } from "../lib/happened.js";
import { historyQuery } from "../lib/historyAddress.js";
import { lastKnownSentence, stateSentence } from "../lib/sentences.js";
import { showHappened } from "../widgets/happenedList.js";
import { setAttribute, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
const SHOWN = 5;
const FIRST_SPAN = 6 * 3600; // s

export function createDetails({ words, state, api }) {
  const find = (id) => document.getElementById(id);
  const dialog = find("details");
  const cell = find("details-figure").querySelector(".cell i");
  const figures = Object.fromEntries([...dialog.querySelectorAll("[data-detail]")].map((node) => [node.dataset.detail, node]));
  let shown = null;
  let records = null; // made when the first unit is opened: nothing of the charts is loaded before
  let range = { seconds: FIRST_SPAN, to: null, step: null };
  let told = null; // the language in which the records stand

  $(dialog).on("close", () => {
    shown = null;
    records?.hide();
    if (state.get().opened?.what === "details") state.set({ opened: null });
  });
  $("#details-card").on("click", () => {
    const unitId = shown;
    dialog.close();
    state.set({ opened: { what: "panel", unitId } });
  });
  state.subscribe(({ opened }, changed) => {
    if (!changed.has("opened")) return;
    if (opened?.what === "details") open(opened.unitId);
    else if (opened === null && dialog.open) dialog.close(); // as by the browser's way back
  });

  function open(id) {
    shown = id;
    range = { ...range, to: null };
    render(state.get().model);
    if (!dialog.open) dialog.showModal();
    openRecords(id);
  }

  /** Loads what draws the record, once, and shows that of the unit: the same span as of the last one. */
  async function openRecords(unitId) {
    try {
      const { createRecords } = await import("../charts/records.js");
      records ??= createRecords(find("details-records"), { words, api, now: words.now, underWay: () => state.get().model.deals, onRange, narrows: true });
    } catch (fault) {
      setText(find("details-records"), words.t("chart.failed", { error: words.t("chart.unloaded") }));
      throw fault;
    }
    if (shown === unitId) records.show({ unitId, ...range });
  }

  function onRange(chosen) {
    range = chosen;
    linkRecords();
  }

  function linkRecords() {
    setAttribute(find("details-all"), "href", api.historyPage(historyQuery({ unitId: shown, ...range })));
    setAttribute(find("details-ledger"), "href", api.ledgerCsv({ unitId: shown }));
  }

  function render(model) {
    if (shown === null) return;
    const unit = model.byId.get(shown) ?? { ...NOBODY, id: shown };
    setText(find("details-title"), words.t("details.title", { id: unit.id, name: unit.name && unit.name !== unit.id ? unit.name : "" }).trim());
    setText(find("details-state"), stateOf(unit));
    setAttribute(dialog, "data-state", unit.state);
    find("details-card").disabled = unit.state === null;
    for (const name of ["pv", "utility", "load", "rsoc"]) setText(figures[name], figure(unit[name]));
    showHappened(find("details-happened"), happened(model.status, { unitId: unit.id, most: SHOWN }, words), words);
    linkRecords();
    if (told !== words.language) records?.render();
    told = words.language;
    setAttribute(find("details-journal"), "href", api.journalPage({ unit: unit.id }));
    cell.parentElement.style.setProperty("--soc", unit.rsoc === null ? "0%" : `${Math.max(0, Math.min(100, unit.rsoc))}%`);
  }

  function stateOf(unit) {
    if (unit.state === null) return words.t("details.none");
    const last = lastKnownSentence(unit, words);
    return last === "" ? stateSentence(unit, words) : `▲ ${last}`;
  }

  return { render };
}

/** What stands for a unit that nobody knows: one that was forgotten, or that a link names wrongly. */
const NOBODY = Object.freeze({ state: null, name: null, pv: null, utility: null, load: null, rsoc: null });
