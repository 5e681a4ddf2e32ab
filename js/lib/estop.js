// The E-stop's latch in words, and what may be sent beside a press of it (I17). Pure.

import { bare } from "./held.js";

const LONGEST = 200; // characters of a name or a reason

/** The latch as the status tells it: {by, byFile, reason, since, file}; null where none is told. */
export function latchOf(status) {
  return status?.estop || null;
}

/** {head, rest, memory}: by whom and why; since when and what it does; that it is in memory only, "" where its file holds it too. */
export function latchTexts({ by, byFile, reason, since, file }, words) {
  const who = byFile ? bare(words.t("estop.file", { name: byFile })) : by || "--";
  const why = reason || words.t("estop.noreason");
  return {
    head: words.t("estop.head", { by: who, reason: why }),
    rest: words.t("estop.rest", { since: words.time(since) }),
    memory: file === true ? "" : words.t("estop.memory"),
  };
}

/** A name or a reason as it may stand beside a stop: without what the controller would refuse, for then the stop would not leave. */
export function harmless(text) {
  return text
    .replace(/[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+/gu, " ")
    .trim()
    .slice(0, LONGEST)
    .replace(/[\ud800-\udbff]$/, "");
}
