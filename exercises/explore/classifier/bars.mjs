// The ten probabilities that LeNet gives a digit, as bars.

import { element } from "../lib/controls.mjs";
import { percent } from "../lib/draw.mjs";

/** Return the index of the largest probability: the name of the digit. */
export function nameOf(probabilities) {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** Return the bars; `draw(probabilities, label, kept)` draws them: label is what the digit is, or null, kept are others to compare. */
export function tenBars() {
  const bars = Array.from({ length: 10 }, (_, digit) => {
    const [fill, kept, share] = ["fill", "kept", "share"].map((className) => element("span", { className }));
    const name = element("span", { className: "name" }, String(digit));
    return { fill, kept, share, whole: element("li", {}, name, element("span", { className: "gauge" }, fill, kept), share) };
  });
  const label = "What LeNet makes of it: probabilities";
  return {
    whole: element("ul", { className: "probabilities", "aria-label": label }, ...bars.map(({ whole }) => whole)),
    draw(probabilities, right, others) {
      const best = nameOf(probabilities);
      bars.forEach(({ fill, kept, share, whole }, digit) => {
        whole.className = digit === best ? "best" : "";
        fill.style.width = `${100 * probabilities[digit]}%`;
        share.textContent = percent(probabilities[digit]) + (digit === right ? " (label)" : "");
        kept.hidden = others === null;
        if (others !== null) kept.style.left = `${100 * others[digit]}%`;
      });
    },
  };
}
