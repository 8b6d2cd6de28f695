// Images on a canvas: every number is a square of whole pixels, so that edges stay sharp.

import { rangeOf } from "./arrays.mjs";

/** Return the scale of an image: signed, with 0 in the middle, where it has negative numbers; else from 0 to its largest. */
export function scaleOf(image) {
  const { low, high } = rangeOf(image);
  const reach = Math.max(-low, high);
  return low < 0 ? { low: -reach, high: reach, signed: true } : { low: 0, high: high || 1, signed: false };
}

/** Return the colour [r, g, b] of a number on a scale: grey from black to white, or blue through white to red. NaN is green. */
export function colourOf(number, scale) {
  if (Number.isNaN(number)) return [0, 160, 80];
  if (scale.signed) {
    const share = Math.min(Math.abs(number) / scale.high, 1) || 0;
    const faded = 245 - 200 * share;
    return number < 0 ? [faded, faded + 20 * share, 245 - 45 * share] : [245 - 55 * share, faded, faded];
  }
  const light = 255 * Math.min(Math.max((number - scale.low) / (scale.high - scale.low || 1), 0), 1);
  return [light, light, light];
}

/** Return black or white, whichever can be read on a colour. */
export function inkOn([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128 ? "#000" : "#fff";
}

/** Draw an image (H, W), or (3, H, W) of colours from 0 to 255, with squares of `cell` pixels; `digits` writes the numbers in. */
export function paint(canvas, image, { cell = 8, scale = null, digits = null } = {}) {
  const colour = image.shape.length === 3;
  const [height, width] = image.shape.slice(-2);
  const place = height * width;
  const used = scale ?? (colour ? null : scaleOf(image));
  canvas.width = width * cell;
  canvas.height = height * cell;
  const context = canvas.getContext("2d");
  const small = new OffscreenCanvas(width, height);
  const pixels = new ImageData(width, height);
  for (let index = 0; index < place; index++) {
    const rgb = colour ? [0, 1, 2].map((c) => image.data[c * place + index]) : colourOf(image.data[index], used);
    pixels.data.set([...rgb, 255], index * 4);
  }
  small.getContext("2d").putImageData(pixels, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, width * cell, height * cell);
  if (digits !== null && !colour) {
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `${Math.floor(cell * 0.42)}px system-ui, sans-serif`;
    for (let index = 0; index < place; index++) {
      context.fillStyle = inkOn(colourOf(image.data[index], used));
      const [i, j] = [Math.floor(index / width), index % width];
      context.fillText(digits(image.data[index]), (j + 0.5) * cell, (i + 0.5) * cell);
    }
  }
}

/** Draw a frame around rows [top, top + height) and columns [left, left + width) of a painted image. */
export function frame(canvas, { top, left, height, width }, { cell = 8, colour = "#e8590c", line = 3 } = {}) {
  const context = canvas.getContext("2d");
  context.strokeStyle = colour;
  context.lineWidth = line;
  context.strokeRect(left * cell + line / 2, top * cell + line / 2, width * cell - line, height * cell - line);
}

/** Return a number as the page writes it: at most `places` behind the point, with a true minus. */
export function written(number, places = 2) {
  if (!Number.isFinite(number)) return String(number);
  const rounded = Number(number.toFixed(places));
  return (Object.is(rounded, -0) ? 0 : rounded).toLocaleString("en-GB", { maximumFractionDigits: places }).replace("-", "\u2212");
}
