// A unit has left: its panel's "Forget…" while it is silent, and the question that takes a name, a reason and, of a unit last seen
// working, a tick that it is off the bus. Adds its button to the panels that card.js made.

import { stateSentence, unwatchedSentence } from "../lib/sentences.js";
import { make, setAttribute, setOutcome, setProperty, setText } from "./text.js";

const $ = globalThis.jQuery;
const LONGEST_STATUS = 40; // characters; a longer one counts as none, as with the controller

export function createForget(page) {
  const { words, orders } = page;
  const find = (id) => document.getElementById(id);
  const [dialog, name, reason, sure] = ["forget-dialog", "forget-name", "forget-reason", "forget-sure"].map(find);
  const buttons = new Map(); // id -> its panel's button
  let moment = null; // when the dialog was opened, or has told of a refusal
  let asked = null; // {id, confirm}: what the question was opened for; confirm is the status that the person was shown, null for Wait

  $("#cards").on("click", "[data-act=forget]", ({ currentTarget }) => open(currentTarget.closest("[data-unit]").dataset.unit));
  $("#forget-form").on("submit", (event) => {
    event.preventDefault();
    submit();
  });
  $(dialog).on("click", "button[value=cancel]", () => dialog.close()); // no submit button, or Enter in a field would press it

  function open(id) {
    const unit = page.model().byId.get(id);
    if (unit?.state !== "silent") return;
    asked = { id, confirm: unit.unwatched ? statusOf(id) : null };
    setText(find("forget-title"), words.t("forget.title", { id }));
    setText(find("forget-did"), unit.unwatched ? unwatchedSentence(unit, words) : `${id}: ${stateSentence(unit, words)}.`);
    setAttribute(find("forget-did"), "data-level", unit.unwatched ? "alarm" : null);
    setProperty(find("forget-sure-row"), "hidden", asked.confirm === null);
    Object.assign(sure, { checked: false, required: asked.confirm !== null });
    reason.value = "";
    setOutcome(find("forget-outcome"), null);
    moment = orders.moment();
    dialog.showModal();
    name.focus();
  }

  async function submit() {
    const { id, confirm } = asked;
    const spot = `card:${id}:forget`;
    const values = { unitId: id, name: name.value.trim(), reason: reason.value.trim() };
    const answer = await orders.give({ spot, order: "forget", unitId: id, wanted: { name: values.name }, moment, call: (order) => order.forget({ ...values, confirm }) });
    page.readNow();
    if (asked.id !== id) return; // another unit is asked about by now
    moment = orders.moment();
    if (answer.ok) dialog.close();
    else setOutcome(find("forget-outcome"), { kind: "bad", text: orders.at(spot)?.text ?? "" });
  }

  /** The converter's status as last seen, as the controller told it. */
  function statusOf(id) {
    const told = page.state.get().status?.units?.[id]?.lastWord;
    return typeof told === "string" && told.length <= LONGEST_STATUS ? told : "unknown";
  }

  function render(model) {
    for (const [id, button] of buttons) {
      if (button.isConnected && model.byId.get(id)?.state === "silent") continue;
      button.remove();
      buttons.delete(id);
    }
    for (const { id, state } of model.units) if (state === "silent") show(id);
  }

  function show(id) {
    let button = buttons.get(id);
    if (!button) {
      const place = document.querySelector(`#cards [data-unit="${CSS.escape(id)}"] .schedule .buttons`);
      if (!place) return; // its panel is not in view yet
      button = place.appendChild(make("button", "", { type: "button", "data-act": "forget" }));
      buttons.set(id, button);
    }
    setText(button, words.t("forget.open"));
    setAttribute(button, "aria-label", `${words.t("forget.open")} · ${id}`);
    setProperty(button, "disabled", !page.orderable());
  }

  return { render };
}
