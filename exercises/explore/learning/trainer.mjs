// A training that is made in the page: a small network on digits of 16x16, looked at now and then.

import { mapped, part, reshaped } from "../lib/arrays.mjs";
import { beginning, judged, randomNumbers, shuffled, softened, trainStep } from "../lib/training.mjs";

const BATCH = 16;
const SIZE = 7;
const MOMENTS = 48;

/** Return which digits are trained on, and which are held back, with their images, softened once they are asked for. */
export function splitOf(images, labels, heldBack) {
  const isHeld = new Set(heldBack.data);
  const indices = Array.from(labels.data, (_, index) => index);
  const soft = [];
  const chosen = (wanted) => ({
    images: wanted.map((index) => (soft[index] ??= softened(part(images, index)))),
    labels: wanted.map((index) => labels.data[index]),
  });
  const [shown, held] = [indices.filter((index) => !isHeld.has(index)), Array.from(heldBack.data)];
  return { shown, held, chosen, perEpoch: Math.ceil(shown.length / BATCH) };
}

/** Return a training that has not begun: {moments, done, total, losses, go}.
 *
 *  `moments` are those at which it is looked at, {step, filters (K, 7, 7), loss, accuracy}: the loss is the mean of the batches
 *  since the last one, the accuracy that of the digits held back. `go(milliseconds)` learns for so long, and returns true as soon
 *  as there is another moment.
 */
export function training(split, { filters, rate, epochs, seed }) {
  const random = randomNumbers(seed);
  const params = beginning(filters, SIZE, 16, random);
  const total = epochs * split.perEpoch;
  // Squares, since most happens at the beginning; there each step counts.
  const wanted = Array.from({ length: MOMENTS }, (_, index) => Math.max(index, Math.round(total * (index / (MOMENTS - 1)) ** 2)));
  const looks = new Set(wanted);
  const held = split.chosen(split.held);
  const moments = [];
  let [done, losses, order] = [0, [], []];
  const look = () => {
    const { accuracy, loss } = judged(held.images, held.labels, params);
    moments.push({
      step: done,
      filters: reshaped(mapped(params.conv_w, (weight) => weight), [filters, SIZE, SIZE]),
      loss: losses.length ? losses.reduce((sum, one) => sum + one, 0) / losses.length : loss,
      accuracy,
    });
    losses = [];
  };
  const step = () => {
    if (!order.length) order = shuffled(split.shown.length, random).map((index) => split.shown[index]);
    const batch = split.chosen(order.splice(0, BATCH));
    losses.push(trainStep(batch.images, batch.labels, params, rate));
    done += 1;
  };
  look();
  return {
    moments, total,
    get done() { return done; },
    go(milliseconds) {
      const end = performance.now() + milliseconds;
      while (done < total && performance.now() < end) {
        step();
        if (looks.has(done)) {
          look();
          return true;
        }
      }
      return false;
    },
  };
}
