// Light or dark before the first paint; a date field sends its form.
const KEY = "lianpian-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

function choice() {
  try {
    return localStorage.getItem(KEY) || "auto";
  } catch {
    return "auto";
  }
}

function show() {
  const chosen = choice();
  const isDark = chosen === "dark" || (chosen === "auto" && dark.matches);
  document.documentElement.dataset.bsTheme = isDark ? "dark" : "light";
  document.dispatchEvent(new CustomEvent("theme-changed"));
}

show();
dark.addEventListener("change", show);

document.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-theme-choice]");
  if (!wanted) return;
  localStorage.setItem(KEY, wanted.dataset.themeChoice);
  show();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});
