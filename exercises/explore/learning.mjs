// How filters come out of noise: a training that was recorded, and one that is made here.

import { momentsView } from "./learning/moments.mjs";
import { splitOf, training } from "./learning/trainer.mjs";
import { part } from "./lib/arrays.mjs";
import { button, choice, element, questions, slider, spoken } from "./lib/controls.mjs";
import { arraysOf } from "./lib/data.mjs";
import { percent, written } from "./lib/draw.mjs";
import { playback } from "./lib/playback.mjs";

const SLICE = 12;
// Of ten digits, whoever guesses names one in ten.
const GUESSING = 0.15;
const QUESTIONS = [
  [
    "When do forms come out of the noise, and when does the network begin to read?",
    "At the same time, within the first epoch of 90 batches. After the second epoch the forms stay and only get sharper. What the first weights "
    + "were like is soon forgotten: look at the correlation.",
  ],
  [
    "Train with the rates 0.03, 0.1 and 1. What do you expect of the loss?",
    "With 0.03 it falls slowly: after four epochs it is about where 0.1 is after two. With 1 each step leaps over the valley; with most "
    + "seeds the loss stays where it began, and the network only guesses.",
  ],
  [
    "Other random numbers, the same digits: will the same filters come out?",
    "Not the same numbers, and not in the same order. But the same kinds of forms: strokes and edges in several directions. Nobody has asked for them; they help to tell digits apart.",
  ],
];

const { images, labels } = arraysOf("data");
const split = splitOf(images, labels, arraysOf("split").held_back);
const recorded = arraysOf("training");
const recordedRun = Array.from(recorded.steps.data, (step, moment) => ({
  step, filters: part(recorded.filters, moment), loss: recorded.loss.data[moment], accuracy: recorded.accuracy.data[moment],
}));
const view = momentsView({ images, labels, perEpoch: split.perEpoch, heldBack: split.held.length, run: recordedRun });

// --- a training of one's own ---------------------------------------------------------------------------------------------

let [own, running] = [null, null];
const told = spoken();
const filters = choice({ label: "Filters", options: [1, 2, 4, 8, 12].map((count) => [count, String(count)]), value: "8" }, () => {});
const rates = choice({ label: "Learning rate", options: [0.01, 0.03, 0.1, 0.3, 1, 3].map((rate) => [rate, String(rate)]), value: "0.1" }, () => {});
const epochs = slider({ label: "Epochs", min: 1, max: 12, value: 4 }, () => {});
const seeds = slider({ label: "Seed of the random numbers", min: 1, max: 50, value: 1 }, () => {});
const progress = element("progress", { max: 1, value: 0, "aria-label": "How much of the training is done" });
const train = button("Train", () => (running ? stop(`Stopped after ${running.done} batches.`) : begin()));

function begin() {
  train.textContent = "Stop";
  told.textContent = "Training.";
  running = training(split, { filters: Number(filters.select.value), rate: Number(rates.select.value), epochs: epochs.value, seed: seeds.value });
  own = running.moments;
  runs.select.value = "own";
  view.use(own, 0);
  setTimeout(trainOn, 0, running);
}

function stop(words) {
  running = null;
  train.textContent = "Train";
  told.textContent = words;
}

function trainOn(mine) {
  if (running !== mine) return;
  if (mine.go(SLICE)) {
    if (runs.select.value === "own") view.follow();
    progress.value = mine.done / mine.total;
  }
  if (mine.done < mine.total) {
    setTimeout(trainOn, 0, mine);
    return;
  }
  const { loss, accuracy } = own.at(-1);
  const verdict = accuracy < GUESSING ? "That is no more than guessing: try a smaller learning rate." : "Go through the moments above.";
  stop(`Done: ${mine.done} batches, loss ${written(loss, 3)}, ${percent(accuracy)} of the digits held back are read correctly. ${verdict}`);
}

// --- the page ------------------------------------------------------------------------------------------------------------

const runs = choice({ label: "Training", options: [["recorded", "recorded: 12 epochs, learning rate 0.1"], ["own", "your own, made below"]] }, (value) => {
  if (value === "own" && own === null) {
    runs.select.value = "recorded";
    told.textContent = "There is none of your own yet: press Train.";
    train.focus();
    return;
  }
  view.use(value === "own" ? own : recordedRun, 0);
});

document.getElementById("page").append(
  element("div", { className: "controls" }, runs.whole, view.scale),
  ...view.parts,
  element(
    "section", {},
    element("h2", {}, "Train your own"),
    element(
      "p", {}, `The same network, trained here on ${split.shown.length.toLocaleString("en-GB")} digits of 16 \u00d7 16 pixels: filters of 7 \u00d7 7, ReLU, `
      + "max pooling by 2, one linear layer. It takes some seconds. The loss drawn is then that of the batches since the last moment.",
    ),
    element("div", { className: "controls" }, filters.whole, rates.whole, epochs.whole, seeds.whole, train, progress),
    told,
  ),
  questions(QUESTIONS),
);
playback(document.getElementById("page"));
