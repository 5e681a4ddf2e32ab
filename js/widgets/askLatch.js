// The question before Stop all and latch: a name and a reason, either of which may stay empty; the confirming button is in focus and
// never held (I17). Used by panels/cluster.js and journal.js.

import { harmless } from "../lib/estop.js";

/** () => Promise of {name, reason}, null where it was not confirmed. */
export function createAskLatch() {
  const [dialog, form, name, reason, yes] = ["estop-dialog", "estop-ask-form", "estop-name", "estop-reason", "estop-yes"].map((id) =>
    document.getElementById(id),
  );
  let finish = () => {};

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish({ name: harmless(name.value), reason: harmless(reason.value) });
    dialog.close();
  });
  form.querySelector("button[value=cancel]").addEventListener("click", () => dialog.close()); // no submit button, or Enter in a field would press it
  dialog.addEventListener("close", () => {
    if (!dialog.open) finish(null); // the event comes late: by then a newer question may stand here
  });

  return function ask() {
    reason.value = "";
    return new Promise((resolve) => {
      finish = resolve; // settled once: what comes later changes nothing
      dialog.showModal();
      yes.focus();
    });
  };
}
