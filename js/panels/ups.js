// UPS modes 0 to 7, of one unit or of all, for systems with UPS (R23, Z10): offered with debug on, and asked first.

import { liveNow } from "../lib/sentences.js";
import { setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;

export function createUps(page) {
  const { words, orders } = page;
  const form = document.getElementById("ups-form");
  const choice = document.getElementById("ups-choice");

  $(form).on("submit", async (event) => {
    event.preventDefault();
    if (await ask(choice.value, null)) choice.value = "";
  });

  /** Asks and orders; true when it was ordered. "--" does nothing. */
  async function ask(mode, unitId) {
    if (mode === "") return false;
    const { answer, moment } = await page.ask({
      title: words.t(unitId === null ? "ups.ask.all" : "ups.ask", { mode, id: unitId ?? "" }), lead: words.t("ups.lead"),
      facts: () => liveNow(page.model(), words, page.model().byId.get(unitId) ?? null), yes: words.t("converter.yes", { what: words.t("ups.short", { mode }) }),
    });
    if (answer !== "yes") return false;
    orders.give({ spot: unitId === null ? "cluster:ups" : `card:${unitId}:ups`, order: "upsMode", unitId, wanted: { mode }, moment, call: (order) => order.upsMode(mode, unitId) });
    return true;
  }

  function offered(model) {
    return page.debug() && model.status?.config?.upsModes === true;
  }

  function render(model) {
    setProperty(form, "hidden", !offered(model));
    for (const id of ["ups-choice", "ups-set"]) setProperty(document.getElementById(id), "disabled", !page.orderable());
  }

  /** One unit's own row; called by its card. */
  function renderUnit(row, unit, model) {
    setProperty(row, "hidden", !offered(model));
    if (row.hidden) return;
    setText(row.querySelector("[data-figure]"), unit.upsMode ?? "--");
    for (const control of row.querySelectorAll("select, button")) setProperty(control, "disabled", unit.state !== "live" || unit.conflict !== null || !page.orderable());
  }

  return { render, renderUnit, ask };
}
