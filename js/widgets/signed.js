// A question that takes a name and a reason before its order, and stays open until that order has ended: a refusal is told in it.
// The dialog's parts have ids that begin with its own (views/signed.tpl). Used by latch.js, forget.js, trips.js and locks.js.

import { createHold } from "./hold.js";
import { setAttribute, setOutcome, setText } from "./text.js";

/** `id` is what the parts' ids begin with: "forget" for #forget-dialog. */
export function createSigned({ orders, readNow }, id) {
  const find = (part) => document.getElementById(`${id}-${part}`);
  const [dialog, form, name, reason, outcome] = ["dialog", "form", "name", "reason", "outcome"].map(find);
  const hold = createHold(dialog, () => [form.querySelector("button[type=submit]")]);
  let asked = null; // what the question was opened with; its `moment`, when it was opened or has told of a refusal; the key of what it has ordered
  let told = ""; // what it stands open about

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(asked);
  });
  dialog.querySelector("button[value=cancel]").addEventListener("click", () => dialog.close()); // no submit button, or Enter in a field would press it

  /**
   * open({title, did, level, spot, order, unitId, call})
   *   did     what the question is about, in its first line; level "alarm" where that is grave
   *   call    (order, {name, reason}) => answer: gives it by one of api.orders' functions
   */
  function open({ title, did, level = null, ...question }) {
    asked = { unitId: null, ...question, moment: orders.moment(), key: null };
    setText(find("title"), title);
    tell(did, level);
    reason.value = "";
    setOutcome(outcome, null);
    dialog.showModal();
    hold.arm();
    name.focus();
  }

  /** What the question is about, where that moves while it stands open. */
  function tell(did, level = null) {
    if (told !== did) hold.again(); // it asks something else now
    told = did;
    setText(find("did"), did);
    setAttribute(find("did"), "data-level", level);
  }

  async function submit(question) {
    const { spot, order, unitId, moment, call } = question;
    if (isUnderWay(question)) return; // another would be refused for the first one's sake
    const values = { name: name.value.trim(), reason: reason.value.trim() };
    const answer = orders.give({ spot, order, unitId, wanted: { name: values.name }, moment, call: (given) => call(given, values) });
    question.key = orders.at(spot)?.key ?? null;
    await answer;
    question.moment = orders.moment();
    readNow();
  }

  function isUnderWay({ spot, key }) {
    const given = orders.at(spot);
    return key !== null && given?.key === key && given.ended === null;
  }

  function render() {
    if (!dialog.open || asked === null || asked.key === null) return;
    const said = orders.at(asked.spot);
    if (said?.key !== asked.key) return;
    if (said.kind === "done") dialog.close();
    else setOutcome(outcome, said);
  }

  return { open, tell, render, isOpen: () => dialog.open };
}
