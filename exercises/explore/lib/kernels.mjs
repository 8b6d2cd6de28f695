// The classical kernels by formula, and how the unit on filters uses them.

import { arrayOf, rangeOf, reshaped, zeros } from "./arrays.mjs";
import { conv2d } from "./operations.mjs";

/** Return a kernel (size, size) that blurs: Gauss's bell around the middle, divided by its sum. */
export function gaussian(size, sigma) {
  const middle = Math.floor(size / 2);
  const row = Float64Array.from({ length: size }, (_, index) => Math.exp(-(((index - middle) / sigma) ** 2) / 2));
  const total = row.reduce((sum, weight) => sum + weight, 0);
  const kernel = zeros([size, size]);
  kernel.data.forEach((_, index) => {
    kernel.data[index] = (row[Math.floor(index / size)] / total) * (row[index % size] / total);
  });
  return kernel;
}

/** Return the two Sobel kernels: brighter to the right, and brighter downwards. */
export function sobel() {
  return [arrayOf([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), arrayOf([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])];
}

/** Return the kernel that compares a pixel with its four neighbours. */
export function laplacian() {
  return arrayOf([[0, 1, 0], [1, -4, 1], [0, 1, 0]]);
}

/** Return the Sobel kernel that answers where it gets brighter in a direction: 0 degrees is to the right, 90 is downwards. */
export function compass(degrees) {
  const [right, down] = sobel();
  const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return { shape: right.shape, data: right.data.map((weight, index) => x * weight + y * down.data[index]) };
}

/** Return the answer of a kernel (kh, kw) to every place of an image (H, W) where it fits. */
export function correlate2d(image, kernel, stride = 1) {
  const map = conv2d(reshaped(image, [1, ...image.shape]), reshaped(kernel, [1, 1, ...kernel.shape]), null, stride);
  return reshaped(map, map.shape.slice(1));
}

/** Return an image (H, W) with `rows` rows of `value` above and below it, and `columns` columns of it left and right. */
export function framed(image, rows, columns = rows, value = 0) {
  const [height, width] = image.shape;
  const out = zeros([height + 2 * rows, width + 2 * columns]);
  out.data.fill(value);
  for (let i = 0; i < height; i++) {
    out.data.set(image.data.subarray(i * width, (i + 1) * width), (i + rows) * out.shape[1] + columns);
  }
  return out;
}

/** Return the answer of a kernel of odd size (k, k) to an image (H, W), with zeros around it so that its size is kept. */
export function featureMap(image, kernel) {
  return correlate2d(framed(image, (kernel.shape[0] - 1) / 2), kernel);
}

/** Return how steeply the brightness of an image (H, W) changes: the length of both Sobel answers, without padding. */
export function edgeStrength(image) {
  const [right, down] = sobel().map((kernel) => correlate2d(image, kernel));
  return { shape: right.shape, data: right.data.map((number, index) => Math.hypot(number, down.data[index])) };
}

/** Return an image (H, W) blurred by a Gaussian that is wide enough to hold all that matters; sigma 0 leaves it as it is.
 *
 *  What is beyond the border is taken to be as the nearest pixel: zeros would darken it.
 */
export function blurred(image, sigma) {
  if (sigma === 0) return image;
  const reach = Math.ceil(3 * sigma);
  const size = 2 * reach + 1;
  const row = gaussian(size, sigma).data.subarray(reach * size, (reach + 1) * size);
  const total = row.reduce((sum, weight) => sum + weight, 0);
  const weights = row.map((weight) => weight / total);
  return alongRows(transposed(alongRows(transposed(image), weights)), weights);
}

function transposed({ shape: [height, width], data }) {
  const turned = zeros([width, height]);
  for (let index = 0; index < data.length; index++) {
    turned.data[(index % width) * height + Math.floor(index / width)] = data[index];
  }
  return turned;
}

function alongRows({ shape, data }, weights) {
  const [height, width] = shape;
  const reach = (weights.length - 1) / 2;
  const out = zeros(shape);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let v = 0; v < weights.length; v++) {
        const column = Math.min(Math.max(j + v - reach, 0), width - 1);
        sum += weights[v] * data[i * width + column];
      }
      out.data[i * width + j] = sum;
    }
  }
  return out;
}

/** Return a map stretched to 0..1 by its own smallest and largest number; zeros where it is constant. */
export function toDisplay(map) {
  const { low, high } = rangeOf(map);
  return { shape: map.shape, data: Float64Array.from(map.data, (number) => (high > low ? (number - low) / (high - low) : 0)) };
}
