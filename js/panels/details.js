// A unit's power details, opened from the screen by click or Enter (V7), with what happened to it and the frame for history (V8). Shown while the state's `opened` says so.

import { figure } from "../lib/figures.js";
import { happened } from "../lib/happened.js";
import { timeOfDay } from "../lib/moments.js";
import { stateSentence } from "../lib/sentences.js";
import { showHappened } from "../widgets/happenedList.js";
import { setAttribute, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
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
    if (changed.has("opened") && opened?.what === "details") open(opened.unitId);
  });

  function open(id) {
    shown = id;
    render(state.get().model);
    if (!dialog.open) dialog.showModal();
  }

  function render(model) {
    const unit = shown === null ? null : model.byId.get(shown);
    if (!unit) return;
    setText(find("details-title"), words.t("details.title", { id: unit.id, name: unit.name && unit.name !== unit.id ? unit.name : "" }).trim());
    setText(find("details-state"), stateSentence(unit, words));
    for (const name of ["pv", "utility", "load", "rsoc"]) setText(figures[name], figure(unit[name]));
    const told = happened(model.status, { unitId: unit.id, most: SHOWN }, words);
    showHappened(find("details-happened"), told, words, (iso) => timeOfDay(iso, { language: words.language }));
    setAttribute(find("details-journal"), "href", api.journalPage({ unit: unit.id }));
    cell.parentElement.style.setProperty("--soc", unit.rsoc === null ? "0%" : `${Math.max(0, Math.min(100, unit.rsoc))}%`);
  }

  return { render };
}
