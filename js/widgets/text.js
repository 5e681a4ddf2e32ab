// Small DOM writes that cost nothing when nothing changed, and let a browser's translator alone. Used by panels and widgets.

import { bare, partsOf } from "../lib/held.js";

const written = new WeakMap(); // element -> {text, frame, parts}: what it was last given, whatever a translator has made of it since

/**
 * Sets the text of an element; names from the wire are text, never HTML. Its held parts (held.js) become elements that no browser
 * translates. It is written when what is wanted changes, and then only what of it changed: a translation is not fought over.
 */
export function setText(element, text) {
  const wanted = String(text);
  const before = written.get(element);
  if (before?.text === wanted && (wanted === "" || element.firstChild !== null)) return;
  const same = before === undefined && element.textContent === wanted; // as the page was sent
  written.set(element, { text: wanted, ...(same ? { frame: null, parts: [] } : write(element, partsOf(wanted), before)) });
}

/** Sets every marked text and accessible name below root. */
export function translate(root, words) {
  for (const element of root.querySelectorAll("[data-i18n]")) setText(element, words.t(element.dataset.i18n));
  for (const element of root.querySelectorAll("[data-i18n-label]")) setAttribute(element, "aria-label", words.t(element.dataset.i18nLabel));
}

function write(element, parts, before) {
  if (!parts.some(({ held }) => held) || element.closest("[translate]")?.getAttribute("translate") === "no") {
    element.textContent = parts.map(({ text }) => text).join("");
    return { frame: null, parts: [] };
  }
  const frame = JSON.stringify(parts.map(({ text, held }) => (held ? null : text)));
  const held = parts.filter((part) => part.held);
  if (before?.frame === frame && before.parts.every((part) => element.contains(part))) {
    before.parts.forEach((part, index) => {
      if (part.textContent !== held[index].text) part.textContent = held[index].text;
    });
    return { frame, parts: before.parts };
  }
  const nodes = parts.map((part) => (part.held ? make("bdi", part.text, { translate: "no" }) : part.text));
  element.replaceChildren(...nodes);
  return { frame, parts: nodes.filter((node) => typeof node !== "string") };
}

/** Sets a time by the site's clock; the browser's, where that shows another, stands in its title. */
export function setTime(element, iso, words) {
  setText(element, words.time(iso));
  setAttribute(element, "title", words.beside(iso, { seconds: true }) || null);
}

/** Sets, or with null takes away, an attribute. */
export function setAttribute(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const wanted = value === true ? "" : bare(String(value));
  if (element.getAttribute(name) !== wanted) element.setAttribute(name, wanted);
}

/** Says beside a control what it waits for, "" for nothing, and has assistive technology say it with the control. */
export function showNeed(element, text) {
  setText(element, text);
  setProperty(element, "hidden", text === "");
}

/** Sets a property such as `hidden`, `disabled`, `checked`. */
export function setProperty(element, name, value) {
  if (element[name] !== value) element[name] = value;
}

/** An element with a text and attributes; of what gives an order no browser translates the words. */
export function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (ORDERING.has(tag)) element.setAttribute("translate", "no");
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  if (text !== "") setText(element, text);
  return element;
}

const ORDERING = new Set(["button", "select", "option"]);

/** Shows beside a number field what will be sent, or why nothing can be; the field itself is marked as well. */
export function showMeaning(element, input, text, good) {
  setText(element, text);
  setAttribute(element, "data-level", good ? null : "warn");
  setAttribute(input, "aria-invalid", good ? null : "true");
}

/** Shows what an order or a refusal says at its spot. */
export function setOutcome(element, said) {
  setText(element, said?.text ?? "");
  setAttribute(element, "data-kind", said?.text ? said.kind : null);
  setAttribute(element, "data-fading", said?.fading === true);
}

/**
 * Brings the children of a list to the wanted items by key, building only what is new and moving only what must.
 * @param build (item) => element; @param update (element, item) => void
 */
export function keyed(parent, items, keyOf, build, update) {
  const had = new Map([...parent.children].map((child) => [child.dataset.key ?? child, child])); // first paint's rows have no key: they all go
  let place = parent.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let element = had.get(key);
    if (element) had.delete(key);
    else {
      element = build(item);
      element.dataset.key = key;
    }
    update(element, item);
    if (element === place) place = place.nextElementSibling;
    else parent.insertBefore(element, place);
  }
  for (const element of had.values()) element.remove();
}
