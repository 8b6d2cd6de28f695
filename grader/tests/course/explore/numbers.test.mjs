// How numbers are written on the pages.

import assert from "node:assert/strict";
import { test } from "node:test";

import { percent, withArticle, written } from "../../../../exercises/explore/lib/draw.mjs";

test("a number has a true minus, at most so many places, and commas", () => {
  const numbers = [[-1234.567, 2, "\u22121,234.57"], [-0.001, 2, "0"], [0.5, 0, "1"], [12, 3, "12"]];
  for (const [number, places, text] of numbers) assert.equal(written(number, places), text);
});

test("what is not finite is written as Python writes it, and what is huge with its power of ten", () => {
  const numbers = [
    [NaN, "nan"], [Infinity, "inf"], [-Infinity, "\u2212inf"], [1e308, "1e+308"], [-1.23456789e20, "\u22121.23457e+20"], [1.5e15, "1.5e+15"],
    [999999999999999, "999,999,999,999,999"],
  ];
  for (const [number, text] of numbers) assert.equal(written(number), text);
});

test("a share as a percentage, and a digit with its article", () => {
  assert.deepEqual([0.5, 0.00001, 1].map((share) => percent(share)), ["50.0 %", "0 %", "100.0 %"]);
  assert.deepEqual([0, 8, 9].map(withArticle), ["a 0", "an 8", "a 9"]);
});
