// The scene's own texts in English; the page's catalogue replaces any of them (createScene's and setWords' `words`).

export const SCENE_WORDS = Object.freeze({
  pv: "PV",
  utility: "utility",
  load: "load",
  deal: "deal",
  signs: "+ charges, \u2212 discharges",
  spur: "current without a deal",
  agreed: "agreed, no current yet",
  untold: "current unknown",
  gridMaster: "Grid Master",
  reference: "voltage reference",
  clock: "units\u2019 clock",
  silent: "silent",
  stale: "stale",
  alarm: "alarm",
  priority: "alarm of priority {n}",
  unwatched: "unwatched",
  hubLabel: "BUS",
  ramping: "ramping",
  dead: "dead",
  outOfBand: "out of band",
  noReference: "no voltage reference",
  twoReferences: "two voltage references",
  off: "no voltage reference",
  unknown: "not known",
  last: "last {voltage} V, {age} old",
  skew: "readings up to {seconds} s apart",
  dealsUnknown: "deals not known",
  noUnits: "no units known yet",
  list: "Units on the bus",
  live: "live",
  charging: "takes {current} A",
  discharging: "gives {current} A",
  charge: "charge {percent}",
  agreedUnit: "in a deal, no current yet",
  unknownUnit: "in a deal, current unknown",
  old: "{age} old",
  d: "d",
  h: "h",
  min: "min",
  s: "s",
});

/** "{name}" in the text replaced by the values. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}
