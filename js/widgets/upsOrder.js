// The order of a UPS mode, 0 to 7, of one unit or of all, with its question (R23, Z10). Used by the cluster's form and by each unit's panel.

import { liveNow } from "../lib/sentences.js";

export function createUpsOrder({ words, orders, state, ask }) {
  /** Asks and orders; true when it was ordered. "" does nothing. */
  return async function order(mode, unitId) {
    if (mode === "") return false;
    const facts = () => {
      const { model } = state.get();
      return liveNow(model, words, model.byId.get(unitId) ?? null);
    };
    const { answer, moment } = await ask({
      title: words.t(unitId === null ? "ups.ask.all" : "ups.ask", { mode, id: unitId ?? "" }),
      lead: words.t("ups.lead"),
      facts,
      yes: words.t("converter.yes", { what: words.t("ups.short", { mode }) }),
    });
    if (answer !== "yes") return false;
    orders.give({
      spot: unitId === null ? "cluster:ups" : `card:${unitId}:ups`,
      order: "upsMode",
      unitId,
      wanted: { mode },
      moment,
      call: (given) => given.upsMode(mode, unitId),
    });
    return true;
  };
}
