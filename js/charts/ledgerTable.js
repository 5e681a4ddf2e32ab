// Deals that are over as rows: between whom, when current flowed, what left and what arrived, how sure that is, and how it ended.

import { countOf } from "../lib/dealBars.js";
import { duration } from "../lib/durations.js";
import { MISSING, figure } from "../lib/figures.js";
import { keyed, make, setAttribute, setText } from "../widgets/text.js";

const HEADS = ["ended", "pair", "flowed", "outWh", "inWh", "lossWh", "unsure", "end"];
const FIGURES = new Set(["deals", "outWh", "inWh", "lossWh", "unsure", "partlyKnown"]);

/** @param label () → what the table is called */
export function createLedgerTable(host, { words, label }) {
  const wrap = make("div", "", { class: "wrap", tabindex: "0", role: "region" });
  const table = make("table", "", { class: "stacked" });
  const head = make("tr");
  const rows = make("tbody");
  const heads = make("thead");
  head.append(...HEADS.map((name) => make("th", "", { scope: "col", ...kindOf(name) })));
  heads.append(head);
  table.append(heads, rows);
  wrap.append(table);
  host.replaceChildren(wrap);

  /** @param deals as /ledger gives them */
  function show(deals) {
    setAttribute(wrap, "aria-label", label());
    for (const [index, name] of HEADS.entries()) setText(head.children[index], words.t(`ledger.${name}`, { zone: words.zone }));
    keyed(
      rows,
      deals,
      ({ id }) => String(id),
      () => {
        const row = make("tr", "", { translate: "no" });
        row.append(...HEADS.map((name) => make("td", "", kindOf(name))));
        return row;
      },
      (row, deal) => {
        for (const [index, text] of textsOf(deal).entries()) {
          setText(row.children[index], text);
          setAttribute(row.children[index], "data-label", words.t(`ledger.${HEADS[index]}`, { zone: words.zone }));
        }
        setAttribute(row.lastChild, "data-level", deal.end === "cut" || deal.end === "unknown" ? "warn" : null);
      },
    );
  }

  function textsOf(deal) {
    const seconds = (Date.parse(deal.flowedTo ?? deal.endedAt) - Date.parse(deal.flowedFrom)) / 1000;
    const flowed = deal.flowedFrom === null ? MISSING : words.t("ledger.lasted", { at: words.moment(deal.flowedFrom), time: duration(seconds, words.units) });
    const pair = words.t("ledger.between", { from: deal.dischargingUnit, to: deal.chargingUnit });
    return [words.moment(deal.endedAt, { seconds: true }), pair, flowed, ...energiesOf(deal), endOf(deal)];
  }

  function energiesOf({ outWh, inWh, lossWh, uncertaintyWh }) {
    return [figure(outWh, 1), figure(inWh, 1), figure(lossWh, 1), uncertaintyWh === null ? MISSING : `± ${figure(uncertaintyWh, 1)}`];
  }

  function endOf({ end, cause, method, coverage }) {
    const parts = [words.t(`ledger.end.${end}`)];
    if (cause !== null) parts.push(words.t(`ledger.cause.${cause.kind}`, { id: cause.command ?? "" }).trim());
    if (method === "attributed") parts.push(words.t("ledger.attributed"));
    if (coverage < 0.995 && end !== "neverStarted") parts.push(words.t("ledger.partly", { percent: figure(coverage * 100) }));
    return parts.join(" · ");
  }

  return { show };
}

function kindOf(name) {
  return FIGURES.has(name) ? { "data-kind": "figure" } : {};
}

/** What deals moved, as rows of /ledger/sums. */
export function createSumsTable(host, { words }) {
  const names = ["start", "pair", "deals", "outWh", "inWh", "lossWh", "unsure", "partlyKnown"];
  const table = make("table", "", { class: "stacked" });
  const head = make("tr");
  const rows = make("tbody");
  const heads = make("thead");
  const wrap = make("div", "", { class: "wrap", tabindex: "0", role: "region" });
  heads.append(head);
  table.append(heads, rows);
  wrap.append(table);
  host.replaceChildren(wrap);

  /** @param sums the reply's {by, rows} */
  function show({ by, rows: sums }, { pair }) {
    const shown = names.filter((name) => pair || name !== "pair");
    setAttribute(wrap, "aria-label", words.t("ledger.sums"));
    head.replaceChildren(...shown.map((name) => make("th", words.t(`ledger.${name}`, { zone: words.zone }), { scope: "col", ...kindOf(name) })));
    rows.replaceChildren(...sums.map((sum) => rowOf(sum, by, shown)));
  }

  function rowOf(sum, by, shown) {
    const texts = {
      start: sum.start.slice(0, { hour: 16, day: 10, month: 7 }[by]).replace("T", " "), // by the site's clock already
      pair: sum.dischargingUnit === null ? "" : words.t("ledger.between", { from: sum.dischargingUnit, to: sum.chargingUnit }),
      deals: countOf(sum, words),
      outWh: figure(sum.outWh, 1),
      inWh: figure(sum.inWh, 1),
      lossWh: figure(sum.lossWh, 1),
      unsure: `± ${figure(sum.uncertaintyWh, 1)}`,
      partlyKnown: String(sum.partly),
    };
    const row = make("tr", "", { translate: "no" });
    row.append(...shown.map((name) => make("td", texts[name], { "data-label": words.t(`ledger.${name}`, { zone: words.zone }), ...kindOf(name) })));
    return row;
  }

  return { show };
}
