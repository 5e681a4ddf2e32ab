// Who is logged in here, in the strip, where this console has accounts: a link to the account, or to the log-in. What that person may do goes
// into the state, so that controls say which role they need before they are pressed; where a question asks for a name, it is that one.
// The controller decides all the same.

import { isSession } from "../lib/accountReplies.js";
import { isolated } from "../lib/wire.js";
import { setAttribute, setProperty, setText } from "../widgets/text.js";

const EVERY = 30_000; // ms between two looks

export function createWho({ words, state, api }) {
  const link = document.getElementById("who");
  let asking = false;

  async function look() {
    if (asking) return;
    asking = true;
    const answer = await api.session(isSession);
    asking = false;
    if (answer.ok) state.set({ visitor: answer.body.accounts ? answer.body : null });
  }

  function render() {
    const { visitor } = state.get();
    setProperty(link, "hidden", visitor === null);
    if (visitor === null) return;
    const known = visitor.name !== null;
    setText(link, known ? words.t("who.is", { name: isolated(visitor.displayName), role: words.t(`role.${visitor.role}`) }) : words.t("login.title"));
    setAttribute(link, "href", known ? "account.html" : logIn());
    setAttribute(link, "data-level", visitor.codesWanted || !known ? "warn" : null);
    for (const field of document.querySelectorAll("input[autocomplete=name]")) {
      if (known || field.readOnly) setProperty(field, "value", visitor.name ?? "");
      setProperty(field, "readOnly", known);
    }
  }

  state.subscribe((_now, changed) => {
    if (changed.has("alive")) look(); // a session may have ended
  });
  link.addEventListener("click", render); // the address may have changed since
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  setInterval(look, EVERY);
  look();
  return { render };
}

/** Where the log-in is, and that one comes back from it to this page, with what its address asks for. */
function logIn() {
  const here = location.pathname.split("/").at(-1) + location.search;
  return here === "" ? "login.html" : `login.html?next=${encodeURIComponent(here)}`;
}
