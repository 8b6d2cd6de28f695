// Block after block: what a number of a deep map is made from, and which patches of all digits excite its map most.

import { cutOut, digitImage, learned, rectangle, seenFrom, setByHand, within } from "./hierarchy/networks.mjs";
import { patchesView } from "./hierarchy/patches.mjs";
import { part } from "./lib/arrays.mjs";
import { button, choice, element, figure, pointable, questions, slider, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { draggable } from "./lib/drag.mjs";
import { frame, paint, signedScale, written } from "./lib/draw.mjs";
import { paintMaps, placeInMaps } from "./lib/maps.mjs";
import { featureHierarchy, receptiveField } from "./lib/operations.mjs";
import { playback } from "./lib/playback.mjs";

const MIDDLE = 8;
const FILTER_WIDTH = 160;
const SAME_GREY = { low: 0, high: 1, signed: false };
const QUESTIONS = [
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
    "Anywhere, as long as a row of dark pixels is around it: then exactly one number of block 3 is 1. Move it by 4 pixels, and the 1 moves "
    + "by one. But a rectangle of 8 \u00d7 9 is taken for a square in three of four places, and one of 8 \u00d7 10 in two of four: the pooling has "
    + "forgotten the pixels in between.",
  ],
];

const { images, labels } = arraysOf("data");
const params = arraysOf("weights");
const networks = { learned: learned(params), wired: setByHand() };
const patches = patchesView({ images, labels, params, network: networks.learned });
const chosen = { network: networks.learned, digit: 0, down: 0, right: 0, height: 8, width: 8, block: 2, map: 4, row: 1, column: 1 };
const isLearned = () => chosen.network === networks.learned;
let maps = [];

// --- what a number is made from ------------------------------------------------------------------------------------------

function sides() {
  return receptiveField(chosen.network.layers.map(({ weights, pool }) => ({ kernel: weights.shape[2], pool })));
}

function seen() {
  return seenFrom(chosen.network.layers, chosen.block, chosen).map((cells, block) => within(cells, maps[block].shape.slice(1)));
}

function inWords() {
  const { block, map, row, column, network } = chosen;
  const [, height, width] = maps[block].shape;
  const value = maps[block].data[(map * height + row) * width + column];
  const side = sides()[block];
  const field = seen()[0];
  const cut = field.height < side || field.width < side ? ", as far as they are in the image" : "";
  return `Block ${block}, ${network.named(block, map)}, row ${row}, column ${column}: ${written(value)}. It sees ${side} \u00d7 ${side} pixels: rows `
    + `${field.top} to ${field.top + field.height - 1}, columns ${field.left} to ${field.left + field.width - 1}${cut}.`;
}

const canvases = Array.from({ length: 4 }, () => element("canvas"));
const captions = canvases.map(() => element("figcaption"));
const told = spoken();
const [patch, filter] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
const filterTold = element("figcaption");

function drawBlock(canvas, block, cells) {
  const { perRow, cells: sizes } = chosen.network;
  const [count, height, width] = maps[block].shape;
  paintMaps(canvas, maps[block], { cell: sizes[block], perRow: perRow[block] });
  if (!cells) return;
  for (let map = 0; map < count; map++) {
    if (block === chosen.block && map !== chosen.map) continue;
    const [down, right] = [Math.floor(map / perRow[block]) * height, (map % perRow[block]) * width];
    const line = block > 0 && block < chosen.block ? 2 : 3;
    frame(canvas, { ...cells, top: cells.top + down, left: cells.left + right }, { cell: sizes[block], line });
  }
}

function drawDetails() {
  const field = seen()[0];
  paint(patch, cutOut(maps[0], field), { cell: Math.max(Math.floor(160 / Math.max(field.height, field.width)), 4), scale: SAME_GREY });
  patch.setAttribute("aria-label", `What it sees: ${field.height} by ${field.width} pixels`);
  const { weights, biases } = chosen.network.layers[chosen.block - 1];
  const slices = part(weights, chosen.map);
  const [count, , width] = slices.shape;
  const perRow = count % 3 ? Math.min(count, 4) : 3;
  paintMaps(filter, slices, { cell: Math.floor(FILTER_WIDTH / (perRow * width)), perRow, scale: signedScale(slices) });
  const below = count === 1 ? "on the image" : `one slice for each of the ${count} maps of the block before`;
  filterTold.textContent = `Its filter, ${below}; bias ${written(biases.data[chosen.map])}. Red adds, blue takes away.`;
  filter.setAttribute("aria-label", filterTold.textContent);
}

function show() {
  const { network, digit, down, right, height, width } = chosen;
  const image = isLearned() ? digitImage(images, digit) : rectangle(MIDDLE + down, MIDDLE + right, height, width);
  maps = featureHierarchy(image, network.layers);
  const rectangles = seen();
  canvases.forEach((canvas, block) => drawBlock(canvas, block, rectangles[block]));
  drawDetails();
  told.textContent = inWords();
}

// --- the page ------------------------------------------------------------------------------------------------------------

const drag = draggable(
  canvases[0], { label: "The image", columns: () => maps[0].shape[2], limits: [[-MIDDLE, MIDDLE], [-MIDDLE, MIDDLE]] },
  (down, right) => {
    if (isLearned()) return "A digit stays where it is.";
    Object.assign(chosen, { down, right });
    show();
    return `The rectangle begins at row ${MIDDLE + down}, column ${MIDDLE + right}. ${told.textContent}`;
  },
);
canvases.slice(1).forEach((canvas, index) => {
  const block = index + 1;
  const perRow = () => chosen.network.perRow[block];
  const shape = () => {
    const [count, height, width] = maps[block].shape;
    return [(count / perRow()) * height, perRow() * width];
  };
  pointable(canvas, { label: `Maps of block ${block}`, shape, hover: false }, (cellRow, cellColumn) => {
    const { index: map, row, column } = placeInMaps(cellRow, cellColumn, maps[block].shape, perRow());
    Object.assign(chosen, { block, map, row, column });
    show();
    if (isLearned()) patches.show(block, map);
    return told.textContent;
  });
});

const digits = choice({
  label: "Digit", options: Array.from({ length: 40 }, (_, index) => [index, `${labels.data[index]}, number ${index}`]),
}, (value) => {
  chosen.digit = Number(value);
  show();
});
const measures = ["Height", "Width"].map((label) => slider({ label, min: 1, max: 16, value: 8 }, (size) => {
  chosen[label.toLowerCase()] = size;
  show();
}));
const forSquares = element(
  "div", { className: "controls", hidden: true }, ...measures.map(({ whole }) => whole), button("Back to the middle", () => drag.go(0, 0)),
  element("p", { className: "note" }, "Drag the rectangle, or move it with the arrow keys."),
);

function choose(key) {
  chosen.network = networks[key];
  digits.whole.hidden = !isLearned();
  forSquares.hidden = isLearned();
  patches.whole.hidden = !isLearned();
  const fields = sides();
  captions.forEach((caption, block) => {
    caption.textContent = chosen.network.blocks[block] + (block ? `. One number sees ${fields[block]} \u00d7 ${fields[block]} pixels.` : ".");
  });
  Object.assign(chosen, isLearned() ? { block: 2, map: 4, row: 1, column: 1 } : { block: 3, map: 0, row: 3, column: 3 });
  show();
  if (isLearned()) patches.show(chosen.block, chosen.map);
}

const network = choice({
  label: "Network", options: [["learned", "LeNet, learned from digits"], ["wired", "set by hand, finds squares"]],
}, choose);

document.getElementById("page").append(
  element("div", { className: "controls" }, network.whole, digits.whole),
  forSquares,
  element("div", { className: "four" }, ...canvases.map((canvas, block) => element("figure", {}, canvas, captions[block]))),
  told,
  element("div", { className: "row" }, figure(patch, "What the number sees."), element("figure", {}, filter, filterTold)),
  patches.whole,
  questions(QUESTIONS),
);
choose("learned");
patches.begin();
playback(document.getElementById("page"));
