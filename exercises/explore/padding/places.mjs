// One row of pixels, and the places where a window stops on it.

import { button, choice, element, player, pointable, questions, slider, spoken } from "../lib/controls.mjs";
import { drawing, shape } from "../lib/svg.mjs";
import { samePadding, windows } from "../lib/windows.mjs";

const LARGEST_CELL = 32;
const LINE = 18;
const EXAMPLES = [
  ["a window of 3 on 6 pixels", [6, 3, 1, 0]],
  ["padding 1, stride 2: something is left over", [6, 3, 2, 1]],
  ["stride 2 without padding", [8, 3, 2, 0]],
  ["padding 1 on 7 pixels, stride 2", [7, 3, 2, 1]],
  ["28 pixels under a window of 5", [28, 5, 1, 0]],
  ["28 pixels that stay 28", [28, 5, 1, 2]],
  ["windows side by side", [9, 3, 3, 0]],
];
const OWN = "own";

const QUESTIONS = [
  [
    "8 pixels, kernel 3, stride 2, no padding: three places. How many are there with 7 pixels?",
    "Three as well. With 8, a third jump would not fit completely, so it is not made, and pixel 7 is left over. With 7 " +
    "nothing is.",
  ],
  [
    "Which padding keeps the size under a kernel of 7, at stride 1?",
    "3: as far as the window reaches from its middle. Press \u201cSame size\u201d.",
  ],
  [
    "And under a kernel of 4?",
    "None. With padding 1 one pixel is missing, with padding 2 there is one too many: an even kernel has no middle.",
  ],
  [
    "Under how many windows of 3 is the first pixel, and under how many a pixel in the middle?",
    "One and three, without padding. With padding 1 the first one is under two.",
  ],
];

/** Return the sum that says how many places there are, with its numbers. */
export function formulaOf({ size, kernel, stride, padding }) {
  return `(${size} + 2*${padding} - ${kernel})//${stride} + 1`;
}

function drawRow({ size, kernel, padding }, { starts, coverage, leftOver }, cell, now) {
  const total = size + 2 * padding;
  // On a phone, many pixels are narrow, and yet high enough to be seen.
  const high = Math.max(cell, LINE);
  const whole = drawing(total * cell, high + LINE, `A row of ${size} pixel${size === 1 ? "" : "s"} with ${padding} zero${padding === 1 ? "" : "s"} on either side`);
  for (let at = 0; at < total; at++) {
    const pixel = at - padding;
    const isPixel = pixel >= 0 && pixel < size;
    const kind = at >= total - leftOver ? "left" : isPixel ? "pixel" : "frame";
    whole.append(shape("rect", { x: at * cell + 0.5, y: 0.5, width: cell - 1, height: high - 1, class: kind }));
    if (cell >= 14) whole.append(shape("text", { x: (at + 0.5) * cell, y: high / 2 }, isPixel ? String(pixel) : "0"));
    if (isPixel && cell >= 10) {
      whole.append(shape("text", { x: (at + 0.5) * cell, y: high + LINE / 2, class: "quiet" }, String(coverage[pixel])));
    }
  }
  if (now < starts.length) {
    const left = (starts[now] + padding) * cell;
    whole.append(shape("rect", { x: left + 1.5, y: 1.5, width: kernel * cell - 3, height: high - 3, class: "window" }));
  }
  return whole;
}

function drawPlaces({ size, kernel, padding }, { starts }, cell, now, canvas) {
  const total = size + 2 * padding;
  canvas.setAttribute("viewBox", `0 0 ${total * cell} ${Math.max(starts.length, 1) * LINE}`);
  canvas.style.width = `${total * cell}px`;
  canvas.replaceChildren(...starts.flatMap((start, place) => {
    const [x, wide] = [(start + padding) * cell, kernel * cell];
    const kind = place === now ? "place now" : "place";
    return [
      shape("rect", { x: x + 1, y: place * LINE + 2, width: wide - 2, height: LINE - 4, rx: 3, class: kind }),
      shape("text", { x: x + wide / 2, y: (place + 0.5) * LINE, class: place === now ? "now" : "" }, String(place)),
    ];
  }));
}

/** Fill a section with a row of pixels under a window; `changed(settings)` hears of every change. */
export function placesView(section, changed) {
  const state = { size: 7, kernel: 3, stride: 2, padding: 1 };
  const row = element("div", {});
  const lines = drawing(1, 1, "");
  const said = spoken();
  const formula = spoken();
  let found = windows(7, 3, 2, 1);

  const cellNow = () => Math.min(LARGEST_CELL, Math.max(Math.floor(section.clientWidth / (state.size + 2 * state.padding)), 6));

  function tellFormula() {
    const { size, kernel, stride, padding } = state;
    const fits = kernel <= size + 2 * padding;
    formula.classList.toggle("wrong", !fits);
    if (!fits) {
      formula.textContent =
        `A kernel of ${kernel} does not fit into ${size} + 2*${padding} = ${size + 2 * padding}: output_size raises a ` +
        "ValueError.";
      return;
    }
    const left = found.leftOver ? `${found.leftOver} left over at the end.` : "Nothing is left over.";
    const same = found.starts.length === size ? " As many places as pixels: the size stays." : "";
    const places = `${found.starts.length} place${found.starts.length === 1 ? "" : "s"}`;
    formula.textContent = `${formulaOf(state)} = ${places} along ${size} pixel${size === 1 ? "" : "s"} with stride ${stride}. ${left}${same}`;
  }

  function show(place) {
    const cell = cellNow();
    row.replaceChildren(drawRow(state, found, cell, place));
    drawPlaces(state, found, cell, place, lines);
    if (!found.starts.length) {
      said.textContent = "";
      return "no place";
    }
    onLines.at(place, 0);
    const { kernel, stride, padding } = state;
    const start = found.starts[place];
    const inFrame = Array.from({ length: kernel }, (_, v) => start + v).filter((at) => at < 0 || at >= state.size).length;
    said.textContent =
      `Place ${place} starts at ${place}*${stride} - ${padding} = ${start} and ends at ${start + kernel - 1}: ` +
      `${kernel - inFrame} ` +
      `pixel${kernel - inFrame === 1 ? "" : "s"} and ${inFrame} of the padding.`;
    return said.textContent;
  }

  const steps = player({ label: "Place", length: () => Math.max(found.starts.length, 1), quiet: [said] }, show);
  const onLines = pointable(lines, { label: "The places", shape: () => [Math.max(found.starts.length, 1), 1] }, (place) => {
    steps.at(place);
    return show(place);
  });

  function update() {
    const { size, kernel, stride, padding } = state;
    found = windows(size, kernel, stride, padding);
    const known = EXAMPLES.findIndex(([, numbers]) => numbers.join() === [size, kernel, stride, padding].join());
    examples.select.value = known < 0 ? OWN : String(known);
    tellFormula();
    steps.resize();
    changed({ ...state });
  }

  const setting = (label, name, min, max) => slider({ label, min, max, value: state[name] }, (value) => {
    state[name] = value;
    update();
  });
  const sliders = [
    setting("Size", "size", 1, 32), setting("Kernel", "kernel", 1, 11), setting("Stride", "stride", 1, 6),
    setting("Padding", "padding", 0, 5),
  ];
  function set(numbers) {
    ["size", "kernel", "stride", "padding"].forEach((name, index) => {
      state[name] = numbers[index];
      sliders[index].value = numbers[index];
    });
    update();
  }
  const examples = choice(
    { label: "Example", options: [...EXAMPLES.map(([name], index) => [String(index), name]), [OWN, "your own"]] },
    (index) => { if (index !== OWN) set(EXAMPLES[index][1]); },
  );
  const same = button("Same size", () => {
    const padding = samePadding(state.kernel);
    if (padding !== null) set([state.size, state.kernel, 1, padding]);
    else formula.textContent = `A kernel of ${state.kernel} is even and has no middle: no padding keeps the size.`;
  });
  section.append(
    element("div", { className: "controls" }, examples.whole, ...sliders.map((one) => one.whole), same),
    formula, steps.whole,
    element("figure", {},
      row, lines,
      element("figcaption", {},
        element("span", { className: "key frame" }), "padding ", element("span", { className: "key left" }),
        "left over. The small numbers say how many windows see a pixel.",
      ),
    ),
    said,
    questions(QUESTIONS),
  );
  window.addEventListener("resize", () => show(steps.step));
  update();
}
