// The trust strip: how many units are live, how old the data are by the units' own clocks, and who stands behind them (Z5).

import { duration } from "../lib/durations.js";
import { finite } from "../lib/figures.js";
import { isUntold, sinceText } from "../lib/sentences.js";
import { isolated, visible } from "../lib/wire.js";
import { setAttribute, setProperty, setText } from "../widgets/text.js";

export function createTrust({ words }) {
  const item = (name) => {
    const element = document.getElementById(`trust-${name}`);
    return { element, figure: element.querySelector("b"), lamp: element.querySelector(".lamp") };
  };
  const live = item("live");
  const stale = item("stale");
  const silent = item("silent");
  const age = item("age");
  const master = item("master");
  const web = item("web");
  const grid = item("grid");
  const clock = document.getElementById("units-clock");
  const simulated = document.getElementById("simulated");
  const name = document.getElementById("cluster-name");

  function render(model, elapsed) {
    const { status, counts } = model;
    setText(live.figure, model.lost ? "--" : counts.live); // nobody vouches for them now
    setAttribute(live.lamp, "data-level", model.lost || counts.live === 0 ? "off" : null);
    count(stale, counts.stale);
    count(silent, counts.silent);
    put(age, ...ageOf(status, elapsed));
    put(master, ...masterOf(status));
    put(web, ...webOf(status));
    put(grid, ...errorOf(status));
    setText(clock, model.dataTime ? words.t("clock.units", { time: isolated(words.ofUnits(model.dataTime, status).text) }) : words.t("clock.none"));
    setProperty(simulated, "hidden", status ? status.simulated !== true : simulated.hidden);
    if (typeof status?.title === "string") setText(name, status.title);
  }

  function count({ element, figure }, n) {
    setProperty(element, "hidden", n === 0);
    setText(figure, n);
  }

  function put({ element, figure }, text, level = null) {
    setText(figure, text);
    setAttribute(element, "data-level", level);
  }

  function ageOf(status, elapsed) {
    const seconds = finite(status?.data?.age);
    if (seconds === null) return [words.t("trust.nodata"), "warn"];
    const now = seconds + elapsed;
    return [words.t("trust.age", { time: duration(now, words.units) }), now > (finite(status?.config?.staleafter) ?? 30) ? "warn" : null];
  }

  function masterOf(status) {
    if (status?.grid?.noGridMaster === true) return [words.t("grid.nomaster"), "warn"];
    return [visible(status?.grid?.gridMaster ?? "--")];
  }

  function webOf(status) {
    const peers = Object.values(status?.apisWeb ?? {}).filter(Boolean);
    if (peers.length === 0) return ["--"];
    const down = peers.filter((peer) => peer.up === false);
    const [key, level] = down.length > 0 ? ["trust.down", "alarm"] : ["trust.up", null];
    const [last] = [...(down.length > 0 ? down : peers)].sort((one, other) => new Date(other.since) - new Date(one.since));
    if (last.sinceStart) return [words.t(`${key}.start`), level]; // how long before it nobody knows
    return [words.t(key, { time: sinceText(last.since, words).time }), level];
  }

  function errorOf(status) {
    const error = isUntold(status) ? null : status?.grid?.error;
    if (error === true) return [words.t("trust.error"), "alarm"];
    return error === false ? [words.t("trust.noerror")] : [words.t("trust.cannot"), status ? "warn" : null];
  }

  return { render };
}
