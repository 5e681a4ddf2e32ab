// Small DOM writes that cost nothing when nothing changed. Used by panels and widgets.

/** Sets the text of an element; names from the wire are text, never HTML. */
export function setText(element, text) {
  const wanted = String(text);
  if (element.textContent !== wanted) element.textContent = wanted;
}

/** Sets, or with null takes away, an attribute. */
export function setAttribute(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value === true ? "" : value);
  }
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

/** An element with a text and attributes. */
export function make(tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  if (text !== "") element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  return element;
}

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
