// A photograph, its three channels, and two ways to make it grey.

import { part, zeros } from "../lib/arrays.mjs";
import { choice, element, figure, pointable, questions, spoken } from "../lib/controls.mjs";
import { arraysOf } from "../lib/data.mjs";
import { frame, paint, written } from "../lib/draw.mjs";
import { grey, luma } from "../lib/pixels.mjs";

const CELL = 2;
const LIGHT = { low: 0, high: 255, signed: false };
const TINTS = [["red", [1, 0.25, 0.25]], ["green", [0.25, 1, 0.25]], ["blue", [0.35, 0.5, 1]]];
const STRIPES = [
  [255, 255, 255], [255, 255, 0], [0, 255, 255], [0, 255, 0], [255, 0, 255], [255, 0, 0], [0, 0, 255], [0, 0, 0],
];

const QUESTIONS = [
  [
    "Choose the stripes. Which of the pure colours will be the brightest in grey, and which the darkest?",
    "Green becomes 150, red 76, blue 29, as bright as they look to us. The mean makes all three 85, and they cannot be told " +
    "apart.",
  ],
  [
    "Is every channel of a red thing bright?",
    "No: only the red one. White is bright in all three, black in none.",
  ],
];

/** Return a picture of eight pure colours, as large as the photographs. */
function stripes(shape) {
  const picture = zeros(shape);
  const [, height, width] = shape;
  picture.data.forEach((_, index) => {
    const stripe = Math.floor(((index % width) * STRIPES.length) / width);
    picture.data[index] = STRIPES[stripe][Math.floor(index / (height * width))];
  });
  return picture;
}

/** Fill a section with a photograph to read numbers from. */
export function coloursView(section) {
  const pictures = arraysOf("photographs");
  pictures["eight stripes"] = stripes(pictures.coffee.shape);
  const state = { picture: pictures.coffee, place: [48, 30] };
  const canvases = {
    picture: element("canvas"), luma: element("canvas"), mean: element("canvas"), channels: TINTS.map(() => element("canvas")),
  };
  const said = spoken();

  const colourAt = (i, j) => [0, 1, 2].map((c) => part(state.picture, c).data[i * state.picture.shape[2] + j]);

  function meanGrey() {
    const [, height, width] = state.picture.shape;
    const out = zeros([height, width]);
    out.data.forEach((_, index) => {
      out.data[index] = [0, 1, 2].reduce((sum, c) => sum + state.picture.data[c * height * width + index], 0) / 3;
    });
    return out;
  }

  function point(i, j) {
    state.place = [i, j];
    paint(canvases.picture, state.picture, { cell: CELL });
    frame(canvases.picture, { top: i - 3, left: j - 3, height: 7, width: 7 }, { cell: CELL, line: 2 });
    const [red, green, blue] = colourAt(i, j);
    const bright = luma([red, green, blue]);
    said.textContent =
      `Row ${i}, column ${j}: image[0, ${i}, ${j}] = ${red} (red), image[1, ${i}, ${j}] = ${green} (green), image[2, ${i}, ` +
      `${j}] = ${blue} (blue). ` +
      `Grey: 0.299*${red} + 0.587*${green} + 0.114*${blue} = ${written(bright, 1)}. Their mean: ` +
      `${written((red + green + blue) / 3, 1)}.`;
    return `red ${red}, green ${green}, blue ${blue}, grey ${written(bright, 1)}`;
  }

  function draw() {
    TINTS.forEach(([, tint], c) => paint(canvases.channels[c], part(state.picture, c), { cell: 1, scale: { ...LIGHT, tint } }));
    paint(canvases.luma, grey(state.picture), { cell: CELL, scale: LIGHT });
    paint(canvases.mean, meanGrey(), { cell: CELL, scale: LIGHT });
    point(...state.place);
  }

  const shape = () => state.picture.shape.slice(1);
  pointable(canvases.picture, { label: "The photograph", shape, value: state.place }, point);
  section.append(
    element("div", { className: "controls" },
      choice({ label: "Picture", options: Object.keys(pictures).map((name) => [name, name]), value: "coffee" }, (name) => {
        state.picture = pictures[name];
        draw();
      }).whole,
    ),
    element("div", { className: "row" },
      figure(canvases.picture, "The photograph, 3x85x128 numbers. Point at it, or use the arrow keys."),
      ...TINTS.map(([name], c) => figure(canvases.channels[c], `image[${c}], ${name}`)),
    ),
    said,
    element("div", { className: "row" },
      figure(canvases.luma, "Grey as bright as it looks (ITU-R BT.601)."),
      figure(canvases.mean, "The mean of the three."),
    ),
    questions(QUESTIONS),
  );
  draw();
}
