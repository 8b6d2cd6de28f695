// The patches of all digits that excite a map of LeNet most.

import { reshaped, zeros } from "../lib/arrays.mjs";
import { element, figure, spoken } from "../lib/controls.mjs";
import { paint, withArticle, written } from "../lib/draw.mjs";
import { paintMaps } from "../lib/maps.mjs";
import { featureHierarchy, linear, relu } from "../lib/operations.mjs";
import { search } from "../lib/strongest.mjs";
import { cutOut, digitImage, seenFrom } from "./networks.mjs";

const SHOWN = 12;
const PER_ROW = 4;
const AVERAGED = 60;
const SLICE = 12;
const REDRAWN = 300;
const PIXELS_A_PATCH = 84;
const SAME_GREY = { low: 0, high: 1, signed: false };

function stacked(patches) {
  const [height, width] = patches[0].shape;
  const all = zeros([patches.length, height, width]);
  patches.forEach((one, index) => all.data.set(one.data, index * height * width));
  return all;
}

function meanOf(patches) {
  const mean = zeros(patches[0].shape);
  for (const { data } of patches) data.forEach((ink, index) => { mean.data[index] += ink / patches.length; });
  return mean;
}

function countsInWords(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const parts = [...counts].sort((one, other) => other[1] - one[1]).map(([name, count]) => `${count} from ${withArticle(name)}`);
  return parts.join(", ");
}

/** Return a section that shows the strongest patches of a map; `show(block, map)` chooses it, `begin()` looks through all digits.
 *
 *  The digits are looked through in slices of time, so that the page does not freeze; what has been found so far is shown.
 */
export function patchesView({ images, labels, params, network }) {
  const count = images.shape[0];
  /** Return the maps of the three blocks for a digit. The last one as the neurons that they are: that is faster. */
  const blocksOf = (index) => {
    const [, ...blocks] = featureHierarchy(digitImage(images, index), network.layers.slice(0, 2));
    return [...blocks, reshaped(relu(linear(blocks[1], params.fc1_w, params.fc1_b)), [120, 1, 1])];
  };
  const found = search(count, blocksOf);
  const chosen = { block: 1, map: 0 };
  const [strongest, mean] = [element("canvas", { role: "img" }), element("canvas", { role: "img" })];
  const [title, meanTold] = [element("h2"), element("figcaption")];
  const progress = element("progress", { max: count, value: 0, "aria-label": "Digits looked through" });
  const told = spoken();
  // A screen reader is told of the end of the search only.
  told.setAttribute("aria-live", "off");

  const draw = () => {
    const { block, map } = chosen;
    const best = found.done ? found.best(block - 1, map, AVERAGED).filter(({ value }) => value > 0) : [];
    title.textContent = `What excites block ${block}, map ${map} most`;
    for (const canvas of [strongest, mean]) canvas.parentElement.hidden = !best.length;
    if (!best.length) {
      told.textContent = found.done < count ? "" : "No digit gives a number above 0 in this map: it has learned nothing that it answers to.";
      return;
    }
    const patches = best.map((place) => cutOut(digitImage(images, place.image), seenFrom(network.layers, block, place)[0]));
    const cell = Math.max(Math.floor(PIXELS_A_PATCH / patches[0].shape[0]), 2);
    paintMaps(strongest, stacked(patches.slice(0, SHOWN)), { cell, perRow: PER_ROW, scale: SAME_GREY });
    paint(mean, meanOf(patches), { cell: 2 * cell, scale: SAME_GREY });
    const shown = best.slice(0, SHOWN);
    const names = countsInWords(shown.map(({ image }) => labels.data[image]));
    const said = `from ${written(shown[0].value)} down to ${written(shown.at(-1).value)}; ${names}`;
    strongest.setAttribute("aria-label", `The ${shown.length} strongest patches of all digits, ${said}`);
    meanTold.textContent = `The mean of the ${best.length} strongest.`;
    mean.setAttribute("aria-label", meanTold.textContent);
    told.textContent = `The ${shown.length} strongest of ${found.done.toLocaleString("en-GB")} digits: ${said}.`;
  };

  let drawnAt = 0;
  const lookOn = () => {
    progress.value = found.go(SLICE);
    const finished = found.done === count;
    progress.hidden = finished;
    if (finished) told.setAttribute("aria-live", "polite");
    if (finished || found.done >= drawnAt + REDRAWN) {
      drawnAt = found.done;
      draw();
    }
    if (!finished) setTimeout(lookOn, 0);
  };

  const whole = element(
    "section", {}, title, progress, told,
    element(
      "div", { className: "row" },
      figure(strongest, "Each digit gives its best place. The brightest ink is white."),
      element("figure", {}, mean, meanTold),
    ),
  );
  return {
    whole,
    begin() { setTimeout(lookOn, 0); },
    show(block, map) {
      Object.assign(chosen, { block, map });
      draw();
    },
  };
}
