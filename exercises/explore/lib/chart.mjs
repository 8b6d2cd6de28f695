// Lines in a chart, as SVG: sharp at any size, coloured by the page's style, and told in words beside it.

import { shape } from "./svg.mjs";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [400, 230, 50, 24, 12, 42];

function pathOf(points) {
  let pen = "M";
  let path = "";
  for (const [x, y] of points) {
    if (Number.isFinite(x) && Number.isFinite(y)) {
      path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = "L";
    } else {
      pen = "M";
    }
  }
  return path;
}

/** Return a chart; `draw({lines, marker})` draws it anew.
 *
 *  label: what a screen reader calls it.   x, y: {title, ticks: [[number, text], ...]}; the first tick and the last are the ends.
 *  along(number): where an x belongs, if not in proportion.   lines: [{points: [[x, y], ...], look}], marker: an x or null;
 *  `look` is a class of the style: line-1, line-2, line-3, faint besides, or dots.
 */
export function lineChart({ label, x, y, along = (number) => number }) {
  const [first, last] = [along(x.ticks[0][0]), along(x.ticks.at(-1)[0])];
  const [low, high] = [y.ticks[0][0], y.ticks.at(-1)[0]];
  const across = (number) => LEFT + ((along(number) - first) / (last - first || 1)) * (WIDTH - LEFT - RIGHT);
  const up = (number) => HEIGHT - BOTTOM - ((Math.min(Math.max(number, low), high) - low) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const axes = shape("g", { class: "axes" });
  for (const [number, text] of y.ticks) {
    axes.append(
      shape("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: up(number), y2: up(number) }),
      shape("text", { class: "up", x: LEFT - 6, y: up(number) + 4 }, text),
    );
  }
  for (const [number, text] of x.ticks) {
    axes.append(shape("text", { x: across(number), y: HEIGHT - BOTTOM + 17 }, text));
  }
  axes.append(shape("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: HEIGHT - 6 }, x.title));
  const plot = shape("g", {});
  const whole = shape("svg", { class: "chart", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label }, axes, plot);
  return {
    whole,
    draw({ lines, marker = null }) {
      plot.replaceChildren();
      if (marker !== null) {
        plot.append(shape("line", { class: "marker", x1: across(marker), x2: across(marker), y1: TOP, y2: HEIGHT - BOTTOM }));
      }
      for (const { points, look } of lines) {
        const places = points.map(([right, number]) => [across(right), Number.isFinite(number) ? up(number) : NaN]);
        if (look.includes("dots")) {
          places.filter(([, height]) => Number.isFinite(height)).forEach(([cx, cy]) => plot.append(shape("circle", { class: look, cx, cy, r: 5 })));
        } else {
          plot.append(shape("path", { class: look, d: pathOf(places) }));
        }
      }
    },
  };
}
