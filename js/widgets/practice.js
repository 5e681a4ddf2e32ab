// On a simulated cluster: a press for each kind of alarm, so that it can be seen and practised.

import { isPractice } from "../lib/alarmReplies.js";
import { failureSentence } from "../lib/sentences.js";
import { isolated } from "../lib/wire.js";
import { kindKey } from "./alarmRow.js";
import { make, setAttribute, setText } from "./text.js";

/** @param api {practice, press, release} of api.js; @param list, @param end, @param outcome elements, null on a real cluster */
export function createPractice({ words, api, list, end, outcome }) {
  let shown = null; // {kinds, pressed} as told last
  if (list === null) return { show: () => {}, render: () => {} };

  list.addEventListener("click", ({ target }) => {
    const kind = target.closest("[data-kind]")?.dataset.kind;
    if (kind !== undefined) take(api.press({ kind }));
  });
  end.addEventListener("click", () => take(api.release()));

  async function take(answering) {
    const answer = await answering;
    if (answer.ok && isPractice(answer.body)) shown = answer.body;
    setText(outcome, answer.ok ? "" : failureSentence(answer, words));
    outcome.dataset.kind = answer.ok ? "" : "bad";
    render();
  }

  function render() {
    if (shown === null) return;
    if (list.childElementCount !== shown.kinds.length) list.replaceChildren(...shown.kinds.map(buttonOf));
    for (const { firstElementChild: button } of list.children) {
      const kind = button.dataset.kind;
      setText(button, words.t(kindKey(kind, words)));
      setAttribute(button, "title", isolated(kind));
      setAttribute(button, "aria-pressed", String(kind === shown.pressed));
    }
  }

  function buttonOf(kind) {
    const line = make("li");
    line.append(make("button", "", { type: "button", translate: "no", "data-kind": kind }));
    return line;
  }

  return { show: () => take(api.practice(isPractice)), render };
}
