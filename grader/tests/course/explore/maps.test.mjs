import assert from "node:assert/strict";
import { test } from "node:test";

import { arrayOf } from "../../../../exercises/explore/lib/arrays.mjs";
import { commonScale, placeInMaps } from "../../../../exercises/explore/lib/maps.mjs";
import { search } from "../../../../exercises/explore/lib/strongest.mjs";

test("a cell of maps side by side is found in its map", () => {
  // Six maps of 4 rows and 5 columns, three in a row.
  assert.deepEqual(placeInMaps(0, 0, [6, 4, 5], 3), { index: 0, row: 0, column: 0 });
  assert.deepEqual(placeInMaps(3, 9, [6, 4, 5], 3), { index: 1, row: 3, column: 4 });
  assert.deepEqual(placeInMaps(4, 10, [6, 4, 5], 3), { index: 5, row: 0, column: 0 });
});

test("maps that are compared are drawn on one scale", () => {
  assert.deepEqual(commonScale(arrayOf([[[0, 1]], [[3, 2]]])), { low: 0, high: 3, signed: false });
  assert.deepEqual(commonScale(arrayOf([[[0, 1]], [[-3, 2]]])), { low: -3, high: 3, signed: true });
  assert.equal(commonScale(arrayOf([[[0, 0]]])).high, 1);
});

test("the strongest places are found, each image once, and the first where numbers are equal", () => {
  const images = [
    [[[1, 9, 2], [0, 9, 3]], [[-5, -4, -3], [-2, -1, -9]]],
    [[[4, 0, 0], [0, 0, 12]], [[0, 0, 0], [0, 0, 0]]],
    [[[7, 7, 7], [7, 7, 7]], [[1, 2, 3], [4, 5, 6]]],
  ].map(arrayOf);
  const found = search(images.length, (index) => [images[index], arrayOf([[[index]]])]);
  assert.equal(found.done, 0);
  while (found.done < images.length) found.go(1);
  assert.deepEqual(found.best(0, 0, 3), [
    { image: 1, value: 12, row: 1, column: 2 }, { image: 0, value: 9, row: 0, column: 1 }, { image: 2, value: 7, row: 0, column: 0 },
  ]);
  assert.deepEqual(found.best(0, 1, 2), [{ image: 2, value: 6, row: 1, column: 2 }, { image: 1, value: 0, row: 0, column: 0 }]);
  assert.deepEqual(found.best(1, 0, 1), [{ image: 2, value: 2, row: 0, column: 0 }]);
});
