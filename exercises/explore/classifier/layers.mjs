// LeNet's maps on the way from the image to the ten bars, and one of them in detail.

import { part, reshaped } from "../lib/arrays.mjs";
import { element, figure, pointable, spoken } from "../lib/controls.mjs";
import { paint, signedScale, written } from "../lib/draw.mjs";
import { commonScale, paintMaps } from "../lib/maps.mjs";

const LAYERS = [
  { key: "relu1", filters: "conv1_w", perRow: 3, cell: 4, name: "First convolution, then ReLU: 6 maps of 28 \u00d7 28" },
  { key: "pool1", filters: "conv1_w", perRow: 3, cell: 8, name: "Max pooling: 6 maps of 14 \u00d7 14" },
  { key: "relu2", filters: "conv2_w", perRow: 4, cell: 8, name: "Second convolution, then ReLU: 16 maps of 10 \u00d7 10" },
  { key: "pool2", filters: "conv2_w", perRow: 4, cell: 16, name: "Max pooling: 16 maps of 5 \u00d7 5, together 400 numbers" },
];
const DENSE = [
  { key: "hidden1", shape: [8, 15], name: "Every number with every neuron: 120 numbers" },
  { key: "hidden2", shape: [6, 14], name: "Again: 84 numbers" },
];
const DENSE_CELL = 21;
const LARGE = 196;

function mapInWords(map, index) {
  const largest = Math.max(...map.data);
  if (!(largest > 0)) return `Map ${index}: nothing found, all numbers are 0.`;
  const place = map.data.indexOf(largest);
  return `Map ${index}: largest number ${written(largest)}, at row ${Math.floor(place / map.shape[1])}, column ${place % map.shape[1]}.`;
}

/** Return the maps of all layers; `draw(layers)` draws what LeNet returned, `tell()` says in words what is seen of the chosen map. */
export function layersView(params) {
  const [largeMap, filter] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
  const told = spoken();
  const chosen = { layer: LAYERS[0], index: 2 };
  let answers = null;

  const drawChosen = () => {
    const maps = answers[chosen.layer.key];
    const map = part(maps, chosen.index);
    paint(largeMap, map, { cell: Math.floor(LARGE / map.shape[0]), scale: commonScale(maps) });
    largeMap.setAttribute("aria-label", mapInWords(map, chosen.index));
    const weights = part(params[chosen.layer.filters], chosen.index);
    const [count] = weights.shape;
    paintMaps(filter, weights, { cell: count > 1 ? 13 : 28, perRow: Math.min(count, 3), scale: signedScale(weights) });
    filter.setAttribute("aria-label", `The filter of map ${chosen.index}: ${count} of 5 by 5 weights`);
  };
  const tell = () => {
    told.textContent = mapInWords(part(answers[chosen.layer.key], chosen.index), chosen.index);
    return told.textContent;
  };
  const maps = LAYERS.map((layer) => {
    const canvas = element("canvas");
    const shape = () => [answers[layer.key].shape[0] / layer.perRow, layer.perRow];
    pointable(canvas, { label: layer.name, shape }, (row, column) => {
      Object.assign(chosen, { layer, index: row * layer.perRow + column });
      drawChosen();
      return tell();
    });
    return { ...layer, canvas };
  });
  const dense = DENSE.map((layer) => ({ ...layer, canvas: element("canvas", { role: "img" }) }));
  return {
    whole: element(
      "div", { className: "way" },
      element("div", { className: "two" }, ...[...maps, ...dense].map(({ canvas, name }) => figure(canvas, name))),
      element(
        "div", {}, told, figure(largeMap, "The map that you point at."),
        figure(filter, "Its filter: red adds, blue takes away. In the second layer one slice for each map of the first."),
      ),
    ),
    tell,
    draw(layers) {
      answers = layers;
      for (const { key, canvas, perRow, cell } of maps) paintMaps(canvas, layers[key], { perRow, cell });
      for (const { key, canvas, shape, name } of dense) {
        paint(canvas, reshaped(layers[key], shape), { cell: DENSE_CELL });
        const active = layers[key].data.filter((number) => number > 0).length;
        canvas.setAttribute("aria-label", `${name}, ${active} of them above 0`);
      }
      drawChosen();
    },
  };
}
