// The sites that a person has chosen, on the map or in the list; one set for both.

export class Selection extends EventTarget {
  constructor() {
    super();
    this.sites = new Set();
  }

  get size() {
    return this.sites.size;
  }

  has(site) {
    return this.sites.has(site);
  }

  list() {
    return [...this.sites].sort();
  }

  /** Choose these sites: instead of the others, besides them, or no longer. */
  choose(sites, how = "instead") {
    const before = new Set(this.sites);
    if (how === "instead") this.sites = new Set(sites);
    else if (how === "besides") for (const site of sites) this.sites.add(site);
    else if (how === "without") for (const site of sites) this.sites.delete(site);
    else
      for (const site of sites)
        this.sites.has(site) ? this.sites.delete(site) : this.sites.add(site);
    const changed = [...new Set([...before, ...this.sites])].filter(
      (site) => before.has(site) !== this.sites.has(site),
    );
    if (changed.length) this.tell(changed);
  }

  clear() {
    this.choose([]);
  }

  tell(changed) {
    this.dispatchEvent(new CustomEvent("change", { detail: { sites: changed } }));
  }
}

/** How a press of keys changes what is chosen. */
export function manner(event) {
  if (event?.altKey) return "without";
  return event?.shiftKey || event?.ctrlKey || event?.metaKey ? "besides" : "instead";
}
