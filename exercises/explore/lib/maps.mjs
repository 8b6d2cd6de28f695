// Several maps of one layer on one canvas, side by side, so that they can be compared and pointed at.

import { part, rangeOf } from "./arrays.mjs";
import { paint } from "./draw.mjs";

/** Return the scale that all maps of a layer are drawn on: as scaleOf has it for one of them. */
export function commonScale(maps) {
  const { low, high } = rangeOf(maps);
  const reach = Math.max(-low, high) || 1;
  return low < 0 ? { low: -reach, high: reach, signed: true } : { low: 0, high: high || 1, signed: false };
}

/** Draw maps (K, H, W) in rows of `perRow`, with squares of `cell` pixels and lines between the maps.
 *
 *  `scale` is one for all, or a function of the map's number.
 */
export function paintMaps(canvas, maps, { cell = 4, perRow = maps.shape[0], scale = commonScale(maps), line = "#9aa0a6" } = {}) {
  const [count, height, width] = maps.shape;
  const rows = Math.ceil(count / perRow);
  const single = document.createElement("canvas");
  canvas.width = perRow * width * cell;
  canvas.height = rows * height * cell;
  const context = canvas.getContext("2d");
  for (let index = 0; index < count; index++) {
    paint(single, part(maps, index), { cell, scale: typeof scale === "function" ? scale(index) : scale });
    context.drawImage(single, (index % perRow) * width * cell, Math.floor(index / perRow) * height * cell);
  }
  context.fillStyle = line;
  for (let column = 1; column < perRow; column++) context.fillRect(column * width * cell - 1, 0, 2, canvas.height);
  for (let row = 1; row < rows; row++) context.fillRect(0, row * height * cell - 1, canvas.width, 2);
}

/** Return the map that a cell of such a canvas belongs to, and its place there: {index, row, column}. */
export function placeInMaps(row, column, [, height, width], perRow) {
  return { index: Math.floor(row / height) * perRow + Math.floor(column / width), row: row % height, column: column % width };
}
