/* Nothing typed is lost: a form with data-guard asks before the page is left with unsaved changes.
 * A select or checkbox with data-submits sends its form when changed; the form keeps its button for those without script.
 * A button with data-prints prints the page.
 */
"use strict";
(() => {
  const changed = new Set();

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.hasAttribute("data-guard")) changed.add(form);
  });

  document.addEventListener("change", (event) => {
    if (event.target.hasAttribute("data-submits")) event.target.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
  });

  document.addEventListener("submit", (event) => changed.delete(event.target));

  window.addEventListener("beforeunload", (event) => {
    const unsaved = [...changed].some((form) => form.isConnected);
    if (unsaved) event.preventDefault();
  });
})();
