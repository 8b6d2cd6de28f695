// What the units compute, for one image (C, H, W) at a time, in double precision. The same definitions as in the lessons.

import { reshaped, zeros } from "./arrays.mjs";

/** Return how many places a kernel has along one axis, 0 or fewer where it does not fit. */
export function outputSize(size, kernel, stride = 1, padding = 0) {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

/** Return the image (C, H, W) with a frame of `value` around each channel. */
export function pad2d(image, padding, value = 0) {
  const [channels, height, width] = image.shape;
  const padded = zeros([channels, height + 2 * padding, width + 2 * padding]);
  padded.data.fill(value);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < height; i++) {
      const row = image.data.subarray((c * height + i) * width, (c * height + i + 1) * width);
      padded.data.set(row, (c * padded.shape[1] + i + padding) * padded.shape[2] + padding);
    }
  }
  return padded;
}

/** Slide filters (K, C, kh, kw) over an image (C, H, W): returns the maps (K, Ho, Wo). The filters are not flipped. */
export function conv2d(image, filters, biases = null, stride = 1, padding = 0) {
  const x = padding ? pad2d(image, padding) : image;
  const [channels, height, width] = x.shape;
  const [count, , kh, kw] = filters.shape;
  const maps = zeros([count, outputSize(height, kh, stride), outputSize(width, kw, stride)]);
  const [, rows, columns] = maps.shape;
  for (let k = 0; k < count; k++) {
    const map = maps.data.subarray(k * rows * columns, (k + 1) * rows * columns);
    if (biases) map.fill(biases.data[k]);
    for (let c = 0; c < channels; c++) {
      for (let u = 0; u < kh; u++) {
        for (let v = 0; v < kw; v++) {
          const weight = filters.data[((k * channels + c) * kh + u) * kw + v];
          addShifted(map, x.data, (c * height + u) * width + v, rows, columns, width, stride, weight);
        }
      }
    }
  }
  return maps;
}

/** Add to a map what one weight of the kernel contributes at all of its places: `from` is its pixel at the first place. */
function addShifted(map, pixels, from, rows, columns, width, stride, weight) {
  for (let i = 0, out = 0; i < rows; i++) {
    const row = from + i * stride * width;
    for (let j = 0; j < columns; j++, out++) map[out] += weight * pixels[row + j * stride];
  }
}

/** Return the image with its negative numbers set to 0. */
export function relu(image) {
  const { shape, data } = image;
  const clipped = new Float64Array(data.length);
  for (let index = 0; index < data.length; index++) clipped[index] = data[index] < 0 ? 0 : data[index];
  return { shape, data: clipped };
}

function pooled(image, size, stride, start, take, finish) {
  const [channels, height, width] = image.shape;
  const maps = zeros([channels, outputSize(height, size, stride), outputSize(width, size, stride)]);
  const [, rows, columns] = maps.shape;
  for (let c = 0, out = 0; c < channels; c++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++, out++) {
        let kept = start;
        for (let u = 0; u < size; u++) {
          for (let v = 0; v < size; v++) kept = take(kept, image.data[(c * height + i * stride + u) * width + j * stride + v]);
        }
        maps.data[out] = finish(kept);
      }
    }
  }
  return maps;
}

/** Keep the largest number of each window of an image (C, H, W). */
export function maxpool2d(image, size, stride = size) {
  return pooled(image, size, stride, -Infinity, Math.max, (kept) => kept);
}

/** Keep the mean of each window of an image (C, H, W). */
export function avgpool2d(image, size, stride = size) {
  return pooled(image, size, stride, 0, (kept, number) => kept + number, (kept) => kept / (size * size));
}

/** Return w @ x + b for a list of numbers x, weights (out, in) and biases (out,). */
export function linear(x, weights, biases) {
  const [outputs, inputs] = weights.shape;
  const answers = zeros([outputs]);
  for (let o = 0; o < outputs; o++) {
    let sum = biases.data[o];
    for (let i = 0; i < inputs; i++) sum += weights.data[o * inputs + i] * x.data[i];
    answers.data[o] = sum;
  }
  return answers;
}

/** Return probabilities of logits; large ones do not overflow. */
export function softmax(logits) {
  const largest = Math.max(...logits.data);
  const powers = Float64Array.from(logits.data, (number) => Math.exp(number - largest));
  const total = powers.reduce((sum, number) => sum + number, 0);
  return { shape: logits.shape, data: powers.map((number) => number / total) };
}

/** Return the image (C, H, W) with each pixel repeated `times` in both directions. */
export function enlarged(image, times) {
  const [channels, height, width] = image.shape;
  const large = zeros([channels, height * times, width * times]);
  for (let c = 0, out = 0; c < channels; c++) {
    for (let i = 0; i < height * times; i++) {
      for (let j = 0; j < width * times; j++, out++) {
        large.data[out] = image.data[(c * height + Math.floor(i / times)) * width + Math.floor(j / times)];
      }
    }
  }
  return large;
}

/** Return every map of LeNet-5 on the way from an image (1, 32, 32) of 0 to 1 to ten probabilities. */
export function lenet(image, params) {
  const conv1 = conv2d(image, params.conv1_w, params.conv1_b);
  const relu1 = relu(conv1);
  const pool1 = maxpool2d(relu1, 2);
  const conv2 = conv2d(pool1, params.conv2_w, params.conv2_b);
  const relu2 = relu(conv2);
  const pool2 = maxpool2d(relu2, 2);
  const hidden1 = relu(linear(reshaped(pool2, [pool2.data.length]), params.fc1_w, params.fc1_b));
  const hidden2 = relu(linear(hidden1, params.fc2_w, params.fc2_b));
  const logits = linear(hidden2, params.fc3_w, params.fc3_b);
  return { conv1, relu1, pool1, conv2, relu2, pool2, hidden1, hidden2, logits, probabilities: softmax(logits) };
}

/** Return the image and the maps after each block: layers are {weights, biases, padding, pool}, as the unit hierarchy has them. */
export function featureHierarchy(image, layers) {
  const maps = [image];
  for (const { weights, biases, padding, pool } of layers) {
    maps.push(maxpool2d(relu(conv2d(maps.at(-1), weights, biases, 1, padding)), pool));
  }
  return maps;
}

/** Return how many pixels, along one side, a number sees: 1 for the image, then after each block {kernel, pool}. */
export function receptiveField(layers) {
  const fields = [1];
  let step = 1;
  for (const { kernel, pool } of layers) {
    fields.push(fields.at(-1) + (kernel - 1 + pool - 1) * step);
    step *= pool;
  }
  return fields;
}

/** Return the image (C, H, W) moved down by `down` and right by `right` pixels; what comes in is 0. */
export function shift(image, down, right) {
  const [channels, height, width] = image.shape;
  const moved = zeros(image.shape);
  for (let c = 0, out = 0; c < channels; c++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++, out++) {
        const [row, column] = [i - down, j - right];
        if (row >= 0 && row < height && column >= 0 && column < width) {
          moved.data[out] = image.data[(c * height + row) * width + column];
        }
      }
    }
  }
  return moved;
}

/** Say how much of two images of positive numbers differs: 0 where they are equal, 1 where they have nothing in common. */
export function change(before, after) {
  let [differing, all] = [0, 0];
  for (let index = 0; index < before.data.length; index++) {
    differing += Math.abs(before.data[index] - after.data[index]);
    all += Math.abs(before.data[index]) + Math.abs(after.data[index]);
  }
  return all ? differing / all : 0;
}
