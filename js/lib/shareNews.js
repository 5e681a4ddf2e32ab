// What everybody must know of a guided sharing without opening its dialog: that it fails, ends early, or is left alone (S6, S30). Pure; used by alerts.js.

import { timeOfDay } from "./moments.js";
import { exactly } from "./numbers.js";
import { isolated } from "./wire.js";

/**
 * @param share status.share, or null
 * @returns {{key, level, text, passing}} a banner, or null; `passing` where it is over and nothing of it is left to do
 */
export function shareNews(share, words) {
  if (!share || typeof share !== "object") return null;
  const head = words.t("share.news", { current: exactly(Number(share.current), 1), from: isolated(share.from), to: isolated(share.to) });
  const say = (level, parts, passing = false) => ({ key: `share:${share.command}:${level}:${share.state}`, level, passing, text: [head, ...parts.filter(Boolean)].join(" · ") });
  const why = words.said(share.reason ?? "");
  if (share.state === "interrupted") return say("alarm", [words.t("share.state.interrupted"), why, endOf(share, words)]);
  if (share.state === "running" && share.unattended) return say("warn", [endOf(share, words)]);
  if (share.state === "running") return why ? say("warn", [words.t("share.ending"), why]) : null;
  if (share.state === "failed" && share.safe !== true) return say("alarm", [words.t("share.state.failed"), why, words.t("share.unsafe")]);
  return share.state === "failed" ? say("warn", [words.t("share.state.failed.safe"), why], true) : null;
}

function endOf({ unattended }, words) {
  if (!unattended) return "";
  const why = words.t(unattended.why === "restart" ? "share.why.restart" : "share.why.page");
  return words.t("share.unattended", { at: timeOfDay(unattended.endsAt, { language: words.language }), why });
}
