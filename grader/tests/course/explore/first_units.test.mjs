// Pixels, padding and filters: what the pages compute is what the reference computes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { smallerSize } from "../../../../exercises/explore/filters/own.mjs";
import { blurred, compass, correlate2d, edgeStrength, featureMap, framed, gaussian, laplacian, sobel, toDisplay } from "../../../../exercises/explore/lib/kernels.mjs";
import { convParameters, correlation, denseParameters, equalNumbers, grey, luma } from "../../../../exercises/explore/lib/pixels.mjs";
import { samePadding, windows } from "../../../../exercises/explore/lib/windows.mjs";
import { sizesAfter } from "../../../../exercises/explore/padding/layers.mjs";
import { formulaOf } from "../../../../exercises/explore/padding/places.mjs";
import { roomOf } from "../../../../exercises/explore/pixels/parameters.mjs";
import { assertClose, casesOf } from "./expected.mjs";

const near = (number, wanted, told) => assert.ok(Math.abs(number - wanted) < 1e-9, `${told}: ${number}, and should be ${wanted}`);

test("parameters of dense layers and of filters", () => {
  for (const { shape, units, size, dense, conv } of casesOf("parameters")) {
    assert.equal(denseParameters(shape, units), dense);
    assert.equal(convParameters(shape[0], units, size), conv);
  }
});

test("how alike two rows of numbers are", () => {
  for (const { one, other, correlation: wanted, equal } of casesOf("alike")) {
    near(correlation(one.data, other.data), wanted, "correlation");
    assert.deepEqual(equalNumbers(one.data, other.data), equal);
  }
  assert.ok(Number.isNaN(correlation([1, 1, 1], [1, 2, 3])), "a row of equal numbers has no correlation");
});

test("grey is as bright as the colours look", () => {
  for (const { x, answer } of casesOf("grey")) assertClose(grey(x), answer);
  near(luma([0, 255, 0]), 149.685, "green");
});

test("room as float32, in words", () => {
  assert.deepEqual([1, 260, 6220801, 6220801000].map(roomOf), ["4 bytes", "1 kB", "24.9 MB", "24.9 GB"]);
});

test("places of a window, what is left over, and how many windows see a pixel", () => {
  for (const { size, kernel, stride, padding, ...wanted } of casesOf("windows")) {
    assert.deepEqual(windows(size, kernel, stride, padding), wanted, `${[size, kernel, stride, padding]}`);
  }
  assert.deepEqual(windows(2, 5, 1, 1), { starts: [], coverage: [0, 0], leftOver: 4 }, "a kernel that does not fit");
});

test("the padding that keeps the size", () => {
  for (const { kernel, answer } of casesOf("same_padding")) assert.equal(samePadding(kernel), answer);
  for (const even of [2, 4, 10]) assert.equal(samePadding(even), null);
});

test("the formula, with its numbers", () => {
  assert.equal(formulaOf({ size: 7, kernel: 3, stride: 2, padding: 1 }), "(7 + 2*1 - 3)//2 + 1");
});

test("frames of unequal width", () => {
  for (const { x, rows, columns, value, answer } of casesOf("frames")) assertClose(framed(x, rows, columns, value), answer);
});

test("sizes from layer to layer", () => {
  assert.deepEqual(sizesAfter(8, 5, 3, 1, 0), [8, 6, 4, 2]);
  assert.deepEqual(sizesAfter(224, 3, 7, 2, 3), [224, 112, 56, 28]);
  assert.deepEqual(sizesAfter(2, 3, 3, 1, 0), [2]);
});

test("kernels by formula", () => {
  for (const { size, sigma, answer } of casesOf("gaussian")) assertClose(gaussian(size, sigma), answer, `sigma ${sigma}`);
  const [{ sobel: both, laplacian: spots }] = casesOf("kernels");
  sobel().forEach((kernel, index) => assert.deepEqual([...kernel.data], [...both.data.subarray(9 * index, 9 * index + 9)]));
  assertClose(laplacian(), spots);
  for (const { degrees, answer } of casesOf("compass")) assertClose(compass(degrees), answer, `${degrees} degrees`);
});

test("the map of one kernel, inside and with zeros around", () => {
  for (const { x, kernel, inside, framed: whole } of casesOf("maps_of_a_kernel")) {
    assertClose(correlate2d(x, kernel), inside);
    assertClose(featureMap(x, kernel), whole);
  }
});

test("how steep, and stretched for display", () => {
  for (const { x, answer } of casesOf("edge_strength")) assertClose(edgeStrength(x), answer);
  for (const { x, answer } of casesOf("to_display")) assertClose(toDisplay(x), answer);
});

test("blur that goes on beyond the border", () => {
  for (const { x, sigma, answer } of casesOf("blurred")) assertClose(blurred(x, sigma), answer, `sigma ${sigma}`);
  const image = { shape: [1, 2], data: Float64Array.of(1, 2) };
  assert.equal(blurred(image, 0), image);
});

test("a picture is made smaller until it fits, and never larger", () => {
  assert.deepEqual(smallerSize(3000, 4000, 128), [96, 128]);
  assert.deepEqual(smallerSize(128, 30, 128), [128, 30]);
  assert.deepEqual(smallerSize(10, 20, 128), [10, 20]);
  assert.deepEqual(smallerSize(5000, 3, 128), [128, 1]);
});
