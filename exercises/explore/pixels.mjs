// A digit and its moved self as rows of numbers, colours and their grey, and what dense layers cost.

import { coloursView } from "./pixels/colours.mjs";
import { movedView } from "./pixels/moved.mjs";
import { parametersView } from "./pixels/parameters.mjs";
import { playback } from "./lib/playback.mjs";

movedView(document.getElementById("moved"));
coloursView(document.getElementById("colours"));
parametersView(document.getElementById("parameters"));
playback(document.getElementById("page"));
