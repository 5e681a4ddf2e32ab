// What everybody must know of a guided transfer without opening its dialog: that it fails, ends early, or is left alone (S6, S30). Pure; used by alerts.js.

import { exactly } from "./numbers.js";
import { stateKey } from "./transfer.js";

/**
 * @param transfer status.share, or null
 * @returns {{key, level, text, passing}} a banner, or null; `passing` where it is over and nothing of it is left to do
 */
export function transferNews(transfer, words) {
  if (!transfer || typeof transfer !== "object") return null;
  const head = words.t("transfer.news", { current: exactly(Number(transfer.current), 1), from: transfer.from, to: transfer.to });
  const say = (level, parts, passing = false) => ({
    key: `transfer:${transfer.command}:${level}:${transfer.state}`,
    level,
    passing,
    text: [head, ...parts.filter(Boolean)].join(" · "),
  });
  const why = words.said(transfer.reason ?? "");
  if (transfer.state === "interrupted") return say("alarm", [words.t("transfer.state.interrupted"), why, endOf(transfer, words)]);
  if (transfer.state === "running" && transfer.unattended) return say("warn", [endOf(transfer, words)]);
  if (transfer.state === "running") return why ? say("warn", [words.t("transfer.ending"), why]) : null;
  if (transfer.state === "failed" && transfer.safe !== true) return say("alarm", [words.t("transfer.state.failed"), why, words.t("transfer.unsafe")]);
  return transfer.state === "failed" ? say("warn", [words.t(stateKey(transfer)), why], true) : null;
}

function endOf({ unattended }, words) {
  if (!unattended) return "";
  const why = words.t(unattended.why === "restart" ? "transfer.why.restart" : "transfer.why.page");
  return words.t("transfer.unattended", { at: words.time(unattended.endsAt), why });
}
