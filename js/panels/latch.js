// The E-stop's latch above everything, and its Reset, which asks for a name and a reason (I17). Used by main.js and journal.js.

import { latchOf, latchTexts } from "../lib/estop.js";
import { createHold } from "./hold.js";
import { setAttribute, setOutcome, setProperty, setText } from "./text.js";

const SPOT = "cluster:estop";

/** `page` is {words, orders, state, readOnly, orderable, readNow}, the functions as main.js has them. */
export function createLatch(page) {
  const { words, orders, state } = page;
  const find = (id) => document.getElementById(id);
  const [bar, button, dialog] = ["estop-bar", "estop-reset", "estop-reset-dialog"].map(find);
  const [name, reason] = ["estop-reset-name", "estop-reset-reason"].map(find);
  const hold = createHold(dialog, () => [find("estop-reset-yes")]);
  let moment = null; // when the dialog was opened, or has told of a refusal
  let given = null; // the key of what the open question has ordered

  button.addEventListener("click", open);
  find("estop-reset-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  dialog.querySelector("button[value=cancel]").addEventListener("click", () => dialog.close()); // no submit button, or Enter in a field would press it

  function open() {
    given = null;
    reason.value = "";
    setOutcome(find("estop-reset-outcome"), null);
    moment = orders.moment();
    dialog.showModal();
    hold.arm();
    name.focus();
  }

  async function submit() {
    if (given !== null && orders.at(SPOT)?.ended === null) return; // on its way: another would be refused for the first one's sake
    const values = { name: name.value.trim(), reason: reason.value.trim() };
    const answer = orders.give({ spot: SPOT, order: "estopReset", wanted: { name: values.name }, moment, call: (order) => order.estopReset(values) });
    given = orders.at(SPOT)?.key ?? null;
    await answer;
    moment = orders.moment();
    page.readNow();
  }

  /** The question stays open until its order has ended, and shows how it was refused. */
  function renderQuestion() {
    const said = orders.at(SPOT);
    if (!dialog.open || given === null || said?.key !== given) return;
    if (said.kind === "done") dialog.close();
    else setOutcome(find("estop-reset-outcome"), said);
  }

  function render() {
    const { status } = state.get();
    if (status === null) return; // what the page was sent with stands until then
    const latch = latchOf(status);
    setProperty(bar, "hidden", latch === null);
    setAttribute(document.body, "data-latched", latch !== null);
    setProperty(button, "hidden", page.readOnly());
    setProperty(button, "disabled", !page.orderable());
    renderQuestion();
    const { head, rest, memory } = latch === null ? { head: "", rest: "", memory: "" } : latchTexts(latch, words);
    setText(find("estop-title"), head);
    setText(find("estop-since"), rest);
    setText(find("estop-memory"), memory);
    setProperty(find("estop-memory"), "hidden", memory === "");
    if (latch !== null) setText(find("estop-reset-latch"), `${head}. ${rest}`);
  }

  return { render };
}
