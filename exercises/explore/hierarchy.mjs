// Block after block: what a number of a deep map is made from, and which patches of all digits excite its map most.

import { mapped, part, reshaped, zeros } from "./lib/arrays.mjs";
import { button, choice, element, figure, pointable, questions, slider, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { draggable } from "./lib/drag.mjs";
import { frame, paint, written } from "./lib/draw.mjs";
import { paintMaps, placeInMaps, signedScale } from "./lib/maps.mjs";
import { enlarged, featureHierarchy, linear, receptiveField, relu, seenBelow } from "./lib/operations.mjs";
import { search } from "./lib/strongest.mjs";
import { playback } from "./lib/playback.mjs";

const WANTED = 12;
const AVERAGED = 60;
const SLICE = 12;
const REDRAWN = 300;
const { images, labels } = arraysOf("data");
const params = arraysOf("weights");

// --- two networks ------------------------------------------------------------------------------------------------------

function digitImage(index) {
  return enlarged(reshaped(mapped(part(images, index), (ink) => ink / 16), [1, 8, 8]), 4);
}

const LEARNED = {
  layers: [
    { weights: params.conv1_w, biases: params.conv1_b, padding: 0, pool: 2 },
    { weights: params.conv2_w, biases: params.conv2_b, padding: 0, pool: 2 },
    // A layer of neurons on maps of 5x5 is a convolution whose kernel covers them.
    { weights: reshaped(params.fc1_w, [120, 16, 5, 5]), biases: params.fc1_b, padding: 0, pool: 1 },
  ],
  perRow: [1, 3, 4, 12], cells: [7, 5, 11, 18],
  blocks: ["The digit, 32 \u00d7 32", "Block 1: 6 maps of 14 \u00d7 14", "Block 2: 16 maps of 5 \u00d7 5", "Block 3: 120 numbers, from all of the maps"],
  named: (block, map) => `map ${map}`,
  image: () => digitImage(chosen.digit),
};

/** Return filters (K, C, 3, 3) from a list of [filter, channel, row, column, weight]. */
function wired(count, channels, entries) {
  const weights = zeros([count, channels, 3, 3]);
  for (const [k, c, u, v, weight] of entries) weights.data[((k * channels + c) * 3 + u) * 3 + v] = weight;
  return weights;
}

const [LEFT, RIGHT, TOP, BOTTOM] = [0, 1, 2, 3];
const WIRED = {
  layers: [
    {
      weights: wired(4, 1, [
        [LEFT, 0, 1, 0, -1], [LEFT, 0, 1, 1, 1], [RIGHT, 0, 1, 1, -1], [RIGHT, 0, 1, 0, 1],
        [TOP, 0, 0, 1, -1], [TOP, 0, 1, 1, 1], [BOTTOM, 0, 1, 1, -1], [BOTTOM, 0, 0, 1, 1],
      ]),
      biases: zeros([4]), padding: 1, pool: 2,
    },
    {
      weights: wired(4, 4, [
        [0, TOP, 1, 2, 1], [0, LEFT, 2, 1, 1], [1, TOP, 1, 0, 1], [1, RIGHT, 2, 1, 1],
        [2, BOTTOM, 1, 2, 1], [2, LEFT, 0, 1, 1], [3, BOTTOM, 1, 0, 1], [3, RIGHT, 0, 1, 1],
      ]),
      biases: { shape: [4], data: new Float64Array(4).fill(-1) }, padding: 1, pool: 2,
    },
    {
      weights: wired(1, 4, [[0, 0, 0, 0, 1], [0, 1, 0, 2, 1], [0, 2, 2, 0, 1], [0, 3, 2, 2, 1]]),
      biases: { shape: [1], data: Float64Array.of(-3) }, padding: 1, pool: 1,
    },
  ],
  perRow: [1, 2, 2, 1], cells: [9, 9, 18, 36],
  blocks: ["The rectangle, in 24 \u00d7 24", "Block 1: left, right, top, bottom edges", "Block 2: the four corners", "Block 3: the square"],
  named: (block, map) => [
    ["left edges", "right edges", "top edges", "bottom edges"],
    ["top left corners", "top right corners", "bottom left corners", "bottom right corners"],
    ["squares"],
  ][block - 1][map],
  image() {
    const image = zeros([1, 24, 24]);
    const [top, left] = [8 + chosen.down, 8 + chosen.right];
    for (let i = top; i < Math.min(top + chosen.height, 24); i++) {
      for (let j = left; j < Math.min(left + chosen.width, 24); j++) image.data[i * 24 + j] = 1;
    }
    return image;
  },
};

const NETWORKS = { learned: LEARNED, wired: WIRED };
const chosen = { network: LEARNED, digit: 0, down: 0, right: 0, height: 8, width: 8, block: 2, map: 4, row: 1, column: 1 };
let maps = [];

// --- what a number is made from ------------------------------------------------------------------------------------------

/** Return, for the image and each block below the chosen one, the rectangle that the chosen number is made from. */
function seen() {
  const rectangles = [{ top: chosen.row, left: chosen.column, height: 1, width: 1 }];
  for (let block = chosen.block; block > 0; block--) {
    const { weights, padding, pool } = chosen.network.layers[block - 1];
    rectangles.unshift(seenBelow(rectangles[0], { kernel: weights.shape[2], padding, pool }));
  }
  return rectangles;
}

function within({ top, left, height, width }, [rows, columns]) {
  const [from, until] = [Math.max(top, 0), Math.min(top + height, rows)];
  const [first, last] = [Math.max(left, 0), Math.min(left + width, columns)];
  return { top: from, left: first, height: until - from, width: last - first };
}

const valueAt = () => {
  const [, height, width] = maps[chosen.block].shape;
  return maps[chosen.block].data[(chosen.map * height + chosen.row) * width + chosen.column];
};

function sides() {
  return receptiveField(chosen.network.layers.map(({ weights, pool }) => ({ kernel: weights.shape[2], pool })));
}

function inWords() {
  const { block, map, row, column, network } = chosen;
  const side = sides()[block];
  const field = within(seen()[0], maps[0].shape.slice(1));
  const cut = field.height < side || field.width < side ? ", as far as they are in the image" : "";
  return `Block ${block}, ${network.named(block, map)}, row ${row}, column ${column}: ${written(valueAt())}. It sees ${side} \u00d7 ${side} pixels: rows `
    + `${field.top} to ${field.top + field.height - 1}, columns ${field.left} to ${field.left + field.width - 1}${cut}.`;
}

const canvases = Array.from({ length: 4 }, () => element("canvas"));
const captions = canvases.map(() => element("figcaption"));
const told = spoken();
const [patch, filter] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
const filterTold = element("figcaption");

function drawBlocks() {
  const rectangles = seen();
  canvases.forEach((canvas, block) => {
    const { perRow, cells } = chosen.network;
    const [count, height, width] = maps[block].shape;
    paintMaps(canvas, maps[block], { cell: cells[block], perRow: perRow[block] });
    if (block > chosen.block) return;
    const { top, left, height: rows, width: columns } = within(rectangles[block], [height, width]);
    for (let map = 0; map < count; map++) {
      if (block === chosen.block && map !== chosen.map) continue;
      const [down, right] = [Math.floor(map / perRow[block]) * height, (map % perRow[block]) * width];
      frame(canvas, { top: top + down, left: left + right, height: rows, width: columns }, { cell: cells[block], line: block && block < chosen.block ? 2 : 3 });
    }
  });
}

function crop(image, { top, left, height, width }) {
  const [, , columns] = image.shape;
  const cut = zeros([height, width]);
  for (let i = 0; i < height; i++) cut.data.set(image.data.subarray((top + i) * columns + left, (top + i) * columns + left + width), i * width);
  return cut;
}

const SAME_GREY = { low: 0, high: 1, signed: false };

function drawDetails() {
  const field = within(seen()[0], maps[0].shape.slice(1));
  paint(patch, crop(maps[0], field), { cell: Math.max(Math.floor(160 / Math.max(field.height, field.width)), 4), scale: SAME_GREY });
  patch.setAttribute("aria-label", `What it sees: ${field.height} by ${field.width} pixels`);
  const { weights, biases } = chosen.network.layers[chosen.block - 1];
  const one = part(weights, chosen.map);
  paintMaps(filter, one, { cell: one.shape[0] === 1 ? 26 : 9, perRow: Math.min(one.shape[0], one.shape[0] === 6 ? 3 : 4), scale: signedScale(one) });
  const below = one.shape[0] === 1 ? "on the image" : `one slice for each of the ${one.shape[0]} maps below`;
  filterTold.textContent = `Its filter, ${below}; bias ${written(biases.data[chosen.map])}. Red adds, blue takes away.`;
  filter.setAttribute("aria-label", filterTold.textContent);
}

// --- the strongest patches of all digits --------------------------------------------------------------------------------

/** Return the maps of the three blocks for a digit. The last one as the neurons that they are: that is faster. */
function blocksOf(index) {
  const [, ...blocks] = featureHierarchy(digitImage(index), LEARNED.layers.slice(0, 2));
  return [...blocks, reshaped(relu(linear(blocks[1], params.fc1_w, params.fc1_b)), [120, 1, 1])];
}

const found = search(images.shape[0], blocksOf);
const [strongest, mean] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
const meanTold = element("figcaption");
const progress = element("progress", { max: images.shape[0], value: 0, "aria-label": "Digits looked through" });
const strongestTold = spoken();
strongestTold.setAttribute("aria-live", "off");
const strongestTitle = element("h2");

function fieldOf(block, { row, column }) {
  let rectangle = { top: row, left: column, height: 1, width: 1 };
  for (let layer = block; layer > 0; layer--) {
    const { weights, padding, pool } = LEARNED.layers[layer - 1];
    rectangle = seenBelow(rectangle, { kernel: weights.shape[2], padding, pool });
  }
  return rectangle;
}

function stacked(patches) {
  const [height, width] = patches[0].shape;
  const all = zeros([patches.length, height, width]);
  patches.forEach((one, index) => all.data.set(one.data, index * height * width));
  return all;
}

function countsInWords(best) {
  const counts = new Map();
  for (const { image } of best) counts.set(labels.data[image], (counts.get(labels.data[image]) ?? 0) + 1);
  const parts = [...counts].sort((one, other) => other[1] - one[1]).map(([label, count]) => `${count} from ${label === 8 ? "an" : "a"} ${label}`);
  return parts.join(", ");
}

function drawStrongest() {
  const { block, map } = chosen;
  const best = found.done ? found.best(block - 1, map, AVERAGED).filter(({ value }) => value > 0) : [];
  strongestTitle.textContent = `What excites block ${block}, map ${map} most`;
  for (const canvas of [strongest, mean]) canvas.parentElement.hidden = !best.length;
  if (!best.length) {
    strongestTold.textContent = found.done < images.shape[0] ? "" : "No digit gives a number above 0 in this map: it has learned nothing that it answers to.";
    return;
  }
  const patches = best.map((place) => crop(digitImage(place.image), fieldOf(block, place)));
  const side = patches[0].shape[0];
  const cell = Math.max(Math.floor(84 / side), 2);
  paintMaps(strongest, stacked(patches.slice(0, WANTED)), { cell, perRow: 4, scale: SAME_GREY });
  const average = zeros([side, side]);
  for (const one of patches) one.data.forEach((ink, index) => { average.data[index] += ink / patches.length; });
  paint(mean, average, { cell: 2 * cell, scale: SAME_GREY });
  const shown = best.slice(0, WANTED);
  const said = `from ${written(shown[0].value)} down to ${written(shown.at(-1).value)}; ${countsInWords(shown)}`;
  strongest.setAttribute("aria-label", `The ${shown.length} strongest patches of all digits, ${said}`);
  meanTold.textContent = `The mean of the ${best.length} strongest.`;
  mean.setAttribute("aria-label", meanTold.textContent);
  strongestTold.textContent = `The ${shown.length} strongest of ${found.done.toLocaleString("en-GB")} digits: ${said}.`;
}

let drawnAt = 0;

function lookOn() {
  progress.value = found.go(SLICE);
  const finished = found.done === images.shape[0];
  progress.hidden = finished;
  // A screen reader is told of the end only.
  if (finished) strongestTold.setAttribute("aria-live", "polite");
  if (finished || found.done >= drawnAt + REDRAWN) {
    drawnAt = found.done;
    if (chosen.network === LEARNED) drawStrongest();
  }
  if (!finished) setTimeout(lookOn, 0);
}

// --- the page ------------------------------------------------------------------------------------------------------------

function show() {
  maps = featureHierarchy(chosen.network.image(), chosen.network.layers);
  drawBlocks();
  drawDetails();
  told.textContent = inWords();
  return told.textContent;
}

function choose(block, place) {
  Object.assign(chosen, place, { block, map: place.index });
  show();
  if (chosen.network === LEARNED) drawStrongest();
  return told.textContent;
}

const drag = draggable(canvases[0], { label: "The image", columns: () => maps[0].shape[2], limits: [[-8, 8], [-8, 8]] }, (down, right) => {
  if (chosen.network !== WIRED) return "A digit stays where it is.";
  Object.assign(chosen, { down, right });
  show();
  return `The rectangle begins at row ${8 + down}, column ${8 + right}. ${told.textContent}`;
});
canvases.slice(1).forEach((canvas, index) => {
  const block = index + 1;
  const grid = () => {
    const [count, height, width] = maps[block].shape;
    const perRow = chosen.network.perRow[block];
    return [(count / perRow) * height, perRow * width];
  };
  pointable(canvas, { label: `Maps of block ${block}`, shape: grid, hover: false }, (row, column) =>
    choose(block, placeInMaps(row, column, maps[block].shape, chosen.network.perRow[block])));
});

const digits = choice({
  label: "Digit",
  options: Array.from({ length: 40 }, (_, index) => [index, `${labels.data[index]}, number ${index}`]),
}, (value) => { chosen.digit = Number(value); show(); });
const heights = slider({ label: "Height", min: 1, max: 16, value: 8 }, (height) => { chosen.height = height; show(); });
const widths = slider({ label: "Width", min: 1, max: 16, value: 8 }, (width) => { chosen.width = width; show(); });
const forSquares = element("div", { className: "controls", hidden: true }, heights.whole, widths.whole, button("Back to the middle", () => drag.go(0, 0)), element("p", { className: "note" }, "Drag the rectangle, or move it with the arrow keys."));
const patches = element(
  "section", {}, strongestTitle, progress, strongestTold,
  element(
    "div", { className: "row" },
    figure(strongest, "Each digit gives its best place. The brightest ink is white."),
    element("figure", {}, mean, meanTold),
  ),
);

function useNetwork(key) {
  chosen.network = NETWORKS[key];
  const learned = chosen.network === LEARNED;
  digits.whole.hidden = !learned;
  forSquares.hidden = learned;
  patches.hidden = !learned;
  const fields = sides();
  captions.forEach((caption, block) => {
    caption.textContent = chosen.network.blocks[block] + (block ? `. One number sees ${fields[block]} \u00d7 ${fields[block]} pixels.` : ".");
  });
  Object.assign(chosen, learned ? { block: 2, map: 4, row: 1, column: 1 } : { block: 3, map: 0, row: 3, column: 3 });
  show();
  if (learned) drawStrongest();
}

const networks = choice({
  label: "Network", options: [["learned", "LeNet, learned from digits"], ["wired", "set by hand, finds squares"]],
}, useNetwork);

document.getElementById("page").append(
  element("div", { className: "controls" }, networks.whole, digits.whole),
  forSquares,
  element("div", { className: "four" }, ...canvases.map((canvas, block) => element("figure", {}, canvas, captions[block]))),
  told,
  element(
    "div", { className: "row" },
    figure(patch, "What the number sees."),
    element("figure", {}, filter, filterTold),
  ),
  patches,
  questions([
    [
      "A number of block 1 sees 6 pixels a side, although its filter has 5. Where does the sixth come from?",
      "From the pooling: the number is the largest of 2 \u00d7 2 places, and the filter at these places covers 6 \u00d7 6 pixels together.",
    ],
    [
      "What do the strongest patches of block 1 have in common, and what those of block 2 and 3?",
      "In block 1 borders and corners of ink, whatever the digit. In block 2 pieces of strokes: slants, ends, bends. Most numbers of block 3 "
      + "answer to one or two digits nearly alone: look at the list of the digits that the patches are from.",
    ],
    [
      "Set by hand: where may the square be, so that block 3 finds it? And which other rectangles does it take for a square?",
      "Anywhere, as long as a row of dark pixels is around it: then exactly one number of block 3 is 1. Move it by 4 pixels, and the 1 moves by one. "
      + "But a rectangle of 8 \u00d7 9 is taken for a square in three of four places, and one of 8 \u00d7 10 in two of four: the pooling has forgotten the pixels in between.",
    ],
  ]),
);
useNetwork("learned");
setTimeout(lookOn, 0);
playback(document.getElementById("page"));
