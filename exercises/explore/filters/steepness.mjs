// The two Sobel maps of a photograph, and how steep it is whatever the direction.

import { element, figure, pointable, spoken } from "../lib/controls.mjs";
import { frame, paint, signedScale, written } from "../lib/draw.mjs";
import { correlate2d, edgeStrength, sobel } from "../lib/kernels.mjs";

const CELL = 2;

/** Fill a section with a photograph's gradient; returns `update(image)`, which takes another photograph (H, W). */
export function steepnessView(section, first) {
  const canvases = [element("canvas"), element("canvas"), element("canvas")];
  const said = spoken();
  let maps = [];
  let place = [40, 52];

  function show(i, j) {
    place = [i, j];
    maps.forEach((map, index) => {
      paint(canvases[index], map, { cell: CELL, scale: index < 2 ? signedScale(map) : null });
      frame(canvases[index], { top: i - 2, left: j - 2, height: 5, width: 5 }, { cell: CELL, line: 2 });
    });
    for (const grid of grids) grid.at(i, j);
    const [right, down, strength] = maps.map((map) => map.data[i * map.shape[1] + j]);
    const degrees = Math.round((Math.atan2(down, right) * 180) / Math.PI + 360) % 360;
    const way = strength === 0
      ? "There is no edge."
      : `It gets brighter at ${degrees}\u00b0 (0\u00b0 is to the right, 90\u00b0 downwards).`;
    said.textContent =
      `Row ${i}, column ${j}: gx = ${written(right, 1)}, gy = ${written(down, 1)}, strength = ` +
      `sqrt(${written(right * right, 0)} + ` +
      `${written(down * down, 0)}) = ${written(strength, 1)}. ${way}`;
    return written(strength, 1);
  }

  const shape = () => maps[2].shape;
  const names = ["gx, brighter to the right", "gy, brighter downwards", "The strength"];
  const grids = canvases.map((canvas, index) => pointable(canvas, { label: names[index], shape, value: place }, show));

  function update(image) {
    maps = [...sobel().map((kernel) => correlate2d(image, kernel)), edgeStrength(image)];
    show(...place.map((at, axis) => Math.min(at, maps[2].shape[axis] - 1)));
  }

  section.append(
    element("div", { className: "row" }, ...canvases.map((canvas, index) => figure(canvas, `${names[index]}.`))),
    said,
  );
  update(first);
  return { update };
}
