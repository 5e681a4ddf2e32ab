// The rows of all accounts, each with what an administrator may do with it. What is typed in a row stays until it is sent.

import { isolated } from "../lib/wire.js";
import { keyed, make, setProperty, setText } from "./text.js";

/**
 * @param does (call, values) → answer's body or null: gives one of api.js's changes
 * @param password (account) → asks for another password
 */
export function createAccountRows(body, { words, roles, does, password }) {
  function build(account) {
    const row = make("tr");
    const [shown, role] = [make("input", "", { maxlength: "64", autocomplete: "off" }), make("select", "", { translate: "no" })];
    role.append(...roles.map((one) => make("option", "", { value: one })));
    const cells = [make("td"), make("td"), make("td"), make("td"), make("td", "", { class: "buttons" })];
    cells[1].append(shown);
    cells[2].append(role);
    shown.addEventListener("change", () => does("changeAccount", { number: account.number, displayName: shown.value }));
    role.addEventListener("change", async () => {
      if ((await does("changeAccount", { number: account.number, role: role.value })) === null) role.value = role.dataset.kept;
    });
    for (const [key, press] of [
      ["enable", () => does("changeAccount", { number: account.number, enabled: row.dataset.enabled !== "true" })],
      ["setPassword", () => password(account)],
      ["dropCodes", () => does("dropCodes", { number: account.number })],
      ["remove", () => remove(account)],
    ]) {
      const button = make("button", "", { type: "button", "data-deed": key });
      button.addEventListener("click", press);
      cells[4].append(button);
    }
    row.append(...cells);
    return row;
  }

  function remove({ number, displayName }) {
    if (globalThis.confirm(words.t("account.remove.sure", { name: displayName }))) does("removeAccount", { number });
  }

  function update(row, account) {
    const { name, displayName, role, enabled, codes, sessions } = account;
    const [shown, select] = [row.cells[1].firstChild, row.cells[2].firstChild];
    row.dataset.enabled = String(enabled);
    setText(row.cells[0], isolated(name));
    if (document.activeElement !== shown) setProperty(shown, "value", displayName);
    shown.setAttribute("aria-label", `${words.t("account.displayName")} · ${name}`);
    select.setAttribute("aria-label", `${words.t("account.role")} · ${name}`);
    for (const option of select.options) setText(option, words.t(`role.${option.value}`));
    select.dataset.kept = role;
    if (document.activeElement !== select) setProperty(select, "value", role);
    const state = [words.t(enabled ? "account.enabled" : "account.disabled", { n: sessions }), codes ? words.t("account.hascodes") : ""];
    setText(row.cells[3], state.filter(Boolean).join(", "));
    const texts = {
      enable: enabled ? "account.disable" : "account.enable",
      setPassword: "account.setPassword",
      dropCodes: "account.dropCodes",
      remove: "account.remove",
    };
    for (const button of row.cells[4].children) setText(button, words.t(texts[button.dataset.deed]));
    setProperty(row.cells[4].querySelector("[data-deed=dropCodes]"), "hidden", !codes);
  }

  return {
    render: (accounts) =>
      keyed(
        body,
        accounts,
        ({ number }) => String(number),
        build,
        (row, account) => update(row, account),
      ),
  };
}
