// A window slides over a digit: its products, their sum, and the map that fills up. Then three channels that add up.

import { slideView } from "./convolution/slide.mjs";
import { channelsView } from "./convolution/channels.mjs";
import { playback } from "./lib/playback.mjs";

slideView(document.getElementById("slide"));
channelsView(document.getElementById("channels"));
playback(document.getElementById("page"));
