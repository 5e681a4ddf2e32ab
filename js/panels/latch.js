// The E-stop's latch above everything, and its Reset, which asks for a name and a reason (I17). Used by main.js and journal.js.

import { latchOf, latchTexts } from "../lib/estop.js";
import { isReadOnly, mayOrder } from "../lib/permits.js";
import { createSigned } from "../widgets/signed.js";
import { setAttribute, setProperty, setText } from "../widgets/text.js";

export function createLatch({ words, orders, state, readNow }) {
  const find = (id) => document.getElementById(id);
  const [bar, button] = ["estop-bar", "estop-reset"].map(find);
  const question = createSigned({ orders, readNow }, "estop-reset");
  let told = ""; // the latch in a sentence, for the question

  button.addEventListener("click", () =>
    question.open({
      title: words.t("estop.reset.title"),
      did: told,
      spot: "cluster:estop",
      order: "estopReset",
      call: (order, signed) => order.estopReset(signed),
    }),
  );

  function render() {
    const now = state.get();
    const { status } = now;
    if (status === null) return; // what the page was sent with stands until then
    const latch = latchOf(status);
    setProperty(bar, "hidden", latch === null);
    setAttribute(document.body, "data-latched", latch !== null);
    setProperty(button, "hidden", isReadOnly(now));
    setProperty(button, "disabled", !mayOrder(now));
    const { head, rest, memory } = latch === null ? { head: "", rest: "", memory: "" } : latchTexts(latch, words);
    setText(find("estop-title"), head);
    setText(find("estop-since"), rest);
    setText(find("estop-memory"), memory);
    setProperty(find("estop-memory"), "hidden", memory === "");
    if (latch !== null) told = `${head}. ${rest}`;
    if (latch !== null && question.isOpen()) question.tell(told);
    question.render();
  }

  return { render };
}
