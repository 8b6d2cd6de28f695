// How filters are learned: the unit's gradients, for one image (C, H, W) at a time, and a small network that takes steps.

import { reshaped, zeros } from "./arrays.mjs";
import { conv2d, linear, maxpool2d, relu, softmax } from "./operations.mjs";

/** Return {loss, gradient} of logits (M,) and the right label; the gradient is that of this one loss. */
export function crossEntropy(logits, label) {
  const largest = Math.max(...logits.data);
  let total = 0;
  for (const logit of logits.data) total += Math.exp(logit - largest);
  const gradient = softmax(logits);
  gradient.data[label] -= 1;
  return { loss: Math.log(total) + largest - logits.data[label], gradient };
}

/** Add to `weights` and `biases` (arrays of zeros, or of other images' gradients) what conv2d(image, w, b) passes back to them.
 *
 *  `back` (K, Ho, Wo) is the gradient of what came out; the convolution has stride 1 and no padding.
 */
export function addFilterGradients(back, image, weights, biases) {
  const [channels, height, width] = image.shape;
  const [count, rows, columns] = back.shape;
  const [kh, kw] = weights.shape.slice(2);
  for (let k = 0, index = 0; k < count; k++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, index++) {
        const amount = back.data[index];
        if (amount === 0) continue;
        biases.data[k] += amount;
        for (let c = 0; c < channels; c++) {
          for (let u = 0; u < kh; u++) {
            const from = (c * height + i + u) * width + j;
            const to = ((k * channels + c) * kh + u) * kw;
            for (let v = 0; v < kw; v++) weights.data[to + v] += amount * image.data[from + v];
          }
        }
      }
    }
  }
}

/** Send each number of `back` to the place of its window's largest number, the first in row order; windows do not overlap. */
export function maxpool2dBackward(back, image, size) {
  const sent = zeros(image.shape);
  const [channels, height, width] = image.shape;
  const [, rows, columns] = back.shape;
  for (let c = 0, index = 0; c < channels; c++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, index++) {
        let winner = (c * height + i * size) * width + j * size;
        for (let u = 0; u < size; u++) {
          for (let v = 0; v < size; v++) {
            const place = (c * height + i * size + u) * width + j * size + v;
            if (image.data[place] > image.data[winner]) winner = place;
          }
        }
        sent.data[winner] = back.data[index];
      }
    }
  }
  return sent;
}

/** Return what the network conv2d -> relu -> maxpool 2 -> linear makes of an image: {maps, clipped, pooled, logits}. */
export function forward(image, params) {
  const maps = conv2d(image, params.conv_w, params.conv_b);
  const clipped = relu(maps);
  const pooled = maxpool2d(clipped, 2);
  return { maps, clipped, pooled, logits: linear(pooled, params.fc_w, params.fc_b) };
}

function addGradients(image, label, params, grads) {
  const { maps, clipped, pooled, logits } = forward(image, params);
  const { loss, gradient } = crossEntropy(logits, label);
  const inputs = pooled.data.length;
  const back = zeros(pooled.shape);
  for (let m = 0; m < gradient.data.length; m++) {
    const amount = gradient.data[m];
    grads.fc_b.data[m] += amount;
    for (let d = 0; d < inputs; d++) {
      grads.fc_w.data[m * inputs + d] += amount * pooled.data[d];
      back.data[d] += amount * params.fc_w.data[m * inputs + d];
    }
  }
  const sent = maxpool2dBackward(back, clipped, 2);
  for (let index = 0; index < sent.data.length; index++) if (!(maps.data[index] > 0)) sent.data[index] = 0;
  addFilterGradients(sent, image, grads.conv_w, grads.conv_b);
  return loss;
}

/** Take one step of gradient descent on a batch; changes the arrays of `params` and returns the loss before the step. */
export function trainStep(images, labels, params, rate) {
  const grads = Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, zeros(shape)]));
  let loss = 0;
  images.forEach((image, index) => { loss += addGradients(image, labels[index], params, grads); });
  for (const [name, { data }] of Object.entries(params)) {
    for (let index = 0; index < data.length; index++) data[index] -= (rate / images.length) * grads[name].data[index];
  }
  return loss / images.length;
}

/** Return {loss, accuracy} of the network over images: the mean loss, and the share that is named rightly. */
export function judged(images, labels, params) {
  let [loss, right] = [0, 0];
  images.forEach((image, index) => {
    const { logits } = forward(image, params);
    loss += crossEntropy(logits, labels[index]).loss;
    if (logits.data.indexOf(Math.max(...logits.data)) === labels[index]) right += 1;
  });
  return { loss: loss / images.length, accuracy: right / images.length };
}

/** Return a function that gives numbers from 0 to 1, the same ones for the same seed. */
export function randomNumbers(seed) {
  let state = (seed * 2654435761 + 1) >>> 0;
  return () => {
    // A step of a linear congruential generator, whose upper bits are the good ones.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Return `count` numbers of a normal distribution around 0. */
export function normalNumbers(count, deviation, random) {
  return Float64Array.from({ length: count }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return deviation * radius * Math.cos(2 * Math.PI * random());
  });
}

/** Return the order of `count` things, shuffled. */
export function shuffled(count, random) {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** Return a digit (8, 8) of 0 to 16 as an image (1, 16, 16) of 0 to 1 with soft edges: doubled, then the mean of each 3x3. */
export function softened(digit) {
  const soft = zeros([1, 16, 16]);
  const at = (i, j) => (i < 0 || j < 0 || i > 15 || j > 15 ? 0 : digit.data[(i >> 1) * 8 + (j >> 1)]);
  for (let i = 0; i < 16; i++) {
    for (let j = 0; j < 16; j++) {
      let sum = 0;
      for (let u = -1; u <= 1; u++) for (let v = -1; v <= 1; v++) sum += at(i + u, j + v);
      soft.data[i * 16 + j] = sum / 9 / 16;
    }
  }
  return soft;
}

/** Return random parameters of the network for images (1, size, size) and ten names. */
export function beginning(filters, kernel, size, random) {
  const side = Math.floor((size - kernel + 1) / 2);
  const inputs = filters * side * side;
  return {
    conv_w: reshaped({ data: normalNumbers(filters * kernel * kernel, 0.01, random) }, [filters, 1, kernel, kernel]),
    conv_b: { shape: [filters], data: new Float64Array(filters).fill(0.1) },
    fc_w: reshaped({ data: normalNumbers(10 * inputs, 0.05, random) }, [10, inputs]),
    fc_b: zeros([10]),
  };
}
