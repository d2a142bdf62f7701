// Somebody else changed the same plan first: show what they did, and let the person choose.
import { element, moment } from "./words.js";

/** Ask once; `keep` = do mine after theirs, `drop` = take theirs. */
export function askAbout(dialog, conflict, { keep, drop }) {
  dialog.querySelector("[data-text]").textContent = conflict.text || "";
  const rows = (conflict.theirs || []).map((edit) =>
    element("li", { text: `${edit.by}（${moment(edit.at)}）：${edit.text}` }),
  );
  dialog.querySelector("[data-theirs]").replaceChildren(...rows);
  const answered = (event) => {
    const chosen = event.target.closest("[data-choice]")?.dataset.choice;
    if (!chosen) return;
    dialog.removeEventListener("click", answered);
    dialog.close();
    if (chosen === "keep") keep();
    else drop();
  };
  dialog.addEventListener("click", answered);
  // The choice must be made: a dialog closed by a key would leave the edit in the air.
  dialog.oncancel = (event) => event.preventDefault();
  dialog.showModal();
}
