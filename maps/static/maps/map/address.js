// What the address keeps after its "#": the view, the layers that are off or on, the selected site.
const NUMBERS = ["x", "y", "z"];

export function read() {
  const said = new URLSearchParams(location.hash.slice(1));
  const view = NUMBERS.map((name) => Number.parseFloat(said.get(name)));
  return {
    view: view.every(Number.isFinite) ? { lon: view[0], lat: view[1], zoom: view[2] } : null,
    site: said.get("site") ?? "",
    off: new Set((said.get("off") ?? "").split(",").filter(Boolean)),
    on: new Set((said.get("on") ?? "").split(",").filter(Boolean)),
  };
}

export function write({ view, site, off, on }) {
  const said = new URLSearchParams();
  said.set("x", view.lon.toFixed(5));
  said.set("y", view.lat.toFixed(5));
  said.set("z", view.zoom.toFixed(2));
  if (site) said.set("site", site);
  if (off.size) said.set("off", [...off].join(","));
  if (on.size) said.set("on", [...on].join(","));
  history.replaceState(null, "", `#${said.toString().replaceAll("%2C", ",")}`);
}

// A form that reloads the page with another day or plan goes on where one looks.
export function keepAcross(form) {
  form.addEventListener("submit", () => {
    form.action = location.pathname + location.hash;
    const asked = new URLSearchParams(location.search);
    for (const name of ["date", "known", "plan", "policy"]) {
      if (!asked.has(name) || form.elements.namedItem(name)) continue;
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name, value: asked.get(name) });
      form.append(kept);
    }
  });
}
