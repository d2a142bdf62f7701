// The map of an area: layers and legend, selection on map and list, an address that can be sent.
import * as address from "./address.js";
import { basemap, makeLayers, restyle, showHeat } from "./layers.js";
import * as side from "./side.js";
import { makeStyles } from "./styles.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const asked = address.read();
const HEATS = { heat: config.heat, events: config.events };
const shown = {
  statuses: new Set(
    config.statuses.map((status) => status.key).filter((key) => !asked.off.has(key)),
  ),
  site: asked.site,
  modes: {},
};
const layers = makeLayers(config, makeStyles(config, shown));
const whole = ol.proj.transformExtent(config.extent, "EPSG:4326", "EPSG:3857");

function frameIcon() {
  const icon = document.createElement("span");
  icon.className = "icon-whole";
  return icon;
}

const map = new ol.Map({
  target: "map",
  layers: [basemap(config.basemap), ...Object.values(layers)].filter(Boolean),
  controls: [
    new ol.control.Zoom({
      zoomInTipLabel: config.words.zoomIn,
      zoomOutTipLabel: config.words.zoomOut,
    }),
    new ol.control.ZoomToExtent({
      extent: whole,
      label: frameIcon(),
      tipLabel: config.words.whole,
    }),
    new ol.control.ScaleLine({ minWidth: 90 }),
    new ol.control.Attribution({ collapsible: false }),
  ],
  view: new ol.View({ maxZoom: 20, minZoom: 3 }),
});
const view = map.getView();

function fit(box, options = {}) {
  view.fit(box, { padding: [40, 40, 40, 40], maxZoom: 17, ...options });
}

if (asked.view) {
  view.setCenter(ol.proj.fromLonLat([asked.view.lon, asked.view.lat]));
  view.setZoom(asked.view.zoom);
} else {
  fit(whole, { padding: [20, 20, 20, 20] });
}

// Layers and legend
const boxes = [...document.querySelectorAll("#layers input[type=checkbox]")];

function switchLayer(box) {
  const { layer, status } = box.dataset;
  if (status) {
    shown.statuses[box.checked ? "add" : "delete"](status);
    layers.compounds.changed();
    layers.buildings.changed();
  } else {
    layers[layer].setVisible(box.checked);
    if (layer in HEATS && box.checked) heat(layer);
  }
}

async function heat(name) {
  const note = document.getElementById(`${name}-note`);
  note.hidden = false;
  if (layers[name].getSource()) return;
  try {
    note.textContent = await showHeat(layers[name], HEATS[name], config);
  } catch {
    note.textContent = config.words.failed;
  }
}

const byDefault = new Map(boxes.map((box) => [box, box.defaultChecked]));
for (const box of boxes) {
  const name = box.dataset.status ?? box.dataset.layer;
  box.checked = asked.on.has(name) || (box.defaultChecked && !asked.off.has(name));
  switchLayer(box);
  box.addEventListener("change", () => {
    switchLayer(box);
    remember();
  });
}

async function colourByMode() {
  const answer = await fetch(config.modes, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(config.words.failed);
  shown.modes = await answer.json();
  layers.compounds.changed();
}
if (config.modes) {
  colourByMode().catch((problem) => {
    const note = document.getElementById("map-note");
    note.hidden = false;
    note.textContent = problem.message;
  });
}

// The address
function remember() {
  const centre = view.getCenter();
  if (!centre) return;
  const [lon, lat] = ol.proj.toLonLat(centre);
  const changed = boxes.filter((box) => box.checked !== byDefault.get(box));
  const names = (isOn) =>
    new Set(
      changed
        .filter((box) => box.checked === isOn)
        .map((box) => box.dataset.status ?? box.dataset.layer),
    );
  address.write({
    view: { lon, lat, zoom: view.getZoom() },
    site: shown.site,
    off: names(false),
    on: names(true),
  });
}
map.on("moveend", remember);
for (const form of document.querySelectorAll("form.day, form.plan-choice"))
  address.keepAcross(form);

// Selection
function select(site) {
  shown.site = site;
  layers.selected.changed();
  side.mark(site);
  if (site) side.openCard(config.card.replace("{code}", encodeURIComponent(site)));
  else side.closeCard();
  remember();
}

function goTo(box) {
  if (!box) return;
  const degrees = box.split(",").map(Number);
  const [across, down] = map.getSize().map((edge) => edge * 0.3);
  fit(ol.proj.transformExtent(degrees, "EPSG:4326", "EPSG:3857"), {
    padding: [down, across, down, across],
    duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 300,
  });
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-closes-card]")) {
    const site = shown.site;
    select("");
    document.querySelector(`.place[data-site="${CSS.escape(site)}"]`)?.focus();
    return;
  }
  const row = event.target.closest("button.place");
  if (!row) return;
  document.getElementById("hits").replaceChildren();
  goTo(row.dataset.box);
  if (row.dataset.site) select(row.dataset.site);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shown.site) select("");
});
document.body.addEventListener("htmx:afterSwap", () => side.mark(shown.site));

function compoundAt(pixel) {
  return map.forEachFeatureAtPixel(pixel, (feature) => feature, {
    layerFilter: (layer) => layer === layers.compounds,
    hitTolerance: 3,
  });
}

map.on("singleclick", (event) => {
  const feature = compoundAt(event.pixel);
  if (!feature) return;
  if (feature.get("n")) {
    view.animate({ center: event.coordinate, zoom: view.getZoom() + 2, duration: 250 });
  } else {
    select(feature.get("code"));
  }
});

const tag = document.getElementById("name-tag");
map.on("pointermove", (event) => {
  if (event.dragging) return;
  const feature = compoundAt(event.pixel);
  map.getTargetElement().style.cursor = feature ? "pointer" : "";
  const key = config.modes ? shown.modes[feature?.getId()] : feature?.get("status");
  const status = config.statuses.find((each) => each.key === key);
  tag.hidden = !status;
  if (!status) return;
  tag.textContent = `${feature.get("name")} · ${status.word}`;
  tag.style.left = `${event.pixel[0] + 12}px`;
  tag.style.top = `${event.pixel[1] + 12}px`;
});

side.listenForTools({ whole: () => fit(whole, { padding: [20, 20, 20, 20] }) });
document.addEventListener("theme-changed", () => restyle(layers, makeStyles(config, shown)));
if (shown.site) select(shown.site);

// What a page is asked by those who test it: whether everything is drawn.
map.on("loadend", () => {
  document.getElementById("map").dataset.drawn = "yes";
});
map.on("loadstart", () => {
  document.getElementById("map").dataset.drawn = "";
});
