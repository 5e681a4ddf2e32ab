// How complete the record is, as a table of units and days: the figure stands in each cell, and its colour only says the same again.

import { isCoverage } from "../lib/recordReplies.js";
import { beginOf, endOf } from "../lib/slots.js";
import { coverageText } from "../lib/slotFigures.js";
import { visible } from "../lib/wire.js";
import { localOf } from "../lib/zones.js";
import { make, setAttribute, setProperty, setText } from "../widgets/text.js";
import { createUnread } from "../widgets/unread.js";

const AT_FIRST = 50; // units
const LEVELS = [
  [0.995, "whole"],
  [0.9, "most"],
  [0.5, "part"],
  [0, "little"],
];
const TWO = (value) => String(value).padStart(2, "0");

export function createDayMap(host, { words, api }) {
  const wrap = make("div", "", { class: "wrap", tabindex: "0", role: "region" });
  const table = make("table", "", { class: "day-map" });
  const more = make("button", "", { type: "button", class: "quiet" });
  const outcome = make("p", "", { class: "outcome" });
  const said = createUnread(outcome, { words, key: "history.unread" });
  wrap.append(table);
  host.replaceChildren(outcome, wrap, more);
  let found = null; // the reply, with the unit that is shown of it and when it was read
  let ahead = null; // the days whose end was brought in sight
  let most = AT_FIRST;
  let reading = 0;
  more.addEventListener("click", () => {
    most = Number.POSITIVE_INFINITY;
    render();
  });

  /** Shows {from, to} (Date); gives the ids of all units that were ever recorded. */
  async function show({ from, to }, unitId) {
    const mine = (reading += 1);
    const answer = await api.coverage({ from: from.toISOString(), to: to.toISOString() }, isCoverage);
    if (mine !== reading) return null;
    const question = JSON.stringify([beginOf(localOf(from, words.zone), words.zone), beginOf(localOf(to, words.zone), words.zone)]);
    if (answer.ok) {
      found = { ...answer.body, unitId, at: words.now(), question };
      said.say("");
    } else {
      said.tell(answer, found && { at: found.at, same: found.question === question });
      if (found !== null) found = { ...found, unitId };
    }
    render();
    return found === null ? null : found.units.map((one) => one.unitId).filter((id) => id !== null);
  }

  function render() {
    setAttribute(wrap, "aria-label", words.t("history.map"));
    const units = (found?.units ?? []).filter(({ unitId }) => found.unitId === null || unitId === found.unitId);
    const shown = units.slice(0, most);
    table.replaceChildren(...(found === null ? [] : [headOf(found.days), bodyOf(shown)]));
    if (found !== null && ahead !== found.question) {
      wrap.scrollLeft = wrap.scrollWidth; // the newest days are those that are looked for
      ahead = found.question;
    }
    setText(more, words.t("and.more", { n: units.length - shown.length }));
    setProperty(more, "hidden", shown.length === units.length);
  }

  function headOf(days) {
    const head = make("thead");
    const row = make("tr");
    row.append(make("th", words.t("journal.unit"), { scope: "col" }));
    for (const day of days) {
      const local = localOf(new Date(day), words.zone);
      const cell = make("th", "", { scope: "col", translate: "no" });
      cell.append(make("span", local.day === 1 || day === days[0] ? `${local.month}/` : "", { class: "month" }), make("span", TWO(local.day)));
      setAttribute(cell, "title", `${local.year}-${TWO(local.month)}-${TWO(local.day)}`);
      row.append(cell);
    }
    head.append(row);
    return head;
  }

  function bodyOf(units) {
    const body = make("tbody", "", { translate: "no" });
    body.append(
      ...units.map(({ unitId, coverage }) => {
        const row = make("tr");
        row.append(
          make("th", unitId === null ? words.t("cluster.label") : visible(unitId), { scope: "row" }),
          ...coverage.map((part, index) => cellOf(part, found.days[index])),
        );
        return row;
      }),
    );
    return body;
  }

  function cellOf(part, day) {
    const kept = found.reachesBackTo !== null && endOf(Date.parse(day) / 1000, "day", words.zone) > Date.parse(found.reachesBackTo) / 1000;
    if (!kept) return make("td", "·", { "data-covered": "none", title: words.t("history.notKept") });
    return make("td", coverageText(part).replace(" %", ""), {
      "data-covered": LEVELS.find(([least]) => part >= least && (part > 0 || least === 0))[1],
      title: coverageText(part),
    });
  }

  return { show, render };
}

/** The days that the map shows of a range: at least `least` of them, at most `most`, up to its end. */
export function daysOf({ from, to }, zone, { least = 14, most = 62 } = {}) {
  const day = localOf(to, zone);
  const first = Math.max(
    beginOf({ ...day, day: day.day - most + 1 }, zone),
    Math.min(from.getTime() / 1000, beginOf({ ...day, day: day.day - least + 1 }, zone)),
  );
  return { from: new Date(first * 1000), to };
}
