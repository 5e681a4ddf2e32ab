// A unit's power details, opened from the screen by click or Enter (V7), with what happened to it and the frame for history (V8). Shown while the state's `opened` says so.

import { figure } from "../lib/figures.js";
import { happened } from "../lib/happened.js";
import { lastKnownSentence, stateSentence } from "../lib/sentences.js";
import { showHappened } from "../widgets/happenedList.js";
import { setAttribute, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
const DAY = 86_400_000; // ms
const SHOWN = 5;

export function createDetails({ words, state, api }) {
  const find = (id) => document.getElementById(id);
  const dialog = find("details");
  const cell = find("details-figure").querySelector(".cell i");
  const figures = Object.fromEntries([...dialog.querySelectorAll("[data-detail]")].map((node) => [node.dataset.detail, node]));
  let shown = null;

  $(dialog).on("close", () => {
    shown = null;
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
    render(state.get().model);
    if (!dialog.open) dialog.showModal();
  }

  /** Where what was recorded of the unit is had; times are asked for by the controller's clock. */
  function showRecords(unitId) {
    const ago = (days) => new Date(words.now().getTime() - days * DAY).toISOString().slice(0, 16).concat("Z"); // to the minute, so that the link stands still
    setAttribute(find("details-minutes"), "href", api.historyCsv({ unitId, step: 60, from: ago(1) }));
    setAttribute(find("details-halves"), "href", api.historyCsv({ unitId, step: 1800, from: ago(31) }));
    setAttribute(find("details-ledger"), "href", api.ledgerCsv({ unitId }));
  }

  function render(model) {
    if (shown === null) return;
    const unit = model.byId.get(shown) ?? { ...NOBODY, id: shown };
    setText(find("details-title"), words.t("details.title", { id: unit.id, name: unit.name && unit.name !== unit.id ? unit.name : "" }).trim());
    setText(find("details-state"), stateOf(unit));
    setAttribute(dialog, "data-state", unit.state);
    find("details-card").disabled = unit.state === null;
    for (const name of ["pv", "utility", "load", "rsoc"]) setText(figures[name], figure(unit[name]));
    const told = happened(model.status, { unitId: unit.id, most: SHOWN }, words);
    showHappened(find("details-happened"), told, words);
    showRecords(unit.id);
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
