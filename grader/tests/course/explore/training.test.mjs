import assert from "node:assert/strict";
import { test } from "node:test";

import { part, reshaped, zeros } from "../../../../exercises/explore/lib/arrays.mjs";
import {
  addFilterGradients, beginning, crossEntropy, judged, maxpool2dBackward, normalNumbers, randomNumbers, shuffled, softened, trainStep,
} from "../../../../exercises/explore/lib/training.mjs";
import { assertClose, casesOf } from "./expected.mjs";

test("losses and their gradients are the reference's", () => {
  for (const { logits, label, loss, gradient } of casesOf("cross_entropy")) {
    const answer = crossEntropy(logits, label);
    assert.ok(Math.abs(answer.loss - loss) <= 1e-9 * Math.max(1, loss), `${answer.loss}, and should be ${loss}`);
    assertClose(answer.gradient, gradient);
  }
});

test("gradients of filters and biases are the reference's", () => {
  for (const { dout, x, dw, db } of casesOf("conv2d_backward")) {
    const [weights, biases] = [zeros(dw.shape), zeros(db.shape)];
    addFilterGradients(dout, x, weights, biases);
    assertClose(weights, dw, "weights");
    assertClose(biases, db, "biases");
  }
});

test("a maximum gets its window's gradient, the first of equal ones", () => {
  for (const { dout, x, size, dx } of casesOf("maxpool2d_backward")) assertClose(maxpool2dBackward(dout, x, size), dx, `size ${size}`);
});

test("digits get soft edges as those of the recorded training", () => {
  for (const { digit, answer } of casesOf("softened")) assertClose(softened(digit), answer);
});

test("ten steps end at the reference's parameters", () => {
  for (const { images, labels, batches, rate, begin, end, losses } of casesOf("training")) {
    const params = Object.fromEntries(
      Object.entries(begin).map(([name, { shape, data }]) => [name, { shape, data: Float64Array.from(data) }]),
    );
    const taken = batches.map((batch) =>
      trainStep(batch.map((index) => part(images, index)), batch.map((index) => labels[index]), params, rate));
    for (const [name, array] of Object.entries(end)) assertClose(params[name], array, name);
    assertClose({ shape: losses.shape, data: taken }, losses, "losses");
  }
});

test("the share that is named rightly, and the mean loss", () => {
  for (const { images, labels, params, loss, accuracy } of casesOf("judged")) {
    const answer = judged(labels.map((_, index) => part(images, index)), labels, params);
    assert.ok(Math.abs(answer.loss - loss) < 1e-9);
    assert.equal(answer.accuracy, accuracy);
  }
});

test("random numbers are the same for a seed, others for another one, and spread as they should", () => {
  assert.deepEqual([...normalNumbers(5, 1, randomNumbers(3))], [...normalNumbers(5, 1, randomNumbers(3))]);
  assert.notDeepEqual([...normalNumbers(5, 1, randomNumbers(3))], [...normalNumbers(5, 1, randomNumbers(4))]);
  for (const seed of [0, 1, 2, 99]) {
    const numbers = normalNumbers(20_000, 2, randomNumbers(seed));
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    const deviation = Math.sqrt(numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / numbers.length);
    assert.ok(Math.abs(mean) < 0.06 && Math.abs(deviation - 2) < 0.06, `mean ${mean}, deviation ${deviation}`);
  }
  const order = shuffled(50, randomNumbers(1));
  assert.deepEqual([...order].sort((a, b) => a - b), [...Array(50).keys()]);
  assert.notDeepEqual(order, [...Array(50).keys()]);
});

test("a network that begins has the shapes of the recorded one", () => {
  const params = beginning(8, 7, 16, randomNumbers(1));
  assert.deepEqual(Object.values(params).map(({ shape }) => shape), [[8, 1, 7, 7], [8], [10, 200], [10]]);
  assert.equal(params.conv_w.data.length, 8 * 49);
  assert.deepEqual(reshaped(params.fc_w, [2000]).shape, [2000]);
});
