// A training, moment by moment: its filters, what they find in a digit, its loss and its accuracy.

import { part, reshaped } from "../lib/arrays.mjs";
import { lineChart } from "../lib/chart.mjs";
import { choice, element, figure, player, pointable, spoken } from "../lib/controls.mjs";
import { paint, percent, signedScale, withArticle, written } from "../lib/draw.mjs";
import { paintMaps } from "../lib/maps.mjs";
import { conv2d, relu } from "../lib/operations.mjs";
import { correlation } from "../lib/pixels.mjs";
import { softened } from "../lib/training.mjs";

const PACE = 120;
const PER_ROW = 4;
const SCALES = [["own", "each filter on its own scale"], ["common", "one scale for all moments"]];

/** Return two charts over the batches learned from; the axis is that of square roots, since most happens at the beginning. */
function charts(perEpoch) {
  const x = {
    title: "batches of 16 digits learned from",
    ticks: [0, 10, perEpoch, 4 * perEpoch, 12 * perEpoch].map((step) => [step, written(step)]),
  };
  const told = "Its numbers are given above as you go through the moments.";
  const loss = lineChart({
    label: `The loss, moment by moment. ${told}`, x, y: { ticks: [0, 0.5, 1, 1.5, 2, 2.5].map((number) => [number, String(number)]) }, along: Math.sqrt,
  });
  const accuracy = lineChart({
    label: `The share of held-back digits that are read correctly. ${told}`, x,
    y: { ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`]) }, along: Math.sqrt,
  });
  return { loss, accuracy };
}

/** Return the views of a run, a list of moments {step, filters, loss, accuracy}.
 *
 *  `use(run, moment)` takes another run, and a moment of it; `follow()` is called when its run has got another moment, which is
 *  shown unless an earlier one is being looked at. `parts` are what goes into the page, and `scale` a control for it.
 */
export function momentsView({ images, labels, perEpoch, heldBack, run: begun }) {
  const [now, first, last, large, digit, maps] = Array.from({ length: 6 }, () => element("canvas"));
  for (const canvas of [first, last, large, digit, maps]) canvas.setAttribute("role", "img");
  const [told, filterTold] = [spoken(), spoken()];
  const both = charts(perEpoch);
  const chosen = { run: begun, digit: 0, filter: 0, scale: "own" };
  const count = () => chosen.run[0].filters.shape[0];
  const perRow = () => Math.min(PER_ROW, count());

  const scaleFor = (filters) => {
    if (chosen.scale === "own") return (index) => signedScale(part(filters, index));
    const common = signedScale(chosen.run.at(-1).filters);
    return () => common;
  };
  const drawFilters = ({ filters }) => {
    const drawn = [[now, filters, 10], [first, chosen.run[0].filters, 5], [last, chosen.run.at(-1).filters, 5]];
    for (const [canvas, array, cell] of drawn) paintMaps(canvas, array, { cell, perRow: perRow(), scale: scaleFor(array) });
    paint(large, part(filters, chosen.filter), { cell: 28, scale: scaleFor(filters)(chosen.filter), digits: written });
    for (const [canvas, name] of [[first, "s at the beginning"], [last, "s at the end"], [large, ` number ${chosen.filter}, enlarged`]]) {
      canvas.setAttribute("aria-label", `The filter${name}`);
    }
  };
  const drawMaps = ({ filters }) => {
    const image = softened(part(images, chosen.digit));
    const [, height, width] = filters.shape;
    paint(digit, part(image, 0), { cell: 8 });
    digit.setAttribute("aria-label", `What the network sees of ${withArticle(labels.data[chosen.digit])}: 16 by 16 pixels`);
    paintMaps(maps, relu(conv2d(image, reshaped(filters, [count(), 1, height, width]))), { cell: 7, perRow: perRow() });
    maps.setAttribute("aria-label", `What the ${count()} filters find in the digit`);
  };
  const drawCharts = (moment) => {
    for (const [key, chart] of Object.entries(both)) {
      const line = { look: "line-2", points: chosen.run.map(({ step, [key]: number }) => [step, number]) };
      chart.draw({ lines: [line, { look: "line-2 dots", points: [[moment.step, moment[key]]] }], marker: moment.step });
    }
  };
  const tell = ({ step, filters, loss, accuracy }) => {
    told.textContent = `After ${step} batches (${(step / perEpoch).toFixed(1)} epochs): loss ${written(loss, 3)}, ${percent(accuracy)} of the `
      + `${heldBack} digits held back are read correctly.`;
    const weights = part(filters, chosen.filter).data;
    const like = correlation(weights, part(chosen.run[0].filters, chosen.filter).data);
    filterTold.textContent = `Filter ${chosen.filter}: its largest weight, without its sign, is ${written(Math.max(...weights.map(Math.abs)), 3)}. `
      + `Correlation with its beginning: ${written(like)}.`;
  };
  const show = (index) => {
    const moment = chosen.run[index];
    drawFilters(moment);
    drawMaps(moment);
    drawCharts(moment);
    tell(moment);
  };

  const moments = player({ label: "Moment", length: () => chosen.run.length, pace: PACE, quiet: [told, filterTold] }, show);
  const shape = () => [Math.ceil(count() / perRow()), perRow()];
  const pointed = pointable(now, { label: "The filters at this moment", shape }, (row, column) => {
    chosen.filter = Math.min(row * PER_ROW + column, count() - 1);
    show(moments.step);
    return filterTold.textContent;
  });
  const scales = choice({ label: "Colours", options: SCALES }, (value) => {
    chosen.scale = value;
    show(moments.step);
  });
  const digits = choice({
    label: "Digit", options: Array.from({ length: 20 }, (_, index) => [index, `${labels.data[index]}, number ${index}`]),
  }, (value) => {
    chosen.digit = Number(value);
    show(moments.step);
  });
  show(0);
  return {
    scale: scales.whole,
    parts: [
      moments.whole,
      told,
      element(
        "div", { className: "row" },
        figure(now, "The filters at this moment: red adds, blue takes away. Point at one."),
        figure(first, "At the beginning."),
        figure(last, "At the end."),
      ),
      element("div", { className: "two" }, figure(both.loss.whole, "Loss"), figure(both.accuracy.whole, "Digits held back that are read correctly")),
      element(
        "section", {},
        element("h2", {}, "One filter, and what all of them find"),
        filterTold,
        element("div", { className: "controls" }, digits.whole),
        element(
          "div", { className: "row" },
          figure(large, "The filter that you point at."),
          figure(digit, "A digit as the network sees it."),
          figure(maps, "The maps that the filters make of it, after ReLU and without bias."),
        ),
      ),
    ],
    use(run, moment) {
      Object.assign(chosen, { run, filter: Math.min(chosen.filter, run[0].filters.shape[0] - 1) });
      pointed.at(Math.floor(chosen.filter / PER_ROW), chosen.filter % PER_ROW);
      moments.resize();
      moments.go(moment);
    },
    follow() {
      const atTheEnd = moments.step >= chosen.run.length - 2;
      moments.resize();
      if (atTheEnd) moments.go(chosen.run.length - 1);
    },
  };
}
