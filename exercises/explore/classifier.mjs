// A digit is drawn, or taken from those that LeNet has never seen: all maps on the way to the ten bars.

import { nameOf, tenBars } from "./classifier/bars.mjs";
import { layersView } from "./classifier/layers.mjs";
import { PEN, sheetToDrawOn } from "./classifier/sheet.mjs";
import { mapped, part, reshaped, zeros } from "./lib/arrays.mjs";
import { button, choice, element, figure, questions, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { paint, percent, withArticle } from "./lib/draw.mjs";
import { counted, inked, likeTheData } from "./lib/drawing.mjs";
import { paintMaps } from "./lib/maps.mjs";
import { enlarged, lenet } from "./lib/operations.mjs";
import { playback } from "./lib/playback.mjs";

const INK = { low: 0, high: 16, signed: false };
const QUESTIONS = [
  [
    "Turn the fitting off and draw a small digit in a corner. Which layers answer as before, only moved?",
    "The convolutions do, up to the borders, and the poolings nearly so: a filter gives the same answer wherever it finds the same patch. "
    + "The layers after them do not: each place has weights of its own there, and they have never seen a digit in a corner.",
  ],
  [
    "Draw a 7 without a bar, then give it one. What does LeNet make of the two?",
    "With its bar it is a 7. Without it is often taken for something else: most sevens of the data have a bar, as their mean shows. The first maps "
    + "change only where the new ink is, but the ten bars may turn over all at once.",
  ],
  [
    "Draw a face. How sure is LeNet, and which of the ten bars says \u201cnone of these\u201d?",
    "None does. The ten probabilities always add up to 1, so the network must choose, and is often quite sure. It knows only what it was trained on.",
  ],
];

const { images, labels } = arraysOf("data");
const { held_back: heldBack, ...params } = arraysOf("weights");

/** Return LeNet's layers for a digit (8, 8) of 0 to 16. */
function read(digit) {
  return lenet(enlarged(reshaped(mapped(digit, (ink) => ink / 16), [1, 8, 8]), 4), params);
}

const candidates = Array.from(heldBack.data, (index) => {
  return { index, label: labels.data[index], name: nameOf(read(part(images, index)).probabilities.data) };
});
const misread = candidates.filter(({ label, name }) => label !== name);
const rightlyRead = candidates.filter(({ label, name }) => label === name);
// `taken` is a digit of the data, or null where the drawing is read.
const state = { taken: rightlyRead[0], fit: true, probabilities: null, kept: null };

// --- what is read, and as what -------------------------------------------------------------------------------------------

const sheet = sheetToDrawOn({
  begin() { if (state.taken) take(null); },
  change() { planned ??= requestAnimationFrame(show); },
  end() {
    show();
    tell();
  },
});
// A mouse tells of more points than a screen shows pictures: all of them are drawn with the next one.
let planned = null;
const small = element("canvas", { role: "img" });
const bars = tenBars();
const layers = layersView(params);
const told = spoken();
const keptTold = element("p", { className: "note" });

function given() {
  if (state.taken) return part(images, state.taken.index);
  return counted(state.fit && sheet.strokes.length ? likeTheData(sheet.strokes) : inked(sheet.strokes, PEN));
}

/** Return the means (10, 8, 8) of the digits that the network was trained on, one for each name. */
function meansOfData() {
  const isHeld = new Set(heldBack.data);
  const means = zeros([10, 8, 8]);
  const counts = new Float64Array(10);
  for (const [index, label] of labels.data.entries()) {
    if (isHeld.has(index)) continue;
    counts[label] += 1;
    part(images, index).data.forEach((ink, pixel) => { means.data[label * 64 + pixel] += ink; });
  }
  return { shape: means.shape, data: means.data.map((sum, place) => sum / counts[Math.floor(place / 64)]) };
}

function inWords() {
  if (!state.taken && !sheet.strokes.length) return "The sheet is empty. Draw a digit on it.";
  const { probabilities } = state;
  const name = nameOf(probabilities);
  const said = `LeNet reads ${withArticle(name)} (${percent(probabilities[name])})`;
  if (state.taken) {
    const { index, label } = state.taken;
    const truth = `Number ${index} of the data, ${withArticle(label)}, never seen in training.`;
    return label === name ? `${truth} ${said}.` : `${truth} ${said}, and gives ${label} only ${percent(probabilities[label])}.`;
  }
  const second = probabilities.indexOf(Math.max(...probabilities.filter((_, digit) => digit !== name)));
  return probabilities[second] < 0.0005 ? `${said}, and nothing else.` : `${said}. Next comes ${second} (${percent(probabilities[second])}).`;
}

function show() {
  cancelAnimationFrame(planned);
  planned = null;
  const digit = given();
  const answers = read(digit);
  state.probabilities = answers.probabilities.data;
  sheet.draw(state.taken ? digit : null);
  paint(small, digit, { cell: 24, scale: INK, digits: String });
  small.setAttribute("aria-label", `What LeNet gets: 8 by 8 numbers, ${digit.data.filter(Boolean).length} of them with ink`);
  bars.draw(state.probabilities, state.taken?.label ?? null, state.kept);
  layers.draw(answers);
}

/** Tell what is read, once something is done: not for every point of a stroke. */
function tell() {
  told.textContent = inWords();
  layers.tell();
}

/** Take a digit of the data, or null: an empty sheet. */
function take(taken) {
  state.taken = taken;
  sheet.strokes = [];
  for (const { mark, digit } of thumbnails) mark.setAttribute("aria-pressed", String(digit === taken));
  others.select.value = taken && rightlyRead.includes(taken) ? taken.index : "";
  show();
  tell();
}

// --- the page ------------------------------------------------------------------------------------------------------------

const thumbnails = misread.map((digit) => {
  const canvas = element("canvas");
  paint(canvas, part(images, digit.index), { cell: 7, scale: INK });
  const mark = button("", () => take(digit), { className: "thumbnail", "aria-pressed": "false" });
  mark.append(canvas, `${digit.label}, read as ${digit.name}`);
  return { mark, digit };
});
const others = choice({
  label: "Or one that it reads correctly",
  options: [["", "choose"], ...rightlyRead.slice(0, 60).map(({ index, label }) => [index, `${label}, number ${index}`])],
}, (value) => { if (value !== "") take(rightlyRead.find(({ index }) => index === Number(value))); });
const means = element("canvas", { role: "img", "aria-label": "The mean of each of the ten digits" });
paintMaps(means, meansOfData(), { cell: 7 });
const fit = element("input", { type: "checkbox", id: "fit", checked: true });
fit.addEventListener("change", () => {
  state.fit = fit.checked;
  show();
  tell();
});

document.getElementById("page").append(
  element(
    "div", { className: "draw" },
    figure(sheet.canvas, "Draw here: mouse, finger, or arrow keys and space bar."),
    figure(small, "What LeNet gets: the ink in each 4 \u00d7 4 pixels, from 0 to 16."),
    element("div", {}, told, bars.whole, keptTold),
  ),
  element(
    "div", { className: "controls" },
    button("Clear the sheet", () => take(null)),
    button("Take back a stroke", () => {
      if (state.taken) return take(null);
      sheet.strokes.pop();
      show();
      return tell();
    }),
    element("div", { className: "control" }, fit, element("label", { htmlFor: "fit" }, "Fit my drawing to the data: as large, in the middle, as much ink")),
    button("Keep these bars to compare", () => {
      state.kept = state.probabilities;
      keptTold.textContent = `The small marks are kept from: ${told.textContent}`;
      show();
    }),
  ),
  figure(means, "What LeNet was trained on: the mean of each digit, from 0 to 9. Most ones have a long upstroke, most sevens a bar."),
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
    layers.whole,
  ),
  questions(QUESTIONS),
);
take(state.taken);
playback(document.getElementById("page"));
