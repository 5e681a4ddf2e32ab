// The scene's texts in the page's language, by the names that scene/words.js lists. Pure.

const NAMES = [
  "pv", "utility", "load", "deal", "agreed", "gridMaster", "reference", "clock", "silent", "stale", "alarm", "unwatched", "hubLabel", "ramping", "dead",
  "outOfBand", "noReference", "off", "unknown", "skew", "dealsUnknown", "noUnits", "list", "live", "charging", "discharging", "charge", "agreedUnit", "old", "d", "h", "min", "s",
];

export function sceneWords(words) {
  return Object.fromEntries(NAMES.map((name) => [name, words.t(`scene.${name}`)]));
}
