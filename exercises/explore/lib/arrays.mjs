// Arrays as the page's data holds them: a shape, and the numbers in C order.

const KINDS = {
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, uint32: Uint32Array, int32: Int32Array,
  float16: Uint16Array, float32: Float32Array, float64: Float64Array,
};

function widened(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Return {shape, data} of an array in JSON: {dtype, shape, base64}. The data is a typed array; half precision is widened. */
export function decode({ dtype, shape, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stored = new KINDS[dtype](bytes.buffer);
  return { shape, data: dtype === "float16" ? Float32Array.from(stored, widened) : stored };
}

/** Return how many numbers an array of this shape holds. */
export function sizeOf(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** Return an array of zeros, in double precision. */
export function zeros(shape) {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

/** Return an array of these rows of numbers: a nested list of any depth. */
export function arrayOf(nested) {
  const shape = [];
  for (let level = nested; Array.isArray(level); level = level[0]) shape.push(level.length);
  return { shape, data: Float64Array.from(nested.flat(Infinity)) };
}

/** Return element `index` of the first axis, as a view: an image of a batch, a channel of an image. */
export function part(array, index) {
  const shape = array.shape.slice(1);
  const size = sizeOf(shape);
  return { shape, data: array.data.subarray(index * size, (index + 1) * size) };
}

/** Return the same numbers in another shape. */
export function reshaped(array, shape) {
  return { shape, data: array.data };
}

/** Return a new array of what `change` makes of each number. */
export function mapped(array, change) {
  return { shape: array.shape, data: Float64Array.from(array.data, change) };
}

/** Return the smallest and the largest finite number of an array. */
export function rangeOf(array) {
  let low = Infinity;
  let high = -Infinity;
  for (const number of array.data) {
    if (!Number.isFinite(number)) continue;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  return low <= high ? { low, high } : { low: 0, high: 0 };
}
