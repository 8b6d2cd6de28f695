// Which patches of many images excite a map most: the largest number that each image gives in each map, and its place.

/** Return a search over `count` images; `layersOf(index)` gives an image's layers, each a list of maps (K, H, W).
 *
 *  `go(milliseconds)` looks through images for so long and returns how many have been looked through, so that a page does not
 *  freeze. `best(layer, map, wanted)` returns the strongest of those: {image, value, row, column}, the largest first.
 */
export function search(count, layersOf) {
  const layers = [];
  let done = 0;
  const look = (image) => {
    layersOf(image).forEach(({ shape: [maps, height, width], data }, layer) => {
      layers[layer] ??= { maps, width, values: new Float64Array(count * maps), places: new Uint16Array(count * maps) };
      for (let map = 0; map < maps; map++) {
        let largest = map * height * width;
        for (let place = largest; place < (map + 1) * height * width; place++) if (data[place] > data[largest]) largest = place;
        layers[layer].values[image * maps + map] = data[largest];
        layers[layer].places[image * maps + map] = largest - map * height * width;
      }
    });
  };
  return {
    get done() { return done; },
    go(milliseconds) {
      const end = performance.now() + milliseconds;
      while (done < count && performance.now() < end) look(done++);
      return done;
    },
    best(layer, map, wanted) {
      const { maps, width, values, places } = layers[layer];
      const order = Array.from({ length: done }, (_, image) => image);
      order.sort((one, other) => values[other * maps + map] - values[one * maps + map]);
      return order.slice(0, wanted).map((image) => {
        const place = places[image * maps + map];
        return { image, value: values[image * maps + map], row: Math.floor(place / width), column: place % width };
      });
    },
  };
}
