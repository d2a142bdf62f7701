// What a file holds, drawn as soon as it was checked.
const FEW = 8;
const { Map: OlMap, View, format, layer, source, style } = ol;

async function draw(target) {
  target.dataset.drawn = "yes";
  const answer = await fetch(target.dataset.preview);
  if (!answer.ok) return;
  const reader = new format.GeoJSON({
    dataProjection: "EPSG:4326",
    featureProjection: "EPSG:3857",
  });
  const features = reader.readFeatures(await answer.json());
  if (!features.length) {
    target.remove();
    return;
  }
  const named = features.length < FEW; // names of many would hide what they stand on
  const shapes = new source.Vector({ features });
  const line = new style.Stroke({ color: "#0072b2", width: 1.5 });
  const fill = new style.Fill({ color: "#0072b233" });
  const map = new OlMap({
    target,
    layers: [
      new layer.Vector({
        source: shapes,
        style: (feature) =>
          new style.Style({
            fill,
            stroke: line,
            image: new style.Circle({ radius: 4, fill, stroke: line }),
            text: new style.Text({ text: named ? feature.get("name") : "", overflow: true }),
          }),
      }),
    ],
    view: new View({ center: [0, 0], zoom: 12, enableRotation: false }),
  });
  map.getView().fit(shapes.getExtent(), { padding: [20, 20, 20, 20], maxZoom: 17 });
}

function drawAll() {
  for (const target of document.querySelectorAll("[data-preview]:not([data-drawn])")) draw(target);
}

document.addEventListener("htmx:load", drawAll);
drawAll();
