// The map of the areas below: classes with hatching, names and rates; a click goes down.
import { zoomOptions } from "../zoom.js";
import { classOf, percentText } from "./percent.js";

const { Map: OlMap, View, control, extent, format, geom, layer, proj, source, style } = ol;
const PROJECTIONS = { dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" };
const NO_RATE = "#9993";
const TILE_PX = 44;
const FONT = '"Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif';
const DENSEST = 4;
const ROOM_PX = 60;

export class AreaMap extends EventTarget {
  constructor(target, data) {
    super();
    this.data = data;
    this.stop = data.here;
    this.pointed = null;
    this.hatches = new Map();
    this.isHeat = false;
    this.areas = new source.Vector();
    this.heat = new layer.Image({ visible: false });
    this.fills = new layer.Vector({ source: this.areas, style: (area) => this.fill(area) });
    this.names = new layer.Vector({
      source: this.areas,
      style: (area) => this.name(area),
      declutter: true,
    });
    this.map = new OlMap({
      target,
      layers: [this.fills, this.heat, this.names],
      view: new View({ center: [0, 0], zoom: 10, maxZoom: 18, enableRotation: false }),
      controls: control.defaults
        .defaults({ rotate: false, attribution: false, zoomOptions: zoomOptions() })
        .extend([new control.ScaleLine({ minWidth: 80 })]),
    });
    this.map.on("pointermove", (event) => this.hover(event));
    this.map.on("click", (event) => this.click(event));
    this.map.getViewport().addEventListener("pointerleave", () => this.tell(null));
    document.addEventListener("theme-changed", () => this.repaint());
  }

  /** Fetch the outlines and show all of them. */
  async load(address) {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    this.areas.addFeatures(new format.GeoJSON(PROJECTIONS).readFeatures(await answer.json()));
    if (!this.areas.isEmpty()) {
      this.map.getView().fit(this.areas.getExtent(), { padding: [16, 16, 28, 16] });
    }
    this.map.getTargetElement().dataset.loaded = this.areas.getFeatures().length;
  }

  /** Show the rates of a stop of the slider. */
  show(stop) {
    this.stop = stop;
    this.repaint();
  }

  /** Mark an area; null = none. */
  point(code) {
    this.pointed = code;
    this.repaint();
  }

  /** Lay a picture of density over the areas; null takes it away. */
  showHeat(heat) {
    this.isHeat = heat !== null;
    this.heat.setVisible(Boolean(heat?.image));
    if (heat?.image) {
      this.heat.setSource(
        new source.ImageStatic({
          url: heat.image,
          projection: "EPSG:3857",
          imageExtent: proj.transformExtent(heat.extent, "EPSG:4326", "EPSG:3857"),
        }),
      );
    }
    this.repaint();
  }

  repaint() {
    this.fills.changed();
    this.names.changed();
  }

  rate(area) {
    const told = this.data.below[area.get("code")];
    return told ? told[this.stop] : this.data.own[this.stop];
  }

  fill(area) {
    const isPointed = area.get("code") === this.pointed;
    const found = this.isHeat ? null : classOf(this.rate(area), this.data.classes);
    const shown = [
      new style.Style({
        fill: new style.Fill({ color: this.isHeat ? "#0000" : (found?.colour ?? NO_RATE) }),
        stroke: new style.Stroke({ color: colour("--paper"), width: 1.5 }),
      }),
    ];
    if (found?.lines) {
      shown.push(new style.Style({ fill: new style.Fill({ color: this.hatch(found.lines) }) }));
    }
    if (this.isHeat) {
      const soft = new style.Stroke({ color: colour("--soft"), width: 1 });
      shown.push(new style.Style({ stroke: soft }));
    }
    if (isPointed) {
      const strong = new style.Stroke({ color: colour("--accent"), width: 4 });
      shown.push(new style.Style({ stroke: strong, zIndex: 1 }));
    }
    return shown;
  }

  name(area) {
    const at = new geom.Point(proj.fromLonLat(area.get("label")));
    const isPointed = area.get("code") === this.pointed;
    const rate = percentText(this.rate(area));
    const text = isPointed || this.hasRoom(area) ? `${area.get("name")}\n${rate}` : rate;
    return new style.Style({
      geometry: at,
      text: new style.Text({
        text,
        font: `${isPointed ? 700 : 500} 12px ${FONT}`,
        fill: new style.Fill({ color: "#111" }),
        stroke: new style.Stroke({ color: "#fff", width: 4 }),
      }),
      // what lies on top is kept where names collide: the one pointed at, then the larger ones
      zIndex: isPointed ? Number.MAX_SAFE_INTEGER : extent.getArea(bounds(area)),
    });
  }

  /** Tell whether two lines fit into an area as it is shown. */
  hasRoom(area) {
    const resolution = this.map.getView().getResolution();
    const box = bounds(area);
    return Math.min(extent.getWidth(box), extent.getHeight(box)) / resolution > ROOM_PX;
  }

  /** A tile of slanted lines: the less is covered, the denser. */
  hatch(distance) {
    if (!this.hatches.has(distance)) {
      const canvas = document.createElement("canvas");
      const size = distance * Math.floor(TILE_PX / distance);
      canvas.width = size;
      canvas.height = size;
      const pen = canvas.getContext("2d");
      // light lines on the darkest colour
      pen.strokeStyle = distance === DENSEST ? "#fff6" : "#0006";
      pen.lineWidth = 1;
      for (let at = -size; at < size; at += distance) {
        pen.moveTo(at, size);
        pen.lineTo(at + size, 0);
      }
      pen.stroke();
      this.hatches.set(distance, pen.createPattern(canvas, "repeat"));
    }
    return this.hatches.get(distance);
  }

  at(pixel) {
    const found = this.map.forEachFeatureAtPixel(pixel, (area) => area.get("code"), {
      layerFilter: (each) => each === this.fills,
    });
    return found ?? null;
  }

  hover(event) {
    if (event.dragging) return;
    const code = this.at(event.pixel);
    this.map.getTargetElement().style.cursor = code in this.data.below ? "pointer" : "";
    if (code !== this.pointed) this.tell(code);
  }

  tell(code) {
    this.point(code);
    this.dispatchEvent(new CustomEvent("point", { detail: code }));
  }

  click(event) {
    const code = this.at(event.pixel);
    if (code) this.dispatchEvent(new CustomEvent("open", { detail: code }));
  }

  /** Where an area stands on the screen, for who wants to click it. */
  pixelOf(code) {
    const area = this.areas.getFeatures().find((each) => each.get("code") === code);
    return area && this.map.getPixelFromCoordinate(proj.fromLonLat(area.get("label")));
  }
}

const bounds = (area) => area.getGeometry().getExtent();
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
