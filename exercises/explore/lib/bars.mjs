// Bars beside each other, each with its name and its number in words.

import { element } from "./controls.mjs";

/** Return bars of these names; `ticks` are marks below them, {at, text} with `at` from 0 to 1.
 *
 *  `update(bars)` draws them: {from, to, text} for each, where `from` and `to` are shares of the width.
 */
export function bars(names, ticks = []) {
  const rows = names.map((name) => {
    const bar = element("div", { className: "bar" });
    const text = element("span", { className: "value" });
    const label = element("span", { className: "name" }, name);
    return { bar, text, label, all: [label, element("div", { className: "track", "aria-hidden": "true" }, bar), text] };
  });
  const axis = ticks.map(({ at, text }) => {
    const tick = element("span", {}, text);
    tick.style.left = `${100 * at}%`;
    return tick;
  });
  const scale = axis.length ? [element("div", { className: "ticks", "aria-hidden": "true" }, ...axis)] : [];
  return {
    whole: element("div", { className: "lengths" }, ...rows.flatMap((row) => row.all), ...scale),
    update(values) {
      values.forEach(({ from, to, text, name }, index) => {
        const { bar, text: value, label } = rows[index];
        bar.style.left = `${100 * Math.min(from, to)}%`;
        bar.style.width = `${100 * Math.abs(to - from)}%`;
        value.textContent = text;
        if (name) label.textContent = name;
      });
    },
  };
}
