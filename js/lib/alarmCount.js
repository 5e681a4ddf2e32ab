// How many alarms stand on the page: for its title, which is read where the page is not seen. Pure.

import { conditionsOf } from "./conditions.js";
import { latchOf } from "./estop.js";

/**
 * Unwatched hardware that nobody has acknowledged, alarms of the bus, a grid error, the E-stop's latch, apis-web that cannot be
 * reached, and that what the page shows is not of now.
 */
export function alarmCount({ status, alive, model }, words) {
  const unwatched = model.units.filter((unit) => unit.unwatched && unit.acknowledged === null).length;
  const bus = conditionsOf(status, words);
  const grave = bus.grave.length + bus.others.filter(({ level }) => level === "alarm").length;
  const latched = latchOf(status) === null ? 0 : 1;
  if (!alive) return unwatched + grave + latched + 1; // what was told of the rest holds no longer
  const away = Object.values(status?.apisWeb ?? {}).some((peer) => peer?.up === false) ? 1 : 0;
  return unwatched + grave + latched + away + (status?.grid?.error === true ? 1 : 0);
}
