// Which units the list shows, in which order, and how many each filter would show. Pure.

const TESTS = {
  all: () => true,
  live: (unit) => unit.state === "live",
  stale: (unit) => unit.state === "stale",
  silent: (unit) => unit.state === "silent",
  alarm: (unit) => isAlarming(unit),
  deal: (unit) => unit.inDeal,
};

export const FILTERS = Object.freeze(Object.keys(TESTS));
export const MODES = Object.freeze(["", "autonomous", "heteronomous", "stop", "manual"]);

/** Something about this unit that is not normal and is more than its silence. */
export function isAlarming(unit) {
  return (
    (unit.alarmPriority ?? Infinity) <= 2 ||
    unit.alarm ||
    unit.conflict !== null ||
    unit.trips?.tooMany === true ||
    (unit.unwatched && unit.acknowledged === null)
  );
}

/** The units to show, in order. `choice` = {filter, mode, find, sort}; units come by id and ties stay so. */
export function selectUnits(units, { filter = "all", mode = "", find = "", sort = "id" } = {}) {
  const test = TESTS[filter] ?? TESTS.all;
  const wanted = find.trim().toLowerCase();
  const chosen = units.filter((unit) => test(unit) && (mode === "" || unit.effective === mode) && (wanted === "" || textOf(unit).includes(wanted)));
  const key = SORTS[sort];
  return key
    ? chosen
        .map((unit) => [key(unit), unit])
        .sort(([one], [other]) => (one === other ? 0 : other > one ? 1 : -1))
        .map(([, unit]) => unit)
    : chosen;
}

/** {filter: how many} over all units. */
export function countFilters(units) {
  const counts = Object.fromEntries(FILTERS.map((name) => [name, 0]));
  for (const unit of units) for (const name of FILTERS) if (TESTS[name](unit)) counts[name] += 1;
  return counts;
}

const SORTS = {
  charge: (unit) => unit.rsoc ?? -Infinity,
  power: (unit) => (unit.wg === null ? -Infinity : Math.abs(unit.wg)),
  age: (unit) => unit.age ?? Number.MAX_VALUE,
};

export const SORTED = Object.freeze(["id", ...Object.keys(SORTS)]);

function textOf(unit) {
  return `${unit.id} ${unit.name ?? ""} ${unit.ip ?? ""}`.toLowerCase();
}
