// A window slides over a digit: nine products, their sum, and the map that fills up.

import { arrayOf, part, reshaped } from "./lib/arrays.mjs";
import { element, figure, player, pointable, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { frame, paint, written } from "./lib/draw.mjs";
import { conv2d } from "./lib/operations.mjs";

const CELL = 26;
const { images } = arraysOf("data");
const image = part(images, 0);
const kernel = arrayOf([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]]);
const map = part(conv2d(reshaped(image, [1, ...image.shape]), reshaped(kernel, [1, 1, 3, 3])), 0);
const [rows, columns] = map.shape;

const left = element("canvas");
const right = element("canvas");
const sum = spoken();

function productsAt(i, j) {
  return Array.from(kernel.data, (weight, index) => {
    const pixel = image.data[(i + Math.floor(index / 3)) * image.shape[1] + j + (index % 3)];
    return `${written(pixel)}\u00b7${weight < 0 ? `(${written(weight)})` : written(weight)}`;
  });
}

function show(step) {
  const [i, j] = [Math.floor(step / columns), step % columns];
  paint(left, image, { cell: CELL, digits: written });
  frame(left, { top: i, left: j, height: 3, width: 3 }, { cell: CELL });
  paint(right, map, { cell: CELL, digits: written, filled: step + 1 });
  frame(right, { top: i, left: j, height: 1, width: 1 }, { cell: CELL });
  sum.textContent = `${productsAt(i, j).join(" + ")} = ${written(map.data[step])}`;
  return sum.textContent;
}

const steps = player({ label: "Place", length: () => rows * columns }, show);
pointable(right, { label: "The feature map", shape: () => [rows, columns] }, (i, j) => {
  steps.go(i * columns + j);
  return sum.textContent;
});
document.getElementById("page").append(
  steps.whole,
  element("div", { className: "row" }, figure(left, "A digit, and the window."), figure(right, "The map. Point at a number to see its patch.")),
  sum,
);
show(0);
