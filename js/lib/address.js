// What the page's address says is shown: a unit's details and which units the list shows. Pure.
//
//   ?unit=E003            its details are open          ?filter=silent&mode=manual&find=mill&sort=age     the list
// After a # they are read as well. All else in the query, such as display=wall, stays as it is.

import { FILTERS, MODES, SORTED } from "./filters.js";

const LONGEST = 200; // characters of an id or of what is looked for
export const ALL = Object.freeze({ filter: "all", mode: "", find: "", sort: "id" });

/** {unit: an id or null, list: {filter, mode, find, sort}}; what nobody can show counts for nothing. */
export function readAddress({ search = "", hash = "" }) {
  const [asked, beside] = [new URLSearchParams(search), new URLSearchParams(hash.replace(/^#/, ""))];
  const of = (name) => (asked.get(name) ?? beside.get(name) ?? "").slice(0, LONGEST);
  const known = (name, values) => (values.includes(of(name)) ? of(name) : ALL[name]);
  return {
    unit: of("unit") || null,
    list: { filter: known("filter", FILTERS), mode: known("mode", MODES), find: of("find"), sort: known("sort", SORTED) },
  };
}

/** The query that says so, beside what else `search` holds: "" or "?...". */
export function addressOf({ unit = null, list = ALL }, search = "") {
  const query = new URLSearchParams(search);
  for (const [name, value] of Object.entries({ unit: unit ?? "", ...list })) {
    if (value === "" || value === ALL[name]) query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString().replaceAll("%3A", ":"); // as the time machine writes it (past.js): the same address reads the same
  return text === "" ? "" : `?${text}`;
}
