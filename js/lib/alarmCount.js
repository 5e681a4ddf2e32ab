// How many alarms stand to be read: for the page's title, which is read where the page is not seen, and beside its link to them. Pure.

import { finite } from "./figures.js";

/** Those that the controller counts, and one more while what the page shows is not of now, which only the page knows. */
export function alarmCount({ status, alive }) {
  return toRead(status) + (alive ? 0 : 1);
}

/** How many the controller says are to be read. */
export function toRead(status) {
  return finite(status?.alarms?.unacknowledged) ?? 0;
}
