// A training, moment by moment: filters, loss and accuracy. A recorded one, and one that is made here.

import { mapped, part, reshaped, zeros } from "./lib/arrays.mjs";
import { lineChart } from "./lib/chart.mjs";
import { button, choice, element, figure, player, pointable, questions, slider, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { paint, written } from "./lib/draw.mjs";
import { paintMaps, signedScale } from "./lib/maps.mjs";
import { conv2d, relu } from "./lib/operations.mjs";
import { correlation } from "./lib/pixels.mjs";
import { beginning, judged, randomNumbers, shuffled, softened, trainStep } from "./lib/training.mjs";
import { playback } from "./lib/playback.mjs";

const BATCH = 16;
const SIZE = 7;
const MOMENTS = 48;
const SLICE = 12;
const PACE = 120;
const PER_ROW = 4;
const { images, labels } = arraysOf("data");
const { held_back: heldBack } = arraysOf("split");
const recorded = arraysOf("training");
const held = Array.from(heldBack.data);
const isHeld = new Set(held);
const shown = Array.from(labels.data, (_, index) => index).filter((index) => !isHeld.has(index));
const perEpoch = Math.ceil(shown.length / BATCH);

// A run is a list of moments: {step, filters (K, 7, 7), loss, accuracy}.
const RECORDED = Array.from(recorded.steps.data, (step, moment) => ({
  step, filters: part(recorded.filters, moment), loss: recorded.loss.data[moment], accuracy: recorded.accuracy.data[moment],
}));
const state = { run: RECORDED, own: [], digit: 0, filter: 0, scale: "own" };
const percent = (share) => `${(100 * share).toFixed(1)} %`;

// --- what is seen at a moment --------------------------------------------------------------------------------------------

const [now, first, last, large, digit, maps] = Array.from({ length: 6 }, () => element("canvas"));
for (const canvas of [first, last, large, digit, maps]) canvas.setAttribute("role", "img");
const told = spoken();
const filterTold = spoken();
const lossChart = lineChart({
  label: "The loss, moment by moment. Its numbers are told above as you go through the moments.",
  x: { title: "batches of 16 digits learned from", ticks: ticksOf(12 * perEpoch) },
  y: { ticks: [0, 0.5, 1, 1.5, 2, 2.5].map((loss) => [loss, String(loss)]) },
  along: Math.sqrt,
});
const accuracyChart = lineChart({
  label: "The share of held-back digits that are read rightly, moment by moment. It is told above as you go through the moments.",
  x: { title: "batches of 16 digits learned from", ticks: ticksOf(12 * perEpoch) },
  y: { ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`]) },
  along: Math.sqrt,
});

/** Return ticks from 0 to `end` batches, closer together at the beginning, where most happens. */
function ticksOf(end) {
  return [0, 10, perEpoch, 4 * perEpoch, end].map((step) => [step, String(step)]);
}

function scaleFor(filters) {
  if (state.scale === "own") return (index) => signedScale(part(filters, index));
  return signedScale(state.run.at(-1).filters);
}

function softDigit() {
  return softened(part(images, state.digit));
}

function drawFilters(moment) {
  const options = { perRow: Math.min(PER_ROW, moment.filters.shape[0]) };
  paintMaps(now, moment.filters, { ...options, cell: 10, scale: scaleFor(moment.filters) });
  paintMaps(first, state.run[0].filters, { ...options, cell: 5, scale: scaleFor(state.run[0].filters) });
  paintMaps(last, state.run.at(-1).filters, { ...options, cell: 5, scale: scaleFor(state.run.at(-1).filters) });
  const one = part(moment.filters, state.filter);
  const scale = scaleFor(moment.filters);
  paint(large, one, { cell: 28, scale: typeof scale === "function" ? scale(state.filter) : scale, digits: (weight) => written(weight) });
}

function drawMaps(moment) {
  const image = softDigit();
  const [count] = moment.filters.shape;
  paint(digit, reshaped(image, [16, 16]), { cell: 8 });
  paintMaps(maps, relu(conv2d(image, reshaped(moment.filters, [count, 1, SIZE, SIZE]))), { cell: 7, perRow: Math.min(PER_ROW, count) });
}

function drawCharts(moment) {
  const line = (key) => ({ look: "line-2", points: state.run.map(({ step, [key]: number }) => [step, number]) });
  const dot = (key) => ({ look: "line-2 dots", points: [[moment.step, moment[key]]] });
  for (const [chart, key] of [[lossChart, "loss"], [accuracyChart, "accuracy"]]) {
    chart.draw({ lines: [line(key), dot(key)], marker: moment.step });
  }
}

function filterInWords(moment) {
  const weights = part(moment.filters, state.filter).data;
  const beginnings = part(state.run[0].filters, state.filter).data;
  const largest = Math.max(...weights.map(Math.abs));
  const like = correlation(weights, beginnings);
  return `Filter ${state.filter}: its largest weight is ${written(largest, 3)} in size. How like its beginning it is (correlation): ${written(like)}.`;
}

function show(index) {
  const moment = state.run[index];
  drawFilters(moment);
  drawMaps(moment);
  drawCharts(moment);
  const epochs = written(moment.step / perEpoch, 1);
  told.textContent = `After ${moment.step} batches (${epochs} epochs): loss ${written(moment.loss, 3)}, ${percent(moment.accuracy)} of the `
    + `${held.length} digits held back are read rightly.`;
  filterTold.textContent = filterInWords(moment);
  for (const [canvas, name] of [[first, "at the beginning"], [last, "at the end"], [large, `number ${state.filter}, enlarged`]]) {
    canvas.setAttribute("aria-label", `The filters ${name}`);
  }
  digit.setAttribute("aria-label", `A ${labels.data[state.digit]} of 16 by 16 pixels`);
  maps.setAttribute("aria-label", `What the ${moment.filters.shape[0]} filters find in the digit`);
}

const moments = player({ label: "Moment", length: () => state.run.length, pace: PACE, quiet: [told, filterTold] }, show);
const pointed = pointable(now, {
  label: "The filters at this moment",
  shape: () => {
    const perRow = Math.min(PER_ROW, state.run[0].filters.shape[0]);
    return [Math.ceil(state.run[0].filters.shape[0] / perRow), perRow];
  },
}, (row, column) => {
  state.filter = Math.min(row * PER_ROW + column, state.run[0].filters.shape[0] - 1);
  show(moments.step);
  return filterTold.textContent;
});

function useRun(run, step) {
  state.run = run;
  state.filter = 0;
  pointed.at(0, 0);
  moments.resize();
  moments.go(step);
}

// --- a training of one's own ---------------------------------------------------------------------------------------------

const trainTold = spoken();
let soft = null;
let running = null;

function remember(training) {
  const { params, losses, done, own } = training;
  const { accuracy, loss } = judged(held.map((index) => soft[index]), held.map((index) => labels.data[index]), params);
  const [count] = params.conv_w.shape;
  own.push({
    step: done,
    filters: reshaped(mapped(params.conv_w, (weight) => weight), [count, SIZE, SIZE]),
    loss: losses.length ? losses.reduce((sum, one) => sum + one, 0) / losses.length : loss,
    accuracy,
  });
  training.losses = [];
}

function begin({ filters, rate, epochs, seed }) {
  soft ??= Array.from(labels.data, (_, index) => softened(part(images, index)));
  const random = randomNumbers(seed);
  const total = epochs * perEpoch;
  // Squares, since most happens at the beginning; there each step counts.
  const kept = new Set(Array.from({ length: MOMENTS }, (_, index) => Math.max(index, Math.round(total * (index / (MOMENTS - 1)) ** 2))));
  const training = { params: beginning(filters, SIZE, 16, random), random, rate, total, kept, done: 0, losses: [], own: [], order: [] };
  remember(training);
  return training;
}

function oneStep(training) {
  if (!training.order.length) training.order = shuffled(shown.length, training.random).map((index) => shown[index]);
  const batch = training.order.splice(0, BATCH);
  training.losses.push(trainStep(batch.map((index) => soft[index]), batch.map((index) => labels.data[index]), training.params, training.rate));
  training.done += 1;
}

function stop(words) {
  running = null;
  trainButton.textContent = "Train";
  trainTold.textContent = words;
}

function trainOn(training) {
  if (running !== training) return;
  const until = performance.now() + SLICE;
  let remembered = false;
  while (performance.now() < until && training.done < training.total && !remembered) {
    oneStep(training);
    remembered = training.kept.has(training.done);
  }
  const lost = training.losses.some((loss) => !Number.isFinite(loss));
  if (remembered && !lost) {
    remember(training);
    useRun(training.own, training.own.length - 1);
    progress.value = training.done / training.total;
  }
  if (lost) {
    stop(`After ${training.done} batches the loss is no number any more: the steps are so long that they leap out of the valley. Take a smaller learning rate.`);
  } else if (training.done >= training.total) {
    const { loss, accuracy } = training.own.at(-1);
    stop(`Done: ${training.done} batches, loss ${written(loss, 3)}, ${percent(accuracy)} of the digits held back. Go through the moments above.`);
  } else {
    setTimeout(trainOn, 0, training);
  }
}

const filters = choice({ label: "Filters", options: [1, 2, 4, 8, 12].map((count) => [count, String(count)]), value: "8" }, () => {});
const rates = choice({ label: "Learning rate", options: [0.01, 0.03, 0.1, 0.3, 1, 3].map((rate) => [rate, String(rate)]), value: "0.1" }, () => {});
const epochs = slider({ label: "Epochs", min: 1, max: 12, value: 4 }, () => {});
const seeds = slider({ label: "Seed of the random numbers", min: 1, max: 50, value: 1 }, () => {});
const progress = element("progress", { max: 1, value: 0, "aria-label": "How much of the training is done" });
const trainButton = button("Train", () => {
  if (running) {
    stop(`Stopped after ${running.done} batches.`);
    return;
  }
  trainButton.textContent = "Stop";
  trainTold.textContent = "Training.";
  running = begin({ filters: Number(filters.select.value), rate: Number(rates.select.value), epochs: epochs.value, seed: seeds.value });
  state.own = running.own;
  runs.select.value = "own";
  useRun(state.own, 0);
  setTimeout(trainOn, 0, running);
});

// --- the page ------------------------------------------------------------------------------------------------------------

const runs = choice({ label: "Training", options: [["recorded", "recorded: 12 epochs, learning rate 0.1"], ["own", "your own, made below"]] }, (value) => {
  if (value === "own" && !state.own.length) {
    runs.select.value = "recorded";
    trainTold.textContent = "There is none of your own yet: press Train.";
    trainButton.focus();
    return;
  }
  useRun(value === "own" ? state.own : RECORDED, 0);
});
const scales = choice({
  label: "Colours", options: [["own", "each filter on its own scale"], ["common", "one scale for all moments"]],
}, (value) => {
  state.scale = value;
  show(moments.step);
});
const digits = choice({
  label: "Digit", options: Array.from({ length: 20 }, (_, index) => [index, `${labels.data[index]}, number ${index}`]),
}, (value) => {
  state.digit = Number(value);
  show(moments.step);
});

document.getElementById("page").append(
  element("div", { className: "controls" }, runs.whole, scales.whole),
  moments.whole,
  told,
  element(
    "div", { className: "row" },
    figure(now, "The filters at this moment: red adds, blue takes away. Point at one."),
    figure(first, "At the beginning."),
    figure(last, "At the end."),
  ),
  element("div", { className: "two" }, figure(lossChart.whole, "Loss"), figure(accuracyChart.whole, "Digits held back that are read rightly")),
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
  element(
    "section", {},
    element("h2", {}, "Train your own"),
    element(
      "p", {}, `The same network, trained here on ${shown.length.toLocaleString("en-GB")} digits of 16 \u00d7 16 pixels: filters of 7 \u00d7 7, ReLU, max pooling by 2, one linear `
      + "layer. It takes some seconds. The loss drawn is then that of the batches since the last moment.",
    ),
    element("div", { className: "controls" }, filters.whole, rates.whole, epochs.whole, seeds.whole, trainButton, progress),
    trainTold,
  ),
  questions([
    [
      "When do forms come out of the noise, and when does the network begin to read?",
      "At the same time, within the first epoch of 90 batches. After the second epoch most of the filters only get sharper. What the first weights were like "
      + "is soon forgotten: look at the correlation.",
    ],
    [
      "Train with the rates 0.03, 0.1 and 1. What do you expect of the loss?",
      "With 0.03 it falls slowly: after four epochs it is where 0.1 is after one or two. With 1 it jumps about, and hardly anything is learned: each step leaps over the valley.",
    ],
    [
      "Other random numbers, the same digits: will the same filters come out?",
      "Not the same numbers, and not in the same order. But the same kinds of forms: strokes and edges in several directions. Nobody has asked for them; they help to tell digits apart.",
    ],
  ]),
);
show(0);
playback(document.getElementById("page"));
