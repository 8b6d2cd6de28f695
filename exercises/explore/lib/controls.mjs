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
  const output = element("output", { htmlFor: id }, show(value));
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

/** Return a player of numbered steps: play, one step back or on, and a slider. Nothing moves before play is pressed.
 *
 *  `length()` is the number of steps, `show(step)` draws one, `pace` is in milliseconds a step: slower for who wants little motion.
 */
export function player({ label, length, pace = 120, value = 0 }, show) {
  let timer = null;
  const position = slider({ label, min: 0, max: length() - 1, value }, (step) => { stop(); show(step); });
  const go = (step) => {
    position.value = Math.min(Math.max(step, 0), length() - 1);
    show(position.value);
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  };
  const start = () => {
    if (position.value >= length() - 1) go(0);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      go(position.value + 1);
      if (position.value >= length() - 1) stop();
    }, prefersStill() ? Math.max(pace, 1000) : pace);
  };
  const play = button("Play", () => (timer === null ? start() : stop()), { "aria-pressed": "false" });
  const back = button("Step back", () => { stop(); go(position.value - 1); });
  const on = button("Step", () => { stop(); go(position.value + 1); });
  return {
    whole: element("div", { className: "player" }, play, back, on, position.whole),
    go, stop,
    get step() { return position.value; },
    /** Take a new number of steps, and begin again. */
    restart() { stop(); position.limit(0, length() - 1); go(0); },
  };
}

/** Let a canvas of rows x columns cells be pointed at: by mouse and touch, and by the arrow keys when it has the focus.
 *
 *  `shape()` returns [rows, columns], `point(row, column)` is called for the cell that is pointed at, and returns what a screen
 *  reader says of it.
 */
export function pointable(canvas, { label, shape, value = [0, 0] }, point) {
  let [row, column] = value;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "grid of numbers; arrow keys move");
  const move = (i, j) => {
    const [rows, columns] = shape();
    row = Math.min(Math.max(i, 0), rows - 1);
    column = Math.min(Math.max(j, 0), columns - 1);
    canvas.setAttribute("aria-label", `${label}. Row ${row}, column ${column}: ${point(row, column)}`);
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const [rows, columns] = shape();
    move(
      Math.floor(((event.clientY - box.top) / box.height) * rows),
      Math.floor(((event.clientX - box.left) / box.width) * columns),
    );
  };
  canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse" || event.buttons) at(event); });
  canvas.addEventListener("pointerdown", (event) => { canvas.focus(); at(event); });
  canvas.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -1e6], End: [0, 1e6] };
    if (!(event.key in steps)) return;
    event.preventDefault();
    move(row + steps[event.key][0], column + steps[event.key][1]);
  });
  return { move, get place() { return [row, column]; } };
}

/** Return a figure: a canvas or anything else with its caption. */
export function figure(content, caption) {
  return element("figure", {}, content, element("figcaption", {}, caption));
}

/** Return a line of text that a screen reader reads when it changes. */
export function spoken() {
  return element("p", { className: "spoken", role: "status" });
}
