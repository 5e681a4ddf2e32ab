// A field in which a time is entered by the site's clock, with the zone beside it, the same time by the browser's clock where that shows
// another, and a choice for the hour that the clock shows twice. Used by panels/schedules.js and journal.js.
//
// Its parts have ids that begin with the field's own: -which, -zone and -here.

import { asEntered, enteredTime } from "../lib/enteredTimes.js";
import { bare } from "../lib/held.js";
import { offsetAt, offsetText, zoneName } from "../lib/zones.js";
import { make, setProperty, setText } from "./text.js";

/** @param likely (choices) => the one of the instants that is meant while nobody has chosen, by its place among them */
export function createTimeField({ words, id, likely = () => 0 }) {
  const input = document.getElementById(id);
  const [which, zone, here] = ["which", "zone", "here"].map((part) => document.getElementById(`${id}-${part}`));
  let offered = "";
  let inZone = words.zone; // whose clock the field is read by

  /** {date, choices} or {problem, choices}, as enteredTimes.js reads it. */
  function read() {
    return enteredTime(input.value, { zone: words.zone, pick: pick() });
  }

  function pick() {
    return which.hidden ? 0 : which.selectedIndex;
  }

  /** Another zone shows the time that was meant in its own way, and does not make another time of it. */
  function keepInstant() {
    const { date = null } = enteredTime(input.value, { zone: inZone, pick: pick() });
    inZone = words.zone;
    if (date !== null) set(asEntered(date, inZone));
  }

  function set({ field, pick: wanted }) {
    inZone = words.zone;
    input.value = field;
    render();
    if (!which.hidden) which.selectedIndex = wanted;
    render();
  }

  /** To be called whenever the field, the choice, the language or the zone has changed. */
  function render() {
    if (words.zone !== inZone) keepInstant();
    offer(enteredTime(input.value, { zone: words.zone }).choices);
    const { date = null } = read();
    setText(zone, zoneName(date ?? words.now(), words.zone, words.language));
    const beside = date === null ? "" : words.beside(date);
    setText(here, beside === "" ? "" : `(${beside})`);
  }

  function offer(choices) {
    const twice = choices.length > 1;
    const labels = twice ? choices.map(labelOf) : [];
    const wanted = which.hidden ? likely(choices) : which.selectedIndex;
    if (labels.join() !== offered) {
      offered = labels.join();
      which.replaceChildren(...labels.map((label) => make("option", label)));
      if (twice) which.selectedIndex = wanted;
    }
    setProperty(which, "hidden", !twice);
  }

  function labelOf(at, index) {
    const [, ...time] = bare(words.moment(at)).split(" ");
    return words.t(index === 0 ? "time.first" : "time.second", { time: time.join(" "), offset: offsetText(offsetAt(at, words.zone)) });
  }

  return { input, which, read, pick, set, render };
}
