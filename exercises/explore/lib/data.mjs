// The data that is inside the page.

import { decode } from "./arrays.mjs";

/** Return the arrays of the page's element `id`, by name: {images: {shape, data}, ...}. */
export function arraysOf(id) {
  const stored = JSON.parse(document.getElementById(id).textContent);
  return Object.fromEntries(Object.entries(stored).map(([name, array]) => [name, decode(array)]));
}

/** Return the calls of somebody's functions that the page is to play, or null. */
export function calls() {
  return JSON.parse(document.getElementById("run").textContent);
}
