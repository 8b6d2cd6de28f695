// The size of an image on its way through layers with the same window.

import { bars } from "../lib/bars.mjs";
import { element, slider, spoken } from "../lib/controls.mjs";
import { outputSize } from "../lib/operations.mjs";
import { formulaOf } from "./places.mjs";

const SIZES = [8, 16, 28, 32, 64, 128, 224];

/** Return the sizes of an image before and after each of `count` layers, as far as the window fits. */
export function sizesAfter(size, count, kernel, stride, padding) {
  const sizes = [size];
  while (sizes.length <= count && kernel <= sizes[sizes.length - 1] + 2 * padding) {
    sizes.push(outputSize(sizes[sizes.length - 1], kernel, stride, padding));
  }
  return sizes;
}

/** Fill a section with layers. */
export function layersView(section) {
  const state = { size: 8, kernel: 3, stride: 1, padding: 0, count: 5 };
  const said = spoken();
  const chart = element("div");

  function update() {
    const { size, kernel, stride, padding, count } = state;
    const sizes = sizesAfter(size, count, kernel, stride, padding);
    const drawn = bars(sizes.map((_, layer) => (layer ? `after layer ${layer}` : "the image")));
    drawn.update(sizes.map((length) => ({ from: 0, to: length / Math.max(...sizes), text: `${length}x${length}` })));
    chart.replaceChildren(drawn.whole);
    const last = sizes[sizes.length - 1];
    said.textContent = sizes.length <= count
      ? `Layer ${sizes.length} has no place: a kernel of ${kernel} does not fit into ${last} + 2*${padding} = ` +
        `${last + 2 * padding}.`
      : `The last layer: ${formulaOf({ ...state, size: sizes[sizes.length - 2] })} = ${last}.`;
    said.classList.toggle("wrong", sizes.length <= count);
  }

  const setting = (label, name, min, max) => slider({ label, min, max, value: state[name] }, (value) => {
    state[name] = value;
    update();
  }).whole;
  const named = (index) => `${SIZES[index]}x${SIZES[index]}`;
  const images = { label: "Image", min: 0, max: SIZES.length - 1, value: 0, show: named };
  section.append(
    element("div", { className: "controls" },
      slider(images, (index) => {
        state.size = SIZES[index];
        update();
      }).whole,
      setting("Layers", "count", 1, 10), setting("Kernel of the layers", "kernel", 1, 11),
      setting("Stride of the layers", "stride", 1, 4), setting("Padding of the layers", "padding", 0, 5),
    ),
    chart, said,
  );
  update();
}
