// A unit has left: its panel's "Forget…" while it is silent, and the question that takes a name, a reason and, of a unit last seen
// working, a tick that it is off the bus.

import { mayOrder } from "../lib/permits.js";
import { stateSentence, unwatchedSentence } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { createPanelParts } from "../widgets/panelParts.js";
import { createSigned } from "../widgets/signed.js";
import { make, setAttribute, setProperty, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;
const LONGEST_STATUS = 40; // characters; a longer one counts as none, as with the controller

export function createForget({ words, orders, state, readNow }) {
  const sure = document.getElementById("forget-sure");
  const question = createSigned({ orders, readNow }, "forget");
  const renderButtons = createPanelParts({
    place: ".schedule .buttons",
    build: () => make("button", "", { type: "button", "data-act": "forget" }),
    update: showButton,
  });

  $("#cards").on("click", "[data-act=forget]", ({ currentTarget }) => open(currentTarget.closest("[data-unit]").dataset.unit));

  function open(id) {
    const unit = state.get().model.byId.get(id);
    if (unit?.state !== "silent") return;
    const confirm = unit.unwatched ? statusOf(id) : null; // the status that the person is shown; null for Wait
    setProperty(document.getElementById("forget-sure-row"), "hidden", confirm === null);
    Object.assign(sure, { checked: false, required: confirm !== null });
    question.open({
      title: words.t("forget.title", { id }),
      did: unit.unwatched ? unwatchedSentence(unit, words) : `${isolated(id)}: ${stateSentence(unit, words)}.`,
      level: unit.unwatched ? "alarm" : null,
      spot: `card:${id}:forget`,
      order: "forget",
      unitId: id,
      call: (order, signed) => order.forget({ unitId: id, ...signed, confirm }),
    });
  }

  /** The converter's status as last seen, as the controller told it. */
  function statusOf(id) {
    const told = state.get().status?.units?.[id]?.lastWord;
    return typeof told === "string" && told.length <= LONGEST_STATUS ? told : "unknown";
  }

  function showButton(button, { id }) {
    setText(button, words.t("forget.open"));
    setAttribute(button, "aria-label", `${words.t("forget.open")} · ${isolated(id)}`);
    setProperty(button, "disabled", !mayOrder(state.get(), "engineer"));
  }

  function render(model) {
    renderButtons(model.units.filter(({ state }) => state === "silent"));
    question.render();
  }

  return { render };
}
