// What only some units' panels have, such as a button of their own: added to those that card.js made, and taken away again. Used by forget.js and trips.js.

/**
 * @param place selector, within a panel, of what the part is added to; @param build () => element; @param update (element, unit) => void
 * @returns (units that have the part) => void, to be called with every model; a panel that is not in view yet gets its part once it is
 */
export function createPanelParts({ place, build, update }) {
  const parts = new Map(); // id -> its panel's part

  function add(id) {
    const home = document.querySelector(`#cards [data-unit="${CSS.escape(id)}"] ${place}`);
    if (home) parts.set(id, home.appendChild(build()));
    return parts.get(id) ?? null;
  }

  return function render(units) {
    const wanted = new Set(units.map(({ id }) => id));
    for (const [id, part] of parts) {
      if (part.isConnected && wanted.has(id)) continue;
      part.remove();
      parts.delete(id);
    }
    for (const unit of units) {
      const part = parts.get(unit.id) ?? add(unit.id);
      if (part) update(part, unit);
    }
  };
}
