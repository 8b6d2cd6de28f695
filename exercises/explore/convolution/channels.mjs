// A filter with a slice for each channel of a colour photograph: the slices' maps, and their sum.

import { arrayOf, part, reshaped, zeros } from "../lib/arrays.mjs";
import { choice, element, figure, numberTable, pointable, questions, slider, spoken } from "../lib/controls.mjs";
import { arraysOf } from "../lib/data.mjs";
import { frame, paint, signedScale, written } from "../lib/draw.mjs";
import { correlate2d } from "../lib/kernels.mjs";
import { conv2d } from "../lib/operations.mjs";

const CELL = 26;
const PHOTO_CELL = 2;
const PATCH = 7;
const COLOURS = [["red", [1, 0.3, 0.3]], ["green", [0.3, 0.9, 0.3]], ["blue", [0.4, 0.55, 1]]];

const RIGHT = [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]];
const LEFT = [[1, 0, -1], [1, 0, -1], [1, 0, -1]];
const NONE = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
const middle = (weight) => [[0, 0, 0], [0, weight, 0], [0, 0, 0]];
const FILTERS = [
  ["an edge, in all three colours", [RIGHT, RIGHT, RIGHT]],
  ["red on the left of green", [LEFT, RIGHT, NONE]],
  ["more red than blue", [middle(1), NONE, middle(-1)]],
  ["as bright as it looks (grey)", [middle(0.299), middle(0.587), middle(0.114)]],
  ["the red channel alone", [middle(1), NONE, NONE]],
];

const QUESTIONS = [
  [
    "How many weights does this filter have, and how many maps does it make?",
    "3 * 3 * 3 = 27 weights and a bias, and one map: the slices\u2019 answers are added, not kept.",
  ],
  [
    "Choose \u201cmore red than blue\u201d. What will the map of the rocket look like, and what that of the coffee?",
    "The sky behind the rocket has more blue than red: negative nearly everywhere. Cup, coffee and table have more red: " +
    "positive.",
  ],
  [
    "What does the bias do to the map? Does it change where the filter finds something?",
    "It adds the same to every number. No place gains on another; but after an activation that cuts at 0, more or fewer are " +
    "left.",
  ],
];

/** Fill a section with a filter on three channels. */
export function channelsView(section) {
  const photographs = arraysOf("photographs");
  const names = Object.keys(photographs);
  const filter = arrayOf(FILTERS[0][1]);
  const state = { photograph: photographs.coffee, top: 17, left: 85, bias: 0, place: [2, 2] };
  const canvases = {
    photograph: element("canvas"), whole: element("canvas"), sum: element("canvas"),
    patches: COLOURS.map(() => element("canvas")), maps: COLOURS.map(() => element("canvas")),
  };
  const sum = spoken();
  let maps = [];
  let total = null;
  let wholeMap = null;

  function patchOf(channel) {
    const patch = zeros([PATCH, PATCH]);
    const plane = part(state.photograph, channel);
    patch.data.forEach((_, index) => {
      const [i, j] = [Math.floor(index / PATCH), index % PATCH];
      patch.data[index] = plane.data[(state.top + i) * plane.shape[1] + state.left + j];
    });
    return patch;
  }

  function drawPlaces() {
    const [i, j] = state.place;
    const window = { top: i, left: j, height: 3, width: 3 };
    const scale = signedScale({ shape: [], data: [total, ...maps].flatMap((map) => [...map.data]) });
    COLOURS.forEach(([, tint], c) => {
      const light = { low: 0, high: 255, signed: false, tint };
      paint(canvases.patches[c], patchOf(c), { cell: CELL, digits: written, scale: light });
      frame(canvases.patches[c], window, { cell: CELL, colour: "#fff" });
      paint(canvases.maps[c], maps[c], { cell: CELL, digits: (number) => written(number, 0), scale });
    });
    paint(canvases.sum, total, { cell: CELL, digits: (number) => written(number, 0), scale });
    const here = { top: i, left: j, height: 1, width: 1 };
    for (const canvas of [...canvases.maps, canvases.sum]) frame(canvas, here, { cell: CELL });
  }

  function show(i, j) {
    state.place = [i, j];
    for (const grid of grids) grid.at(i, j);
    drawPlaces();
    const index = i * total.shape[1] + j;
    const signed = (number) => (number < 0 ? `\u2212 ${written(-number, 1)}` : `+ ${written(number, 1)}`);
    const [red, green, blue] = maps.map((map) => map.data[index]);
    sum.textContent =
      `Number (${i}, ${j}): ${written(red, 1)} (red) ${signed(green)} (green) ${signed(blue)} (blue) ` +
      `${signed(state.bias)} (bias) = ${written(total.data[index], 1)}`;
    return written(total.data[index], 1);
  }

  function drawPhotograph() {
    const around = { top: state.top, left: state.left, height: PATCH, width: PATCH };
    paint(canvases.photograph, state.photograph, { cell: PHOTO_CELL });
    frame(canvases.photograph, around, { cell: PHOTO_CELL, line: 2 });
    paint(canvases.whole, part(wholeMap, 0), { cell: PHOTO_CELL, scale: signedScale(wholeMap) });
    frame(canvases.whole, { ...around, height: PATCH - 2, width: PATCH - 2 }, { cell: PHOTO_CELL, line: 2 });
  }

  /** Take another patch of the photograph. */
  function move() {
    maps = COLOURS.map((_, c) => correlate2d(patchOf(c), part(filter, c)));
    total = zeros(maps[0].shape);
    total.data.forEach((_, index) => { total.data[index] = state.bias + maps.reduce((so, map) => so + map.data[index], 0); });
    drawPhotograph();
    return show(...state.place);
  }

  function compute() {
    wholeMap = conv2d(state.photograph, reshaped(filter, [1, ...filter.shape]), { shape: [1], data: [state.bias] });
    return move();
  }

  const places = () => [PATCH - 2, PATCH - 2];
  const grids = canvases.maps.map((canvas, c) => (
    pointable(canvas, { label: `The map of the ${COLOURS[c][0]} slice`, shape: places }, show)
  ));
  grids.push(pointable(canvases.sum, { label: "The sum of the three maps and the bias", shape: places }, show));
  const onPhotograph = pointable(
    canvases.photograph,
    { label: "The photograph; the patch follows", shape: () => state.photograph.shape.slice(1), value: [20, 88] },
    (row, column) => {
      const [, height, width] = state.photograph.shape;
      const within = (at, length) => Math.min(Math.max(at - (PATCH - 1) / 2, 0), length - PATCH);
      [state.top, state.left] = [within(row, height), within(column, width)];
      return `the patch begins in row ${state.top}, column ${state.left}; number (${state.place.join(", ")}) of the map is ${move()}`;
    },
  );

  const tables = COLOURS.map(([name], c) => numberTable({ label: `The ${name} slice`, numbers: part(filter, c) }, compute));
  section.append(
    element("div", { className: "controls" },
      choice({ label: "Photograph", options: names.map((name) => [name, name]), value: "coffee" }, (name) => {
        state.photograph = photographs[name];
        compute();
      }).whole,
      choice({ label: "Filter", options: FILTERS.map(([name], index) => [String(index), name]) }, (index) => {
        tables.forEach((table, c) => table.set(FILTERS[index][1][c].flat()));
        compute();
      }).whole,
      slider({ label: "Bias", min: -300, max: 300, step: 10, value: 0, show: (value) => written(value) }, (value) => {
        state.bias = value;
        compute();
      }).whole,
    ),
    element("div", { className: "row" },
      figure(canvases.photograph, "The photograph. Point at it, or move the frame with the arrow keys."),
      figure(canvases.whole, "The filter\u2019s map of the whole photograph: red is positive, blue negative, white 0."),
    ),
    element("div", { className: "row" },
      element("div", {}, ...COLOURS.map(([name], c) => element("div", { className: "row sum" },
        figure(canvases.patches[c], `${name}, 0 to 255`), figure(tables[c].whole, `the ${name} slice`),
        figure(canvases.maps[c], "its map"),
      ))),
      element("div", { className: "middle" }, figure(canvases.sum, "The three maps and the bias, added up: one map.")),
    ),
    sum,
    questions(QUESTIONS),
  );
  compute();
}
