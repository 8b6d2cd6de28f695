// One kernel on one image: the window, the products under it, and the map that fills up.

import { arrayOf, part, zeros } from "../lib/arrays.mjs";
import {
  button, choice, element, figure, numberTable, player, pointable, questions, slider, spoken,
} from "../lib/controls.mjs";
import { arraysOf } from "../lib/data.mjs";
import { factor, frame, paint, signedScale, written } from "../lib/draw.mjs";
import { correlate2d, framed } from "../lib/kernels.mjs";
import { outputSize } from "../lib/operations.mjs";

const CELL = 28;
const PADDED = "#6b7280";

const NINTH = 1 / 9;
const KERNELS = [
  ["brighter to the right, 3x3", [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]],
  ["brighter downwards, 3x3", [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]],
  ["a slanted stroke, 3x3", [[-1, -1, 2], [-1, 2, -1], [2, -1, -1]]],
  ["the mean, 3x3", [[NINTH, NINTH, NINTH], [NINTH, NINTH, NINTH], [NINTH, NINTH, NINTH]]],
  ["the pixel itself, 3x3", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]],
  ["the pixel to the right, 3x3", [[0, 0, 0], [0, 0, 1], [0, 0, 0]]],
  ["darker than its neighbours, 3x3", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]],
  ["the lesson's, 2x2", [[1, -1], [1, 0]]],
  ["a row of three, 1x3", [[-1, 0, 1]]],
  ["times two, 1x1", [[2]]],
  ["a sum of 25, 5x5", Array.from({ length: 5 }, () => [1, 1, 1, 1, 1])],
];

const QUESTIONS = [
  [
    "Choose \u201cthe pixel to the right\u201d. What is the map, before you play it?",
    "The image, moved one pixel to the left: each number is the right neighbour of the window\u2019s middle.",
  ],
  [
    "The kernel \u201cbrighter to the right\u201d answers with 0 in the middle of a broad white stroke. Why?",
    "Left and right of the middle are equally bright, so the products cancel out. It sees only where brightness changes.",
  ],
  [
    "Set the stride to 2. Which numbers of the old map are left?",
    "Those in even rows and even columns: the window starts at every other place, and the rest is never computed.",
  ],
  [
    "With the mean and padding 1, why do the numbers at the border become smaller?",
    "At the border, three or five of the nine pixels are zeros of the frame. They count, and pull the mean down.",
  ],
];

function images() {
  const { images: digits, labels } = arraysOf("data");
  const square = zeros([8, 8]);
  for (let i = 2; i < 6; i++) square.data.fill(9, i * 8 + 2, i * 8 + 6);
  return [
    ...Array.from(labels.data, (label, index) => [`the digit ${label}`, part(digits, index)]),
    ["a square", square],
    ["the lesson\u2019s, 3x4", arrayOf([[1, 2, 3, 4], [0, 5, 1, 0], [2, 1, 0, 3]])],
  ];
}

const asOptions = (named) => named.map(([name], index) => [String(index), name]);

/** Fill a section with the window that slides. */
export function slideView(section) {
  const pictures = images();
  const state = { image: pictures[3][1], kernel: arrayOf(KERNELS[0][1]), stride: 1, padding: 0, step: 0, filled: 0 };
  const canvases = { image: element("canvas"), map: element("canvas"), patch: element("canvas"), products: element("canvas") };
  const sum = spoken();
  const size = spoken();
  const kernelPlace = element("div");
  let map = null;
  // What the map was computed with, which says where the window is.
  let before = { stride: 1, padding: 0 };
  let padded = null;
  let table = null;

  const fits = () => map !== null;
  const place = () => [Math.floor(state.step / map.shape[1]), state.step % map.shape[1]];

  function patchAt(i, j) {
    const [kh, kw] = state.kernel.shape;
    const patch = zeros([kh, kw]);
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        patch.data[u * kw + v] = padded.data[(i * state.stride + u) * padded.shape[1] + j * state.stride + v];
      }
    }
    return patch;
  }

  function drawWindow(i, j) {
    const { kernel, stride, padding, image } = state;
    const [kh, kw] = kernel.shape;
    paint(canvases.image, padded, { cell: CELL, digits: written });
    if (padding) {
      const inner = { top: padding, left: padding, height: image.shape[0], width: image.shape[1] };
      frame(canvases.image, inner, { cell: CELL, colour: PADDED, line: 2 });
    }
    frame(canvases.image, { top: i * stride, left: j * stride, height: kh, width: kw }, { cell: CELL });
    paint(canvases.map, map, { cell: CELL, digits: written, scale: signedScale(map), filled: state.filled });
    frame(canvases.map, { top: i, left: j, height: 1, width: 1 }, { cell: CELL });
  }

  function tell(i, j) {
    const { kernel, stride, padding } = state;
    const patch = patchAt(i, j);
    const products = { shape: patch.shape, data: patch.data.map((pixel, index) => pixel * kernel.data[index]) };
    paint(canvases.patch, patch, { cell: CELL, digits: written, scale: { low: 0, high: 16, signed: false } });
    paint(canvases.products, products, { cell: CELL, digits: written, scale: signedScale(products) });
    const terms = Array.from(patch.data, (pixel, index) => `${written(pixel)}\u00b7${factor(kernel.data[index])}`);
    const from = [i, j].map((index) => index * stride - padding);
    const answer = map.data[i * map.shape[1] + j];
    sum.textContent =
      `Number (${i}, ${j}) of the map; the window starts in row ${written(from[0])}, column ${written(from[1])} of the ` +
      `image: ` +
      `${terms.join(" + ")} = ${written(answer)}`;
    return written(answer);
  }

  function show(step) {
    if (!fits()) return "";
    state.step = step;
    state.filled = Math.max(state.filled, step + 1);
    const [i, j] = place();
    drawWindow(i, j);
    onMap.at(i, j);
    onImage.at(...[i, j].map((index, axis) => index * state.stride + Math.floor((state.kernel.shape[axis] - 1) / 2)));
    return tell(i, j);
  }

  const steps = player({
    label: "Place", length: () => (fits() ? map.data.length : 1), quiet: [sum], again: () => { state.filled = 0; },
  }, show);
  const goTo = (i, j) => {
    steps.at(i * map.shape[1] + j);
    return show(i * map.shape[1] + j);
  };
  const onMap = pointable(canvases.map, { label: "The feature map", shape: () => map?.shape ?? [1, 1] }, goTo);
  // The window's middle follows the pointer, as far as it fits.
  const image = { label: "The image; the window follows", shape: () => padded.shape, stride: () => state.stride };
  const onImage = pointable(canvases.image, image, (row, column) => {
    if (!fits()) return "the kernel does not fit";
    const [kh, kw] = state.kernel.shape;
    const near = (at, extent, places) => Math.min(Math.max(Math.round((at - (extent - 1) / 2) / state.stride), 0), places - 1);
    return goTo(near(row, kh, map.shape[0]), near(column, kw, map.shape[1]));
  });

  function tellSize() {
    const { image, kernel, stride, padding } = state;
    const [rows, columns] = image.shape.map((length, axis) => {
      const places = outputSize(length, kernel.shape[axis], stride, padding);
      return `(${length} + 2*${padding} - ${kernel.shape[axis]})//${stride} + 1 = ${places}`;
    });
    size.textContent = fits()
      ? `The map\u2019s rows: ${rows}. Its columns: ${columns}.`
      : `A kernel of ${kernel.shape.join("x")} does not fit into ${padded.shape.join("x")}: choose a smaller kernel, or ` +
        "more padding.";
    size.classList.toggle("wrong", !fits());
  }

  /** Compute the map anew; the window stays where it is, or at the nearest place that there is. */
  function compute() {
    const wasFull = fits() && state.filled >= map.data.length;
    const from = fits() ? place().map((index) => index * before.stride - before.padding) : [0, 0];
    const shapeBefore = fits() ? map.shape.join() : "";
    before = { stride: state.stride, padding: state.padding };
    padded = framed(state.image, state.padding);
    const [kh, kw] = state.kernel.shape;
    map = kh <= padded.shape[0] && kw <= padded.shape[1] ? correlate2d(padded, state.kernel, state.stride) : null;
    tellSize();
    section.classList.toggle("without", !fits());
    if (!fits()) {
      steps.stop();
      paint(canvases.image, padded, { cell: CELL, digits: written });
      paint(canvases.map, zeros([1, 1]), { cell: CELL, filled: 0 });
      sum.textContent = "";
      return;
    }
    if (wasFull) state.filled = map.data.length;
    else if (map.shape.join() !== shapeBefore) state.filled = 0;
    const [i, j] = from.map((start, axis) => (
      Math.min(Math.max(Math.round((start + state.padding) / state.stride), 0), map.shape[axis] - 1)
    ));
    steps.resize(i * map.shape[1] + j);
  }

  function useKernel(rows) {
    state.kernel = arrayOf(rows);
    table = numberTable({ label: "The kernel", numbers: state.kernel }, compute);
    kernelPlace.replaceChildren(table.whole);
    compute();
  }

  const controls = element("div", { className: "controls" },
    choice({ label: "Image", options: asOptions(pictures), value: "3" }, (index) => {
      state.image = pictures[index][1];
      compute();
    }).whole,
    choice({ label: "Kernel", options: asOptions(KERNELS) }, (index) => useKernel(KERNELS[index][1])).whole,
    slider({ label: "Stride", min: 1, max: 3, value: 1 }, (value) => { state.stride = value; compute(); }).whole,
    slider({ label: "Padding", min: 0, max: 2, value: 0 }, (value) => { state.padding = value; compute(); }).whole,
  );
  const fill = button("Fill the map", () => { state.filled = map?.data.length ?? 0; show(state.step); });
  const empty = button("Empty the map", () => { state.filled = 0; steps.go(0); });
  steps.whole.append(fill, empty);

  section.append(
    controls, steps.whole,
    element("div", { className: "row" },
      figure(canvases.image, "The image, from 0 (black) to 16 (white), and the window."),
      figure(canvases.map, "The map: red is positive, blue negative, white 0."),
    ),
    size,
    element("div", { className: "row sum" },
      figure(canvases.patch, "The patch"), element("span", { className: "sign", "aria-hidden": "true" }, "\u00b7"),
      figure(kernelPlace, "the kernel"), element("span", { className: "sign", "aria-hidden": "true" }, "="),
      figure(canvases.products, "the products"),
    ),
    sum,
    questions(QUESTIONS),
  );
  useKernel(KERNELS[0][1]);
}
