// The tools of the editor: each turns what the mouse does into sites that are chosen.
import { manner } from "./selection.js";

const { geom, interaction, style } = ol;
const BRUSH_PX = 14;

export const KEYS = { v: "pick", b: "brush", r: "box", l: "lasso", p: "polygon" };

const sketch = new style.Style({
  fill: new style.Fill({ color: "#0b539433" }),
  stroke: new style.Stroke({ color: "#0b5394", width: 2 }),
});

/** Choose by a click: one site, or nothing; with Shift or Ctrl besides the others. */
function pick(planMap, selection) {
  return new interaction.Interaction({
    handleEvent(event) {
      if (event.type !== "click") return true;
      const site = planMap.siteAt(event.pixel);
      const how = manner(event.originalEvent);
      if (site) selection.choose([site], how === "besides" ? "toggled" : how);
      else if (how === "instead") selection.clear();
      return true;
    },
  });
}

/** Choose what a brush touches while the button is held. */
function brush(planMap, selection) {
  let how = "besides";
  const paint = (event) => {
    const reach = BRUSH_PX * planMap.map.getView().getResolution();
    const circle = geom.Polygon.fromCircle(new geom.Circle(event.coordinate, reach), 16);
    selection.choose(planMap.sitesTouching(circle), how);
  };
  return new interaction.Pointer({
    handleDownEvent(event) {
      const asked = manner(event.originalEvent);
      how = asked === "without" ? "without" : "besides";
      if (asked === "instead") selection.clear();
      paint(event);
      return true;
    },
    handleDragEvent: paint,
    handleUpEvent: () => false,
  });
}

function drawn(planMap, selection, options) {
  let how = "instead";
  const tool = new interaction.Draw({ ...options, style: sketch, stopClick: true });
  tool.on("drawend", (event) => {
    selection.choose(planMap.sitesTouching(event.feature.getGeometry()), how);
  });
  const before = tool.handleEvent.bind(tool);
  tool.handleEvent = (event) => {
    if (event.originalEvent) how = manner(event.originalEvent);
    return before(event);
  };
  return tool;
}

const box = (planMap, selection) => {
  const tool = new interaction.DragBox({ condition: (event) => event.originalEvent.button === 0 });
  tool.on("boxend", (event) => {
    const how = manner(event.mapBrowserEvent.originalEvent);
    selection.choose(planMap.sitesTouching(tool.getGeometry()), how);
  });
  return tool;
};
const anything = (event) => event.originalEvent.button === 0;
const lasso = (planMap, selection) =>
  drawn(planMap, selection, { type: "Polygon", freehand: true, condition: anything });
const polygon = (planMap, selection) =>
  drawn(planMap, selection, { type: "Polygon", condition: anything });

const MAKERS = { pick, brush, box, lasso, polygon };

/** Which tool is in hand; one at a time. */
export class Tools extends EventTarget {
  constructor(planMap, selection) {
    super();
    this.planMap = planMap;
    this.selection = selection;
    this.held = null;
    this.name = "";
    this.take("pick");
  }

  take(name) {
    if (!MAKERS[name]) return;
    if (this.held) this.planMap.map.removeInteraction(this.held);
    this.held = MAKERS[name](this.planMap, this.selection);
    this.planMap.map.addInteraction(this.held);
    this.name = name;
    this.dispatchEvent(new CustomEvent("change", { detail: { name } }));
  }

  /** Give up a drawing that was begun. */
  abort() {
    this.held?.abortDrawing?.();
  }
}
