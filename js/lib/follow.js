// "Soft Stop first, then stop": whether the second step is due, still waits, or no longer applies (Z9a). Pure.

const GIVE_UP = 60; // s until the Soft Stop must have shown in the mode in force

/**
 * @param plan {mode, since s, seen}; @param model the page's model; @param now s, of the model's status
 * @returns {{step: "wait"|"go"|"drop" (another mode is in force)|"late" (Soft Stop never showed), seen: boolean, deals: number|null}} deals null: cannot be told
 */
export function nextStep(plan, model, now) {
  const mode = model.status?.grid?.mode ?? null;
  const seen = plan.seen || mode === "heteronomous";
  const deals = model.dealsKnown ? model.deals.length : null;
  if (seen && mode !== "heteronomous" && mode !== null && mode !== "mixed") return { step: "drop", seen, deals };
  if (!seen && now - plan.since > GIVE_UP) return { step: "late", seen, deals };
  return { step: seen && mode === "heteronomous" && isDrained(model) ? "go" : "wait", seen, deals };
}

/** No deal, and every live converter in Wait: a deal leaves the list some seconds before its units show Wait (K12). */
export function isDrained(model) {
  return model.dealsKnown && model.deals.length === 0 && model.units.every(({ state, word }) => state !== "live" || word === "wait");
}
