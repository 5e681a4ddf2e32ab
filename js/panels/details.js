// A unit's power details, opened from the screen by click or Enter (V7), with the frame for history (V8). Shown while the state's `opened` says so.

import { figure } from "../lib/figures.js";
import { lastKnownSentence, stateSentence } from "../lib/sentences.js";
import { setAttribute, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createDetails({ words, state }) {
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
    const last = lastKnownSentence(unit, words);
    setText(find("details-state"), last === "" ? stateSentence(unit, words) : `▲ ${last}`);
    setAttribute(dialog, "data-state", unit.state);
    for (const name of ["pv", "utility", "load", "rsoc"]) setText(figures[name], figure(unit[name]));
    cell.parentElement.style.setProperty("--soc", unit.rsoc === null ? "0%" : `${Math.max(0, Math.min(100, unit.rsoc))}%`);
  }

  return { render };
}
