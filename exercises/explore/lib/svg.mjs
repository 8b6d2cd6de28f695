// Drawings of lines and words that take their colours from the page's style, in light and dark.

const SPACE = "http://www.w3.org/2000/svg";

/** Return an element of a drawing: `shape("rect", { x: 1, y: 2, class: "pixel" }, children)`. */
export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Return an empty drawing of so many units, which a screen reader knows by its label. */
export function drawing(width, height, label) {
  const whole = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "drawing" });
  whole.style.width = `${width}px`;
  return whole;
}
