// The deals as text (G13) and as what they are: who gives, who takes, whether current flows, for how long, how much (K12, Z6).
// What the deal says of itself in apis-main's own words is folded.

import { dealState, dealStory } from "../lib/deals.js";
import { pairOf } from "../lib/sentences.js";
import { isolated, visible } from "../lib/wire.js";
import { keyed, make, setAttribute, setProperty, setText } from "../widgets/text.js";

export function createDeals({ words, state }) {
  const list = document.getElementById("deals");
  const note = document.getElementById("deals-note");
  const more = document.getElementById("deals-more");
  const wall = document.body.dataset.display === "wall"; // nobody can scroll there

  function render(model) {
    const unknown = whyUnknown(model);
    setProperty(note, "hidden", unknown === null);
    setText(note, unknown === null ? "" : `${words.t("deals.unknown", { why: unknown })} ${model.deals.length > 0 ? words.t("deals.kept") : ""}`);
    const shown = wall ? runningFirst(model.deals) : model.deals;
    const items = shown.length > 0 || unknown !== null ? shown : [{ key: "none", none: true }];
    keyed(
      list,
      items,
      ({ key }) => key,
      () => make("li"),
      (element, deal) => update(element, deal, model, unknown !== null),
    );
    if (wall) renderMore();
  }

  function renderMore() {
    const n = cutOf(list);
    setText(more, n > 0 ? words.t("and.more", { n }) : "");
  }

  function whyUnknown({ status, dealsKnown }) {
    if (dealsKnown) return null;
    if (status === null) return words.t("deals.loading");
    if (!state.get().alive) return words.t("deals.noanswer");
    if (status.grid.noGridMaster === true) return words.t("deals.nomaster");
    if (status.apisWeb.budoEmulator?.up === false) return words.t("deals.noweb");
    return words.t(status.grid.noGridMaster === null ? "deals.masterunknown" : "deals.untold");
  }

  function update(element, deal, model, kept) {
    if (deal.none) {
      setText(element, words.t("deals.none"));
      element.className = "none";
      return;
    }
    if (element.childElementCount === 0) {
      const pair = make("b", "", { "aria-hidden": "true", translate: "no" });
      pair.append(make("bdi"), " → ", make("bdi"));
      element.append(
        pair,
        make("span", "", { class: "unseen" }),
        " ",
        make("span", "", { translate: "no" }),
        " ",
        make("span", "", { class: "tag", translate: "no" }),
        " ",
        make("span", "", { class: "story", translate: "no" }),
        foldedLines(),
      );
    }
    const [pair, says, standing, master, story, folded] = element.children;
    setText(pair.firstChild, visible(deal.from));
    setText(pair.lastChild, visible(deal.to));
    setText(says, words.t("deal.says", { from: deal.from, to: deal.to }));
    const { kind, text } = dealState(deal, words);
    setText(standing, text);
    standing.className = kind;
    setText(master, deal.master ? words.t("deal.master") : "");
    setText(story, dealStory(deal, model, words));
    setText(folded.firstChild, words.t("deal.more"));
    setAttribute(folded.firstChild, "aria-label", `${words.t("deal.more")} · ${pairOf(deal)}`);
    setText(folded.lastChild, linesOf(deal));
    element.classList.toggle("kept", kept);
  }

  function foldedLines() {
    const folded = make("details", "", { class: "deal-lines" });
    folded.append(make("summary"), make("span", "", { translate: "no" }));
    return folded;
  }

  function linesOf(deal) {
    const { text, converted } = words.ofUnits(deal.since, state.get().status);
    const since = deal.since && !converted ? `${isolated(text)} (${words.t("deal.unitclock")})` : text;
    return [
      isolated(deal.request ?? "--"),
      words.t("deal.requester", { id: deal.requester ?? "--" }),
      words.t("deal.responder", { id: deal.responder ?? "--" }),
      since,
    ].join(" · ");
  }

  return { render };
}

/** Where not all fit, those with current are the ones to see; the others keep their order. */
function runningFirst(deals) {
  return [...deals].sort((one, other) => Number(other.running) - Number(one.running));
}

/** How many rows the style sheet moved out of sight, into columns beside the list, because they do not fit below each other. */
function cutOf(list) {
  const edge = list.offsetLeft + list.clientWidth;
  return [...list.children].filter(({ offsetLeft }) => offsetLeft >= edge).length;
}
