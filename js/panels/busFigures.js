// The bus in figures, in the cluster's column: its voltage, who holds it and with what headroom, its balance, losses, what it could give and take, and who works unexplained.

import { busLines, workingText } from "../lib/busFigures.js";
import { keyed, make, setAttribute, setProperty, setText } from "../widgets/text.js";

export function createBusFigures({ words, state }) {
  const block = document.getElementById("bus-block");
  const list = document.getElementById("bus-figures");

  function render() {
    const { status, alive } = state.get();
    const untold = !alive || status?.apisWeb?.emulatorEmulator?.up === false; // then its figures are not of now
    const bus = untold ? null : ofNow(status?.bus ?? null);
    const lines = busLines(bus, words, status?.flexibility);
    setProperty(block, "hidden", lines.length === 0);
    keyed(
      list,
      lines,
      ({ key }) => key,
      () => {
        const row = make("div");
        row.append(make("dt"), make("dd", "", { translate: "no" }));
        return row;
      },
      (row, { key, label, text, level }) => {
        setText(row.firstChild, label);
        setText(row.lastChild, text);
        setAttribute(row.lastChild, "data-level", level);
        setAttribute(row.lastChild, "title", key === "unexplained" ? detailsOf(bus) : null);
      },
    );
  }

  /** Where no reading is fresh enough for the voltage, nothing else of the bus is told either. */
  function ofNow(bus) {
    return bus && bus.voltage === null ? { ...bus, reference: null, balance: null, losses: null, working: [] } : bus;
  }

  function detailsOf({ working }) {
    return working
      .filter(({ explainedBy }) => explainedBy === null)
      .map((one) => workingText(one, words))
      .join("\n");
  }

  return { render };
}
