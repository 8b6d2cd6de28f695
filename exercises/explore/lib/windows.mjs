// Where a window stops on a row of pixels, and what that means for each of them.

import { outputSize } from "./operations.mjs";

/** Return where windows stop along one axis of `size` pixels, counted from the first pixel.
 *
 *  `starts` are the places where windows begin, negative ones in the padding; `leftOver` is how many numbers at the end,
 *  padding included, no window reaches; `coverage` says for each pixel how many windows see it.
 */
export function windows(size, kernel, stride, padding) {
  const places = Math.max(outputSize(size, kernel, stride, padding), 0);
  const starts = Array.from({ length: places }, (_, place) => place * stride - padding);
  const coverage = Array.from({ length: size }, (_, pixel) => (
    starts.filter((start) => start <= pixel && pixel < start + kernel).length
  ));
  const end = places ? starts[places - 1] + kernel : -padding;
  return { starts, coverage, leftOver: size + padding - end };
}

/** Return the padding that keeps the size at stride 1, or null for an even kernel, which has none. */
export function samePadding(kernel) {
  return kernel % 2 ? (kernel - 1) / 2 : null;
}
