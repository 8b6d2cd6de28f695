import assert from "node:assert/strict";
import { test } from "node:test";

import { mapped, reshaped } from "../../../../exercises/explore/lib/arrays.mjs";
import { counted, fitted, inked, likeTheData, SHEET } from "../../../../exercises/explore/lib/drawing.mjs";
import { enlarged, lenet } from "../../../../exercises/explore/lib/operations.mjs";
import { casesOf } from "./expected.mjs";

const amount = (pixels) => pixels.reduce((sum, ink) => sum + ink, 0);

function ends(pixels) {
  const places = [...pixels.keys()].filter((index) => pixels[index]);
  const [rows, columns] = [places.map((index) => Math.floor(index / SHEET)), places.map((index) => index % SHEET)];
  return { top: Math.min(...rows), bottom: Math.max(...rows), left: Math.min(...columns), right: Math.max(...columns) };
}

test("a pen leaves ink where it has been, and nowhere else", () => {
  const line = inked([[[5, 10], [20, 10]]], 2);
  assert.deepEqual(ends(line), { top: 8, bottom: 11, left: 3, right: 21 });
  const dot = inked([[[16, 16]]], 3);
  assert.ok(Math.abs(amount(dot) - Math.PI * 9) < 4, `${amount(dot)} pixels`);
  assert.equal(amount(inked([], 2)), 0);
  assert.ok(amount(inked([[[-3, 5], [40, 5]]], 2)) > 0, "strokes beyond the sheet are cut off");
});

test("blocks of 4x4 pixels are counted", () => {
  const pixels = new Uint8Array(SHEET * SHEET);
  for (const [row, column] of [[0, 0], [3, 3], [3, 4], [31, 31], [30, 31], [8, 20]]) pixels[row * SHEET + column] = 1;
  const { shape, data } = counted(pixels);
  assert.deepEqual(shape, [8, 8]);
  assert.deepEqual([data[0], data[1], data[63], data[2 * 8 + 5]], [2, 1, 2, 1]);
  assert.equal(data.reduce((sum, count) => sum + count, 0), 6);
  assert.deepEqual(new Set(counted(new Uint8Array(SHEET * SHEET).fill(1)).data), new Set([16]));
});

test("wherever and however large a digit is drawn, it becomes the same one", () => {
  const seven = [[8, 6], [24, 6], [13, 28]];
  const [whole] = fitted([seven], 2);
  for (const [size, x, y] of [[1, 0, 0], [0.3, 2, 1], [0.5, 14, 15], [2, -9, -4]]) {
    const [other] = fitted([seven.map(([left, top]) => [left * size + x, top * size + y])], 2);
    other.forEach((point, index) => point.forEach((number, axis) => assert.ok(Math.abs(number - whole[index][axis]) < 1e-9)));
  }
});

test("a fitted digit is as high as the sheet, in its middle, and has the ink of the data's", () => {
  for (const strokes of [[[[8, 6], [24, 6], [13, 28]]], [[[10, 10], [22, 10], [22, 20], [10, 20], [10, 10]]], [[[3, 2], [3, 9]]]]) {
    const pixels = likeTheData(strokes);
    const { top, bottom, left, right } = ends(pixels);
    assert.ok(top <= 2 && bottom >= 29, `rows ${top} to ${bottom}`);
    assert.ok(Math.abs(left + right - 31) <= 2, `columns ${left} to ${right}`);
    assert.ok(amount(pixels) > 200 && amount(pixels) <= 325, `${amount(pixels)} pixels`);
  }
});

test("a point and a dash are fitted, too", () => {
  for (const strokes of [[[[7, 7]]], [[[7, 7], [7, 7]]], [[[2, 9], [28, 9]]]]) {
    const { data } = counted(likeTheData(strokes));
    assert.ok(data.some((count) => count > 0) && data.every((count) => count <= 16));
  }
});

const around = (cx, cy, rx, ry, from, until) => Array.from({ length: 25 }, (_, index) => {
  const angle = ((from + ((until - from) * index) / 24) * Math.PI) / 180;
  return [cx + rx * Math.cos(angle), cy - ry * Math.sin(angle)];
});
const WRITTEN = [
  [around(16, 16, 7, 11, 90, 450)],
  [[[12, 9], [16, 5], [16, 27]]],
  [[...around(16, 11, 7, 6, 160, -30), [9, 27], [24, 27]]],
  [[...around(15, 11, 7, 6, 150, -80), ...around(15, 21.5, 8, 6.5, 80, -150)]],
  [[[18, 5], [8, 20], [24, 20]], [[18, 12], [18, 28]]],
  [[[23, 5], [11, 5], [10, 14], ...around(15, 20, 8, 7, 120, -150)]],
  [[[20, 5], ...around(16, 16, 8, 10, 110, 180), ...around(16, 21, 7, 6, 180, -180)]],
  [[[8, 6], [24, 6], [13, 28]], [[11, 17], [21, 17]]],
  [[...around(16, 10, 6, 5, 270, 630), ...around(16, 21.5, 7.5, 6.5, 90, -270)]],
  [[...around(16, 11, 6.5, 6, 0, 360), [22.5, 11], [21, 27]]],
];

test("LeNet reads all ten digits as they are drawn: small or large, wide or narrow, anywhere", () => {
  const [{ params }] = casesOf("lenet");
  const misread = [];
  WRITTEN.forEach((strokes, digit) => {
    for (const [wide, high, x, y] of [[1, 1, 0, 0], [0.4, 0.4, 9, -8], [0.6, 0.8, -5, 3], [0.8, 0.6, 4, 5]]) {
      const moved = strokes.map((stroke) => stroke.map(([left, top]) => [16 + x + (left - 16) * wide, 16 + y + (top - 16) * high]));
      const image = enlarged(reshaped(mapped(counted(likeTheData(moved)), (ink) => ink / 16), [1, 8, 8]), 4);
      const { logits } = lenet(image, params);
      const name = logits.data.indexOf(Math.max(...logits.data));
      if (name !== digit) misread.push(`${digit} as ${name} (${wide} wide, ${high} high)`);
    }
  });
  assert.deepEqual(misread, []);
});
