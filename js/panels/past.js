// The way into the time machine: its button, and an address that asks for a moment (?at=). The machine itself is loaded then (widgets/timeMachine.js).

/** @param show, leave as of createTimeMachine */
export function createPast({ words, state, ...given }) {
  const recording = document.getElementById("recording"); // of a page that shows one from elsewhere: there is no now
  let machine = null;

  document.getElementById("open-past").addEventListener("click", (event) => {
    event.preventDefault();
    if (state.get().past === null) history.pushState(null, "", location.href); // so that Back leads to now
    withMachine((it) => it.open(Number.NaN));
  });
  addEventListener("popstate", follow);

  async function withMachine(does) {
    if (machine === null) {
      const [{ createTimeMachine }] = await Promise.all([import("../widgets/timeMachine.js"), words.more("past")]);
      machine ??= createTimeMachine({ words, state, ...given });
    }
    does(machine);
  }

  /** What the address asks for, also when the browser goes back or forward. A recording opens at its own moment. */
  function follow() {
    const text = new URLSearchParams(location.search).get("at") ?? recording?.dataset.at ?? null;
    if (text === null) {
      if (state.get().past !== null) machine?.close();
    } else if (state.get().past !== null) machine?.stay();
    else withMachine((it) => it.follow(text));
  }

  follow();
  return { render: () => machine?.render() };
}
