// The layers of the map, from the bottom up.
const WORLD = [-180, -90, 180, 90];

function tiled(name, config, style, order) {
  return new ol.layer.VectorTile({
    className: `layer-${name}`,
    properties: { name },
    source: new ol.source.VectorTile({
      format: new ol.format.MVT(),
      url: config.tiles.replace("{layer}", name),
      maxZoom: 16,
      tileSize: 512,
    }),
    style,
    zIndex: order,
    declutter: name === "compounds" || name === "zones",
    renderBuffer: 64,
  });
}

export function makeLayers(config, styles) {
  const order = ["areas", "barriers", "compounds", "buildings", "links", "zones"];
  const layers = {};
  order.forEach((name, at) => {
    layers[name] = tiled(name, config, styles[name], at + 2);
  });
  layers.selected = new ol.layer.VectorTile({
    source: layers.compounds.getSource(),
    style: styles.selected,
    zIndex: 20,
  });
  layers.heat = new ol.layer.Image({ properties: { name: "heat" }, zIndex: 5, opacity: 0.85 });
  layers.events = new ol.layer.Image({ properties: { name: "events" }, zIndex: 5, opacity: 0.85 });
  return layers;
}

export function restyle(layers, styles) {
  for (const [name, style] of Object.entries(styles)) layers[name].setStyle(style);
}

export function basemap({ kind, address }) {
  if (kind === "xyz") {
    return new ol.layer.Tile({ source: new ol.source.XYZ({ url: address }), zIndex: 0 });
  }
  if (kind !== "wmts4490") return null;
  const degrees = new ol.proj.Projection({ code: "EPSG:4490", units: "degrees", extent: WORLD });
  ol.proj.addEquivalentProjections([ol.proj.get("EPSG:4326"), degrees]);
  const resolutions = Array.from({ length: 20 }, (_, zoom) => 360 / 256 / 2 ** zoom);
  const grid = new ol.tilegrid.TileGrid({ extent: WORLD, origin: [-180, 90], resolutions });
  return new ol.layer.Tile({
    source: new ol.source.TileImage({
      projection: "EPSG:4326",
      tileGrid: grid,
      tileUrlFunction: ([z, x, y]) => address.replace("{z}", z).replace("{x}", x).replace("{y}", y),
    }),
    zIndex: 0,
  });
}

export async function showHeat(layer, address, config) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(config.words.failed);
  const heat = await answer.json();
  if (!heat.picture) return heat.text;
  layer.setSource(
    new ol.source.ImageStatic({
      url: heat.picture,
      imageExtent: ol.proj.transformExtent(heat.bounds, "EPSG:4326", "EPSG:3857"),
      projection: "EPSG:3857",
    }),
  );
  return heat.text;
}
