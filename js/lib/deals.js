// How a deal stands in words: for how long current flows, what it has carried, and what it waits for (G13, K12, Z6). Pure.

import { duration } from "./durations.js";
import { figure, finite } from "./figures.js";

const FEW = 10; // Wh: below it kWh to two decimals tell little

/** {kind, text}: its current or why there is none; kind is "amps" or "agreed". */
export function dealState(deal, words) {
  if (deal.running) return { kind: "amps", text: `${figure(deal.current, 1)} A` };
  const key = !deal.known ? "deal.cannot" : deal.currentSince ? "deal.paused" : "deal.agreed";
  return { kind: "agreed", text: words.t(key) };
}

/** "12 min · about 0.35 kWh", which the ledger tells better once the deal is over; of one without current since when or for whom it waits; with "at least" where not all of it was seen. */
export function dealStory(deal, { byId, status, elapsed, dealsKnown, lost }, words) {
  const parts = [];
  const since = lost ? 0 : elapsed; // what nobody vouches for stands still
  if (deal.running) parts.push(lasting(deal, Date.parse(status?.time) / 1000 + since, words));
  else if (deal.known && deal.standsSince) parts.push(words.t("deal.since", { at: words.time(deal.standsSince) }));
  else if (!deal.known) parts.push(dealsKnown ? whoIsAway(deal, byId, words) : "");
  if (deal.currentSince) parts.push(energyOf(deal, words));
  return parts.filter(Boolean).join(" · ");
}

/** For how long current was seen, in whole minutes from the first on. */
function lasting({ currentSince, sawBegin }, now, words) {
  const seconds = now - Date.parse(currentSince) / 1000;
  if (!currentSince || !Number.isFinite(seconds)) return "";
  const time = duration(seconds < 60 ? seconds : Math.floor(seconds / 60) * 60, words.units);
  return sawBegin ? time : words.t("atleast", { what: time });
}

function energyOf({ energyWh, sawBegin, gaps }, words) {
  const wh = finite(energyWh);
  if (wh === null) return words.t("deal.noenergy");
  const text = words.t("about", { what: wh < FEW ? `${figure(wh, 1)} Wh` : `${figure(wh / 1000, 2)} kWh` });
  return sawBegin && !gaps ? text : words.t("atleast", { what: text });
}

/** Which of its units do not tell: "E002 is silent". */
function whoIsAway({ from, to }, byId, words) {
  return [...new Set([from, to])]
    .filter((id) => byId.get(id)?.state !== "live")
    .map((id) => words.t("deal.away", { id, state: words.t(`state.${byId.get(id)?.state ?? "silent"}`) }))
    .join(words.t("list.and"));
}
