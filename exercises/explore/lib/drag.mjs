// Something on a canvas that is pulled about, cell by cell: by mouse and touch, and by the arrow keys.

import { isCommand } from "./controls.mjs";

/** Let what is on a canvas of `columns` cells be moved; `moved(down, right)` is called, and returns what a screen reader says.
 *
 *  The place is counted from where it began, and each of the two numbers stays within its [low, high] of `limits`. The key Home
 *  puts it back.
 */
export function draggable(canvas, { label, columns, limits, value = [0, 0] }, moved) {
  let [down, right] = value;
  let held = null;
  canvas.tabIndex = 0;
  canvas.classList.add("draggable");
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "picture that the arrow keys move");
  canvas.setAttribute("aria-label", label);
  const within = (number, [low, high]) => Math.min(Math.max(number, low), high);
  const go = (toDown, toRight) => {
    [down, right] = [within(toDown, limits[0]), within(toRight, limits[1])];
    canvas.setAttribute("aria-label", `${label}. ${moved(down, right)}`);
  };
  canvas.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, down, right };
    canvas.setPointerCapture(event.pointerId);
    canvas.focus();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (held === null) return;
    const cell = canvas.getBoundingClientRect().width / columns();
    const [toDown, toRight] = [
      held.down + Math.round((event.clientY - held.y) / cell), held.right + Math.round((event.clientX - held.x) / cell),
    ];
    if (toDown !== down || toRight !== right) go(toDown, toRight);
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { held = null; });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [-down, -right] };
    if (!(event.key in steps) || isCommand(event)) return;
    event.preventDefault();
    go(down + steps[event.key][0], right + steps[event.key][1]);
  });
  return { go, get place() { return [down, right]; } };
}
