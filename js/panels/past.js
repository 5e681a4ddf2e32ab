// The way into the time machine: its button, and an address that asks for a moment (?at=). The machine itself is loaded then (widgets/timeMachine.js).

/** @param show, leave as of createTimeMachine */
export function createPast({ state, ...given }) {
  let machine = null;

  document.getElementById("open-past").addEventListener("click", (event) => {
    event.preventDefault();
    open(Number.NaN);
  });
  addEventListener("popstate", follow);

  async function open(at) {
    if (machine === null) {
      const { createTimeMachine } = await import("../widgets/timeMachine.js");
      machine ??= createTimeMachine({ state, ...given });
    }
    machine.open(at);
  }

  /** What the address asks for: a time in ms, NaN for the newest, null for now. */
  function asked() {
    const at = new URLSearchParams(location.search).get("at");
    return at === null ? null : Date.parse(at);
  }

  /** When the browser goes back or forward. */
  function follow() {
    const at = asked();
    if (at !== null && state.get().past !== null) machine?.stay();
    else if (at !== null) open(at);
    else if (state.get().past !== null) machine?.close();
  }

  if (asked() !== null) open(asked());
  return { render: () => machine?.render() };
}
