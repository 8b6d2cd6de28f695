// Where a window stops, in one direction and in two; what a frame is made of; and how sizes shrink from layer to layer.

import { aroundView } from "./padding/around.mjs";
import { layersView } from "./padding/layers.mjs";
import { placesView } from "./padding/places.mjs";
import { planeView } from "./padding/plane.mjs";
import { playback } from "./lib/playback.mjs";

const plane = planeView(document.getElementById("plane"));
placesView(document.getElementById("places"), plane.update);
aroundView(document.getElementById("around"));
layersView(document.getElementById("layers"));
playback(document.getElementById("page"));
