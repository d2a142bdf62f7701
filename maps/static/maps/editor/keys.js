// Keys of the editor; none of them while one types.
import { KEYS } from "./tools.js";

const PLAIN = {
  enter: "give",
  n: "new-zone",
  backspace: "take-out",
  delete: "take-out",
  m: "merge",
  k: "split",
  x: "lock",
  f: "check",
  escape: "clear",
};

export function listenToKeys(tools, actions) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      const wanted = { z: event.shiftKey ? "redo" : "undo", y: "redo" }[key];
      if (wanted) run(event, actions[wanted]);
      return;
    }
    // A focused button answers to Enter itself.
    if (event.altKey || (key === "enter" && event.target.closest("button, a, summary"))) return;
    if (KEYS[key]) run(event, () => tools.take(KEYS[key]));
    else if (PLAIN[key]) run(event, actions[PLAIN[key]]);
  });
}

function run(event, action) {
  event.preventDefault();
  action();
}

function isTyping(target) {
  const isField = target.matches("textarea, select, [contenteditable]");
  return isField || (target.matches("input") && target.type !== "checkbox");
}
