// An image under a window that moves in both directions: which pixels how many windows see, and the map's places.

import { element, figure, pointable, slider, spoken } from "../lib/controls.mjs";
import { drawing, shape } from "../lib/svg.mjs";
import { windows } from "../lib/windows.mjs";

const LARGEST_CELL = 24;

/** Draw the pixels and the frame; returns `move(i, j)`, which puts the window where it is for a place of the map. */
function drawImage(canvas, settings, rows, columns, cell) {
  const { size, height, kernel, padding } = settings;
  const [high, wide] = [height + 2 * padding, size + 2 * padding];
  const most = Math.max(...rows.coverage) * Math.max(...columns.coverage) || 1;
  canvas.setAttribute("viewBox", `0 0 ${wide * cell} ${high * cell}`);
  canvas.style.width = `${wide * cell}px`;
  const drawn = [];
  for (let row = 0; row < high; row++) {
    for (let column = 0; column < wide; column++) {
      const [y, x] = [row - padding, column - padding];
      const isPixel = y >= 0 && y < height && x >= 0 && x < size;
      const isLeft = row >= high - rows.leftOver || column >= wide - columns.leftOver;
      const box = { x: column * cell + 0.5, y: row * cell + 0.5, width: cell - 1, height: cell - 1 };
      drawn.push(shape("rect", { ...box, class: isLeft ? "left" : isPixel ? "pixel" : "frame" }));
      if (!isPixel) continue;
      const seen = rows.coverage[y] * columns.coverage[x];
      drawn.push(shape("rect", { ...box, class: "seen", "fill-opacity": (0.5 * seen) / most }));
      if (cell >= 14) drawn.push(shape("text", { x: (column + 0.5) * cell, y: (row + 0.5) * cell }, String(seen)));
    }
  }
  const fits = rows.starts.length > 0 && columns.starts.length > 0;
  const side = Math.max(kernel * cell - 3, 1);
  const window = shape("rect", { width: side, height: side, class: "window" });
  canvas.replaceChildren(...drawn, ...(fits ? [window] : []));
  return (i, j) => {
    window.setAttribute("x", (columns.starts[j] + padding) * cell + 1.5);
    window.setAttribute("y", (rows.starts[i] + padding) * cell + 1.5);
  };
}

/** Draw the map's places; returns `move(i, j)`, which marks one of them. */
function drawMap(canvas, rows, columns, cell) {
  const [high, wide] = [Math.max(rows.starts.length, 1), Math.max(columns.starts.length, 1)];
  canvas.setAttribute("viewBox", `0 0 ${wide * cell} ${high * cell}`);
  canvas.style.width = `${wide * cell}px`;
  const drawn = [];
  for (let row = 0; row < rows.starts.length; row++) {
    for (let column = 0; column < columns.starts.length; column++) {
      const box = { x: column * cell + 1, y: row * cell + 1, width: cell - 2, height: cell - 2 };
      drawn.push(shape("rect", { ...box, rx: 3, class: "place" }));
    }
  }
  canvas.replaceChildren(...drawn);
  let now = null;
  return (i, j) => {
    now?.classList.remove("now");
    now = drawn[i * columns.starts.length + j];
    now.classList.add("now");
  };
}

/** Fill a section with an image and its map; returns `update(settings)`, which takes {size, kernel, stride, padding}. */
export function planeView(section) {
  const state = { height: 5, settings: null, place: [0, 0] };
  const image = drawing(1, 1, "The image, and how many windows see each pixel");
  const map = drawing(1, 1, "");
  const said = spoken();
  const size = spoken();
  let rows = null;
  let columns = null;
  let moves = [];

  const cellNow = () => {
    const wide = state.settings.size + 2 * state.settings.padding;
    return Math.min(LARGEST_CELL, Math.max(Math.floor(section.clientWidth / wide), 5));
  };
  const places = () => [Math.max(rows.starts.length, 1), Math.max(columns.starts.length, 1)];

  /** Draw all anew: thousands of shapes, so that a step from place to place must only move the window. */
  function draw() {
    const cell = cellNow();
    moves = [drawImage(image, { ...state.settings, height: state.height }, rows, columns, cell), drawMap(map, rows, columns, cell)];
  }

  function show(i, j) {
    state.place = [i, j];
    onMap.at(i, j);
    if (!rows.starts.length || !columns.starts.length) {
      said.textContent = "";
      return "no place";
    }
    for (const move of moves) move(i, j);
    const { kernel, stride, padding } = state.settings;
    said.textContent =
      `Number (${i}, ${j}) of the map: its window starts in row ${i}*${stride} - ${padding} = ${rows.starts[i]}, column ` +
      `${j}*${stride} - ${padding} = ${columns.starts[j]}, and is ${kernel}x${kernel}.`;
    return said.textContent;
  }

  function update(settings) {
    state.settings = settings;
    const { kernel, stride, padding } = settings;
    rows = windows(state.height, kernel, stride, padding);
    columns = windows(settings.size, kernel, stride, padding);
    const fits = rows.starts.length > 0 && columns.starts.length > 0;
    const corner = rows.coverage[0] * columns.coverage[0];
    const most = Math.max(...rows.coverage) * Math.max(...columns.coverage);
    size.textContent = fits
      ? `An image of ${state.height}x${settings.size} makes a map of ${rows.starts.length}x${columns.starts.length}. ` +
        `The pixel in the upper left corner is seen by ${corner} window${corner === 1 ? "" : "s"}, and no pixel by more than ` +
        `${most}.`
      : `A kernel of ${kernel}x${kernel} does not fit into ${state.height + 2 * padding}x${settings.size + 2 * padding}.`;
    size.classList.toggle("wrong", !fits);
    const [high, wide] = places();
    draw();
    show(Math.min(state.place[0], high - 1), Math.min(state.place[1], wide - 1));
  }

  const onMap = pointable(map, { label: "The map", shape: places }, show);
  section.append(
    element("div", { className: "controls" },
      slider({ label: "Rows of the image", min: 1, max: 16, value: state.height }, (value) => {
        state.height = value;
        update(state.settings);
      }).whole,
    ),
    size,
    element("div", { className: "row" },
      figure(image, "The image and its frame. The window is the one of the place in the map."), figure(map, "The map."),
    ),
    said,
  );
  window.addEventListener("resize", () => {
    draw();
    show(...state.place);
  });
  return { update };
}
