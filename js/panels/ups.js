// UPS modes of all units, for systems with UPS (R23, Z10): offered with debug on, and asked first.

import { mayOrder, offersUps } from "../lib/permits.js";
import { setProperty } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createUps({ words, orders, state, orderUps }) {
  const form = document.getElementById("ups-form");
  const choice = document.getElementById("ups-choice");

  $(form).on("submit", async (event) => {
    event.preventDefault();
    if (choice.value === "") orders.say("cluster:ups", words.t("mode.choose"), { kind: "warn", holds: () => choice.value === "" });
    else if (await orderUps(choice.value, null)) choice.value = "";
  });

  function render() {
    const now = state.get();
    setProperty(form, "hidden", !offersUps(now));
    for (const id of ["ups-choice", "ups-set"]) setProperty(document.getElementById(id), "disabled", !mayOrder(now, "engineer"));
  }

  return { render };
}
