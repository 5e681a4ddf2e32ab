// A converter that tripped (I11): its panel says in the converter form what that means, with "Reset trips…", which asks for a name and a reason.

import { mayOrder } from "../lib/permits.js";
import { tripsTexts } from "../lib/trips.js";
import { isolated } from "../lib/wire.js";
import { createPanelParts } from "../widgets/panelParts.js";
import { createSigned } from "../widgets/signed.js";
import { make, setAttribute, setProperty, setText } from "../widgets/text.js";

const $ = globalThis.jQuery;

export function createTrips({ words, orders, state, readNow }) {
  const question = createSigned({ orders, readNow }, "trips");
  const renderRows = createPanelParts({ place: "[data-part=trips]", build, update: showRow });
  let asked = null; // the id of the unit that the question is about

  $("#cards").on("click", "[data-act=reset-trips]", ({ currentTarget }) => open(currentTarget.closest("[data-unit]").dataset.unit));

  function open(id) {
    const trips = state.get().model.byId.get(id)?.trips;
    if (!trips) return;
    asked = id;
    question.open({
      title: words.t("trips.title", { id }),
      ...about(trips),
      spot: `card:${id}:trips`,
      order: "resetTrips",
      unitId: id,
      call: (order, signed) => order.resetTrips({ unitId: id, ...signed }),
    });
  }

  function about(trips) {
    return { did: words.t("trips.did", tripsTexts(trips, words)), level: trips.tooMany ? "alarm" : null };
  }

  function build() {
    const row = make("div");
    row.append(make("p", "", { class: "hint" }), make("button", "", { type: "button", "data-act": "reset-trips" }));
    return row;
  }

  function showRow(row, { id, trips }) {
    const [means, button] = row.children;
    setText(means, tripsTexts(trips, words).means);
    setAttribute(row, "data-level", trips.tooMany ? "alarm" : null);
    setText(button, words.t("trips.open"));
    setAttribute(button, "aria-label", `${words.t("trips.open")} · ${isolated(id)}`);
    setProperty(button, "disabled", !mayOrder(state.get(), "engineer"));
  }

  function render(model) {
    renderRows(model.units.filter(({ trips }) => trips !== null));
    const trips = model.byId.get(asked)?.trips;
    if (trips && question.isOpen()) {
      // one more may come while it stands open
      const { did, level } = about(trips);
      question.tell(did, level);
    }
    question.render();
  }

  return { render };
}
