// Somebody's answers beside the expected ones, number by number: the first wrong one is found, and said how the right one comes
// about. A page that was built without a run shows nothing of this.

import { part, reshaped, sizeOf } from "./arrays.mjs";
import { button, choice, element, figure, player, pointable, spoken } from "./controls.mjs";
import { calls } from "./data.mjs";
import { frame, notFinite, paint, scaleOf, written } from "./draw.mjs";
import { explanations } from "./explain.mjs";
import { flatOf, isArray, placeOf, readPlay, wrongPlaces } from "./run.mjs";

const WRONG = "#c4320a";
const HERE = "#7a3fd0";
const WIDTH = 430;
const SMALLEST_WITH_DIGITS = 20;
const MOST_ARGUMENTS = 6;
// Of an answer whose shape is not the expected one, which may be anything.
const [MOST_ROWS, MOST_COLUMNS] = [60, 140];
const ADVICE = "cnngrade check says which mistake it is, and cnngrade hint helps with the next step.";
const ONE_CALL = "This is one call. cnngrade check makes many more, with other sizes and settings.";

/** Return an array as images of rows and columns: [n, rows, columns], whatever axes it has. */
function asImages(array) {
  const [rows, columns] = array.shape.length > 1 ? array.shape.slice(-2) : [1, array.shape[0] ?? 1];
  return reshaped(array, [sizeOf(array.shape) / (rows * columns), rows, columns]);
}

/** Return the first image of an array as far as it can be shown, with a word on what is left out. */
function firstSight(array) {
  const images = asImages(array);
  const image = part(images, 0);
  const [rows, columns] = [Math.min(image.shape[0], MOST_ROWS), Math.min(image.shape[1], MOST_COLUMNS)];
  const data = Float64Array.from({ length: rows * columns }, (_, index) => (
    image.data[Math.floor(index / columns) * image.shape[1] + (index % columns)]
  ));
  const first = images.shape[0] > 1 ? ["its first map"] : [];
  const corner = rows * columns < image.data.length ? [`rows 0 to ${rows - 1}, columns 0 to ${columns - 1}`] : [];
  return { image: { shape: [rows, columns], data }, left: [...first, ...corner].join(", ") };
}

function inBrackets(place) {
  return place.length ? `[${place.join(", ")}]` : "";
}

/** Write a shape as Python does. */
function shapeText(shape) {
  return `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
}

function inDigits(number, digits) {
  if (!Number.isFinite(number)) return notFinite(number);
  return String(Number(number.toPrecision(digits))).replace("-", "\u2212");
}

/** Write two numbers with as many digits as it takes to see the difference. */
function apart(one, other) {
  const digits = [4, 6, 9, 15].find((count) => inDigits(one, count) !== inDigits(other, count)) ?? 17;
  return [inDigits(one, digits), inDigits(other, digits)];
}

function inShort(value) {
  if (isArray(value)) return `array ${shapeText(value.shape)}`;
  if (Array.isArray(value)) return value.length > 4 ? `[${value.length} values]` : `(${value.map(inShort).join(", ")})`;
  if (value === null) return "None";
  if (value === true || value === false) return value ? "True" : "False";
  if (typeof value === "object") return "leftOut" in value ? `array ${value.leftOut}` : `a dict of ${Object.keys(value).join(", ")}`;
  return String(value);
}

/** Say in a few words what became of a call. */
function standing({ state, parts }) {
  if (state === "same") return "as expected";
  if (state === "unfinished") return "not written yet";
  if (state === "failed") return "no answer";
  const wrong = parts.reduce((sum, one) => sum + wrongPlaces(one).length, 0);
  const all = parts.reduce((sum, { expected }) => sum + sizeOf(expected.shape), 0);
  return wrong ? `${written(wrong)} of ${written(all)} numbers differ` : "differs";
}

/** Paint one image of an array, its wrong numbers framed, and the one that is looked at. */
function paintImage(canvas, array, sheet, { scale, wrong = null, here = null, windows = [] }) {
  const image = part(asImages(array), sheet);
  const [rows, columns] = image.shape;
  const cell = Math.max(Math.min(Math.floor(WIDTH / Math.max(columns, rows / 1.5)), 46), 3);
  const digits = cell >= SMALLEST_WITH_DIGITS ? (number) => written(number, Math.abs(number) < 1 ? 2 : 1) : null;
  paint(canvas, image, { cell, scale: scale ?? scaleOf(image), digits });
  const place = rows * columns;
  for (let flat = 0; wrong && flat < place; flat++) {
    if (!wrong.data[sheet * place + flat]) continue;
    const [top, left] = [Math.floor(flat / columns), flat % columns];
    frame(canvas, { top, left, height: 1, width: 1 }, { cell, colour: WRONG, line: Math.min(3, cell / 6) });
  }
  for (const window of windows) frame(canvas, window, { cell, colour: HERE, line: Math.min(4, cell / 5) });
  if (here !== null) {
    const [top, left] = [Math.floor(here / columns), here % columns];
    frame(canvas, { top, left, height: 1, width: 1 }, { cell, colour: HERE, line: Math.min(5, cell / 5) });
  }
}

/** Return what shows the arguments of a call, and the windows in them that a number was computed from. */
function givenImages(given) {
  const whole = element("div", { className: "row" });
  let shown = "";
  let canvases = [];
  const others = () => Object.entries(given).filter(([, value]) => isArray(value) && value.shape.length > 1);
  return {
    whole,
    show(windows) {
      const places = windows.length ? windows : others().map(([argument]) => ({ argument, at: null }));
      const images = new Map();
      for (const { argument, at, ...window } of places) {
        const array = given[argument];
        const sheet = at === null ? 0 : flatOf(array.shape.slice(0, -2), at);
        const key = `${argument}${inBrackets(placeOf(array.shape.slice(0, -2), sheet))}`;
        if (!images.has(key)) images.set(key, { array, sheet, windows: [] });
        if (at !== null) images.get(key).windows.push(window);
      }
      const kept = [...images].slice(0, MOST_ARGUMENTS);
      const keys = kept.map(([key]) => key).join(" ");
      if (keys !== shown) {
        canvases = kept.map(() => element("canvas", { role: "img" }));
        whole.replaceChildren(...kept.map(([key], number) => figure(canvases[number], key)));
        shown = keys;
      }
      kept.forEach(([key, { array, sheet, windows: framed }], number) => {
        paintImage(canvases[number], array, sheet, { scale: scaleOf(array), windows: framed });
        const where = framed.map(({ top, left, height, width }) => `rows ${top} to ${top + height - 1}, columns ${left} to ${left + width - 1}`);
        canvases[number].setAttribute("aria-label", `The argument ${key}${where.length ? `; framed: ${where.join("; ")}` : ""}`);
      });
    },
  };
}

/** Return what shows one array of an answer beside the expected one. */
function partView(play, entry) {
  const { label, expected, yours, wrong, problem } = entry;
  const size = sizeOf(expected.shape);
  const wrongOnes = wrongPlaces(entry);
  const [, rows, columns] = asImages(expected).shape;
  const comparable = wrong !== null;
  const scale = scaleOf(expected);
  const [mine, right] = [element("canvas"), element("canvas")];
  const told = spoken();
  const how = element("p", { className: "formula" });
  const given = givenImages(play.arguments);
  const name = `${play.function}(\u2026)${label}`;
  const explain = explanations[play.function] ?? null;
  const parts = Object.fromEntries(play.parts.map((one) => [one.label, one.expected]));

  const say = (flat) => {
    const where = `${label}${inBrackets(placeOf(expected.shape, flat))}` || "The number";
    const rightOne = expected.data[flat];
    if (!comparable) return `${where}: expected ${inDigits(rightOne, 6)}.`;
    if (!wrong.data[flat]) return `${where}: ${inDigits(rightOne, 6)}, as expected.`;
    const [myText, rightText] = apart(yours.data[flat], rightOne);
    return `${where}: yours ${myText}, expected ${rightText}.`;
  };
  const show = (flat) => {
    const sheet = Math.floor(flat / (rows * columns));
    const here = flat % (rows * columns);
    paintImage(right, expected, sheet, { scale, here });
    if (comparable) paintImage(mine, yours, sheet, { scale, wrong, here });
    told.textContent = say(flat);
    told.className = comparable && wrong.data[flat] ? "spoken wrong" : "spoken";
    const found = explain && explain({ arguments: play.arguments, parts }, label, placeOf(expected.shape, flat));
    how.textContent = found ? `How ${comparable && wrong.data[flat] ? "the expected number" : "it"} comes about: ${found.text}` : "";
    given.show(found ? found.windows : []);
    if (sheets) sheets.select.value = String(sheet);
    for (const pointed of grids) pointed.at?.(Math.floor(here / columns), here % columns);
    return told.textContent;
  };

  const steps = player({ label: "Number", length: () => size, quiet: [told] }, show);
  const leading = expected.shape.slice(0, -2);
  const count = sizeOf(leading);
  const sheets = expected.shape.length > 2 && count > 1
    ? choice({
      label: "Map",
      options: Array.from({ length: count }, (_, sheet) => {
        const differ = wrongOnes.filter((flat) => Math.floor(flat / (rows * columns)) === sheet).length;
        return [String(sheet), `${inBrackets(placeOf(leading, sheet))}${differ ? `: ${differ} differ` : ""}`];
      }),
    }, (sheet) => { steps.stop(); steps.go(Number(sheet) * rows * columns); })
    : null;
  const sheetNow = () => Math.floor(steps.step / (rows * columns));
  const point = (i, j) => {
    steps.stop();
    steps.go(sheetNow() * rows * columns + i * columns + j);
    return told.textContent;
  };
  const grids = (comparable ? [[mine, "Your numbers"], [right, "The expected numbers"]] : [[right, "The expected numbers"]]).map(
    ([canvas, spokenName]) => pointable(canvas, { label: `${spokenName}, ${name}`, shape: () => [rows, columns] }, point),
  );
  const next = (from) => wrongOnes.find((flat) => flat >= from) ?? wrongOnes[0];
  const buttons = wrongOnes.length
    ? [
      button("First wrong number", () => { steps.stop(); steps.go(wrongOnes[0]); }),
      button("Next wrong number", () => { steps.stop(); steps.go(next(steps.step + 1)); }),
    ]
    : [];

  let left = [figure(mine, `Yours${wrongOnes.length ? ": what differs is framed in red" : ""}.`)];
  if (!comparable) {
    left = [];
    if (yours) {
      const { image, left: leftOut } = firstSight(yours);
      paintImage(mine, image, 0, {});
      mine.setAttribute("role", "img");
      mine.setAttribute("aria-label", `Your numbers, of shape ${shapeText(yours.shape)}`);
      left = [figure(mine, `Yours, of shape ${shapeText(yours.shape)}${leftOut ? `: ${leftOut}` : ""}.`)];
    }
  }
  const whole = element(
    "div", {},
    ...(problem ? [element("p", { className: "wrong" }, problem)] : []),
    element("div", { className: "controls" }, ...(sheets ? [sheets.whole] : []), ...buttons),
    element("div", { className: "row" }, ...left, figure(right, expected.shape.length ? `Expected, of shape ${shapeText(expected.shape)}.` : "Expected.")),
    told, how, steps.whole,
    element("h3", {}, "What it was given"),
    given.whole,
  );
  steps.go(wrongOnes[0] ?? 0);
  return whole;
}

/** Return what shows one call: what was called, what is wrong with the whole, and its parts. */
function playView(play) {
  const words = Object.entries(play.arguments).map(([name, value]) => `${name}=${inShort(value)}`);
  const view = element("div");
  const show = (number) => view.replaceChildren(partView(play, play.parts[number]));
  const firstWrong = Math.max(play.parts.findIndex((entry) => entry.problem), 0);
  const choose = play.parts.length > 1
    ? [choice({
      label: "Part of the answer", value: String(firstWrong),
      options: play.parts.map((entry, number) => [String(number), `${entry.label}${entry.problem ? ": differs" : ""}`]),
    }, (number) => show(Number(number))).whole]
    : [];
  show(firstWrong);
  const unfinished = play.state === "unfinished" ? [element("p", {}, "Not written yet. Step through what is expected, and see how it comes about.")] : [];
  return element(
    "div", {},
    element("p", {}, play.caption),
    element("p", { className: "formula" }, `${play.function}(${words.join(", ")})`),
    ...(play.state === "same" ? [element("p", { className: "right" }, "Every number is as expected."), element("p", { className: "note" }, ONE_CALL)] : []),
    ...(play.problem ? [element("pre", { className: "problem" }, play.problem)] : []),
    ...unfinished, ...choose, view,
    ...(["different", "failed"].includes(play.state) ? [element("p", { className: "note" }, ADVICE)] : []),
  );
}

/** Put the run that the page holds, if there is one, below the title of `page`. */
export function playback(page) {
  const run = calls();
  if (run === null) return;
  const plays = run.plays.map(readPlay);
  const view = element("div");
  const show = (number) => view.replaceChildren(playView(plays[number]));
  const first = Math.max(plays.findIndex(({ state }) => state === "different" || state === "failed"), 0);
  const choose = choice({
    label: "Call", value: String(first),
    options: plays.map((play, number) => [String(number), `${number + 1}. ${play.function}: ${standing(play)}`]),
  }, (number) => show(Number(number)));
  const section = element(
    "section", { className: "playback" },
    element("h2", {}, "Your functions at work"),
    element("p", {}, `What the functions in ${run.work} answered, beside what is expected. Point at a number, or step through them.`),
    choose.whole, view,
  );
  const title = page.querySelector("h1");
  title.after(section);
  show(first);
}
