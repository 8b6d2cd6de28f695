// A digit beside itself, moved: the two rows of numbers, and how much they have in common.

import { part, reshaped, zeros } from "../lib/arrays.mjs";
import { bars } from "../lib/bars.mjs";
import { button, element, figure, pointable, questions, slider, spoken } from "../lib/controls.mjs";
import { arraysOf } from "../lib/data.mjs";
import { draggable } from "../lib/drag.mjs";
import { frame, paint, withArticle, written } from "../lib/draw.mjs";
import { shift } from "../lib/operations.mjs";
import { correlation, equalNumbers } from "../lib/pixels.mjs";

const CELL = 30;
const STRIP_CELL = 14;
const STRIP_HEIGHT = 28;
const LIMITS = [-4, 4];
const INK = { low: 0, high: 16, signed: false };
const CHANGE = { low: -16, high: 16, signed: true };

const CORRELATION =
  "How alike are two rows of numbers? Their correlation is 1 if they rise and fall together, and 0 if they have nothing to " +
  "do with each other:";

const QUESTIONS = [
  [
    "By how much do you have to move a digit until its row is no more like its old one than the row of some other digit?",
    "One pixel to the side: the correlation is then 0.46 on average over these 200 digits, and 0.47 with other digits. Up " +
    "or down it takes two, since strokes are mostly upright.",
  ],
  [
    "Most of the numbers that stay equal are 0. Why does that say little?",
    "They are paper in both. A network that only compared paper would find all digits alike.",
  ],
  [
    "Two pixels lie one above the other. How far apart are they in the row?",
    "Eight places: one whole row of the picture. Nobody tells the network that they are neighbours.",
  ],
];

const meanOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const many = (count, one) => `${Math.abs(count)} ${one}${Math.abs(count) === 1 ? "" : "s"}`;

function wayOf(down, right) {
  const parts = [];
  if (down) parts.push(`${many(down, "row")} ${down > 0 ? "down" : "up"}`);
  if (right) parts.push(`${many(right, "column")} to the ${right > 0 ? "right" : "left"}`);
  return parts.length ? `moved ${parts.join(" and ")}` : "not moved";
}

/** Fill a section with a digit that moves. */
export function movedView(section) {
  const { images, labels } = arraysOf("data");
  const [count, height, width] = images.shape;
  const state = { digit: 3, down: 0, right: 1, place: [2, 4] };
  const canvases = {
    still: element("canvas"), moved: element("canvas"), row: element("canvas"), other: element("canvas"),
    change: element("canvas"),
  };
  const said = spoken();
  const pointed = spoken();
  const likeness = bars(["", "", ""], [{ at: 0, text: "\u22121" }, { at: 0.5, text: "0" }, { at: 1, text: "1" }]);
  let still = null;
  let moved = null;

  const rowOf = (image) => ({ shape: [1, image.data.length], data: image.data });

  function drawDigits() {
    // The whole row has to be seen at once, on a phone too.
    const cell = Math.min(Math.max(Math.floor(section.clientWidth / still.data.length), 4), STRIP_CELL);
    const size = { cell, tall: STRIP_HEIGHT };
    const [i, j] = state.place;
    const here = { top: i, left: j, height: 1, width: 1 };
    const there = { top: 0, left: i * width + j, height: 1, width: 1 };
    for (const [canvas, strip, image] of [[canvases.still, canvases.row, still], [canvases.moved, canvases.other, moved]]) {
      paint(canvas, image, { cell: CELL, digits: written, scale: INK });
      frame(canvas, here, { cell: CELL });
      paint(strip, rowOf(image), { ...size, scale: INK });
      frame(strip, there, { ...size, line: 2 });
    }
    const change = zeros([1, still.data.length]);
    change.data.forEach((_, index) => { change.data[index] = moved.data[index] - still.data[index]; });
    paint(canvases.change, change, { cell, tall: STRIP_HEIGHT / 2, scale: CHANGE });
  }

  function point(i, j) {
    state.place = [i, j];
    inPicture.at(i, j);
    inRow.at(0, i * width + j);
    drawDigits();
    const place = i * width + j;
    pointed.textContent =
      `Row ${i}, column ${j} of the picture is place ${i}*${width} + ${j} = ${place} of the row: ` +
      `${written(still.data[place])} in the first, ${written(moved.data[place])} in the second.`;
    return `${written(still.data[place])}, and ${written(moved.data[place])} in the moved one`;
  }

  /** The correlations with all other digits: their mean over those of the same name, and over the rest. */
  function withOthers() {
    const others = { same: [], different: [] };
    for (let index = 0; index < count; index++) {
      if (index === state.digit) continue;
      const kind = labels.data[index] === labels.data[state.digit] ? "same" : "different";
      others[kind].push(correlation(still.data, part(images, index).data));
    }
    return others;
  }

  function compare() {
    const { same, different } = withOthers();
    const own = correlation(still.data, moved.data);
    const name = labels.data[state.digit];
    likeness.update([
      [`this ${name}, ${wayOf(state.down, state.right)}`, own],
      [`${withArticle(name)} by another hand, mean of ${same.length}`, meanOf(same)],
      [`another digit, mean of ${different.length}`, meanOf(different)],
    ].map(([text, value]) => ({ name: text, from: 0.5, to: (value + 1) / 2, text: value.toFixed(2).replace("-", "\u2212") })));
    const equal = equalNumbers(still.data, moved.data);
    said.textContent =
      `The digit is ${wayOf(state.down, state.right)}. ${equal.all} of ${still.data.length} numbers are the same as ` +
      `before, and ` +
      `${equal.zeros} of these are paper (0) in both. Correlation of the two rows: ${written(own)}.`;
    return said.textContent;
  }

  function update() {
    still = part(images, state.digit);
    moved = reshaped(shift(reshaped(still, [1, height, width]), state.down, state.right), [height, width]);
    point(...state.place);
    return compare();
  }

  function move(down, right) {
    [state.down, state.right] = [down, right];
    return update();
  }

  const inPicture = pointable(canvases.still, { label: "The digit as numbers", shape: () => [height, width] }, point);
  const inRow = pointable(canvases.row, { label: "The digit as a row", shape: () => [1, height * width] }, (_, place) => (
    point(Math.floor(place / width), place % width)
  ));
  const drag = draggable(
    canvases.moved,
    { label: "The same digit, to be moved", columns: () => width, limits: [LIMITS, LIMITS], value: [0, 1] },
    move,
  );
  const named = (index) => `no. ${index}, ${withArticle(labels.data[index])}`;
  const digits = { label: "Digit", min: 0, max: count - 1, value: state.digit, show: named };
  section.append(
    element("div", { className: "controls" },
      slider(digits, (index) => { state.digit = index; update(); }).whole,
      button("Put it back", () => drag.go(0, 0)),
      button("One to the right", () => drag.go(state.down, state.right + 1)),
      button("One down", () => drag.go(state.down + 1, state.right)),
    ),
    element("div", { className: "row" },
      figure(canvases.still, "The digit. Point at a pixel to find it in the row."),
      figure(canvases.moved, "The same digit: drag it, by mouse, finger or arrow keys."),
    ),
    figure(canvases.row, "The first digit, row after row: what a dense network sees."),
    figure(canvases.other, "The second one."),
    figure(canvases.change, "Second minus first: white where they are the same, red for more ink now, blue for less."),
    pointed, said,
    element("p", {}, CORRELATION),
    likeness.whole,
    questions(QUESTIONS),
  );
  window.addEventListener("resize", drawDigits);
  update();
}
