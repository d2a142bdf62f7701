// Colours of the zones of two plans: a zone and the one that stands for it share their colour.
import { zoneColours } from "../editor/colours.js";

const NEAR_M = 60;

const zoneOf = (feature) => String(feature.get("zone"));

/** Pairs of zones so near to one another that they must not look alike. */
function neighbours(outlines) {
  const boxes = outlines.map((each) =>
    ol.extent.buffer(each.getGeometry().getExtent(), NEAR_M / 2),
  );
  const pairs = [];
  for (let a = 0; a < outlines.length; a += 1) {
    for (let b = a + 1; b < outlines.length; b += 1) {
      if (ol.extent.intersects(boxes[a], boxes[b])) {
        pairs.push([zoneOf(outlines[a]), zoneOf(outlines[b])]);
      }
    }
  }
  return pairs;
}

function coloursOf(outlines, kept) {
  return zoneColours(neighbours(outlines), (zone) => zone, outlines.map(zoneOf), kept);
}

/** Return zone → colour for both plans; `same` says which zone of the second stands for which. */
export function pairedColours(first, second, same) {
  const colours = coloursOf(first);
  const kept = new Map(Object.entries(same).map(([a, b]) => [b, colours.get(a)]));
  return [colours, coloursOf(second, kept)];
}
