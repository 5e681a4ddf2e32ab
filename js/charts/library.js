// Loads the chart library (uPlot) when the first chart is opened, and never before: nobody else knows it. null where it is not installed.

let asked = null;

/** @param addresses {script, styles}: where the controller serves it */
export function loadLibrary(addresses) {
  asked ??= load(addresses).then((library) => {
    if (library === null) asked = null; // whoever opens the next chart asks anew: it may have been installed since
    return library;
  });
  return asked;
}

async function load({ script, styles }) {
  const [came] = await Promise.all([added(make("script", { src: script })), added(make("link", { rel: "stylesheet", href: styles }))]);
  return came ? (globalThis.uPlot ?? null) : null;
}

/** Whether it came. */
function added(element) {
  return new Promise((resolve) => {
    element.addEventListener("load", () => resolve(true));
    element.addEventListener("error", () => {
      element.remove();
      resolve(false);
    });
    document.head.append(element);
  });
}

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
