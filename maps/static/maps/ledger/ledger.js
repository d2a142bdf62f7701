// The row that is looked at lights up on the small map; narrow screens show its card as a drawer.
import { zoomOptions } from "../zoom.js";

const WIDE = matchMedia("(min-width: 1200px)");
const holder = document.getElementById("place");
const side = document.getElementById("side");
let shown = null;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function style(feature) {
  const id = feature.getId();
  const isArea = id === "area";
  const isShown = String(id) === shown;
  const line = colour(isArea ? "--soft" : isShown ? "--none" : "--accent");
  const fill = isArea ? "transparent" : `${line}${isShown ? "99" : "33"}`;
  return new ol.style.Style({
    zIndex: isShown ? 2 : isArea ? 0 : 1,
    stroke: new ol.style.Stroke({
      color: line,
      width: isShown ? 3 : 1,
      lineDash: isArea ? [6, 4] : undefined,
    }),
    fill: new ol.style.Fill({ color: fill }),
    image: new ol.style.Circle({
      radius: isShown ? 8 : 4,
      fill: new ol.style.Fill({ color: isShown ? line : fill }),
      stroke: new ol.style.Stroke({ color: line, width: 2 }),
    }),
  });
}

async function draw() {
  const answer = await fetch(holder.dataset.shapes);
  if (!answer.ok) return null;
  const features = new ol.format.GeoJSON().readFeatures(await answer.json(), {
    featureProjection: "EPSG:3857",
  });
  const source = new ol.source.Vector({ features });
  const layer = new ol.layer.Vector({ source, style });
  const map = new ol.Map({
    target: holder,
    layers: [layer],
    controls: ol.control.defaults.defaults({ attribution: false, zoomOptions: zoomOptions() }),
  });
  const extent = source.getExtent();
  if (features.length) map.getView().fit(extent, { padding: [16, 16, 16, 16], maxZoom: 18 });
  map.on("singleclick", (event) => {
    const hit = map.getFeaturesAtPixel(event.pixel).find((feature) => feature.getId() !== "area");
    document.querySelector(`[data-shows="${hit?.getId()}"]`)?.click();
  });
  document.addEventListener("theme-changed", () => layer.changed());
  return { map, layer, source };
}

let drawing = null;
function place() {
  if (WIDE.matches && holder && !drawing) drawing = draw();
  return drawing;
}

async function lightUp(id) {
  shown = id;
  for (const row of document.querySelectorAll("tbody.record")) {
    row.classList.toggle("shown", row.dataset.row === id);
  }
  const drawn = await place();
  if (!drawn) return;
  drawn.layer.changed();
  const lit = drawn.source.getFeatures().filter((feature) => String(feature.getId()) === id);
  if (!lit.length) return;
  const extent = ol.extent.createEmpty();
  for (const feature of lit) ol.extent.extend(extent, feature.getGeometry().getExtent());
  drawn.map.getView().fit(extent, { padding: [60, 60, 60, 60], maxZoom: 17, duration: 250 });
}

document.addEventListener("click", (event) => {
  const shows = event.target.closest("[data-shows]");
  if (shows) {
    lightUp(shows.dataset.shows);
    if (!WIDE.matches) bootstrap.Offcanvas.getOrCreateInstance(side).show();
  }
  event.target.closest("[data-drops]")?.closest("tbody").remove();
});

// A row that is sent back with its faults, or with what others wrote, is an answer, not an error.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([400, 412].includes(event.detail.xhr.status)) event.detail.isError = false;
});

document.addEventListener("htmx:load", (event) => {
  const row = event.detail.elt;
  if (!row.matches("tbody.record")) return;
  if (row.matches(".changing")) {
    (row.querySelector(".is-invalid, .differs input") ?? row.querySelector("[autofocus]"))?.focus();
    return;
  }
  const message = row.querySelector(".row-message")?.textContent;
  if (message) document.getElementById("said").textContent = message;
  if (row.matches(".saved")) document.body.dispatchEvent(new CustomEvent("ledger-saved"));
  else if (event.detail.elt.isConnected) row.querySelector(".doing button")?.focus();
});

addEventListener("load", place);
WIDE.addEventListener("change", place);
