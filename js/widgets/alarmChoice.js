// Whether this browser was told to sound for alarms: off until somebody chooses it. Kept in the browser, for all of its pages.

import { keep, read } from "./kept.js";

const KEY = "alarmSound";

export function soundChosen() {
  return read(KEY) === "on";
}

/** Where nothing can be kept, nothing can be chosen: the box shows it. */
export function chooseSound(on) {
  keep(KEY, on ? "on" : "off");
}
