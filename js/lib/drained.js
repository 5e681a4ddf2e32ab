// Whether a Soft Stop has run its course: no deal is left and nothing flows any more (Z9b). Pure; used by cluster.js.

/**
 * No deal, and every live converter in Wait: a deal leaves the list some seconds before its units show Wait (K12).
 * An empty list says nothing where no Grid Master is known, who alone keeps the deals.
 */
export function isDrained(model) {
  const served = model.dealsKnown && typeof model.status?.grid?.gridMaster === "string";
  return served && model.deals.length === 0 && model.units.every(({ state, word }) => state !== "live" || word === "wait");
}
