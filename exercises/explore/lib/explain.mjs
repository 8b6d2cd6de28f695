// How a number of an answer comes about: its value, the sum or the choice in words, and where to look in the arguments.
//
// Each function takes a call {arguments, parts}, the label of the answer's part and the place of the number in it, and returns
// {value, text, windows}; a window frames `height` x `width` numbers of the argument's image at `at`. `parts` are the expected
// arrays by their labels.

import { reshaped } from "./arrays.mjs";
import { written } from "./draw.mjs";

const MOST_TERMS = 30;

function numberAt(array, place) {
  return array.data[place.reduce((flat, step, axis) => flat * array.shape[axis] + step, 0)];
}

function pairOf(value) {
  return Array.isArray(value) ? value : [value, value];
}

function told(number) {
  return written(number, 3);
}

function inBrackets(number) {
  return number < 0 ? `(${told(number)})` : told(number);
}

/** Return a sum of products in words: zeros are left out where there are many. */
function sumInWords(terms, bias = null) {
  const worth = terms.length > MOST_TERMS ? terms.filter(([one, other]) => one !== 0 && other !== 0) : terms;
  const left = terms.length - worth.length;
  const shown = worth.slice(0, MOST_TERMS).map(([one, other]) => `${inBrackets(one)}\u00b7${inBrackets(other)}`);
  if (worth.length > MOST_TERMS) shown.push(`\u2026 ${worth.length - MOST_TERMS} more`);
  if (bias !== null) shown.push(inBrackets(bias));
  const note = left ? ` (${left} products that are 0 left out)` : "";
  return { sum: shown.join(" + ") || "0", note };
}

function totalOf(terms, bias) {
  return terms.reduce((sum, [one, other]) => sum + one * other, bias ?? 0);
}

/** Return the products of one place of a map, and the windows that it was computed from. */
function productsAt({ x, w, stride, padding }, [n, k, i, j], name) {
  const [, channels, height, width] = x.shape;
  const [, , kh, kw] = w.shape;
  const [ph, pw] = padding;
  const [top, left] = [i * stride - ph, j * stride - pw];
  const terms = [];
  const windows = [];
  for (let c = 0; c < channels; c++) {
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const [row, column] = [top + u, left + v];
        const inside = row >= 0 && row < height && column >= 0 && column < width;
        terms.push([inside ? numberAt(x, [n, c, row, column]) : 0, numberAt(w, [k, c, u, v])]);
      }
    }
    windows.push({ argument: name, at: [n, c], top, left, height: kh, width: kw });
  }
  return { terms, windows };
}

function conv2d({ arguments: { x, w, b = null, stride = 1, padding = 0 } }, label, place) {
  const { terms, windows } = productsAt({ x, w, stride, padding: [padding, padding] }, place, "x");
  const bias = b ? b.data[place[1]] : null;
  const value = totalOf(terms, bias);
  const { sum, note } = sumInWords(terms, bias);
  const filter = Array.from({ length: w.shape[1] }, (_, c) => ({
    argument: "w", at: [place[1], c], top: 0, left: 0, height: w.shape[2], width: w.shape[3],
  }));
  return { value, text: `${sum} = ${told(value)}${note}${bias === null ? "" : "; the last number is the bias"}.`, windows: [...windows, ...filter] };
}

function correlate2d({ arguments: { image, kernel } }, label, [i, j]) {
  const given = {
    x: reshaped(image, [1, 1, ...image.shape]), w: reshaped(kernel, [1, 1, ...kernel.shape]), stride: 1, padding: [0, 0],
  };
  const { terms } = productsAt(given, [0, 0, i, j], "image");
  const value = totalOf(terms);
  const { sum, note } = sumInWords(terms);
  const [height, width] = kernel.shape;
  const windows = [
    { argument: "image", at: [], top: i, left: j, height, width },
    { argument: "kernel", at: [], top: 0, left: 0, height, width },
  ];
  return { value, text: `${sum} = ${told(value)}${note}.`, windows };
}

function feature_maps({ arguments: { images, bank } }, label, place) {
  const [count, kh, kw] = bank.shape;
  const given = { x: images, w: reshaped(bank, [count, 1, kh, kw]), stride: 1, padding: [(kh - 1) / 2, (kw - 1) / 2] };
  const { terms, windows } = productsAt(given, place, "images");
  const value = totalOf(terms);
  const { sum, note } = sumInWords(terms);
  windows.push({ argument: "bank", at: [place[1]], top: 0, left: 0, height: kh, width: kw });
  return { value, text: `${sum} = ${told(value)}${note}.`, windows };
}

function edge_strength({ arguments: { images } }, label, [n, c, i, j]) {
  const right = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
  const down = [-1, -2, -1, 0, 0, 0, 1, 2, 1];
  const patch = right.map((_, index) => numberAt(images, [n, c, i + Math.floor(index / 3), j + (index % 3)]));
  const [gx, gy] = [right, down].map((kernel) => totalOf(kernel.map((weight, index) => [patch[index], weight])));
  const value = Math.hypot(gx, gy);
  const text = `gx = ${told(gx)}, gy = ${told(gy)}; the root of ${inBrackets(gx)}\u00b2 + ${inBrackets(gy)}\u00b2 is ${told(value)}.`;
  return { value, text, windows: [{ argument: "images", at: [n, c], top: i, left: j, height: 3, width: 3 }] };
}

function flatten({ arguments: { images } }, label, [n, p]) {
  const [, , height, width] = images.shape;
  const [c, rest] = [Math.floor(p / (height * width)), p % (height * width)];
  const [i, j] = [Math.floor(rest / width), rest % width];
  const value = numberAt(images, [n, c, i, j]);
  const text = `images[${n}, ${c}, ${i}, ${j}] = ${told(value)}, since (${c}\u00b7${height} + ${i})\u00b7${width} + ${j} = ${p}.`;
  return { value, text, windows: [{ argument: "images", at: [n, c], top: i, left: j, height: 1, width: 1 }] };
}

function to_grayscale({ arguments: { images } }, label, [n, , i, j]) {
  const weights = [0.299, 0.587, 0.114];
  const terms = weights.map((weight, c) => [weight, numberAt(images, [n, c, i, j])]);
  const value = totalOf(terms);
  const windows = weights.map((_, c) => ({ argument: "images", at: [n, c], top: i, left: j, height: 1, width: 1 }));
  return { value, text: `${sumInWords(terms).sum} = ${told(value)}.`, windows };
}

/** Say which number of an argument stands at a place of the answer, or what stands there where none does. */
function takenFrom(array, name, [n, c, row, column], otherwise) {
  const [, , height, width] = array.shape;
  if (row < 0 || row >= height || column < 0 || column >= width) return { ...otherwise, windows: [] };
  const value = numberAt(array, [n, c, row, column]);
  return {
    value, text: `${name}[${n}, ${c}, ${row}, ${column}] = ${told(value)}.`,
    windows: [{ argument: name, at: [n, c], top: row, left: column, height: 1, width: 1 }],
  };
}

function shift({ arguments: { images, dy, dx } }, label, [n, c, i, j]) {
  const [row, column] = [i - dy, j - dx];
  const otherwise = { value: 0, text: `0: images[${n}, ${c}, ${told(row)}, ${told(column)}] would be outside of the image.` };
  return takenFrom(images, "images", [n, c, row, column], otherwise);
}

function pad2d({ arguments: { x, padding, value = 0 } }, label, [n, c, i, j]) {
  const [ph, pw] = pairOf(padding);
  return takenFrom(x, "x", [n, c, i - ph, j - pw], { value, text: `${told(value)}: this place belongs to the frame.` });
}

/** Return the numbers of a window of pooling, those of the frame as `outside`. */
function windowOf({ x, kernel_size, stride = null, padding = 0 }, [n, c, i, j], outside) {
  const [kh, kw] = pairOf(kernel_size);
  const [sh, sw] = pairOf(stride ?? kernel_size);
  const [ph, pw] = pairOf(padding);
  const [top, left] = [i * sh - ph, j * sw - pw];
  const numbers = [];
  for (let row = top; row < top + kh; row++) {
    for (let column = left; column < left + kw; column++) {
      const inside = row >= 0 && row < x.shape[2] && column >= 0 && column < x.shape[3];
      numbers.push(inside ? numberAt(x, [n, c, row, column]) : outside);
    }
  }
  return { numbers, windows: [{ argument: "x", at: [n, c], top, left, height: kh, width: kw }] };
}

function maxpool2d({ arguments: given }, label, place) {
  const { numbers, windows } = windowOf(given, place, -Infinity);
  const value = Math.max(...numbers);
  const inside = numbers.filter((number) => number !== -Infinity);
  return { value, text: `The largest of ${inside.map(told).join(", ")} is ${told(value)}.`, windows };
}

function avgpool2d({ arguments: given }, label, place) {
  const { numbers, windows } = windowOf(given, place, 0);
  const sum = numbers.reduce((total, number) => total + number, 0);
  const value = sum / numbers.length;
  return { value, text: `(${numbers.map(inBrackets).join(" + ")}) / ${numbers.length} = ${told(value)}.`, windows };
}

function relu({ arguments: { x } }, label, place) {
  const number = numberAt(x, place);
  const value = number < 0 ? 0 : number;
  const at = place.slice(0, -2);
  const [top, left] = place.length > 1 ? place.slice(-2) : [0, place[0]];
  return {
    value, text: number < 0 ? `${told(number)} is negative, so it becomes 0.` : `${told(number)} is not negative, so it stays.`,
    windows: [{ argument: "x", at, top, left, height: 1, width: 1 }],
  };
}

/** Return how a number comes about in one block: the sums of a window of pooling, their negative ones as 0, the largest. */
function blockAt({ x, w, b, padding, pool }, [n, k, i, j], name) {
  const sums = [];
  const bias = b ? b.data[k] : 0;
  for (let u = 0; u < pool; u++) {
    for (let v = 0; v < pool; v++) {
      const place = [n, k, i * pool + u, j * pool + v];
      sums.push(totalOf(productsAt({ x, w, stride: 1, padding: [padding, padding] }, place, name).terms, bias));
    }
  }
  const value = Math.max(0, ...sums);
  const clipped = sums.map((sum) => told(Math.max(sum, 0))).join(", ");
  const text = pool === 1
    ? `The sum of the products${b ? " and the bias" : ""} is ${told(sums[0])}; after ReLU ${clipped}.`
    : `The sums of its ${pool}x${pool} places: ${sums.map(told).join(", ")}; after ReLU ${clipped}; the largest is ${told(value)}.`;
  const [, , kh, kw] = w.shape;
  const windows = Array.from({ length: x.shape[1] }, (_, c) => ({
    argument: name, at: [n, c], top: i * pool - padding, left: j * pool - padding, height: kh + pool - 1, width: kw + pool - 1,
  }));
  return { value, text, windows };
}

function conv_block({ arguments: { x, w, b = null, padding = 0, pool = 1 } }, label, place) {
  return blockAt({ x, w, b, padding, pool }, place, "x");
}

/** Return how many numbers of the image, and from where on, a number of a block sees along one side. */
function seen(layers, place) {
  let [first, length] = [place, 1];
  for (const [w, , padding, pool] of [...layers].reverse()) {
    first = first * pool - padding;
    length = (length - 1) * pool + pool + w.shape[2] - 1;
  }
  return { first, length };
}

function feature_hierarchy({ arguments: { x, layers }, parts }, label, place) {
  const block = Object.keys(parts).indexOf(label);
  const [n, , i, j] = place;
  if (block === 0) return takenFrom(x, "x", place, {});
  const [w, b, padding, pool] = layers[block - 1];
  const { value, text } = blockAt({ x: Object.values(parts)[block - 1], w, b, padding, pool }, place, "x");
  const [rows, columns] = [seen(layers.slice(0, block), i), seen(layers.slice(0, block), j)];
  return {
    value, text: `${text} It sees ${rows.length} x ${columns.length} pixels of the image.`,
    windows: [{ argument: "x", at: [n, 0], top: rows.first, left: columns.first, height: rows.length, width: columns.length }],
  };
}

function linear({ arguments: { x, w, b } }, label, [n, m]) {
  const terms = Array.from({ length: x.shape[1] }, (_, d) => [numberAt(x, [n, d]), numberAt(w, [m, d])]);
  const value = totalOf(terms, b.data[m]);
  const { sum, note } = sumInWords(terms, b.data[m]);
  const windows = [["x", n], ["w", m]].map(([argument, top]) => ({ argument, at: [], top, left: 0, height: 1, width: x.shape[1] }));
  return { value, text: `${sum} = ${told(value)}${note}; the last number is the bias.`, windows };
}

function rowOf(array, place) {
  return Array.from({ length: array.shape.at(-1) }, (_, other) => numberAt(array, [...place.slice(0, -1), other]));
}

function probabilityAt(row, chosen) {
  const largest = Math.max(...row);
  const powers = row.map((number) => Math.exp(number - largest));
  return { power: powers[chosen], total: powers.reduce((sum, power) => sum + power, 0), largest };
}

function softmax({ arguments: { x } }, label, place) {
  const row = rowOf(x, place);
  const { power, total, largest } = probabilityAt(row, place.at(-1));
  const value = power / total;
  const text = `exp(${told(row[place.at(-1)])} \u2212 ${inBrackets(largest)}) = ${written(power, 4)}; `
    + `divided by the sum of all such powers, ${written(total, 4)}, it is ${written(value, 4)}.`;
  const top = place.length > 1 ? place.at(-2) : 0;
  return { value, text, windows: [{ argument: "x", at: place.slice(0, -2), top, left: 0, height: 1, width: row.length }] };
}

function cross_entropy({ arguments: { logits, labels } }, label, place) {
  const [count, classes] = logits.shape;
  if (label === "dlogits") {
    const [n, m] = place;
    const { power, total } = probabilityAt(rowOf(logits, place), m);
    const isLabel = labels.data[n] === m;
    const value = (power / total - (isLabel ? 1 : 0)) / count;
    const text = `(${written(power / total, 4)} \u2212 ${isLabel ? 1 : 0}) / ${count} = ${written(value, 4)}: the probability, `
      + `less 1 ${isLabel ? "since this is the label" : "only where the label is"}, divided by the number of rows.`;
    return { value, text, windows: [{ argument: "logits", at: [], top: n, left: 0, height: 1, width: classes }] };
  }
  const losses = Array.from({ length: count }, (_, n) => {
    const { power, total } = probabilityAt(rowOf(logits, [n, 0]), labels.data[n]);
    return -Math.log(power / total);
  });
  const value = losses.reduce((sum, loss) => sum + loss, 0) / count;
  return { value, text: `The mean of \u2212log(probability of the label), row by row: ${losses.map(told).join(", ")}; it is ${told(value)}.`, windows: [] };
}

/** Call `each(term, windowOfDout)` for every place of dout, and of the window there, that a gradient is summed over. */
function gradientTerms({ dout, x, w, stride, padding }, label, place) {
  const [images, count, rows, columns] = dout.shape;
  const [, channels, height, width] = x.shape;
  const [, , kh, kw] = w.shape;
  const terms = [];
  for (let n = 0; n < images; n++) for (let k = 0; k < count; k++) for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
    const asked = numberAt(dout, [n, k, i, j]);
    if (label === "db") {
      if (k === place[0]) terms.push([asked, 1]);
      continue;
    }
    for (let c = 0; c < channels; c++) for (let u = 0; u < kh; u++) for (let v = 0; v < kw; v++) {
      const [row, column] = [i * stride + u - padding, j * stride + v - padding];
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      if (label === "dw") {
        if (k === place[0] && c === place[1] && u === place[2] && v === place[3]) terms.push([asked, inside ? numberAt(x, [n, c, row, column]) : 0]);
      } else if (inside && n === place[0] && c === place[1] && row === place[2] && column === place[3]) {
        terms.push([asked, numberAt(w, [k, c, u, v])]);
      }
    }
  }
  return terms;
}

function conv2d_backward({ arguments: { dout, x, w, stride, padding } }, label, place) {
  const terms = gradientTerms({ dout, x, w, stride, padding }, label, place);
  const value = totalOf(terms);
  const counted = terms.filter(([one, other]) => one !== 0 && other !== 0);
  const what = {
    dw: "The numbers of dout times the pixels that this weight met", dx: "The numbers of dout times the weights that this pixel met",
    db: "The numbers of dout for this filter",
  }[label];
  const plain = counted.map(([one]) => inBrackets(one));
  const more = plain.length > MOST_TERMS ? [`\u2026 ${plain.length - MOST_TERMS} more`] : [];
  const sum = label === "db" ? [...plain.slice(0, MOST_TERMS), ...more].join(" + ") : sumInWords(counted).sum;
  const windows = label === "dx" ? [{ argument: "x", at: place.slice(0, 2), top: place[2], left: place[3], height: 1, width: 1 }] : [];
  const text = counted.length ? `${what}${counted.length < terms.length ? ", zeros left out" : ""}: ${sum} = ${told(value)}.` : `${what} are all 0.`;
  return { value, text, windows };
}

function maxpool2d_backward({ arguments: { dout, x, kernel_size, stride, padding } }, label, [n, c, row, column]) {
  const won = [];
  for (let i = 0; i < dout.shape[2]; i++) for (let j = 0; j < dout.shape[3]; j++) {
    const { numbers, windows: [window] } = windowOf({ x, kernel_size, stride, padding }, [n, c, i, j], -Infinity);
    const first = numbers.indexOf(Math.max(...numbers));
    const [u, v] = [Math.floor(first / window.width), first % window.width];
    if (window.top + u === row && window.left + v === column) won.push({ asked: numberAt(dout, [n, c, i, j]), window });
  }
  const value = won.reduce((sum, { asked }) => sum + asked, 0);
  const text = won.length
    ? `This pixel is the largest of ${won.length === 1 ? "a window" : `${won.length} windows`}, whose dout it gets: ${won.map(({ asked }) => inBrackets(asked)).join(" + ")} = ${told(value)}.`
    : "0: this pixel is the largest of no window.";
  return { value, text, windows: won.map(({ window }) => window) };
}

/** Explanations by the function that answered. */
export const explanations = {
  conv2d, correlate2d, feature_maps, edge_strength, flatten, to_grayscale, shift, pad2d, maxpool2d, avgpool2d, relu,
  conv_block, feature_hierarchy, linear, softmax, cross_entropy, conv2d_backward, maxpool2d_backward,
};
