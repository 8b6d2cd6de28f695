// Two networks of three blocks: the LeNet that has learned from digits, and the one of the lesson, whose weights are set by hand.

import { mapped, part, reshaped, zeros } from "../lib/arrays.mjs";
import { enlarged } from "../lib/operations.mjs";

/** Return a digit (8, 8) of 0 to 16 as the image (1, 32, 32) of 0 to 1 that LeNet sees. */
export function digitImage(images, index) {
  return enlarged(reshaped(mapped(part(images, index), (ink) => ink / 16), [1, 8, 8]), 4);
}

/** Return LeNet's two blocks, and its first layer of neurons as a third one.
 *
 *  A network is {layers, perRow, cells, blocks, named}: the layers as featureHierarchy takes them, how the image and the maps of
 *  each block are drawn, what they are called, and what one map of a block is called.
 */
export function learned(params) {
  return {
    layers: [
      { weights: params.conv1_w, biases: params.conv1_b, padding: 0, pool: 2 },
      { weights: params.conv2_w, biases: params.conv2_b, padding: 0, pool: 2 },
      // Neurons on maps of 5x5 are a convolution whose kernel covers them.
      { weights: reshaped(params.fc1_w, [120, 16, 5, 5]), biases: params.fc1_b, padding: 0, pool: 1 },
    ],
    perRow: [1, 3, 4, 12],
    cells: [7, 5, 11, 18],
    blocks: [
      "The digit, 32 \u00d7 32", "Block 1: 6 maps of 14 \u00d7 14", "Block 2: 16 maps of 5 \u00d7 5", "Block 3: 120 numbers, from all of the maps",
    ],
    named: (block, map) => `map ${map}`,
  };
}

/** Return filters (K, C, 3, 3) from a list of [filter, channel, row, column, weight]. */
function wired(count, channels, entries) {
  const weights = zeros([count, channels, 3, 3]);
  for (const [k, c, u, v, weight] of entries) weights.data[((k * channels + c) * 3 + u) * 3 + v] = weight;
  return weights;
}

const biases = (count, bias) => ({ shape: [count], data: new Float64Array(count).fill(bias) });
const [LEFT, RIGHT, TOP, BOTTOM] = [0, 1, 2, 3];
const NAMES = [
  ["left edges", "right edges", "top edges", "bottom edges"],
  ["top left corners", "top right corners", "bottom left corners", "bottom right corners"],
  ["squares"],
];

/** Return the lesson's network that finds squares of 8x8 pixels. */
export function setByHand() {
  const edges = wired(4, 1, [
    [LEFT, 0, 1, 0, -1], [LEFT, 0, 1, 1, 1], [RIGHT, 0, 1, 1, -1], [RIGHT, 0, 1, 0, 1],
    [TOP, 0, 0, 1, -1], [TOP, 0, 1, 1, 1], [BOTTOM, 0, 1, 1, -1], [BOTTOM, 0, 0, 1, 1],
  ]);
  const corners = wired(4, 4, [
    [0, TOP, 1, 2, 1], [0, LEFT, 2, 1, 1], [1, TOP, 1, 0, 1], [1, RIGHT, 2, 1, 1],
    [2, BOTTOM, 1, 2, 1], [2, LEFT, 0, 1, 1], [3, BOTTOM, 1, 0, 1], [3, RIGHT, 0, 1, 1],
  ]);
  const square = wired(1, 4, [[0, 0, 0, 0, 1], [0, 1, 0, 2, 1], [0, 2, 2, 0, 1], [0, 3, 2, 2, 1]]);
  return {
    layers: [
      { weights: edges, biases: biases(4, 0), padding: 1, pool: 2 },
      { weights: corners, biases: biases(4, -1), padding: 1, pool: 2 },
      { weights: square, biases: biases(1, -3), padding: 1, pool: 1 },
    ],
    perRow: [1, 2, 2, 1],
    cells: [9, 9, 18, 36],
    blocks: [
      "The rectangle, in 24 \u00d7 24", "Block 1: left, right, top, bottom edges", "Block 2: the four corners", "Block 3: the square",
    ],
    named: (block, map) => NAMES[block - 1][map],
  };
}

/** Return a dark image (1, 24, 24) with a bright rectangle in it, as far as it is in the image. */
export function rectangle(top, left, height, width) {
  const image = zeros([1, 24, 24]);
  for (let i = top; i < Math.min(top + height, 24); i++) {
    for (let j = left; j < Math.min(left + width, 24); j++) image.data[i * 24 + j] = 1;
  }
  return image;
}

/** Return, for the image and each block up to `block`, the rectangle of cells that a number of this block is made from. */
export function seenFrom(layers, block, { row, column }) {
  const rectangles = [{ top: row, left: column, height: 1, width: 1 }];
  for (const { weights, padding, pool } of layers.slice(0, block).reverse()) {
    const { top, left, height, width } = rectangles[0];
    const kernel = weights.shape[2];
    rectangles.unshift({
      top: top * pool - padding, left: left * pool - padding,
      height: height * pool + kernel - 1, width: width * pool + kernel - 1,
    });
  }
  return rectangles;
}

/** Return the part of a rectangle that is in a map of so many rows and columns. */
export function within({ top, left, height, width }, [rows, columns]) {
  const [from, until] = [Math.max(top, 0), Math.min(top + height, rows)];
  const [first, last] = [Math.max(left, 0), Math.min(left + width, columns)];
  return { top: from, left: first, height: until - from, width: last - first };
}

/** Return the pixels (height, width) of a rectangle of an image (1, H, W). */
export function cutOut(image, { top, left, height, width }) {
  const columns = image.shape[2];
  const cut = zeros([height, width]);
  for (let i = 0; i < height; i++) {
    cut.data.set(image.data.subarray((top + i) * columns + left, (top + i) * columns + left + width), i * width);
  }
  return cut;
}
