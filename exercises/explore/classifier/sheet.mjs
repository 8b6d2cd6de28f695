// A sheet to draw on: with a mouse, a finger, or the arrow keys and the space bar.

import { zeros } from "../lib/arrays.mjs";
import { element, isCommand } from "../lib/controls.mjs";
import { paint } from "../lib/draw.mjs";
import { SHEET } from "../lib/drawing.mjs";

/** The pen's radius, in pixels of the sheet. */
export const PEN = 2.2;

const CELL = 9;
const KEY_STEP = 2;
const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const [DOWN, UP] = ["#e8590c", "#4dabf7"];

/** Return the sheet: its canvas, its strokes (lists of points [x, y]), and `draw(digit)`, which shows a digit (8, 8) instead of them.
 *
 *  `begin()` is called before a stroke, `change()` after each point, `end()` once when a stroke is done.
 */
export function sheetToDrawOn({ begin, change, end }) {
  const canvas = element("canvas", { tabIndex: 0, role: "application", "aria-roledescription": "sheet to draw on" });
  const pen = { x: 16, y: 6, down: false, seen: false };
  let drawing = false;
  const sheet = {
    canvas,
    strokes: [],
    draw(digit) {
      paint(canvas, digit ?? zeros([8, 8]), { cell: 4 * CELL, scale: { low: 0, high: 16, signed: false } });
      if (digit) return;
      const context = canvas.getContext("2d");
      context.scale(CELL, CELL);
      drawStrokes(context, sheet.strokes);
      if (pen.seen) drawPen(context, pen);
    },
  };
  const tell = () => canvas.setAttribute(
    "aria-label", `Sheet to draw on. Pen ${pen.down ? "down" : "up"}, row ${pen.y}, column ${pen.x} of ${SHEET}. `
    + "Arrow keys move it, the space bar puts it down and lifts it.",
  );
  tell();
  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SHEET, ((event.clientY - box.top) / box.height) * SHEET];
  };
  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    Object.assign(pen, { seen: false, down: false });
    canvas.setPointerCapture(event.pointerId);
    begin();
    sheet.strokes.push([placeOf(event)]);
    change();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    sheet.strokes.at(-1).push(placeOf(event));
    change();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (drawing) end();
      drawing = false;
    });
  }
  canvas.addEventListener("keydown", (event) => {
    if ((!(event.key in ARROWS) && event.key !== " ") || isCommand(event)) return;
    event.preventDefault();
    begin();
    pen.seen = true;
    if (event.key === " ") {
      pen.down = !pen.down;
      if (pen.down) sheet.strokes.push([[pen.x, pen.y]]);
    } else {
      const [right, down] = ARROWS[event.key];
      pen.x = Math.min(Math.max(pen.x + KEY_STEP * right, 2), SHEET - 2);
      pen.y = Math.min(Math.max(pen.y + KEY_STEP * down, 2), SHEET - 2);
      if (pen.down) sheet.strokes.at(-1).push([pen.x, pen.y]);
    }
    change();
    if (event.key === " ") end();
    tell();
  });
  canvas.addEventListener("blur", () => {
    const wasDown = pen.down;
    Object.assign(pen, { seen: false, down: false });
    tell();
    change();
    if (wasDown) end();
  });
  return sheet;
}

function drawStrokes(context, strokes) {
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = 2 * PEN;
  context.strokeStyle = "#fff";
  for (const [first, ...others] of strokes) {
    context.beginPath();
    context.moveTo(...first);
    for (const point of others.length ? others : [first]) context.lineTo(...point);
    context.stroke();
  }
}

function drawPen(context, { x, y, down }) {
  context.beginPath();
  context.arc(x, y, PEN, 0, 2 * Math.PI);
  context.lineWidth = 0.6;
  context.strokeStyle = down ? DOWN : UP;
  context.stroke();
}
