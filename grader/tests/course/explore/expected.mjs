// What the reference answers, as the Python side of the tests wrote it down, and how numbers are compared with it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { decode } from "../../../../exercises/explore/lib/arrays.mjs";

const cases = JSON.parse(readFileSync(process.env.EXPECTED, "utf8"));

function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  if (value === null || typeof value !== "object") return value;
  if ("base64" in value) return decode(value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, decoded(item)]));
}

/** Return the cases of a name: arrays as {shape, data}, all else as it is. */
export function casesOf(name) {
  assert.ok(cases[name]?.length, `there are no cases ${name}`);
  return cases[name].map(decoded);
}

/** Fail unless an array has the shape of the expected one, and its numbers to 1e-9 of the largest. */
export function assertClose(actual, expected, told = "") {
  assert.deepEqual([...actual.shape], [...expected.shape], `${told}: the shape`);
  assert.equal(actual.data.length, expected.data.length, `${told}: how many numbers`);
  const scale = Math.max(1, ...expected.data.map(Math.abs).filter(Number.isFinite));
  expected.data.forEach((wanted, index) => {
    const number = actual.data[index];
    const near = Object.is(number, wanted) || number === wanted || Math.abs(number - wanted) <= 1e-9 * scale;
    assert.ok(near, `${told}: number ${index} is ${number}, and should be ${wanted}`);
  });
}
