// A Gaussian kernel by its formula, as numbers and at work.

import { element, figure, pointable, slider, spoken } from "../lib/controls.mjs";
import { frame, paint, written } from "../lib/draw.mjs";
import { featureMap, gaussian } from "../lib/kernels.mjs";

const KERNEL_WIDTH = 260;
const CELL = 2;

/** Fill a section with a Gaussian; returns `update(image)`, which takes another photograph (H, W). */
export function bellsView(section, first) {
  const state = { size: 7, sigma: 1.5, image: first, place: [3, 3] };
  const canvases = { kernel: element("canvas"), image: element("canvas") };
  const said = spoken();
  const pointed = spoken();
  let kernel = null;

  function point(i, j) {
    state.place = [i, j];
    const cell = Math.floor(KERNEL_WIDTH / state.size);
    paint(canvases.kernel, kernel, { cell, digits: state.size <= 9 ? (weight) => written(1000 * weight, 0) : null });
    frame(canvases.kernel, { top: i, left: j, height: 1, width: 1 }, { cell, line: 2 });
    const middle = (state.size - 1) / 2;
    const [dy, dx] = [i - middle, j - middle];
    const weight = kernel.data[i * state.size + j];
    pointed.textContent =
      `dy = ${dy}, dx = ${dx}: exp(-(${dy * dy} + ${dx * dx}) / (2*${state.sigma}*${state.sigma})), divided by the sum of ` +
      `all = ${written(weight, 4)}.`;
    return written(weight, 4);
  }

  function draw() {
    kernel = gaussian(state.size, state.sigma);
    paint(canvases.image, featureMap(state.image, kernel), { cell: CELL, scale: { low: 0, high: 255, signed: false } });
    const corner = kernel.data[0] / kernel.data[(state.size * state.size - 1) / 2];
    said.textContent =
      `${state.size}x${state.size} = ${state.size * state.size} weights that sum to ` +
      `${written(kernel.data.reduce((sum, weight) => sum + weight, 0), 6)}; a column ` +
      `and a row of it would be ${2 * state.size}. A corner weighs ${written(100 * corner, 2)} % of the middle: ` +
      (corner > 0.02 ? "the bell is cut off, take more." : "the bell is as good as whole.");
    const [i, j] = state.place.map((at) => Math.min(at, state.size - 1));
    grid.at(i, j);
    point(i, j);
  }

  const shape = () => [state.size, state.size];
  const grid = pointable(canvases.kernel, { label: "The bell", shape, value: state.place }, point);
  const setting = (name, options) => slider({ ...options, value: state[name], show: written }, (value) => {
    state[name] = value;
    draw();
  }).whole;
  section.append(
    element("div", { className: "controls" },
      setting("size", { label: "Size", min: 1, max: 21, step: 2 }),
      setting("sigma", { label: "Sigma", min: 0.5, max: 5, step: 0.25 }),
    ),
    element("div", { className: "row" },
      figure(canvases.kernel, "The kernel, in thousandths. Point at a weight."),
      figure(canvases.image, "The photograph under it. The zeros around it darken its border."),
    ),
    said, pointed,
  );
  draw();
  return { update(image) { state.image = image; draw(); } };
}
