// What lies around the zones: base map, boundaries, barriers with their crossings, buildings.
import { basemap } from "../map/layers.js";

const { format, layer, source, style } = ol;

const line = (color, width, lineDash) =>
  new style.Style({ stroke: new style.Stroke({ color, width, lineDash }) });
const BARRIERS = {
  river: line("#6fa3c7c0", 4),
  railway: [line("#55555590", 3), line("#ffffffc0", 1.5, [7, 7])],
  expressway: line("#a06a3ca0", 3),
  wall: line("#5b4b3a90", 2, [2, 3]),
};
const ROAD = line("#b8a98f90", 1.5);
const ASKED = line("#3a4650b0", 2, [12, 4, 2, 4]);
const INNER = line("#5a697880", 1, [5, 4]);
const BUILDING = new style.Style({ fill: new style.Fill({ color: "#82909c38" }) });
const styles = {
  buildings: (feature) => (feature.get("n") ? null : BUILDING),
  areas: (feature) => (feature.get("is_asked") ? ASKED : INNER),
  barriers: (feature) => BARRIERS[feature.get("kind")] || ROAD,
};

function tiled(name, address) {
  return new layer.VectorTile({
    source: new source.VectorTile({
      format: new format.MVT(),
      url: address.replace("{layer}", name),
      maxZoom: 16,
      tileSize: 512,
    }),
    style: styles[name],
    renderBuffer: 16,
  });
}

/** Return the layers below the zones, the lowest first. */
export function contextLayers({ tiles, basemap: below }) {
  return [basemap(below), ...Object.keys(styles).map((name) => tiled(name, tiles))].filter(Boolean);
}
