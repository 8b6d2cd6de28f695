// A digit with a frame: as many rows and columns as one likes, of any value.

import { part } from "../lib/arrays.mjs";
import { choice, element, figure, pointable, slider, spoken } from "../lib/controls.mjs";
import { arraysOf } from "../lib/data.mjs";
import { frame, paint, written } from "../lib/draw.mjs";
import { framed } from "../lib/kernels.mjs";

const CELL = 26;

/** Fill a section with a digit and its frame. */
export function aroundView(section) {
  const { images, labels } = arraysOf("data");
  const state = { digit: 5, rows: 1, columns: 3, value: 0, place: [1, 3] };
  const canvas = element("canvas");
  const size = spoken();
  const said = spoken();
  let out = null;

  function point(i, j) {
    state.place = [i, j];
    const digit = part(images, state.digit);
    const [height, width] = digit.shape;
    paint(canvas, out, { cell: CELL, digits: written });
    frame(canvas, { top: state.rows, left: state.columns, height, width }, { cell: CELL, colour: "#8b95a1", line: 2 });
    frame(canvas, { top: i, left: j, height: 1, width: 1 }, { cell: CELL });
    const [y, x] = [i - state.rows, j - state.columns];
    const number = written(out.data[i * out.shape[1] + j]);
    said.textContent = y >= 0 && y < height && x >= 0 && x < width
      ? `out[${i}, ${j}] is x[${i} - ${state.rows}, ${j} - ${state.columns}] = x[${y}, ${x}] = ${number}.`
      : `out[${i}, ${j}] is in the frame: the value, ${number}.`;
    return said.textContent;
  }

  function update() {
    const digit = part(images, state.digit);
    out = framed(digit, state.rows, state.columns, state.value);
    const [height, width] = digit.shape;
    size.textContent =
      `pad2d(x, (${state.rows}, ${state.columns}), ${state.value}): ${height}x${width} becomes (${height} + ` +
      `2*${state.rows}) x ` +
      `(${width} + 2*${state.columns}) = ${out.shape.join("x")}.`;
    const [i, j] = state.place.map((at, axis) => Math.min(at, out.shape[axis] - 1));
    grid.at(i, j);
    point(i, j);
  }

  const grid = pointable(canvas, { label: "The digit with its frame", shape: () => out.shape, value: state.place }, point);
  const named = Array.from(labels.data, (label, index) => [String(index), String(label)]);
  const setting = (label, name, min, max) => slider({ label, min, max, value: state[name], show: written }, (value) => {
    state[name] = value;
    update();
  }).whole;
  section.append(
    element("div", { className: "controls" },
      choice({ label: "Digit", options: named, value: "5" }, (index) => {
        state.digit = Number(index);
        update();
      }).whole,
      setting("Rows above and below", "rows", 0, 4), setting("Columns left and right", "columns", 0, 4),
      setting("Value", "value", -16, 16),
    ),
    size, figure(canvas, "The digit, inside the grey line, and its frame."), said,
  );
  update();
}
