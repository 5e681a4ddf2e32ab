// The link to the alarms, with how many are to be read and the gravest of them; and their sound, where this browser was told to make it.

import { toRead } from "../lib/alarmCount.js";
import { soundChosen } from "../widgets/alarmChoice.js";
import { setAttribute, setProperty, setText } from "../widgets/text.js";

export function createAlarmBadge({ words, state, api }) {
  const link = document.getElementById("open-alarms");
  const count = document.getElementById("alarms-count");
  const away = document.getElementById("alarms-away");
  const wall = document.getElementById("trust-alarms"); // where there are no controls
  let sound = null; // a module of its own, loaded once it is chosen
  let asked = null; // of which start and serial the list was read for the sound

  function render() {
    const { status } = state.get().live ?? state.get(); // of now, also while the page shows the past
    const n = toRead(status);
    const gravest = status?.alarms?.gravest ?? null;
    const what = gravest === null ? "" : words.t(`alarm.priority.${gravest}`);
    setProperty(count, "hidden", n === 0);
    const signed = `${gravest !== null && gravest <= 2 ? "▲ " : ""}${n}`;
    setText(count, n === 0 ? "" : signed);
    setProperty(wall, "hidden", n === 0);
    setText(wall.lastElementChild, signed);
    setAttribute(wall, "data-level", { 1: "alarm", 2: "warn" }[gravest] ?? null);
    setAttribute(link, "data-priority", gravest);
    const put = status?.alarms?.away ?? 0;
    setProperty(away, "hidden", put === 0);
    setText(away, put === 0 ? "" : words.t("alarm.badge.away", { n: put }));
    const parts = [
      n > 0 && words.t("alarm.badge", { n }),
      n > 0 && what && words.t("alarm.badge.gravest", { what }),
      put > 0 && words.t("alarm.badge.away", { n: put }),
    ];
    const told = parts.filter(Boolean).join(", ");
    setAttribute(link, "title", told || null);
    setAttribute(link, "aria-label", told === "" ? null : `${words.t("alarm.open")}: ${told}`);
    listen(status);
  }

  /** Reads the list where it has changed, and only for the sound. */
  async function listen(status) {
    const serial = status?.alarms?.serial ?? null;
    const now = `${status?.start} ${serial}`;
    if (serial === null || now === asked || !soundChosen()) return;
    asked = now;
    try {
      const { createAlarmSound, isAlarms } = await import("../widgets/alarmSound.js");
      sound ??= createAlarmSound({ words });
      const answer = await api.alarms(isAlarms);
      if (answer.ok) sound.hear(answer.body.alarms);
      else asked = null;
    } catch (fault) {
      asked = null; // once more with the next frame
      throw fault;
    }
  }

  return { render };
}
