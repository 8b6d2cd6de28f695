// Images on a canvas: every number is a cell of whole pixels, so that edges stay sharp.

import { rangeOf } from "./arrays.mjs";

/** Return the scale of an image: signed, with 0 in the middle, where it has negative numbers; else from 0 to its largest. */
export function scaleOf(image) {
  const { low, high } = rangeOf(image);
  const reach = Math.max(-low, high);
  return low < 0 ? { low: -reach, high: reach, signed: true } : { low: 0, high: high || 1, signed: false };
}

/** Return a scale with 0 in the middle, for an image in which a sign matters, whether or not it has negative numbers. */
export function signedScale(image) {
  const { low, high } = rangeOf(image);
  const reach = Math.max(-low, high, 0) || 1;
  return { low: -reach, high: reach, signed: true };
}

/** Return the colour [r, g, b] of a number on a scale: blue through white to red where it is signed, else from black to white,
 *  or to the scale's `tint`, three shares of red, green and blue. NaN is green.
 */
export function colourOf(number, scale) {
  if (Number.isNaN(number)) return [0, 160, 80];
  if (scale.signed) {
    const share = Math.min(Math.abs(number) / scale.high, 1) || 0;
    const faded = 245 - 200 * share;
    return number < 0 ? [faded, faded + 20 * share, 245 - 45 * share] : [245 - 55 * share, faded, faded];
  }
  const light = 255 * Math.min(Math.max((number - scale.low) / (scale.high - scale.low || 1), 0), 1);
  return scale.tint ? scale.tint.map((share) => light * share) : [light, light, light];
}

/** Return black or white, whichever can be read on a colour. */
export function inkOn([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? "#000" : "#fff";
}

const fontOf = (size) => `${size}px system-ui, sans-serif`;

/** Write a number into the middle of each cell that is drawn, as large as it fits. */
function writeDigits(context, image, { cell, tall, scale, digits, filled }) {
  const width = image.shape[1];
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let index = 0; index < filled; index++) {
    const text = digits(image.data[index]);
    const large = 0.42 * Math.min(cell, tall);
    context.font = fontOf(large);
    const wide = context.measureText(text).width;
    if (wide > 0.9 * cell) context.font = fontOf((large * 0.9 * cell) / wide);
    context.fillStyle = inkOn(colourOf(image.data[index], scale));
    context.fillText(text, ((index % width) + 0.5) * cell, (Math.floor(index / width) + 0.5) * tall);
  }
}

/** Draw thin lines between cells, which are seen on black, on white, and where nothing is drawn yet. */
function drawGrid(context, [height, width], cell, tall) {
  context.fillStyle = "rgba(128, 128, 128, 0.45)";
  for (let i = 1; i < height; i++) context.fillRect(0, i * tall - 0.5, width * cell, 1);
  for (let j = 1; j < width; j++) context.fillRect(j * cell - 0.5, 0, 1, height * tall);
}

/** Draw an image (H, W), or (3, H, W) of colours from 0 to 255, with cells `cell` wide and `tall` high, in pixels of the page.
 *
 *  `digits` writes the numbers in, and lines between the cells. Only the first `filled` numbers are drawn; the other cells stay
 *  empty. On a screen with finer pixels than the page's, edges and digits are as fine as the screen is.
 */
export function paint(canvas, image, { cell = 8, tall = cell, scale = null, digits = null, filled = Infinity } = {}) {
  const colour = image.shape.length === 3;
  const [height, width] = image.shape.slice(-2);
  const place = height * width;
  const used = scale ?? (colour ? null : scaleOf(image));
  const drawn = Math.min(filled, place);
  const fine = Math.ceil(window.devicePixelRatio || 1);
  canvas.width = width * cell * fine;
  canvas.height = height * tall * fine;
  canvas.style.width = `${width * cell}px`;
  const context = canvas.getContext("2d");
  context.setTransform(fine, 0, 0, fine, 0, 0);
  const small = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  for (let index = 0; index < drawn; index++) {
    const rgb = colour ? [0, 1, 2].map((c) => image.data[c * place + index]) : colourOf(image.data[index], used);
    pixels.data.set([...rgb, 255], index * 4);
  }
  small.getContext("2d").putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width * cell, height * tall);
  if (digits !== null && !colour) {
    drawGrid(context, [height, width], cell, tall);
    writeDigits(context, image, { cell, tall, scale: used, digits, filled: drawn });
  }
}

/** Draw a frame around rows [top, top + height) and columns [left, left + width) of a painted image. */
export function frame(canvas, { top, left, height, width }, { cell = 8, tall = cell, colour = "#e8590c", line = 3 } = {}) {
  const context = canvas.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(left * cell + line / 2, top * tall + line / 2, width * cell - line, height * tall - line);
}

/** Return what is no finite number as Python writes it: nan, inf or -inf. */
export function notFinite(number) {
  if (Number.isNaN(number)) return "nan";
  return number < 0 ? "\u2212inf" : "inf";
}

/** Return a number as the page writes it: at most `places` behind the point, with a true minus; a huge one with its power of ten. */
export function written(number, places = 2) {
  if (!Number.isFinite(number)) return notFinite(number);
  // In full it would be hundreds of digits long, of which sixteen are known.
  if (Math.abs(number) >= 1e15) return number.toExponential(5).replace(/\.?0+e/, "e").replace("-", "\u2212");
  const rounded = Number(number.toFixed(places));
  const text = (Object.is(rounded, -0) ? 0 : rounded).toLocaleString("en-GB", { maximumFractionDigits: places });
  return text.replace("-", "\u2212");
}

/** Return a share as a percentage, with so many places behind the point; what would be rounded to nothing is 0 %. */
export function percent(share, places = 1) {
  const text = (100 * share).toFixed(places);
  return `${Number(text) ? text : 0} %`;
}

/** Return a digit with its article, which is "an" before 8 alone. */
export function withArticle(digit) {
  return `${digit === 8 ? "an" : "a"} ${digit}`;
}

/** Return a number as a factor of a product: a negative one in brackets. */
export function factor(number, places = 2) {
  return number < 0 ? `(${written(number, places)})` : written(number, places);
}
