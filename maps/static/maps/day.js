// Fields for a day: written 2026-11-22 in every language of the browser, whose own date field would
// write 11/22/2026 in English. A button opens the browser's calendar; ↑ and ↓ go a day on or back.
const WRITTEN = /^\s*(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?\s*$/;
const DAY_MS = 86_400_000;

/** The day that was written, as 2026-11-22; "" where there is no such day. */
export function dayOf(text) {
  const [, year, month, day] = WRITTEN.exec(text) ?? [];
  if (!year) return "";
  const told = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${told}T00:00:00Z`);
  return !Number.isNaN(date.valueOf()) && iso(date) === told ? told : "";
}

function iso(date) {
  return date.toISOString().slice(0, 10);
}

function check(field) {
  const isWrong = field.value.trim() && !dayOf(field.value);
  field.setCustomValidity(isWrong ? gettext("没有这一天。请写成 2026-11-22 这样的形式。") : "");
}

function tidy(field) {
  field.value = dayOf(field.value) || field.value.trim();
  check(field);
}

function choose(field, day) {
  field.value = day;
  check(field);
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function calendarBeside(field) {
  const native = document.createElement("input");
  Object.assign(native, { type: "date", tabIndex: -1, className: "day-native" });
  native.setAttribute("aria-hidden", "true");
  native.addEventListener("change", (event) => {
    event.stopPropagation();
    choose(field, native.value);
    field.focus();
  });
  return native;
}

function equip(field) {
  if (field.dataset.equipped) return;
  field.dataset.equipped = "yes";
  const native = calendarBeside(field);
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "day-button" });
  button.setAttribute("aria-label", gettext("选择日期"));
  button.addEventListener("click", () => {
    native.value = dayOf(field.value);
    native.showPicker();
  });
  field.after(button, native);
}

function equipAll(root) {
  for (const field of root.querySelectorAll("[data-day]")) equip(field);
}

document.addEventListener("input", ({ target }) => {
  if (target.matches("[data-day]")) check(target);
});
// Before the form is sent by this very change.
document.addEventListener(
  "change",
  ({ target }) => {
    if (target.matches("[data-day]")) tidy(target);
  },
  { capture: true },
);
document.addEventListener("keydown", (event) => {
  const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!by || !event.target.matches("[data-day]")) return;
  const day = dayOf(event.target.value);
  if (!day) return;
  event.preventDefault();
  event.target.value = iso(new Date(Date.parse(`${day}T00:00:00Z`) + by * DAY_MS));
  check(event.target);
});
document.addEventListener("htmx:afterSettle", ({ target }) => equipAll(target));
equipAll(document);
