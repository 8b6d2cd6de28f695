// How many numbers a dense layer and a convolutional one have to learn, for images of any size.

import { bars } from "../lib/bars.mjs";
import { choice, element, questions, slider, spoken } from "../lib/controls.mjs";
import { convParameters, denseParameters } from "../lib/pixels.mjs";
import { written } from "../lib/draw.mjs";

const SIDES = [8, 16, 28, 32, 64, 128, 224, 256, 480, 512, 640, 720, 1080, 1280, 1920, 2160, 3000, 3840, 4000];
const COUNTS = [1, 2, 5, 10, 20, 32, 50, 64, 100, 128, 200, 256, 500, 1000, 2000, 4096, 10000];
const SIZES = [1, 3, 5, 7, 11];
const IMAGES = [
  ["a handwritten digit, 28x28, grey", [1, 28, 28]],
  ["this course\u2019s digits, 8x8, grey", [1, 8, 8]],
  ["a small photograph, 224x224, colour", [3, 224, 224]],
  ["a video frame (1080p), 1080x1920, colour", [3, 1080, 1920]],
  ["a phone\u2019s photograph, 3000x4000, colour", [3, 3000, 4000]],
];
const OWN = "own";
// The scale ends at a trillion.
const DECADES = 12;

const QUESTIONS = [
  [
    "Go from the digit to the video frame, with one neuron and one 5x5 filter. What happens to the two numbers?",
    "The neuron\u2019s grows from 785 to 6,220,801. The filter\u2019s goes from 26 to 76: it looks at three colours now, " +
    "and at as small a patch.",
  ],
  [
    "With which image would the convolutional layer have more parameters than the dense one?",
    "With one smaller than its filters are. On 8x8 digits, 11x11 filters have 122 numbers each and neurons 65.",
  ],
];

const inWords = (count) => count.toLocaleString("en-GB");
const many = (count, one) => `${inWords(count)} ${one}${count === 1 ? "" : "s"}`;

/** Return how much room numbers take as float32, in words. */
export function roomOf(count) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let [size, unit] = [4 * count, 0];
  while (size >= 1000 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${written(size, 1)} ${units[unit]}`;
}

const lengthOf = (count) => Math.log10(count) / DECADES;

/** Fill a section with sliders and two bars. */
export function parametersView(section) {
  const state = { shape: [...IMAGES[0][1]], units: 10, size: 5 };
  const inputs = spoken();
  const said = spoken();
  const chart = bars(["dense", "convolutional"], [
    { at: 0, text: "1" }, { at: 3 / DECADES, text: "thousand" }, { at: 6 / DECADES, text: "million" },
    { at: 9 / DECADES, text: "billion" }, { at: 1, text: "trillion" },
  ]);

  function update() {
    const { shape, units, size } = state;
    const [channels, height, width] = shape;
    const numbers = channels * height * width;
    const [dense, conv] = [denseParameters(shape, units), convParameters(channels, units, size)];
    inputs.textContent = `Numbers in: ${channels}*${height}*${width} = ${inWords(numbers)}.`;
    chart.update([dense, conv].map((count) => ({ from: 0, to: lengthOf(count), text: inWords(count) })));
    const [more, less] = dense >= conv ? ["dense", "convolutional"] : ["convolutional", "dense"];
    const times = Math.max(dense, conv) / Math.min(dense, conv);
    said.textContent =
      `Dense, ${many(units, "neuron")}: ${inWords(numbers)}*${units} + ${units} = ` +
      `${inWords(dense)} parameters, ${roomOf(dense)} as float32. ` +
      `Convolutional, ${many(units, "filter")}: ${units}*${channels}*${size}*${size} + ${units} = ` +
      `${inWords(conv)}, ${roomOf(conv)}. ` +
      `The ${more} layer has ${written(times, times < 100 ? 1 : 0)} times as many as the ${less} one.`;
    const known = IMAGES.findIndex(([, other]) => other.join() === shape.join());
    images.select.value = known < 0 ? OWN : String(known);
  }

  // A slider whose places are the numbers of a list.
  const oneOf = ({ label, list, value, show = String }, take) => slider(
    { label, min: 0, max: list.length - 1, value: list.indexOf(value), show: (index) => show(list[index]) },
    (index) => { take(list[index]); update(); },
  );
  const rows = oneOf({ label: "Height", list: SIDES, value: state.shape[1] }, (side) => { state.shape[1] = side; });
  const columns = oneOf({ label: "Width", list: SIDES, value: state.shape[2] }, (side) => { state.shape[2] = side; });
  const units = { label: "Neurons, or filters", list: COUNTS, value: state.units, show: inWords };
  const sizes = { label: "Filter size", list: SIZES, value: state.size, show: (size) => `${size}x${size}` };
  const channels = choice({ label: "Channels", options: [["1", "1, grey"], ["3", "3, colour"]] }, (value) => {
    state.shape[0] = Number(value);
    update();
  });
  const images = choice(
    { label: "Image", options: [...IMAGES.map(([name], index) => [String(index), name]), [OWN, "your own"]], value: "0" },
    (index) => {
      if (index !== OWN) {
        state.shape = [...IMAGES[index][1]];
        channels.select.value = String(state.shape[0]);
        rows.value = SIDES.indexOf(state.shape[1]);
        columns.value = SIDES.indexOf(state.shape[2]);
      }
      update();
    },
  );
  section.append(
    element("div", { className: "controls" },
      images.whole, channels.whole, rows.whole, columns.whole,
      oneOf(units, (count) => { state.units = count; }).whole, oneOf(sizes, (size) => { state.size = size; }).whole,
    ),
    inputs, chart.whole, said,
    questions(QUESTIONS),
  );
  update();
}
