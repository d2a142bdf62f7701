// One of two maps: a plan's sites in the colours of their zones, moved ones hatched.
import { hatch } from "../editor/hatch.js";
import { zoneName } from "../editor/words.js";
import { zoomOptions } from "../zoom.js";

const projection = { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" };
const NO_ZONE = "#8a949e";
const WORDED_BELOW = 8; // coarser shows the number of a zone alone

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Side extends EventTarget {
  constructor(target, { view, sites, zones, moved, placement, below }) {
    super();
    this.view = view;
    this.moved = moved;
    this.placement = placement;
    this.colours = new Map();
    this.chosen = "";
    this.sites = vector(sites);
    this.zones = vector(zones);
    this.siteLayer = new ol.layer.Vector({ source: this.sites, style: (f) => this.siteStyle(f) });
    this.labelLayer = new ol.layer.Vector({
      source: this.zones,
      style: (f) => this.zoneLabel(f),
      declutter: true,
      zIndex: 9,
    });
    this.map = new ol.Map({
      target,
      view,
      layers: [...below, this.siteLayer, this.labelLayer],
      controls: ol.control.defaults
        .defaults({ rotate: false, attribution: false, zoomOptions: zoomOptions() })
        .extend([new ol.control.ScaleLine({ minWidth: 80 })]),
    });
    this.dot = dotOn(this.map);
    this.listen(target);
    new ResizeObserver(() => this.map.updateSize()).observe(target);
  }

  listen(target) {
    this.map.on("pointermove", ({ coordinate, dragging }) => {
      if (!dragging) this.tell("point", coordinate);
    });
    target.addEventListener("pointerleave", () => this.tell("point", undefined));
    this.map.on("singleclick", ({ pixel }) => this.tell("select", this.siteAt(pixel) ?? ""));
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  get outlines() {
    return this.zones.getFeatures().filter((each) => each.getGeometry());
  }

  siteAt(pixel) {
    const layerFilter = (each) => each === this.siteLayer;
    const found = this.map.forEachFeatureAtPixel(pixel, (each) => each, {
      layerFilter,
      hitTolerance: 3,
    });
    return found?.getId();
  }

  nameOf(site) {
    return this.sites.getFeatureById(site)?.get("name");
  }

  knows(site) {
    return Object.hasOwn(this.placement, site);
  }

  zoneOf(site) {
    return this.placement[site] ?? "";
  }

  extentOf(site) {
    return this.sites.getFeatureById(site)?.getGeometry()?.getExtent();
  }

  /** Where the other map is pointed at. */
  pointAt(coordinate) {
    this.dot.setPosition(coordinate);
  }

  select(site) {
    this.chosen = site;
    this.siteLayer.changed();
  }

  showOnlyMoved(isOnly) {
    this.isOnlyMoved = isOnly;
    this.repaint();
  }

  paint(colours) {
    this.colours = colours;
    this.repaint();
  }

  repaint() {
    this.siteLayer.changed();
    this.labelLayer.changed();
  }

  siteStyle(feature) {
    const site = feature.getId();
    const colour = this.colours.get(this.zoneOf(site)) ?? NO_ZONE;
    const isMoved = this.moved.has(site);
    const isFaint = this.isOnlyMoved && !isMoved;
    const fill = isMoved ? hatch(colour) : `${colour}${isFaint ? "20" : "b0"}`;
    const isChosen = site === this.chosen;
    const stroke = new ol.style.Stroke({
      color: isMoved || isChosen ? css("--ink") : `${colour}${isFaint ? "50" : "ff"}`,
      width: isChosen ? 3.5 : isMoved ? 1.5 : 1,
    });
    const isPoint = feature.getGeometry().getType() === "Point";
    const image = new ol.style.Circle({
      radius: 6,
      fill: new ol.style.Fill({ color: fill }),
      stroke,
    });
    return new ol.style.Style({
      image: isPoint ? image : undefined,
      fill: new ol.style.Fill({ color: fill }),
      stroke,
      zIndex: isChosen ? 3 : isMoved ? 2 : 1,
    });
  }

  zoneLabel(feature) {
    const zone = String(feature.get("zone"));
    const isWorded = this.view.getResolution() < WORDED_BELOW;
    return new ol.style.Style({
      text: new ol.style.Text({
        text: isWorded ? zoneName(zone) : zone,
        font: '600 12px "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
        fill: new ol.style.Fill({ color: css("--ink") }),
        stroke: new ol.style.Stroke({ color: css("--paper"), width: 3 }),
        overflow: true,
      }),
    });
  }
}

function vector(collection) {
  const read = new ol.format.GeoJSON(projection).readFeatures(collection);
  return new ol.source.Vector({ features: read.filter((each) => each.getGeometry()) });
}

function dotOn(map) {
  const element = document.createElement("div");
  element.className = "other-pointer";
  const dot = new ol.Overlay({ element, positioning: "center-center", stopEvent: false });
  map.addOverlay(dot);
  return dot;
}
