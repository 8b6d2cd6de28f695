// What the unit on pixels computes: comparing rows of numbers, counting what a layer has to learn.

import { zeros } from "./arrays.mjs";

/** Return the correlation of two rows of numbers, from -1 to 1; NaN where all numbers of one are the same. */
export function correlation(one, other) {
  const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
  const [first, second] = [mean(one), mean(other)];
  let [together, left, right] = [0, 0, 0];
  for (let index = 0; index < one.length; index++) {
    const [x, y] = [one[index] - first, other[index] - second];
    together += x * y;
    left += x * x;
    right += y * y;
  }
  return together / Math.sqrt(left * right);
}

/** Return in how many places two rows hold the same number, and in how many of these it is 0. */
export function equalNumbers(one, other) {
  const equal = { all: 0, zeros: 0 };
  for (let index = 0; index < one.length; index++) {
    if (one[index] !== other[index]) continue;
    equal.all += 1;
    if (one[index] === 0) equal.zeros += 1;
  }
  return equal;
}

/** Return how bright a colour looks: the luma of ITU-R BT.601. */
export function luma([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue;
}

/** Return an image (3, H, W) in grey, (H, W). */
export function grey(image) {
  const [, height, width] = image.shape;
  const place = height * width;
  const out = zeros([height, width]);
  for (let index = 0; index < place; index++) out.data[index] = luma([0, 1, 2].map((c) => image.data[c * place + index]));
  return out;
}

/** Return the weights and biases of a layer that connects every number of an image to each of its units. */
export function denseParameters([channels, height, width], units) {
  return channels * height * width * units + units;
}

/** Return the weights and biases of a layer of filters, size x size; an image's height and width do not matter. */
export function convParameters(inChannels, outChannels, size) {
  return outChannels * inChannels * size * size + outChannels;
}
