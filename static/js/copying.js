/* A button with data-copies="ID" copies the value of that field, and says so in the element "ID-copied".
 * It is hidden without script; the field can be selected and copied by hand.
 */
"use strict";
(() => {
  for (const button of document.querySelectorAll("[data-copies]")) {
    const field = document.getElementById(button.dataset.copies);
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      field.select();
      await navigator.clipboard.writeText(field.value);
      document.getElementById(`${field.id}-copied`).textContent = button.dataset.done;
    });
    field.addEventListener("focus", () => field.select());
  }
})();
