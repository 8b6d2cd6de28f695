// Several maps of one layer on one canvas, side by side, so that they can be compared and pointed at.

import { part, rangeOf } from "./arrays.mjs";
import { paint, signedScale } from "./draw.mjs";

/** Return the scale that all maps of a layer are drawn on: as scaleOf has it for one of them. */
export function commonScale(maps) {
  const { low, high } = rangeOf(maps);
  return low < 0 ? signedScale(maps) : { low: 0, high: high || 1, signed: false };
}

/** Draw maps (K, H, W) in rows of `perRow`, with squares of `cell` pixels and lines between the maps.
 *
 *  `scale` is one for all, or a function of the map's number. The lines are grey on dark maps; between maps with signs, which are
 *  light, they are dark, and wider where squares are large.
 */
export function paintMaps(canvas, maps, { cell = 4, perRow = maps.shape[0], scale = commonScale(maps) } = {}) {
  const [count, height, width] = maps.shape;
  const rows = Math.ceil(count / perRow);
  const fine = Math.ceil(window.devicePixelRatio || 1);
  const single = document.createElement("canvas");
  canvas.width = perRow * width * cell * fine;
  canvas.height = rows * height * cell * fine;
  canvas.style.width = `${perRow * width * cell}px`;
  const context = canvas.getContext("2d");
  context.setTransform(fine, 0, 0, fine, 0, 0);
  const scaleFor = (index) => (typeof scale === "function" ? scale(index) : scale);
  for (let index = 0; index < count; index++) {
    paint(single, part(maps, index), { cell, scale: scaleFor(index) });
    const [left, top] = [(index % perRow) * width * cell, Math.floor(index / perRow) * height * cell];
    context.drawImage(single, left, top, width * cell, height * cell);
  }
  const { signed } = scaleFor(0);
  const half = signed && cell >= 10 ? 2 : 1;
  context.fillStyle = signed ? "#3f4650" : "#9aa0a6";
  for (let column = 1; column < perRow; column++) context.fillRect(column * width * cell - half, 0, 2 * half, rows * height * cell);
  for (let row = 1; row < rows; row++) context.fillRect(0, row * height * cell - half, perRow * width * cell, 2 * half);
}

/** Return the map that a cell of such a canvas belongs to, and its place there: {index, row, column}. */
export function placeInMaps(row, column, [, height, width], perRow) {
  return { index: Math.floor(row / height) * perRow + Math.floor(column / width), row: row % height, column: column % width };
}
