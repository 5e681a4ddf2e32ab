// What the controller says is wrong on the bus, sorted for the page: what is grave stands above everything, the rest as banners (S9). Pure.

const WARN = new Set(["referenceOff", "busApart", "unexplained", "busLow", "currentsOff", "efficiency", "idleDeal", "chargeAgainst", "meterStands"]); // all else, also what this page does not know, is an alarm

/** {grave, others}: each [{key, kind, subject, level, text, since}], in the controller's order and words, of the others alarms first. */
export function conditionsOf(status, words) {
  const all = (Array.isArray(status?.busConditions) ? status.busConditions : []).map(({ kind, unitId, text, since, grave }) => ({
    key: `bus:${kind}:${unitId ?? ""}`,
    kind,
    subject: unitId ?? "",
    level: WARN.has(kind) ? "warn" : "alarm",
    text: words.said(text ?? ""),
    since,
    grave: grave === true,
  }));
  return {
    grave: all.filter(({ grave }) => grave),
    others: all.filter(({ grave }) => !grave).sort((one, other) => (one.level === "warn") - (other.level === "warn")),
  };
}
