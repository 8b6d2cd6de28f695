import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { placeOf, readPlay } from "../../../../../exercises/explore/lib/run.mjs";
import { explanations } from "../../../../../exercises/explore/lib/explain.mjs";

const plays = JSON.parse(readFileSync(process.env.PLAYS, "utf8")).map(readPlay);

/** The functions whose numbers the page cannot take apart: they come of many steps. */
const WITHOUT = new Set(["lenet", "to_display", "train"]);

test("every function that is played is explained, but for those that are known not to be", () => {
  const silent = new Set(plays.map((play) => play.function).filter((name) => !(name in explanations)));
  assert.deepEqual(silent, WITHOUT);
  assert.deepEqual(Object.keys(explanations).filter((name) => !plays.some((play) => play.function === name)), []);
});

for (const play of plays.filter(({ function: name }) => name in explanations)) {
  test(`every number of ${play.name} comes about as it is explained`, () => {
    const parts = Object.fromEntries(play.parts.map((entry) => [entry.label, entry.expected]));
    for (const { label, expected } of play.parts) {
      const scale = Math.max(...expected.data.map(Math.abs).filter(Number.isFinite), 1);
      expected.data.forEach((number, flat) => {
        const place = placeOf(expected.shape, flat);
        const { value, text, windows } = explanations[play.function]({ arguments: play.arguments, parts }, label, place);
        const told = `${play.name}${label}[${place}]: ${text}`;
        assert.ok(value === number || Math.abs(value - number) <= 1e-9 * scale, `${told} gives ${value}, expected ${number}`);
        assert.doesNotMatch(text, /undefined|NaN|\bnan\b/, told);
        for (const { argument, at, top, left, height, width } of windows) {
          const { shape } = play.arguments[argument];
          assert.equal(at.length, Math.max(shape.length - 2, 0), told);
          at.forEach((step, axis) => assert.ok(step >= 0 && step < shape[axis], told));
          const [rows, columns] = shape.length > 1 ? shape.slice(-2) : [1, shape[0]];
          assert.ok(top < rows && left < columns && top + height > 0 && left + width > 0, `${told}: the window is elsewhere`);
        }
      });
    }
  });
}
