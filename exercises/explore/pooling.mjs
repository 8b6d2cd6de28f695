// A digit is dragged: by how much do its pixels change, and what is left of them after pooling?

import { arrayOf, part, reshaped, zeros } from "./lib/arrays.mjs";
import { lineChart } from "./lib/chart.mjs";
import { button, choice, element, figure, pointable, questions, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { draggable } from "./lib/drag.mjs";
import { frame, paint, percent, scaleOf, written } from "./lib/draw.mjs";
import { avgpool2d, change, conv2d, maxpool2d, relu, shift } from "./lib/operations.mjs";
import { playback } from "./lib/playback.mjs";

const SIDE = 16;
const HOME = 4;
const FARTHEST = 4;
const CELL = 18;
const SOBEL = reshaped(arrayOf([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), [1, 1, 3, 3]);
const MAPS = {
  pixels: { text: "the digit's pixels", make: (image) => image },
  edges: { text: "a feature map: left edges of strokes", make: (image) => relu(conv2d(image, SOBEL, null, 1, 1)) },
};
const WAYS = [
  { look: "line-1", name: "Not pooled", short: "Not pooled", pool: (map) => map },
  { look: "line-2", name: "Max of each window", short: "Maxima", pool: maxpool2d },
  { look: "line-3", name: "Mean of each window", short: "Means", pool: avgpool2d },
];
const { images, labels } = arraysOf("data");
const chosen = { digit: 0, map: "pixels", size: 2, down: 0, right: 1, window: null };

/** Return a digit in the middle of a larger sheet of paper. */
function placed(index) {
  const sheet = zeros([1, SIDE, SIDE]);
  const digit = part(images, index);
  for (let i = 0; i < 8; i++) sheet.data.set(digit.data.subarray(i * 8, i * 8 + 8), (HOME + i) * SIDE + HOME);
  return sheet;
}

/** Return the map of a sheet, pooled in each of the ways. */
function pooledMaps(sheet, { map, size }) {
  const made = MAPS[map].make(sheet);
  return WAYS.map(({ pool }) => pool(made, size));
}

/** Return how much each of the ways changes where a sheet is moved; `before` are its pooled maps. */
function changesOf(sheet, before, down, right, wanted) {
  return pooledMaps(shift(sheet, down, right), wanted).map((after, way) => change(before[way], after));
}

const averages = new Map();

/** Return, for each way, the mean change of all digits moved by 0, 1, 2, ... pixels in the four directions. */
function averageOf({ map, size }) {
  const key = `${map} ${size}`;
  if (!averages.has(key)) {
    const sums = WAYS.map(() => new Float64Array(FARTHEST + 1));
    const count = images.shape[0];
    for (let index = 0; index < count; index++) {
      const sheet = placed(index);
      const before = pooledMaps(sheet, { map, size });
      for (let distance = 1; distance <= FARTHEST; distance++) {
        for (const [down, right] of [[0, distance], [distance, 0], [0, -distance], [-distance, 0]]) {
          changesOf(sheet, before, down, right, { map, size }).forEach((amount, way) => { sums[way][distance] += amount / (4 * count); });
        }
      }
    }
    averages.set(key, sums);
  }
  return averages.get(key);
}

const inPercent = (share) => percent(share, 0);
const columns = WAYS.map(({ short }) => {
  const [map, difference] = [element("canvas"), element("canvas", { role: "img" })];
  const changed = element("strong");
  const whole = element("figure", {}, element("figcaption", {}, short), map, element("p", {}, changed, " changed"), difference);
  return { map, difference, changed, whole };
});
const told = spoken();
const windowTold = spoken();
const chart = lineChart({
  label: "By how much do moved digits change? The numbers are in the table below.",
  x: { title: "pixels moved", ticks: Array.from({ length: FARTHEST + 1 }, (_, distance) => [distance, String(distance)]) },
  y: { ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, inPercent(share)]) },
});
const table = element("table");

function grid(canvas, size) {
  const context = canvas.getContext("2d");
  context.strokeStyle = "#8888";
  context.lineWidth = 1;
  context.beginPath();
  for (let line = size * CELL; line < SIDE * CELL; line += size * CELL) {
    context.moveTo(line, 0);
    context.lineTo(line, SIDE * CELL);
    context.moveTo(0, line);
    context.lineTo(SIDE * CELL, line);
  }
  context.stroke();
}

function moveInWords() {
  const { down, right } = chosen;
  const parts = [down && `${Math.abs(down)} ${down > 0 ? "down" : "up"}`, right && `${Math.abs(right)} ${right > 0 ? "right" : "left"}`];
  return parts.filter(Boolean).join(", ") || "by nothing";
}

function drawMaps(before, after) {
  const { size } = chosen;
  columns.forEach(({ map, difference, changed }, way) => {
    const { pool } = WAYS[way];
    const [home, now] = [pool(before, size), pool(after, size)].map((array) => reshaped(array, array.shape.slice(1)));
    const cell = (CELL * SIDE) / now.shape[0];
    const digits = cell >= 30 ? (number) => (number ? written(number, 0) : "") : null;
    paint(map, now, { cell, scale: scaleOf(home), digits });
    const differing = { shape: now.shape, data: now.data.map((number, index) => number - home.data[index]) };
    const reach = scaleOf(home).high;
    paint(difference, differing, { cell, scale: { low: -reach, high: reach, signed: true } });
    const share = inPercent(change(home, now));
    changed.textContent = share;
    difference.setAttribute("aria-label", `${WAYS[way].name}, now minus before: ${share} changed`);
    if (way && chosen.window) frame(map, { top: chosen.window[0], left: chosen.window[1], height: 1, width: 1 }, { cell });
  });
  grid(columns[0].map, size);
  if (chosen.window) frame(columns[0].map, { top: chosen.window[0] * size, left: chosen.window[1] * size, height: size, width: size }, { cell: CELL });
}

function drawChart() {
  const average = averageOf(chosen);
  const sheet = placed(chosen.digit);
  const distance = Math.max(Math.abs(chosen.down), Math.abs(chosen.right));
  const now = changesOf(sheet, pooledMaps(sheet, chosen), chosen.down, chosen.right, chosen);
  const lines = WAYS.map(({ look }, way) => ({ look, points: Array.from(average[way], (share, moved) => [moved, share]) }));
  const dots = WAYS.map(({ look }, way) => ({ look: `${look} dots`, points: [[distance, now[way]]] }));
  chart.draw({ lines: [...lines, ...dots], marker: distance });
  table.replaceChildren(
    element("tr", {}, element("th", { scope: "col" }, "pixels moved"), ...Array.from(average[0], (_, moved) => element("th", { scope: "col" }, String(moved)))),
    ...WAYS.map(({ name }, way) => element(
      "tr", {}, element("th", { scope: "row" }, name), ...Array.from(average[way], (share) => element("td", {}, inPercent(share))),
    )),
  );
  return now;
}

function windowInWords(map) {
  const { size, window: [i, j] } = chosen;
  const numbers = [];
  for (let u = 0; u < size; u++) {
    for (let v = 0; v < size; v++) numbers.push(map.data[(i * size + u) * SIDE + j * size + v]);
  }
  const total = numbers.reduce((sum, number) => sum + number, 0);
  const shown = numbers.length > 16 ? `${numbers.length} numbers` : numbers.map((number) => written(number)).join(", ");
  return `Window ${i}, ${j}: ${shown}. Max ${written(Math.max(...numbers))}, mean ${written(total)} / ${size * size} = ${written(total / size ** 2)}`;
}

function show() {
  const sheet = placed(chosen.digit);
  const { make } = MAPS[chosen.map];
  const after = make(shift(sheet, chosen.down, chosen.right));
  drawMaps(make(sheet), after);
  const shares = drawChart().map(inPercent);
  told.textContent = `Moved ${moveInWords()}: ${shares[0]} changed without pooling, ${shares[1]} of the maxima, ${shares[2]} of the means.`;
  if (chosen.window) windowTold.textContent = windowInWords(after);
  return told.textContent;
}

const drag = draggable(
  columns[0].map, { label: "The digit", columns: () => SIDE, limits: [[-FARTHEST, FARTHEST], [-FARTHEST, FARTHEST]], value: [0, 1] },
  (down, right) => {
    Object.assign(chosen, { down, right });
    return show();
  },
);
for (const [way, label] of [[1, "The maxima"], [2, "The means"]]) {
  pointable(columns[way].map, { label, shape: () => [SIDE / chosen.size, SIDE / chosen.size], value: [1, 1] }, (i, j) => {
    chosen.window = [i, j];
    show();
    return windowTold.textContent;
  });
}
const digits = choice({
  label: "Digit",
  options: Array.from({ length: 30 }, (_, index) => [index, `${labels.data[index]}, number ${index}`]),
}, (value) => { chosen.digit = Number(value); show(); });
const maps = choice({ label: "What is pooled", options: Object.entries(MAPS).map(([key, { text }]) => [key, text]) }, (value) => {
  chosen.map = value;
  show();
});
const sizes = choice({ label: "Window", options: [2, 4, 8].map((size) => [size, `${size} \u00d7 ${size}`]) }, (value) => {
  Object.assign(chosen, { size: Number(value), window: null });
  windowTold.textContent = "Point at a number of a pooled map to see its window.";
  show();
});
windowTold.textContent = "Point at a number of a pooled map to see its window.";

document.getElementById("page").append(
  element("div", { className: "controls" }, digits.whole, maps.whole, sizes.whole, button("Back to the middle", () => drag.go(0, 0))),
  element("div", { className: "three" }, ...columns.map(({ whole }) => whole)),
  element("p", { className: "note" }, "Above, the digit now, and the maxima and means of its windows. Below, now minus what was there in the middle: red is more, blue is less."),
  told,
  windowTold,
  element(
    "section", {},
    element("h2", {}, "How far, how much: the average of 200 digits"),
    figure(chart.whole, element(
      "ul", { className: "legend" },
      ...WAYS.map(({ name, look }) => element("li", { className: look }, name)),
      element("li", { className: "dots" }, "your digit, where it is now"),
    )),
    element(
      "p", {}, "0 % means the same numbers in the same places, 100 % nothing in common: the sum of all differences, divided by the sum of "
      + "all numbers before and after. The lines are means over moves to the four sides; of a slanting move the longer side counts.",
    ),
    element("details", {}, element("summary", {}, "The numbers of the lines"), element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "The numbers of the lines" }, table)),
  ),
  questions([
    [
      "The window is 2, and the digit moves by one pixel, then by two. After which of the two moves is the pooled map the old one, only moved?",
      "After two: the whole digit then stands one window farther, and so does all of its map. After one pixel the windows cut it in "
      + "other places, and other numbers come out.",
    ],
    [
      "Which one forgets small moves better, the maximum or the mean? And with a window of 8?",
      "For these digits the maximum: as long as the strongest pixel stays in its window, nothing changes there, while the mean notices "
      + "each pixel that leaves. With larger windows both forget more.",
    ],
    [
      "With a window of 8 a move by one pixel changes almost none of the maxima. What is the price?",
      "Four numbers are left of the digit, and nobody can tell a 3 from an 8 by them. Pooling gives up the place, and each time some of the form as well.",
    ],
  ]),
);
show();
playback(document.getElementById("page"));
