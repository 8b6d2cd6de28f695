// A digit is drawn, or taken from those that LeNet has never seen: all maps on the way to the ten bars.

import { mapped, part, reshaped, zeros } from "./lib/arrays.mjs";
import { button, choice, element, figure, pointable, questions, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { paint, written } from "./lib/draw.mjs";
import { counted, inked, likeTheData, SHEET } from "./lib/drawing.mjs";
import { commonScale, paintMaps, signedScale } from "./lib/maps.mjs";
import { enlarged, lenet } from "./lib/operations.mjs";
import { playback } from "./lib/playback.mjs";

const PAD_CELL = 9;
const PEN = 2.2;
const KEY_STEP = 2;
const DARK_TO_INK = { low: 0, high: 16, signed: false };
const { images, labels } = arraysOf("data");
const { held_back: heldBack, ...params } = arraysOf("weights");

/** Return LeNet's layers for a digit (8, 8) of 0 to 16. */
function read(digit) {
  return lenet(enlarged(reshaped(mapped(digit, (ink) => ink / 16), [1, 8, 8]), 4), params);
}

function nameIn({ probabilities }) {
  return probabilities.data.indexOf(Math.max(...probabilities.data));
}

const percent = (share) => (share < 0.0005 ? "0 %" : `${(100 * share).toFixed(1)} %`);
const candidates = Array.from(heldBack.data, (index) => ({ index, label: labels.data[index], name: nameIn(read(part(images, index))) }));
const misread = candidates.filter(({ label, name }) => label !== name);
const rightlyRead = candidates.filter(({ label, name }) => label === name);
const state = { strokes: [], fit: true, taken: rightlyRead[0], layers: null, kept: null, pen: { x: 16, y: 6, down: false, seen: false } };

// --- what is given to the network -------------------------------------------------------------------------------------

const pad = element("canvas", { tabIndex: 0, role: "application", "aria-roledescription": "sheet to draw on" });
const small = element("canvas", { role: "img" });
const told = spoken();

function givenDigit() {
  if (state.taken) return part(images, state.taken.index);
  if (!state.strokes.length) return counted(new Uint8Array(SHEET * SHEET));
  return counted(state.fit ? likeTheData(state.strokes) : inked(state.strokes, PEN));
}

function drawPad() {
  paint(pad, state.taken ? givenDigit() : zeros([8, 8]), { cell: 4 * PAD_CELL, scale: DARK_TO_INK });
  if (state.taken) return;
  const context = pad.getContext("2d");
  context.scale(PAD_CELL, PAD_CELL);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = 2 * PEN;
  context.strokeStyle = "#fff";
  for (const [first, ...others] of state.strokes) {
    context.beginPath();
    context.moveTo(...first);
    for (const point of others.length ? others : [first]) context.lineTo(...point);
    context.stroke();
  }
  if (state.pen.seen) {
    context.beginPath();
    context.arc(state.pen.x, state.pen.y, PEN, 0, 2 * Math.PI);
    context.lineWidth = 0.6;
    context.strokeStyle = state.pen.down ? "#e8590c" : "#4dabf7";
    context.stroke();
  }
}

// --- bars ------------------------------------------------------------------------------------------------------------

const bars = Array.from({ length: 10 }, (_, digit) => {
  const [fill, kept, share] = [element("span", { className: "fill" }), element("span", { className: "kept" }), element("span", { className: "share" })];
  const whole = element("li", {}, element("span", { className: "name" }, String(digit)), element("span", { className: "gauge" }, fill, kept), share);
  return { fill, kept, share, whole };
});
const barList = element("ul", { className: "probabilities", "aria-label": "What LeNet makes of it: probabilities" }, ...bars.map(({ whole }) => whole));
const keptTold = element("p", { className: "note" });

function drawBars() {
  const { data } = state.layers.probabilities;
  const name = nameIn(state.layers);
  bars.forEach(({ fill, kept, share, whole }, digit) => {
    fill.style.width = `${100 * data[digit]}%`;
    share.textContent = percent(data[digit]);
    whole.className = digit === name ? "best" : "";
    kept.hidden = state.kept === null;
    if (state.kept) kept.style.left = `${100 * state.kept.data[digit]}%`;
    if (state.taken && state.taken.label === digit) share.textContent += " (label)";
  });
}

function inWords() {
  if (!state.taken && !state.strokes.length) return "The sheet is empty. Draw a digit on it.";
  const { data } = state.layers.probabilities;
  const name = nameIn(state.layers);
  const read = `LeNet reads ${name === 8 ? "an" : "a"} ${name} (${percent(data[name])})`;
  if (!state.taken) {
    const second = data.indexOf(Math.max(...data.filter((_, digit) => digit !== name)));
    return data[second] < 0.0005 ? `${read}, and nothing else.` : `${read}. Next comes ${second} (${percent(data[second])}).`;
  }
  const { index, label } = state.taken;
  const truth = `Number ${index} of the data, ${label === 8 ? "an" : "a"} ${label}, never seen in training.`;
  return label === name ? `${truth} ${read}.` : `${truth} ${read}, and gives ${label} only ${percent(data[label])}.`;
}

// --- the way there ----------------------------------------------------------------------------------------------------

const LAYERS = [
  { key: "relu1", filters: "conv1_w", perRow: 3, cell: 4, name: "First convolution, then ReLU: 6 maps of 28 \u00d7 28" },
  { key: "pool1", filters: "conv1_w", perRow: 3, cell: 8, name: "Max pooling: 6 maps of 14 \u00d7 14" },
  { key: "relu2", filters: "conv2_w", perRow: 4, cell: 8, name: "Second convolution, then ReLU: 16 maps of 10 \u00d7 10" },
  { key: "pool2", filters: "conv2_w", perRow: 4, cell: 16, name: "Max pooling: 16 maps of 5 \u00d7 5, together 400 numbers" },
];
const DENSE = [
  { key: "hidden1", shape: [8, 15], name: "Every number with every neuron: 120 numbers" },
  { key: "hidden2", shape: [6, 14], name: "Again: 84 numbers" },
];
const [largeMap, filter] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
const mapTold = spoken();
const looked = { layer: LAYERS[0], index: 2 };

function mapInWords() {
  const maps = state.layers[looked.layer.key];
  const map = part(maps, looked.index);
  const largest = Math.max(...map.data);
  if (!(largest > 0)) return `Map ${looked.index}: nothing found, all numbers are 0.`;
  const place = map.data.indexOf(largest);
  return `Map ${looked.index}: largest number ${written(largest)}, at row ${Math.floor(place / map.shape[1])}, column ${place % map.shape[1]}.`;
}

function drawLooked() {
  const maps = state.layers[looked.layer.key];
  paint(largeMap, part(maps, looked.index), { cell: Math.floor(196 / maps.shape[1]), scale: commonScale(maps) });
  const weights = part(params[looked.layer.filters], looked.index);
  paintMaps(filter, weights, { cell: weights.shape[0] > 1 ? 13 : 28, perRow: Math.min(weights.shape[0], 3), scale: signedScale(weights) });
  largeMap.setAttribute("aria-label", mapInWords());
  filter.setAttribute("aria-label", `The filter of map ${looked.index}: ${weights.shape[0]} of 5 by 5 weights`);
}

const layerFigures = LAYERS.map((layer) => {
  const canvas = element("canvas");
  pointable(
    canvas, { label: layer.name, shape: () => [state.layers[layer.key].shape[0] / layer.perRow, layer.perRow] },
    (row, column) => {
      Object.assign(looked, { layer, index: row * layer.perRow + column });
      drawLooked();
      mapTold.textContent = mapInWords();
      return mapTold.textContent;
    },
  );
  canvas.setAttribute("aria-label", layer.name);
  return { layer, canvas, whole: figure(canvas, layer.name) };
});
const denseFigures = DENSE.map((layer) => {
  const canvas = element("canvas", { role: "img" });
  return { layer, canvas, whole: figure(canvas, layer.name) };
});

function drawLayers() {
  for (const { layer, canvas } of layerFigures) paintMaps(canvas, state.layers[layer.key], layer);
  for (const { layer: { key, shape, name }, canvas } of denseFigures) {
    paint(canvas, reshaped(state.layers[key], shape), { cell: 21 });
    const active = state.layers[key].data.filter((number) => number > 0).length;
    canvas.setAttribute("aria-label", `${name}, ${active} of them above 0`);
  }
  drawLooked();
}

function show() {
  const digit = givenDigit();
  state.layers = read(digit);
  drawPad();
  paint(small, digit, { cell: 24, scale: DARK_TO_INK, digits: (ink) => String(ink) });
  small.setAttribute("aria-label", `What LeNet gets: 8 by 8 numbers, ${digit.data.filter(Boolean).length} of them with ink`);
  drawBars();
  drawLayers();
}

/** Tell what is read, once something is done: not for every point of a stroke. */
function tell() {
  told.textContent = inWords();
  mapTold.textContent = mapInWords();
}

// --- drawing -----------------------------------------------------------------------------------------------------------

function takeUp(taken) {
  state.taken = taken;
  state.pen.down = false;
  for (const { mark, digit } of thumbnails) mark.setAttribute("aria-pressed", String(digit === taken));
  others.select.value = taken && rightlyRead.includes(taken) ? taken.index : "";
  show();
  tell();
}

function beginStroke(x, y) {
  if (state.taken) {
    state.strokes = [];
    takeUp(null);
  }
  state.strokes.push([[x, y]]);
}

const penTold = () => `Sheet to draw on. Pen ${state.pen.down ? "down" : "up"}, row ${Math.floor(state.pen.y)}, column ${Math.floor(state.pen.x)} of ${SHEET}. `
  + "Arrow keys move it, the space bar puts it down and lifts it.";
pad.setAttribute("aria-label", penTold());

function placeOf(event) {
  const box = pad.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * SHEET, ((event.clientY - box.top) / box.height) * SHEET];
}

let drawing = false;
pad.addEventListener("pointerdown", (event) => {
  drawing = true;
  Object.assign(state.pen, { seen: false, down: false });
  pad.setPointerCapture(event.pointerId);
  beginStroke(...placeOf(event));
  show();
});
pad.addEventListener("pointermove", (event) => {
  if (!drawing) return;
  state.strokes.at(-1).push(placeOf(event));
  show();
});
for (const end of ["pointerup", "pointercancel"]) {
  pad.addEventListener(end, () => {
    if (drawing) tell();
    drawing = false;
  });
}
pad.addEventListener("keydown", (event) => {
  const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const { pen } = state;
  if (event.key in steps) {
    const [right, down] = steps[event.key];
    pen.x = Math.min(Math.max(pen.x + KEY_STEP * right, 2), SHEET - 2);
    pen.y = Math.min(Math.max(pen.y + KEY_STEP * down, 2), SHEET - 2);
    if (pen.down) state.strokes.at(-1).push([pen.x, pen.y]);
  } else if (event.key === " ") {
    pen.down = !pen.down;
    if (pen.down) {
      beginStroke(pen.x, pen.y);
      pen.down = true;
    }
  } else {
    return;
  }
  event.preventDefault();
  pen.seen = true;
  if (state.taken) takeUp(null);
  show();
  if (event.key === " ") tell();
  pad.setAttribute("aria-label", penTold());
});
pad.addEventListener("blur", () => {
  Object.assign(state.pen, { seen: false, down: false });
  show();
});

// --- the page ----------------------------------------------------------------------------------------------------------

const thumbnails = misread.map((digit) => {
  const canvas = element("canvas");
  paint(canvas, part(images, digit.index), { cell: 7, scale: DARK_TO_INK });
  const mark = button("", () => takeUp(digit), { className: "thumbnail", "aria-pressed": "false" });
  mark.append(canvas, `${digit.label}, read as ${digit.name}`);
  return { mark, digit };
});
const others = choice({
  label: "Or one of those read rightly",
  options: [["", "choose"], ...rightlyRead.slice(0, 60).map(({ index, label }) => [index, `${label}, number ${index}`])],
}, (value) => { if (value !== "") takeUp(rightlyRead.find(({ index }) => index === Number(value))); });
const fit = element("input", { type: "checkbox", id: "fit", checked: true });
fit.addEventListener("change", () => {
  state.fit = fit.checked;
  show();
  tell();
});

document.getElementById("page").append(
  element(
    "div", { className: "draw" },
    figure(pad, "Draw here: mouse, finger, or arrow keys and space bar."),
    figure(small, "What LeNet gets: the ink in each 4 \u00d7 4 pixels, from 0 to 16."),
    element("div", { className: "read" }, told, barList, keptTold),
  ),
  element(
    "div", { className: "controls" },
    button("Clear the sheet", () => { state.strokes = []; takeUp(null); }),
    button("Take back a stroke", () => {
      if (!state.taken) state.strokes.pop();
      takeUp(null);
    }),
    element("div", { className: "control" }, fit, element("label", { htmlFor: "fit" }, "Fit my drawing to the data: as large, in the middle, as much ink")),
    button("Keep these bars to compare", () => {
      state.kept = state.layers.probabilities;
      keptTold.textContent = `The small marks are kept from: ${told.textContent}`;
      show();
    }),
  ),
  element(
    "section", {},
    element("h2", {}, `The ${misread.length} of ${candidates.length} that LeNet misreads`),
    element("div", { className: "controls" }, ...thumbnails.map(({ mark }) => mark)),
    others.whole,
  ),
  element(
    "section", {},
    element("h2", {}, "On the way"),
    element("p", {}, "In each layer the brightest number is white, and 0 is black. Point at a map to see it larger, with the filter that makes it."),
    element(
      "div", { className: "way" },
      element("div", { className: "two" }, ...layerFigures.map(({ whole }) => whole), ...denseFigures.map(({ whole }) => whole)),
      element(
        "div", {},
        mapTold,
        figure(largeMap, "The map that you point at."),
        figure(filter, "Its filter: red adds, blue takes away. In the second layer one slice for each map below."),
      ),
    ),
  ),
  questions([
    [
      "Turn the fitting off and draw a small digit in a corner. Which layers answer as before, only moved?",
      "The convolutions do, up to the borders, and the poolings nearly so: a filter gives the same answer wherever it finds the same patch. "
      + "The layers after them do not: each place has weights of its own there, and they have never seen a digit in a corner.",
    ],
    [
      "Draw a 7, then give it a bar and a foot. At which stroke does its name change, and what becomes of the first maps?",
      "See for yourself. The first maps change only where the new ink is; the ten bars may turn over all at once.",
    ],
    [
      "Draw a face. How sure is LeNet, and which of the ten bars says \u201cnone of these\u201d?",
      "None does. The ten probabilities always add up to 1, so the network must choose, and is often quite sure. It knows only what it was trained on.",
    ],
  ]),
);
takeUp(state.taken);
playback(document.getElementById("page"));
