// The page's title and its sign in a tab or a list of windows: "▲ 2 · ..." while alarms stand.

import { alarmCount } from "../lib/alarmCount.js";
import { bare } from "../lib/held.js";
import { visible } from "../lib/wire.js";
import { setAttribute } from "../widgets/text.js";

export function createTitle({ words, state }) {
  const icon = document.getElementById("icon");
  const { quiet, alarm } = icon.dataset; // where the two signs are

  function render({ status }) {
    const { alive, live } = state.get();
    const count = alarmCount({ status: (live ?? state.get()).status, alive }); // of now, also while the page shows the past
    const title = typeof status?.title === "string" ? status.title : document.getElementById("cluster-name").textContent;
    const text = [count > 0 ? `▲ ${count}` : "", bare(words.t("brand")), visible(title)].filter(Boolean).join(" · ");
    if (document.title !== text) document.title = text;
    setAttribute(icon, "href", count > 0 ? alarm : quiet);
  }

  return { render };
}
