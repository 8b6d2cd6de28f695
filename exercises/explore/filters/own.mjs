// A picture of the reader's own: read where it is, made smaller, and sent nowhere.

import { element } from "../lib/controls.mjs";
import { grey } from "../lib/pixels.mjs";
import { zeros } from "../lib/arrays.mjs";

/** The longest side of a picture on the page, in pixels: that of the photographs. */
export const LONGEST = 128;

// A window of nine numbers has to fit.
const NARROWEST = 3;

/** Return the height and width of a picture that is made smaller, never larger, until its longest side fits. */
export function smallerSize(height, width, longest = LONGEST) {
  const share = Math.min(1, longest / Math.max(height, width));
  return [height, width].map((side) => Math.max(Math.round(side * share), 1));
}

/** Why a picture cannot be used, in words. */
class Refused extends Error {}

/** Read a file as a grey image (H, W) of numbers from 0 to 255; rejects one that is no picture, or too small or narrow. */
async function readPicture(file) {
  const bitmap = await createImageBitmap(file);
  const [height, width] = smallerSize(bitmap.height, bitmap.width);
  if (Math.min(height, width) < NARROWEST) {
    const has = `${file.name} has ${bitmap.height}x${bitmap.width} pixels`;
    const small = Math.min(bitmap.height, bitmap.width) < NARROWEST;
    throw new Refused(small
      ? `${has}: a window of ${NARROWEST}x${NARROWEST} does not fit.`
      : `${has}. Made smaller until its long side has ${LONGEST}, it is too narrow for a window of ${NARROWEST}x${NARROWEST}.`);
  }
  const context = new OffscreenCanvas(width, height).getContext("2d");
  // What is transparent shall be white, as on a page.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const pixels = context.getImageData(0, 0, width, height).data;
  const colours = zeros([3, height, width]);
  colours.data.forEach((_, index) => {
    colours.data[index] = pixels[(index % (height * width)) * 4 + Math.floor(index / (height * width))];
  });
  return grey(colours);
}

/** Return a control that reads a picture; `read(image)` gets it, and `said` says what became of it. */
export function pictureReader(said, read) {
  const input = element("input", { type: "file", accept: "image/*", id: "own-picture" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    try {
      const image = await readPicture(file);
      // A large picture may be read more slowly than the next one.
      if (input.files[0] !== file) return;
      said.textContent = `Your picture is read: ${image.shape.join("x")} pixels, in grey. It stays on this page.`;
      said.classList.remove("wrong");
      read(image);
    } catch (error) {
      said.textContent = error instanceof Refused
        ? error.message
        : `${file.name} is not a picture that this browser can read. Take a JPEG or a PNG.`;
      said.classList.add("wrong");
    }
  });
  return element("div", { className: "control" }, element("label", { htmlFor: "own-picture" }, "A picture of your own"), input);
}
