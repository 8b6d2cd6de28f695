// A kernel of nine numbers, the map that it makes of each photograph, and the nine products behind a number of the map.

import { arrayOf, mapped, rangeOf, zeros } from "../lib/arrays.mjs";
import { button, choice, element, figure, numberTable, pointable, questions, slider, spoken } from "../lib/controls.mjs";
import { factor, frame, paint, signedScale, written } from "../lib/draw.mjs";
import { blurred, compass, featureMap, gaussian, laplacian, sobel, toDisplay } from "../lib/kernels.mjs";
import { LONGEST, pictureReader } from "./own.mjs";

const WIDEST = 384;
const NUMBER_CELL = 40;
const LIGHT = { low: 0, high: 255, signed: false };
const rowsOf = (...rows) => arrayOf(rows);
const scaled = ({ shape, data }, by) => ({ shape, data: data.map((number) => number * by) });
const sum = (one, other) => ({ shape: one.shape, data: one.data.map((number, index) => number + other.data[index]) });

const IDENTITY = rowsOf([0, 0, 0], [0, 1, 0], [0, 0, 0]);
const KERNELS = [
  ["Sobel, brighter to the right", sobel()[0]],
  ["Sobel, brighter downwards", sobel()[1]],
  ["Laplace: darker than its neighbours", laplacian()],
  ["Gauss, sigma 1: blur", gaussian(3, 1)],
  ["mean of nine: blur", scaled(rowsOf([1, 1, 1], [1, 1, 1], [1, 1, 1]), 1 / 9)],
  ["sharpen: the pixel minus Laplace", sum(IDENTITY, scaled(laplacian(), -1))],
  ["identity: the pixel itself", IDENTITY],
  ["emboss: lit from the upper left", rowsOf([-2, -1, 0], [-1, 1, 1], [0, 1, 2])],
  ["difference of two neighbours", rowsOf([0, 0, 0], [0, -1, 1], [0, 0, 0])],
  ["a thin upright line", rowsOf([-1, 2, -1], [-1, 2, -1], [-1, 2, -1])],
  ["negative: the pixel times \u22121", scaled(IDENTITY, -1)],
];
const OWN_KERNEL = "own";

const PRIVACY =
  `It is read here, made smaller (${LONGEST} pixels at most) and grey, and never sent anywhere: this page can send nothing.`;

const SHOWN = {
  signed: "red positive, blue negative, white 0",
  display: "stretched from black to white (to_display)",
  size: "how large, whatever the sign",
};

const QUESTIONS = [
  [
    "What will the mean of nine do to the cat\u2019s whiskers, and Laplace?",
    "They are thin and bright: the mean mixes them with what is around, and they nearly vanish. Laplace compares them with " +
    "what is around, and answers with a large negative number.",
  ],
  [
    "Turn the direction to 180 degrees. What happens to the map of 0 degrees?",
    "It changes its sign: what was brighter to the right is now darker to the left. Shown without the sign, nothing changes.",
  ],
  [
    "Sharpen an image, then make the middle number smaller by 1. What is left?",
    "The sum is 0 then, so an even surface is 0: only what was added to sharpen it is left, the edges.",
  ],
];

/** Return the numbers of a map (H, W) that are not at its border. */
function inside({ shape, data }) {
  const [height, width] = shape;
  const kept = data.filter((_, index) => index % width % (width - 1) !== 0 && Math.floor(index / width) % (height - 1) !== 0);
  return { shape: [kept.length], data: kept };
}

/** Fill a section with kernels on photographs; `chosen(image)` hears which photograph, (H, W), is looked at. */
export function nineView(section, photographs, chosen) {
  const kernel = arrayOf([[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
  const state = { picture: photographs[0], sigma: 0, gain: 1, lamp: 0, shown: "signed", place: [40, 52] };
  const canvases = { image: element("canvas"), map: element("canvas"), patch: element("canvas"), products: element("canvas") };
  const said = spoken();
  const about = spoken();
  const read = spoken();
  const strip = element("div", { className: "controls", role: "group", "aria-label": "Photographs, as the kernel sees them" });
  const thumbnails = [];
  let image = null;
  let map = null;

  /** The photograph as the kernel gets it: blurred, with more contrast, in other light. */
  const seen = ({ image: photograph }) => {
    const soft = blurred(photograph, state.sigma);
    return { shape: soft.shape, data: Float64Array.from(soft.data, (number) => state.gain * number + state.lamp) };
  };

  function drawMap(canvas, answers, cell) {
    // The frame of zeros makes the strongest edge of all: colours go by what is inside.
    const scale = signedScale(inside(answers));
    if (state.shown === "signed") paint(canvas, answers, { cell, scale });
    else if (state.shown === "display") paint(canvas, toDisplay(answers), { cell, scale: { low: 0, high: 1, signed: false } });
    else paint(canvas, mapped(answers, Math.abs), { cell, scale: { low: 0, high: scale.high, signed: false } });
  }

  function patchAt(i, j) {
    const [height, width] = image.shape;
    const patch = zeros([3, 3]);
    patch.data.forEach((_, index) => {
      const [row, column] = [i - 1 + Math.floor(index / 3), j - 1 + (index % 3)];
      if (row >= 0 && row < height && column >= 0 && column < width) patch.data[index] = image.data[row * width + column];
    });
    return patch;
  }

  const cellNow = () => Math.max(Math.floor(Math.min(section.clientWidth / 2, WIDEST) / image.shape[1]), 2);

  function show(i, j) {
    state.place = [i, j];
    onMap.at(i, j);
    onImage.at(i, j);
    const cell = cellNow();
    paint(canvases.image, image, { cell, scale: LIGHT });
    drawMap(canvases.map, map, cell);
    const around = { top: i - 1, left: j - 1, height: 3, width: 3 };
    for (const canvas of [canvases.image, canvases.map]) frame(canvas, around, { cell, line: 2 });
    const patch = patchAt(i, j);
    const products = { shape: patch.shape, data: patch.data.map((pixel, index) => pixel * kernel.data[index]) };
    paint(canvases.patch, patch, { cell: NUMBER_CELL, digits: (number) => written(number, 0), scale: LIGHT });
    const scale = signedScale(products);
    paint(canvases.products, products, { cell: NUMBER_CELL, digits: (number) => written(number, 1), scale });
    const terms = Array.from(patch.data, (pixel, index) => `${written(pixel, 1)}\u00b7${factor(kernel.data[index], 3)}`);
    const answer = written(map.data[i * map.shape[1] + j], 1);
    said.textContent = `Row ${i}, column ${j}: ${terms.join(" + ")} = ${answer}`;
    return answer;
  }

  function tellAbout() {
    const total = kernel.data.reduce((so, weight) => so + weight, 0);
    const { low, high } = rangeOf(map);
    const mean = (numbers) => numbers.reduce((so, number) => so + number, 0) / numbers.length;
    const isNear = (number) => Math.abs(total - number) < 1e-9;
    const kind = isNear(0)
      ? "so it is blind to brightness: an even surface gives 0"
      : isNear(1) ? "so an even surface stays as it is" : `so an even surface is multiplied by ${written(total, 3)}`;
    about.textContent =
      `The nine numbers sum to ${written(total, 3)}, ${kind}. The map runs from ${written(low, 1)} to ${written(high, 1)}, ` +
      `its mean is ` +
      `${written(mean(map.data), 1)}; the image\u2019s mean is ${written(mean(image.data), 1)}.`;
  }

  function update() {
    image = seen(state.picture);
    map = featureMap(image, kernel);
    thumbnails.forEach(({ canvas, picture, made }) => {
      drawMap(canvas, picture === state.picture ? map : featureMap(seen(picture), kernel), 1);
      made.setAttribute("aria-pressed", String(picture === state.picture));
    });
    tellAbout();
    const [i, j] = state.place.map((at, axis) => Math.min(at, map.shape[axis] - 1));
    return show(i, j);
  }

  function choose(picture) {
    state.picture = picture;
    update();
    chosen(picture.image);
  }

  function addThumbnail(picture) {
    const canvas = element("canvas");
    const made = button("", () => choose(picture), { className: "picture-choice" });
    made.append(canvas, element("span", {}, picture.name));
    thumbnails.push({ canvas, picture, made });
    strip.append(made);
  }

  const whole = () => image.shape;
  const onMap = pointable(canvases.map, { label: "The map", shape: whole }, show);
  const onImage = pointable(canvases.image, { label: "The photograph", shape: whole }, show);
  const table = numberTable({ label: "The kernel", numbers: kernel }, () => { kernels.select.value = OWN_KERNEL; update(); });
  const use = (values) => { table.set(values.data); update(); };
  const kernels = choice(
    { label: "Kernel", options: [...KERNELS.map(([name], index) => [String(index), name]), [OWN_KERNEL, "your own"]] },
    (index) => { if (index !== OWN_KERNEL) use(KERNELS[index][1]); },
  );
  const turn = { label: "Direction of the edge", min: 0, max: 345, step: 15, value: 0, show: (degrees) => `${degrees}\u00b0` };
  const direction = slider(turn, (degrees) => {
    kernels.select.value = OWN_KERNEL;
    use(compass(degrees));
  });
  const setting = (name, options) => slider({ ...options, value: state[name], show: written }, (value) => {
    state[name] = value;
    update();
  }).whole;
  const own = { name: "your own", image: null };
  const reader = pictureReader(read, (picture) => {
    const isFirst = own.image === null;
    own.image = picture;
    if (isFirst) addThumbnail(own);
    choose(own);
  });

  for (const picture of photographs) addThumbnail(picture);
  section.append(
    element("div", { className: "row" },
      figure(table.whole, "The kernel, to edit."),
      element("div", { className: "stack" },
        element("div", { className: "controls" }, kernels.whole, direction.whole),
        element("div", { className: "controls" },
          setting("sigma", { label: "Blur before, sigma", min: 0, max: 3, step: 0.5 }),
          setting("gain", { label: "Every pixel times", min: 0.5, max: 2, step: 0.25 }),
          setting("lamp", { label: "and plus", min: -60, max: 60, step: 10 }),
        ),
        element("div", { className: "controls" },
          choice({ label: "The map is shown", options: Object.entries(SHOWN) }, (how) => {
            state.shown = how;
            update();
          }).whole,
        ),
      ),
    ),
    strip, reader,
    element("p", { className: "note" }, PRIVACY),
    read,
    element("div", { className: "row" },
      figure(canvases.image, "The photograph in grey, from 0 to 255."),
      figure(canvases.map, "The map. The zeros around the image make edges of their own at the border."),
    ),
    about,
    element("div", { className: "row sum" },
      figure(canvases.patch, "Nine pixels"), element("span", { className: "sign", "aria-hidden": "true" }, "\u2192"),
      figure(canvases.products, "times the kernel"),
    ),
    said,
    questions(QUESTIONS),
  );
  use(KERNELS[0][1]);
}
