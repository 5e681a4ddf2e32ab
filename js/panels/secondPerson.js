// Overrides that wait for a second person (setting twopersons): the page that asked counts down and may withdraw, every other one shows who asks what, against
// which rules and why, and asks before it confirms. That press is the press: the controller judges everything anew by it.

import { orderNeeds } from "../lib/needs.js";
import { secondsLeft, waitingForSecond } from "../lib/secondPerson.js";
import { failureSentence, liveNow, needSentence, orderTitle } from "../lib/sentences.js";
import { serverNow } from "../lib/serverTime.js";
import { keyed, make, setOutcome, setProperty, setText, showNeed } from "../widgets/text.js";

const $ = globalThis.jQuery;
const SPOT = "second";

export function createSecondPerson({ words, orders, state, api, ask, readNow }) {
  const find = (id) => document.getElementById(id);
  const [section, list, outcome] = ["second", "second-list", "second-outcome"].map(find);

  $(list)
    .on("click", "[data-act=second-confirm]", ({ currentTarget }) => confirm(idOf(currentTarget)))
    .on("click", "[data-act=second-withdraw]", ({ currentTarget }) => withdraw(idOf(currentTarget)));

  const idOf = (button) => button.closest("li").dataset.key;
  const told = () => state.get().live ?? state.get(); // of now, also while the page shows the past
  const waiting = () => waitingForSecond({ ...state.get(), ...told() });
  const left = (command) => secondsLeft(command, serverNow(told(), performance.now()));
  const standing = (id) => waiting().find(({ command }) => command.id === id)?.command ?? null;

  async function confirm(id) {
    const command = standing(id);
    if (command === null) return;
    const { unitId, wanted } = command;
    const { answer, moment } = await ask({
      title: words.t("second.ask"),
      lead: `${headOf({ command })} ${words.t("second.lead")}`,
      facts: () => liveNow(state.get().model, words, state.get().model.byId.get(unitId) ?? null),
      rules: () => linesOf(standing(id)),
      note: () => noteOf(standing(id)),
      yes: words.t("second.yes"),
    });
    if (answer === "yes") orders.give({ spot: SPOT, order: "confirm", unitId, wanted, moment, call: (order) => order.confirm(id) });
  }

  async function withdraw(id) {
    const answer = await api.withdraw(id);
    if (!answer.ok) orders.say(SPOT, failureSentence(answer, words));
    readNow();
  }

  function linesOf(command) {
    return (command?.second.rules ?? []).map((rule, index) => `(${rule}) ${words.said(command.second.says[index] ?? "")}`);
  }

  function noteOf(command) {
    return command === null ? words.t("second.over") : words.t("second.note", { n: left(command) });
  }

  function headOf({ command, own }) {
    return words.t(own ? "second.waits" : "second.asked", { by: command.by, what: orderTitle(command, words), reason: command.override });
  }

  function render() {
    const found = waiting();
    const told = orders.shown(SPOT);
    setProperty(section, "hidden", found.length === 0 && !told);
    setOutcome(outcome, told ?? null);
    keyed(list, found, ({ command }) => command.id, build, update);
  }

  function build({ own }) {
    const row = make("li", "", { class: "unwatched-row" });
    const told = make("div", "", { class: "grow" });
    const line = make("p");
    line.append(make("b"), " ", make("span", "", { "aria-hidden": "true" })); // the countdown: the list is read out as it changes
    told.append(line, make("ul"), make("p", "", { class: "hint" }));
    row.append(make("span", "▲", { class: "sign", "aria-hidden": "true" }), told);
    row.append(make("button", "", { type: "button", "data-act": own ? "second-withdraw" : "second-confirm" }));
    return row;
  }

  function update(row, { command, own }) {
    const [line, rules, needs] = row.children[1].children;
    const lacks = needSentence(orderNeeds(state.get(), "engineer"), words);
    setText(line.firstElementChild, headOf({ command, own }));
    setText(line.lastElementChild, words.t("second.left", { n: left(command) }));
    keyed(
      rules,
      linesOf(command).map((text, index) => ({ text, index })),
      ({ index }) => String(index),
      () => make("li"),
      (element, { text }) => setText(element, text),
    );
    setText(row.lastElementChild, words.t(own ? "second.withdraw" : "second.look"));
    setProperty(row.lastElementChild, "disabled", lacks !== "");
    showNeed(needs, lacks);
  }

  return { render };
}
