// One's own account: who is logged in, password, one-time codes, sessions, tokens; and for an administrator all accounts.
// Nothing here orders anything of the grid. Stop all and the E-stop's latch stand here too (beside.js).

import { createBeside } from "./beside.js";
import { isAccounts, isCodeSecret, isMadeToken, isSession, isSessions, isTokens } from "./lib/accountReplies.js";
import { bare } from "./lib/held.js";
import { failureSentence } from "./lib/sentences.js";
import { isolated } from "./lib/wire.js";
import { createAccountRows } from "./widgets/accountRow.js";
import { make, setOutcome, setProperty, setText, translate } from "./widgets/text.js";
import { showZone } from "./widgets/zoneNote.js";

const ROLES = ["viewer", "operator", "engineer", "administrator"];
const EVERY = 30_000; // ms between two looks at who is logged in
const { words, api, title, start } = createBeside({ onZone: relabel });
const find = (id) => document.getElementById(id);
const value = (id) => find(id).value;
const proof = (form) => ({ own: value(`${form}-own`), ownCode: value(`${form}-own-code`) || null }); // that it is still oneself
let visitor = null; // as /session told it last
let sessions = [];
let tokens = [];
let accounts = [];

const rows = createAccountRows(find("accounts"), { words, roles: ROLES, does: administer, password: askPassword });

/* ---- what stands ---- */

async function look() {
  const answer = await api.session(isSession);
  if (!answer.ok) {
    setOutcome(find("who-outcome"), { text: failureSentence(answer, words), kind: "bad" });
    return;
  }
  take(answer.body);
  if (visitor.name === null) return;
  await Promise.all([lookAt(api.sessions(isSessions), "sessions"), lookAt(api.tokens(isTokens), "tokens"), lookAtAll()]);
}

async function lookAt(asking, what) {
  const answer = await asking;
  if (!answer.ok) setOutcome(find(`${what}-outcome`), { text: failureSentence(answer, words), kind: "bad" });
  else if (what === "sessions") ({ sessions } = answer.body);
  else ({ tokens } = answer.body);
  render();
}

async function lookAtAll() {
  if (!visitor.permissions.includes("administer")) return;
  const answer = await api.accounts(isAccounts);
  if (answer.ok) ({ accounts } = answer.body);
  else setOutcome(find("accounts-outcome"), { text: words.t("account.failed", { error: failureSentence(answer, words) }), kind: "bad" });
  render();
}

function take(session) {
  visitor = session;
  render();
}

/* ---- what it shows ---- */

function render() {
  if (visitor === null) return;
  const known = visitor.name !== null;
  const told = { name: isolated(visitor.displayName ?? ""), account: isolated(visitor.name ?? ""), role: words.t(`role.${visitor.role}`) };
  setText(find("who-now"), known ? words.t("account.is", told) : words.t(visitor.accounts ? "account.nobody" : "account.none"));
  setText(find("who-may"), known && visitor.ends !== null ? words.t("account.ends", { at: words.moment(visitor.ends) }) : "");
  setProperty(find("log-in"), "hidden", known || !visitor.accounts);
  setProperty(find("log-out"), "hidden", !known);
  for (const section of document.querySelectorAll("[data-own]")) setProperty(section, "hidden", !known);
  setProperty(find("everybody"), "hidden", !known || !visitor.permissions.includes("administer"));
  setText(find("codes-state"), words.t(visitor.codesWanted ? "account.codes.wanted" : visitor.codes ? "account.codes.on" : "account.codes.off"));
  setText(find("codes-begin"), words.t(visitor.codes ? "account.codes.anew" : "account.codes.begin"));
  setProperty(find("codes-end"), "hidden", !visitor.codes);
  for (const line of document.querySelectorAll("[data-own-code]")) setProperty(line, "hidden", !visitor.codes);
  find("sessions").replaceChildren(...sessions.map(sessionLine));
  find("tokens").replaceChildren(...(tokens.length === 0 ? [make("li", words.t("account.tokens.none"))] : tokens.map(tokenLine)));
  setProperty(find("sessions-others"), "disabled", sessions.length < 2);
  rows.render(accounts, visitor.name);
  title(bare(`${words.t("account.title")} · ${words.t("brand")}`));
}

function sessionLine({ handle, began, used, address, browser, here }) {
  const line = make("li", words.t("account.session", { browser: isolated(browser || "?"), address, began: words.moment(began), used: words.moment(used) }));
  if (here) line.append(" ", make("b", words.t("account.session.here")));
  else
    line.append(
      " ",
      button("account.session.end", () => told(api.endSession({ handle }), "sessions-outcome")),
    );
  return line;
}

function tokenLine({ number, name, role, ends, networks, used, holds }) {
  const values = {
    name: isolated(name),
    role: words.t(`role.${role}`),
    ends: words.moment(ends),
    networks: networks.length === 0 ? words.t("account.token.everywhere") : networks.join(", "),
    used: used === null ? words.t("account.token.never") : words.moment(used),
  };
  const line = make("li", words.t("account.token", values));
  if (!holds) line.append(" ", words.t("account.token.ended"));
  line.append(
    " ",
    button("account.token.end", () => told(api.endToken({ number }), "tokens-outcome")),
  );
  return line;
}

function button(key, press) {
  const made = make("button", words.t(key), { type: "button" });
  made.addEventListener("click", press);
  return made;
}

/* ---- what is done ---- */

/** Does it, says what came of it there, and looks again; the answer's body, null where it failed. */
async function told(asking, outcome, done = "account.done") {
  const answer = await asking;
  setOutcome(find(outcome), answer.ok ? { text: words.t(done), kind: "done" } : { text: failureSentence(answer, words), kind: "bad" });
  if (answer.ok) await look();
  return answer.ok ? answer.body : null;
}

/** An administrator's deed: it takes the own password each time. */
async function administer(call, values) {
  if (value("admin-own") === "") {
    setOutcome(find("accounts-outcome"), { text: words.t("account.needs.own"), kind: "bad" });
    find("admin-own").focus();
    return null;
  }
  const done = await told(api[call]({ ...values, ...proof("admin") }), "accounts-outcome");
  if (done !== null) find("admin-own-code").value = ""; // each is taken once, and holds for the next minutes
  return done;
}

function askPassword({ number, displayName }) {
  setText(find("given-title"), words.t("account.password.for", { name: isolated(displayName) }));
  find("given-password").value = "";
  find("given-form").onsubmit = () => administer("setPassword", { number, password: value("given-password") });
  find("given-dialog").showModal();
  find("given-password").focus();
}

function onSubmit(id, submit) {
  find(id).addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
  });
}

onSubmit("password-form", async (form) => {
  if (await told(api.setOwnPassword({ ...proof("password"), password: value("password-new") }), "password-outcome", "account.password.done")) form.reset();
});
onSubmit("codes-form", async () => {
  const answer = await api.beginCodes(proof("codes"));
  const made = answer.ok && isCodeSecret(answer.body) ? answer.body : null;
  setOutcome(find("codes-outcome"), made ? null : { text: failureSentence(answer, words), kind: "bad" });
  setProperty(find("codes-confirm"), "hidden", made === null);
  if (made === null) return;
  setText(find("codes-secret"), made.secret);
  const qr = new DOMParser().parseFromString(made.qr, "image/svg+xml").documentElement;
  for (const [name, text] of [
    ["role", "img"],
    ["aria-label", words.t("account.codes.qr")],
  ])
    qr.setAttribute(name, text);
  find("codes-qr").replaceChildren(document.adoptNode(qr));
  find("codes-code").value = "";
  find("codes-code").focus();
});
onSubmit("codes-confirm", async () => {
  if ((await told(api.confirmCodes({ code: value("codes-code") }), "codes-outcome")) === null) return;
  setProperty(find("codes-confirm"), "hidden", true);
  find("codes-form").reset();
});
find("codes-end").addEventListener("click", async () => {
  if (await told(api.endCodes(proof("codes")), "codes-outcome")) find("codes-form").reset();
});
find("sessions-others").addEventListener("click", () => told(api.endSession({ others: true }), "sessions-outcome"));
onSubmit("token-form", async (form) => {
  const [name, role, days, networks] = ["token-name", "token-role", "token-days", "token-networks"].map(value);
  const made = await told(api.makeToken({ name, role, days, networks, ...proof("token") }), "tokens-outcome");
  setProperty(find("token-made"), "hidden", !isMadeToken(made));
  if (!isMadeToken(made)) return;
  setText(find("token-secret"), made.secret);
  form.reset();
});
onSubmit("account-form", async (form) => {
  const [name, displayName, role, password] = ["account-name", "account-shown", "account-role", "account-password"].map(value);
  if (await administer("makeAccount", { name, displayName: displayName || null, role, password })) form.reset();
});
find("given-form")
  .querySelector("button[value=cancel]")
  .addEventListener("click", () => find("given-dialog").close());
find("log-out").addEventListener("click", async () => {
  if (await told(api.logOut(), "who-outcome", "account.loggedout")) find("log-in").click();
});

/* ---- the page itself ---- */

/** Says everything anew, in the page's language. */
function relabel() {
  document.documentElement.lang = words.language;
  translate(document, words);
  showZone(words);
  for (const id of ["token-role", "account-role"]) {
    const chosen = value(id) || "operator";
    find(id).replaceChildren(...ROLES.map((role) => make("option", words.t(`role.${role}`), { value: role })));
    find(id).value = chosen;
  }
  render();
}

words.ready.finally(() => {
  relabel();
  look();
  setInterval(look, EVERY);
});
start();
