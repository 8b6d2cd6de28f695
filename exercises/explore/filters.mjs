// Kernels to edit, live on photographs: three of the course's and one of the reader's own.

import { arraysOf } from "./lib/data.mjs";
import { grey } from "./lib/pixels.mjs";
import { bellsView } from "./filters/bells.mjs";
import { nineView } from "./filters/nine.mjs";
import { steepnessView } from "./filters/steepness.mjs";
import { playback } from "./lib/playback.mjs";

// Every section shows the photograph that is chosen in the first one.
const photographs = Object.entries(arraysOf("photographs")).map(([name, colours]) => ({ name, image: grey(colours) }));
const steepness = steepnessView(document.getElementById("steepness"), photographs[0].image);
const bells = bellsView(document.getElementById("bells"), photographs[0].image);
nineView(document.getElementById("nine"), photographs, (image) => {
  steepness.update(image);
  bells.update(image);
});
playback(document.getElementById("page"));
