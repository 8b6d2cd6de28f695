// What a page is moved with. Every control is an element of HTML's own, with a label, so mouse, touch and keyboard work alike.

let made = 0;

/** Return an element: `element("p", { className: "note" }, "text", other)`. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Return a slider with its label and its value; `change(value)` is called when it moves. */
export function slider({ label, min, max, step = 1, value, show = String }, change) {
  const id = `control-${++made}`;
  // The slider itself says its value; an output would say it once more.
  const output = element("output", { htmlFor: id, "aria-live": "off" }, show(value));
  const input = element("input", { id, type: "range", min, max, step });
  input.value = value;
  input.setAttribute("aria-valuetext", show(value));
  const told = () => {
    const now = Number(input.value);
    output.textContent = show(now);
    input.setAttribute("aria-valuetext", show(now));
    return now;
  };
  input.addEventListener("input", () => change(told()));
  const whole = element("div", { className: "control" }, element("label", { htmlFor: id }, label), input, output);
  return {
    whole, input,
    get value() { return Number(input.value); },
    set value(number) { input.value = number; told(); },
    limit(low, high) { input.min = low; input.max = high; return told(); },
  };
}

/** Return a list to choose one of: options are [value, text] pairs. */
export function choice({ label, options, value }, change) {
  const id = `control-${++made}`;
  const select = element("select", { id }, ...options.map(([key, text]) => element("option", { value: key }, text)));
  select.value = value ?? options[0][0];
  select.addEventListener("change", () => change(select.value));
  return { whole: element("div", { className: "control" }, element("label", { htmlFor: id }, label), select), select };
}

/** Return a button; `press()` is called when it is pressed. */
export function button(text, press, properties = {}) {
  const made = element("button", { type: "button", ...properties }, text);
  made.addEventListener("click", press);
  return made;
}

/** Say whether the reader has asked for little motion. */
export function prefersStill() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

// Milliseconds a step.
const SPEEDS = { slow: 1200, medium: 400, fast: 80 };

/** Return a player of numbered steps: play, one step back or on, and a slider. Nothing moves before play is pressed.
 *
 *  `length()` is the number of steps, and `show(step)` draws one. `pace` is in milliseconds a step, never below a second for
 *  readers who want little motion; without it they choose. `quiet` are lines that a screen reader does not read while it plays.
 *  `again()` is called before it plays from the beginning because it was at the end.
 */
export function player({ label, length, pace = null, value = 0, quiet = [], again = () => {} }, show) {
  let timer = null;
  const speed = choice({ label: "Speed", options: Object.keys(SPEEDS).map((name) => [name, name]), value: "medium" }, () => {
    if (timer === null) return;
    stop();
    start();
  });
  const position = slider({ label, min: 0, max: length() - 1, value }, (step) => { stop(); show(step); });
  const go = (step) => {
    position.value = Math.min(Math.max(step, 0), length() - 1);
    show(position.value);
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    for (const line of quiet) line.setAttribute("aria-live", "polite");
  };
  const start = () => {
    if (position.value >= length() - 1) {
      again();
      go(0);
    }
    play.textContent = "Pause";
    for (const line of quiet) line.setAttribute("aria-live", "off");
    const chosen = pace ?? SPEEDS[speed.select.value];
    timer = setInterval(() => {
      go(position.value + 1);
      if (position.value >= length() - 1) stop();
    }, prefersStill() ? Math.max(chosen, 1000) : chosen);
  };
  const play = button("Play", () => (timer === null ? start() : stop()));
  const back = button("Step back", () => { stop(); go(position.value - 1); });
  const on = button("Step", () => { stop(); go(position.value + 1); });
  return {
    whole: element("div", { className: "player" }, play, back, on, position.whole, ...(pace === null ? [speed.whole] : [])),
    go, stop,
    get step() { return position.value; },
    /** Move to a step that is drawn already. */
    at(step) { stop(); position.value = step; },
    /** Take a new number of steps, and go to one of them: the same one, or the last, unless another is wished. */
    resize(step = position.value) { stop(); position.limit(0, length() - 1); go(step); },
  };
}

const STEPS = {
  ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -Infinity], End: [0, Infinity],
};

/** Say whether a key is pressed together with one that makes a command of the browser of it, such as Alt and an arrow. */
export function isCommand(event) {
  return event.altKey || event.ctrlKey || event.metaKey;
}

/** Let a canvas of rows x columns cells be pointed at: by mouse and touch, and by the arrow keys when it has the focus.
 *
 *  `shape()` returns [rows, columns], `point(row, column)` is called for the cell that is pointed at, and returns what a screen
 *  reader says of it. Without `hover` a mouse points when its button is pressed. An arrow key moves by `stride()` cells.
 */
export function pointable(canvas, { label, shape, value = [0, 0], hover = true, stride = () => 1 }, point) {
  let [row, column] = value;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "grid of numbers; arrow keys move");
  canvas.setAttribute("aria-label", label);
  const move = (i, j) => {
    const [rows, columns] = shape();
    row = Math.min(Math.max(i, 0), rows - 1);
    column = Math.min(Math.max(j, 0), columns - 1);
    canvas.setAttribute("aria-label", `${label}. Row ${row}, column ${column}: ${point(row, column)}`);
  };
  const cellOf = (event) => {
    const box = canvas.getBoundingClientRect();
    const [rows, columns] = shape();
    return [
      Math.floor(((event.clientY - box.top) / box.height) * rows),
      Math.floor(((event.clientX - box.left) / box.width) * columns),
    ];
  };
  canvas.addEventListener("pointermove", (event) => {
    if ((event.pointerType !== "mouse" || !hover) && !event.buttons) return;
    const [i, j] = cellOf(event);
    if (i !== row || j !== column) move(i, j);
  });
  canvas.addEventListener("pointerdown", (event) => { canvas.focus(); move(...cellOf(event)); });
  canvas.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined || isCommand(event)) return;
    event.preventDefault();
    move(row + step[0] * stride(), column + step[1] * stride());
  });
  return {
    move,
    /** Take another cell as the one that arrow keys move from, without pointing at it. */
    at(i, j) { [row, column] = [i, j]; },
    get place() { return [row, column]; },
  };
}

/** Return a table of numbers to edit, such as a kernel; `change()` is called when one of them changes.
 *
 *  `numbers` is an array (rows, columns). Its own numbers are edited, and one that is shown rounded stays as exact as it was
 *  until somebody types another. A field that holds no number counts as 0.
 */
export function numberTable({ label, numbers, largest = 1000 }, change) {
  const [, columns] = numbers.shape;
  const inputs = Array.from(numbers.data, (number, index) => {
    const place = `${label}, row ${Math.floor(index / columns)}, column ${index % columns}`;
    const input = element("input", { type: "number", step: "any", "aria-label": place, min: -largest, max: largest });
    input.addEventListener("input", () => {
      numbers.data[index] = Math.min(Math.max(Number(input.value) || 0, -largest), largest);
      change();
    });
    input.addEventListener("change", () => { input.value = shortened(numbers.data[index]); });
    return input;
  });
  const update = () => inputs.forEach((input, index) => { input.value = shortened(numbers.data[index]); });
  update();
  const whole = element("div", { className: "numbers", role: "group", "aria-label": label }, ...inputs);
  whole.style.gridTemplateColumns = `repeat(${columns}, auto)`;
  return {
    whole,
    /** Take other numbers, of the same shape. */
    set(values) { numbers.data.set(values); update(); },
  };
}

function shortened(number) {
  return String(Number(number.toFixed(3)));
}

/** Return a figure: a canvas or anything else with its caption. */
export function figure(content, caption) {
  return element("figure", {}, content, element("figcaption", {}, caption));
}

/** Return questions to predict, each with its answer to unfold: a list of [question, answer]. */
export function questions(list) {
  const asked = list.map(([question, answer]) => (
    element("details", {}, element("summary", {}, question), element("p", {}, answer))
  ));
  return element("div", { className: "questions" }, element("h3", {}, "Say first, then look"), ...asked);
}

/** Return a line of text that a screen reader reads when it changes. */
export function spoken() {
  return element("p", { className: "spoken", role: "status" });
}
