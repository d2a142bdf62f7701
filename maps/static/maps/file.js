// Fields for files say what was chosen in the language of the page, not in that of the browser.
function tell(input) {
  const chosen = input.closest(".file-field")?.querySelector("[data-chosen]");
  if (!chosen) return;
  const names = [...input.files].map((file) => file.name);
  chosen.textContent = names.join(gettext("、")) || chosen.dataset.none;
  chosen.title = names.join("\n");
}

document.addEventListener("change", ({ target }) => {
  if (target.matches(".file-field input")) tell(target);
});
