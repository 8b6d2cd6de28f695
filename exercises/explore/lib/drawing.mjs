// A digit that somebody draws becomes what the data set's digits are: 32x32 pixels of ink or none, counted in blocks of 4x4.

export const SHEET = 32;
const BLOCK = 4;
// As the data set has its digits: as high as the sheet, a little less than five blocks wide, and with about as much ink.
const [HEIGHT, WIDTH, INK] = [32, 19, 325];
// How many times as much one side may be stretched as the other: a one is not made as wide as a zero, a dash not as high.
const [MORE_ACROSS, MORE_DOWN] = [1.2, 2];
const [THIN, THICK] = [1, 6];

function squaredDistance(x, y, [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(Math.max(((x - ax) * dx + (y - ay) * dy) / length, 0), 1) : 0;
  return (x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2;
}

/** Return 32x32 pixels, 1 where a pen of this radius leaves ink: strokes are lists of points [x, y] on the sheet. */
export function inked(strokes, radius) {
  const pixels = new Uint8Array(SHEET * SHEET);
  for (const stroke of strokes) {
    stroke.forEach((to, index) => {
      const from = stroke[Math.max(index - 1, 0)];
      const [left, right] = [Math.min(from[0], to[0]) - radius, Math.max(from[0], to[0]) + radius];
      const [top, bottom] = [Math.min(from[1], to[1]) - radius, Math.max(from[1], to[1]) + radius];
      for (let i = Math.max(Math.floor(top), 0); i < Math.min(bottom, SHEET); i++) {
        for (let j = Math.max(Math.floor(left), 0); j < Math.min(right, SHEET); j++) {
          if (squaredDistance(j + 0.5, i + 0.5, from, to) <= radius * radius) pixels[i * SHEET + j] = 1;
        }
      }
    });
  }
  return pixels;
}

/** Return strokes stretched to the size, and moved to the place, of a digit of the data set, for a pen of this radius.
 *
 *  Neither side is stretched much more than the other: a line stays a line.
 */
export function fitted(strokes, radius) {
  const points = strokes.flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  const ends = [xs, ys].map((numbers) => [Math.min(...numbers), Math.max(...numbers)]);
  const lengths = ends.map(([low, high]) => Math.max(high - low, 0.5));
  const wanted = [WIDTH - 2 * radius, HEIGHT - 2 * radius];
  const scales = wanted.map((length, axis) => length / lengths[axis]);
  const across = Math.min(scales[0], MORE_ACROSS * scales[1]);
  const down = Math.min(scales[1], MORE_DOWN * scales[0]);
  const middles = ends.map(([low, high]) => (low + high) / 2);
  return strokes.map((stroke) => stroke.map(([x, y]) => [SHEET / 2 + (x - middles[0]) * across, SHEET / 2 + (y - middles[1]) * down]));
}

function amount(pixels) {
  return pixels.reduce((sum, ink) => sum + ink, 0);
}

/** Return the pixels of strokes as the data set has its digits: fitted, with a pen that leaves about as much ink. */
export function likeTheData(strokes) {
  let [thin, thick] = [THIN, THICK];
  for (let step = 0; step < 12; step++) {
    const radius = (thin + thick) / 2;
    if (amount(inked(fitted(strokes, radius), radius)) < INK) thin = radius;
    else thick = radius;
  }
  return inked(fitted(strokes, thin), thin);
}

/** Return the digit (8, 8): how many of each 4x4 pixels have ink, from 0 to 16. */
export function counted(pixels) {
  const counts = new Uint8Array(64);
  pixels.forEach((ink, index) => {
    const [row, column] = [Math.floor(index / SHEET), index % SHEET];
    counts[Math.floor(row / BLOCK) * 8 + Math.floor(column / BLOCK)] += ink;
  });
  return { shape: [8, 8], data: counts };
}
