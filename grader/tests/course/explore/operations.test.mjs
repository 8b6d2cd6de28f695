import assert from "node:assert/strict";
import { test } from "node:test";

import {
  avgpool2d, change, conv2d, enlarged, featureHierarchy, lenet, linear, maxpool2d, outputSize, pad2d, receptiveField, relu,
  shift, softmax,
} from "../../../../exercises/explore/lib/operations.mjs";
import { zeros } from "../../../../exercises/explore/lib/arrays.mjs";
import { seenFrom, setByHand } from "../../../../exercises/explore/hierarchy/networks.mjs";
import { assertClose, casesOf } from "./expected.mjs";

test("arrays of every dtype are read as they were written", () => {
  for (const { dtype, array, numbers } of casesOf("arrays")) assertClose(array, numbers, dtype);
});

test("sizes follow the unit's formula", () => {
  for (const { size, kernel, stride, padding, answer } of casesOf("output_size")) {
    assert.equal(outputSize(size, kernel, stride, padding), answer, JSON.stringify({ size, kernel, stride, padding }));
  }
});

test("a frame is put around every channel", () => {
  for (const { x, padding, value, answer } of casesOf("pad2d")) assertClose(pad2d(x, padding, value), answer, `padding ${padding}`);
});

test("filters slide as the reference's do", () => {
  for (const { x, w, b, stride, padding, answer } of casesOf("conv2d")) {
    assertClose(conv2d(x, w, b, stride, padding), answer, `stride ${stride}, padding ${padding}`);
  }
});

test("negative numbers become 0, and others stay", () => {
  for (const { x, answer } of casesOf("relu")) assertClose(relu(x), answer);
});

test("windows are pooled as the reference's are", () => {
  for (const { x, size, stride, largest, mean } of casesOf("pooling")) {
    assertClose(maxpool2d(x, size, stride), largest, `max, ${size}, ${stride}`);
    assertClose(avgpool2d(x, size, stride), mean, `mean, ${size}, ${stride}`);
  }
});

test("a linear layer and probabilities, of huge logits too", () => {
  for (const { x, w, b, answer } of casesOf("linear")) assertClose(linear(x, w, b), answer);
  for (const { x, answer } of casesOf("softmax")) assertClose(softmax(x), answer);
});

test("an image is moved, and what comes in is 0", () => {
  for (const { x, down, right, answer } of casesOf("shift")) assertClose(shift(x, down, right), answer, `${down}, ${right}`);
});

test("change is 0 for the same, 1 for nothing in common, and does not depend on the order", () => {
  const image = (numbers) => ({ shape: [1, 1, numbers.length], data: Float64Array.from(numbers) });
  assert.equal(change(image([1, 0, 3]), image([1, 0, 3])), 0);
  assert.equal(change(image([1, 0, 0]), image([0, 5, 2])), 1);
  assert.equal(change(image([2, 0]), image([1, 0])), 1 / 3);
  assert.equal(change(image([1, 0]), image([2, 0])), 1 / 3);
  assert.equal(change(zeros([1, 2, 2]), zeros([1, 2, 2])), 0);
});

test("every layer of LeNet has the reference's numbers on real digits", () => {
  for (const { digit, params, block1, block2, logits, probabilities } of casesOf("lenet")) {
    const image = enlarged({ shape: [1, 8, 8], data: Float64Array.from(digit.data, (ink) => ink / 16) }, 4);
    const layers = lenet(image, params);
    assertClose(layers.pool1, block1, "block 1");
    assertClose(layers.pool2, block2, "block 2");
    assertClose(layers.logits, logits, "logits");
    assertClose(layers.probabilities, probabilities, "probabilities");
  }
});

test("blocks are chained as in the unit hierarchy", () => {
  for (const { x, layers, answers } of casesOf("feature_hierarchy")) {
    const maps = featureHierarchy(x, layers);
    assert.equal(maps.length, answers.length);
    maps.forEach((map, index) => assertClose(map, answers[index], `block ${index}`));
  }
});

test("a number sees as many pixels as the reference says", () => {
  for (const { layers, answer } of casesOf("receptive_field")) {
    assert.deepEqual(receptiveField(layers.map(([kernel, pool]) => ({ kernel, pool }))), answer);
  }
});

test("the network that finds squares is the lesson's", () => {
  casesOf("set_by_hand").forEach(({ weights, biases, padding, pool }, index) => {
    const layer = setByHand().layers[index];
    assertClose(layer.weights, weights, `weights of layer ${index + 1}`);
    assertClose(layer.biases, biases, `biases of layer ${index + 1}`);
    assert.deepEqual([layer.padding, layer.pool], [padding, pool]);
  });
});

test("a cell changes with each pixel that it is made from, and with no other", () => {
  // Weights and pixels above 0: whatever is added to a pixel then arrives at all that is made from it.
  const positive = (shape) => {
    const array = zeros(shape);
    return { shape, data: array.data.map((_, index) => 1 + (index % 3)) };
  };
  const layers = [[4, 2, 3, 1, 2], [3, 4, 3, 0, 2], [2, 3, 1, 0, 1]].map(([count, channels, size, padding, pool]) =>
    ({ weights: positive([count, channels, size, size]), biases: zeros([count]), padding, pool }));
  const x = positive([2, 16, 13]);
  const before = featureHierarchy(x, layers).at(-1);
  const [, rows, columns] = before.shape;
  for (const [i, j] of [[0, 0], [1, 1], [rows - 1, columns - 1]]) {
    const [seen] = seenFrom(layers, layers.length, { row: i, column: j });
    for (let pixel = 0; pixel < 16 * 13; pixel++) {
      const touched = { shape: x.shape, data: Float64Array.from(x.data) };
      touched.data[pixel] += 1e6;
      const after = featureHierarchy(touched, layers).at(-1);
      const [row, column] = [Math.floor(pixel / 13), pixel % 13];
      const inside = row >= seen.top && row < seen.top + seen.height && column >= seen.left && column < seen.left + seen.width;
      const differs = before.data[i * columns + j] !== after.data[i * columns + j];
      assert.equal(differs, inside, `pixel ${row}, ${column} and cell ${i}, ${j}, which sees ${JSON.stringify(seen)}`);
    }
  }
});
