// The panel beside the map: the card of what is selected, and on phones which part is seen.
const page = document.querySelector(".map-page");
const place = document.getElementById("card");

export function show(part) {
  page.dataset.shows = part;
  for (const button of page.querySelectorAll(".bottom-tools [data-shows]")) {
    button.setAttribute("aria-pressed", String(button.dataset.shows === part));
  }
}

export async function openCard(address) {
  await htmx.ajax("GET", address, { target: "#card", swap: "innerHTML" });
  show("card");
  page.classList.add("has-card");
  place.querySelector("#card-name")?.focus({ preventScroll: true });
  place.scrollTop = 0;
}

export function closeCard() {
  place.replaceChildren();
  page.classList.remove("has-card");
  show("list");
}

export function mark(site) {
  for (const row of page.querySelectorAll(".place[data-site]")) {
    row.classList.toggle("chosen", row.dataset.site === site);
  }
}

export function listenForTools({ whole }) {
  page.addEventListener("click", (event) => {
    const tool = event.target.closest(".bottom-tools button");
    if (!tool) return;
    if (tool.dataset.shows) show(tool.dataset.shows);
    else whole();
    if (tool.dataset.shows === "find") document.getElementById("q").focus();
  });
}
