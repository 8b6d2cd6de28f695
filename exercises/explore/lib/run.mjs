// A run of somebody's functions, as the page holds it: calls, what they were given, what came back and what is expected.

import { decode } from "./arrays.mjs";

function valueOf(value) {
  if (Array.isArray(value)) return value.map(valueOf);
  if (value === null || typeof value !== "object") return value;
  if ("base64" in value) return decode(value);
  if ("table" in value) return Object.fromEntries(Object.entries(value.table).map(([name, item]) => [name, valueOf(item)]));
  return { leftOut: value.left_out };
}

/** Say whether a value of a run is an array {shape, data}. */
export function isArray(value) {
  return value !== null && typeof value === "object" && "data" in value;
}

/** Return the place [i, j, ...] of number `flat` of an array of this shape. */
export function placeOf(shape, flat) {
  const place = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    place.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Return which number of an array of this shape stands at a place. */
export function flatOf(shape, place) {
  return place.reduce((flat, step, axis) => flat * shape[axis] + step, 0);
}

/** Return a call with arrays as {shape, data}, and its arguments by name. A part's `wrong` marks the numbers that differ. */
export function readPlay(entry) {
  return {
    ...entry,
    arguments: Object.fromEntries(entry.arguments.map(({ name, value }) => [name, valueOf(value)])),
    parts: entry.parts.map(({ label, expected, yours, wrong, problem }) => ({
      label, problem, expected: decode(expected), yours: yours && decode(yours), wrong: wrong && decode(wrong),
    })),
  };
}

/** Return which numbers of a part differ, in order. */
export function wrongPlaces({ wrong }) {
  return wrong ? Array.from(wrong.data.keys()).filter((flat) => wrong.data[flat]) : [];
}
